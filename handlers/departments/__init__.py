"""What departments say about what they were asked: one file an intent."""

from __future__ import annotations

from handlers.base import Handler
from handlers.departments import decide, detail, insight

# A sentence that was asked for is taken whatever word it begins with.
DEPARTMENTS: tuple[Handler, ...] = (decide, detail, insight)
