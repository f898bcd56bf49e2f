"""What the guided tour of the page needs to know: which steps of the loop have really happened."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from storage.records import Platform
from storage.uow import UnitOfWork

_NEWEST = 20  # a visitor who says more than this during the tour has understood


async def progress(uow: UnitOfWork) -> dict[str, Any]:
    """Return the last check-in and, newest first, how far each feedback has come, as moments or null."""
    return {
        "checked_in": _moment(await uow.loops.last_checkin(Platform.WEBCHAT)),
        "feedback": [
            {
                "id": loop.feedback_id, "by": loop.contributor, "text": loop.text,
                "captured": _moment(loop.captured_at), "resolved": _moment(loop.resolved_at),
                "echoed": _moment(loop.echoed_at), "verified": _moment(loop.verified_at),
                "thanked": _moment(loop.thanked_at),
            }
            for loop in await uow.loops.list_newest(Platform.WEBCHAT, _NEWEST)
        ],
    }  # fmt: skip


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
