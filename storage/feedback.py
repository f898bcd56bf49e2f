"""Voices: captured once, changed by compare-and-set, every change one row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage import tables
from storage.errors import ConflictError, InvalidTransitionError, NotFoundError
from storage.modes import Mode
from storage.prepared import Prepared
from storage.records import OPEN, Attachment, Change, Feedback, FeedbackClass, Status
from storage.repository import Repository, as_json, insert, unroll
from storage.rows import change_of, feedback_of
from storage.statuses import may_follow
from storage.times import FeedbackTimes

_t = tables.feedback
_UPDATE_WITHIN = FeedbackTimes().update_within
_NEW = (
    "chat_id", "contributor_id", "captured_by_id", "message_id", "album", "link", "text", "tag", "feedback_class",
    "is_guess", "is_unsure", "negative", "urgent", "status", "review_due", "created_at", "updated_at", "on_behalf_of",
    "mode",
)  # fmt: skip
_UNMOVED = dict.fromkeys(("owner_id", "planned_for", "held_until", "update_due", "topic_id")) | {"version": 0}
_IS_WITHIN = (  # their limits
    "NOT EXISTS (SELECT 1 FROM {limits} WHERE r.most <= (SELECT count(*) FROM feedback f"
    " WHERE f.captured_by_id = :captured_by_id AND f.created_at > r.since))"
)


def _add(is_postgres: bool) -> Any:  # noqa: FBT001 - the shape Prepared asks for
    limits = unroll("since:bigint most:bigint", is_postgres=is_postgres)
    values = sa.select(*(sa.bindparam(name, type_=_t.c[name].type) for name in _NEW))
    return (
        insert(_t, is_postgres=is_postgres)
        .from_select(_NEW, values.where(sa.text(_IS_WITHIN.format(limits=limits))))
        .on_conflict_do_nothing(index_elements=["chat_id", "message_id"])
        .returning(_t.c.id)
    )


_ADD = Prepared(_add, returned=[_t.c.id])
_MOST_COUNTED = 100  # far above every limit a member has; staff have none
_BY_MESSAGE = Prepared(
    lambda _: sa.select(*_t.c).where(
        _t.c.chat_id == sa.bindparam("chat"), _t.c.message_id == sa.bindparam("message")
    ),
    returned=[*_t.c],
)
_CAPTURED_AT = Prepared(
    lambda _: (
        sa.select(_t.c.created_at)
        .where(
            _t.c.captured_by_id == sa.bindparam("member"),
            _t.c.created_at > sa.bindparam("since", type_=tables.Moment()),
        )
        .order_by(_t.c.created_at.desc())
        .limit(sa.bindparam("most", type_=sa.Integer()))
    ),
    returned=[_t.c.created_at],
)


class FeedbackRepository(Repository):
    """Queries over feedback and its changes."""

    async def add(
        self, *, chat_id: int, contributor_id: int, captured_by_id: int, message_id: str, text: str, now: datetime,
        feedback_class: FeedbackClass, review_due: datetime, is_guess: bool = True, tag: str = "", link: str = "",
        album: str = "", negative: bool = False, urgent: bool = False, on_behalf_of: str = "",
        attachments: Iterable[Attachment] = (), mode: Mode = Mode.NAMED, is_unsure: bool = False,
        limits: Sequence[tuple[datetime, int]] = (),
    ) -> Feedback | None:  # fmt: skip
        """Capture one voice; None if that very message was captured before, or a limit of who captures is reached.

        **Shape**: since when they may have captured less than so many.
        """
        values = {
            "chat_id": chat_id, "contributor_id": contributor_id, "captured_by_id": captured_by_id,
            "message_id": message_id, "album": album, "link": link, "text": text, "tag": tag,
            "feedback_class": str(feedback_class), "is_guess": is_guess, "negative": negative, "urgent": urgent,
            "status": str(Status.RECEIVED), "review_due": review_due, "created_at": now, "updated_at": now,
            "on_behalf_of": on_behalf_of, "mode": str(mode), "is_unsure": is_unsure,
        }  # fmt: skip
        reached = as_json([(tables.micros(since), most) for since, most in limits])
        rows = await self._fetch(_ADD, {**values, "rows": reached})
        if not rows:
            return None
        self._uow.written.add("feedback")
        files = tuple(attachments)
        captured = feedback_of({"id": rows[0]["id"], **values, **_UNMOVED}, files)
        await self.add_attachments(captured.id, files)
        await self._uow.announcements.received(captured, now)
        return captured

    async def add_attachments(self, feedback_id: int, attachments: Iterable[Attachment]) -> None:
        """Attach files (the later pictures of an album come one by one)."""
        rows = [
            {"feedback_id": feedback_id, "unique_id": a.unique_id, "kind": a.kind, "file_id": a.file_id}
            for a in attachments
        ]
        if rows:
            await self._run(self._insert(tables.attachments).on_conflict_do_nothing(), rows)

    async def find(self, feedback_id: int) -> Feedback | None:
        """Return a feedback with its attachments, or None."""
        row = await self._one(sa.select(_t).where(_t.c.id == feedback_id))
        if row is None:
            return None
        files = await self._all(
            sa.select(tables.attachments).where(tables.attachments.c.feedback_id == feedback_id)
        )
        return feedback_of(row, tuple(Attachment(f["kind"], f["file_id"], f["unique_id"]) for f in files))

    async def get(self, feedback_id: int) -> Feedback:
        """Return a feedback. **Errors**: NotFoundError."""
        found = await self.find(feedback_id)
        if found is None:
            raise NotFoundError(f"feedback {feedback_id}")
        return found

    async def find_by_message(self, chat_id: int, message_id: str) -> Feedback | None:
        """Return the feedback captured from one message, or None."""
        rows = await self._fetch(_BY_MESSAGE, {"chat": chat_id, "message": message_id})
        return feedback_of(rows[0]) if rows else None

    async def find_by_album(self, chat_id: int, album: str) -> Feedback | None:
        """Return the feedback captured from an album, or None."""
        row = await self._one(sa.select(_t).where(_t.c.chat_id == chat_id, _t.c.album == album).limit(1))
        return feedback_of(row) if row else None

    async def change(
        self, feedback: Feedback, after: Status, *, by_id: int | None, note: str, now: datetime, **values: Any
    ) -> Change:
        """Move a feedback to another status, if it is still as `feedback` says; write the Change.

        The next word is due at `update_due`, by the usual time unless said otherwise.
        **Errors**: InvalidTransitionError; ConflictError when somebody changed it meanwhile.
        """
        if not may_follow(feedback.status, after):
            raise InvalidTransitionError(f"{feedback.status} -> {after}")
        update_due = values.setdefault("update_due", now + _UPDATE_WITHIN if after in OPEN else None)
        row = await self._one(
            sa.insert(tables.changes)
            .values(
                feedback_id=feedback.id,
                by_id=by_id,
                before=str(feedback.status),
                after=str(after),
                note=note,
                at=now,
            )
            .returning(tables.changes)
        )
        assert row is not None  # noqa: S101 - an insert always returns its row
        changed = await self._run(
            sa.update(_t)
            .where(
                _t.c.id == feedback.id, _t.c.version == feedback.version, _t.c.status == str(feedback.status)
            )
            .values(status=str(after), version=row["id"], updated_at=now, **values)
        )
        if changed == 0:
            raise ConflictError(f"feedback {feedback.id}")
        change = change_of(row)
        await self._uow.service.follow_changes([(feedback, change)], {feedback.id: update_due or now})
        await self._uow.routes.follow(
            after, [feedback.id], by_id=by_id, now=now, planned_for=values.get("planned_for")
        )
        await self._uow.announcements.changed([(feedback, change)], now)
        return change

    async def amend(self, feedback_id: int, now: datetime, **values: Any) -> None:
        """Change what is not the status: class, owner, dates."""
        await self._run(sa.update(_t).where(_t.c.id == feedback_id).values(updated_at=now, **values))

    async def take(self, feedback_id: int, member_id: int, now: datetime) -> bool:
        """Make somebody the owner of what nobody has; False if another was faster."""
        return bool(
            await self._run(
                sa.update(_t)
                .where(_t.c.id == feedback_id, _t.c.owner_id.is_(None))
                .values(owner_id=member_id, updated_at=now)
            )
        )

    async def classify(self, feedback: Feedback, chosen: FeedbackClass, now: datetime) -> None:
        """Confirm or correct a class, if it is still as `feedback` says; what was guessed is kept for later training.

        **Errors**: ConflictError when somebody was faster.
        """
        # Another guess may have taken the place of the one that was seen: it is nobody's word.
        is_said = sa.and_(~_t.c.is_guess, _t.c.feedback_class == str(feedback.feedback_class))
        is_as_seen = _t.c.is_guess if feedback.is_guess else is_said
        changed = await self._run(
            sa.update(_t)
            .where(_t.c.id == feedback.id, is_as_seen)
            .values(feedback_class=str(chosen), is_guess=False, updated_at=now)
        )
        if changed == 0:
            raise ConflictError(f"feedback {feedback.id}")
        if feedback.is_guess:
            await self._run(
                sa.insert(tables.corrections),
                {
                    "feedback_id": feedback.id,
                    "guessed": str(feedback.feedback_class),
                    "chosen": str(chosen),
                    "at": now,
                },
            )

    async def edit_text(self, feedback: Feedback, text: str, now: datetime) -> None:
        """Keep the former text as a version and take the new one."""
        await self._run(
            sa.insert(tables.feedback_versions),
            {"feedback_id": feedback.id, "text": feedback.text, "at": now},
        )
        await self.amend(feedback.id, now, text=text)
        await self._uow.likeness.mark_stale(feedback.id)
        await self._uow.meanings.mark_stale(feedback.id)
        self._uow.written.add("feedback")

    async def list_versions(self, feedback_id: int) -> list[str]:
        """List former texts, oldest first."""
        table = tables.feedback_versions
        rows = await self._all(
            sa.select(table.c.text).where(table.c.feedback_id == feedback_id).order_by(table.c.id)
        )
        return [row["text"] for row in rows]

    async def list_after(self, feedback_id: int, limit: int) -> list[Feedback]:
        """List feedback of any status in the order of its numbers, from the one after this."""
        rows = await self._all(sa.select(_t).where(_t.c.id > feedback_id).order_by(_t.c.id).limit(limit))
        return [feedback_of(row) for row in rows]

    async def list_of(self, contributor_id: int, limit: int = 20, offset: int = 0) -> list[Feedback]:
        """List one member's own feedback, newest first."""
        rows = await self._all(
            sa.select(_t)
            .where(_t.c.contributor_id == contributor_id)
            .order_by(_t.c.id.desc())
            .limit(limit)
            .offset(offset)
        )
        return [feedback_of(row) for row in rows]

    async def count_of(self, contributor_id: int) -> int:
        """Count one member's own feedback."""
        return int(
            await self._scalar(
                sa.select(sa.func.count()).select_from(_t).where(_t.c.contributor_id == contributor_id)
            )
        )

    async def list_changes(self, feedback_id: int) -> list[Change]:
        """List all changes of a feedback, oldest first."""
        c = tables.changes
        return [
            change_of(row)
            for row in await self._all(sa.select(c).where(c.c.feedback_id == feedback_id).order_by(c.c.id))
        ]

    async def explain(self, change_id: int, note: str) -> None:
        """Give a change the sentence that came after it."""
        await self._run(sa.update(tables.changes).where(tables.changes.c.id == change_id).values(note=note))

    async def count_since(self, member_id: int, moments: Sequence[datetime]) -> list[int]:
        """Count what one member has captured since each of these moments, the earliest last (PRODUCT §3)."""
        rows = await self._fetch(
            _CAPTURED_AT, {"member": member_id, "since": moments[-1], "most": _MOST_COUNTED}
        )
        return [sum(row["created_at"] > moment for row in rows) for moment in moments]
