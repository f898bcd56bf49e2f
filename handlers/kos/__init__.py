"""What staff say about feedback, and what they ask for: one file an intent."""

from __future__ import annotations

from handlers.base import Handler
from handlers.kos import (
    case,
    claim,
    classify,
    complaint,
    decline,
    drop,
    fb,
    hold,
    inbox,
    merge,
    note,
    onbehalf,
    plan,
    poll,
    progress,
    reopen,
    reply,
    resolve,
    show,
    similar,
    told,
    topic,
    unmerge,
)

# A sentence that was asked for is taken whatever word it begins with: who asks for one comes first.
KOS: tuple[Handler, ...] = (
    drop,
    resolve,
    decline,
    plan,
    note,
    reply,
    progress,
    reopen,
    inbox,
    show,
    similar,
    topic,
    merge,
    unmerge,
    classify,
    claim,
    complaint,
    case,
    hold,
    told,
    onbehalf,
    fb,
    poll,
)
