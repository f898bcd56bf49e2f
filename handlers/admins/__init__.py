"""What admins say about groups, rituals and staff, and what happens to us in groups: one file an intent."""

from __future__ import annotations

from handlers.admins import audit, doctor, export, pause, presence, resume, ritual, staff, unmask, whereami
from handlers.base import Handler

ADMINS: tuple[Handler, ...] = (
    presence,
    whereami,
    ritual,
    staff,
    pause,
    resume,
    doctor,
    audit,
    export,
    unmask,
)
