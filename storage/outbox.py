"""Promises to send: written by handlers and rituals in the transaction that makes them true.

A key names a promise; the same promise put twice is kept once. The relay carries them out through
`storage/deliveries.py`.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from storage import manners as when
from storage import tables
from storage.asks import Step
from storage.manners import Manners
from storage.messages import Message, encode
from storage.prepared import Prepared
from storage.promises import CANCELLED, DeliveryKind, DeliveryState
from storage.records import Chat, ChatKind, ChatState, Member
from storage.repository import Repository, insert

_t = tables.deliveries
FOLD_EDITS_FOR = timedelta(seconds=10)  # Source: PRODUCT §2, a counter is edited at most once in 10 s
_OWN_LINES = {DeliveryKind.REACTION: "r", DeliveryKind.TAG: "t"}  # what waits for nothing else in its chat
COVERED = "covered:"  # how the content of a promise begins that only the relay can read
_PUT = Prepared(
    lambda is_postgres: insert(_t, is_postgres=is_postgres).on_conflict_do_nothing(index_elements=["key"]),
    keys=(
        "key", "chat_id", "line", "kind", "state", "content", "target", "of_id", "subject", "member_id", "is_held",
        "is_unprompted", "due_at", "created_at",
    ),
)  # fmt: skip
_TAKE_BACK = Prepared(
    lambda _: sa.delete(_t).where(
        _t.c.subject == sa.bindparam("about"), _t.c.key != sa.bindparam("other_than"),
        _t.c.state == str(DeliveryState.PENDING),
    )
)  # fmt: skip


class OutboxRepository(Repository):
    """What handlers and rituals promise."""

    async def put(
        self, chat_id: int, message: Message, *, key: str, now: datetime, subject: str = "",
        member_id: int | None = None, due: datetime | None = None, is_held: bool = False, is_unprompted: bool = False,
    ) -> bool:  # fmt: skip
        """Promise to post a Message in a chat; False if that promise stands already.

        `subject` says what it is about ("feedback:128", "run:31"), so that replies to it and presses of
        its buttons find their way; `is_unprompted` counts against the group's fatigue budget.
        """
        kind = DeliveryKind.POST
        values = _row(
            key, chat_id, kind, encode(message), now, due or now, subject=subject, member_id=member_id,
            is_held=is_held, is_unprompted=is_unprompted,
        )  # fmt: skip
        return await self._add(values)

    async def react(self, chat_id: int, message_id: str, emoji: str, *, key: str, now: datetime) -> None:
        """Promise one reaction on somebody's message, in place of one that was promised and not yet given."""
        subject = (
            f"message:{chat_id}:{message_id}"  # by which its index finds the former among all that waits
        )
        await self._later(Step(_TAKE_BACK, {"about": subject, "other_than": key}))
        kind = DeliveryKind.REACTION
        values = _row(key, chat_id, kind, emoji, now, now, target=message_id, subject=subject)
        await self._later(Step(_PUT, values))
        self._uow.written.add("outbox")

    async def tag(self, chat_id: int, member: Member, word: str, *, key: str, now: datetime) -> bool:
        """Promise the word beside a member's name in a group; "" takes it away."""
        kind = DeliveryKind.TAG
        values = _row(key, chat_id, kind, word, now, now, target=member.external_id, member_id=member.id)
        return await self._add(values)

    async def edit(self, of: str, message: Message, *, now: datetime) -> None:
        """Promise to bring the message that Delivery `of` (its key) posts up to date.

        Edits of one message are folded: at most one in 10 s, and the last state wins.
        """
        original = await self._uow.promises.find(of)
        if original is None or original.state in (DeliveryState.DEAD, DeliveryState.UNKNOWN):
            return
        fold = f"edit:{of}"
        last: datetime | None = await self._scalar(
            sa.select(
                sa.func.max(
                    sa.func.coalesce(_t.c.sent_at, sa.literal(now, tables.Moment())), type_=tables.Moment()
                )
            ).where(
                _t.c.of_id == original.id,
                _t.c.kind == str(DeliveryKind.EDIT),
                _t.c.state.in_([str(DeliveryState.SENT), str(DeliveryState.SENDING)]),
            )
        )
        due = now if last is None else max(now, last + FOLD_EDITS_FOR)
        await self._run(
            self._insert(_t)
            .values(
                key=f"{fold}@{secrets.token_hex(6)}", chat_id=original.chat_id, line=f"{original.chat_id}",
                kind=str(DeliveryKind.EDIT), state=str(DeliveryState.PENDING), content=encode(message),
                of_id=original.id, fold=fold, subject=original.subject, due_at=due, created_at=now,
            )
            .on_conflict_do_update(
                index_elements=["fold"], index_where=sa.text("fold <> '' AND state = 'pending'"),
                set_={"content": encode(message)},
            )
        )  # fmt: skip
        self._uow.written.add("outbox")

    async def close_poll(self, of: str, *, now: datetime) -> bool:
        """Promise to stop the native poll that Delivery `of` posted."""
        original = await self._uow.promises.find(of)
        if original is None:
            return False
        kind = DeliveryKind.CLOSE_POLL
        return await self._add(_row(f"close:{of}", original.chat_id, kind, "", now, now, of_id=original.id))

    async def tell(
        self, member: Member, message: Message, *, key: str, now: datetime, manners: Manners, subject: str = "",
        timezone: str, language: str,
    ) -> bool:  # fmt: skip
        """Promise a proactive private message: held over quiet hours and 勿扰, at most so many a day, never dropped.

        `timezone` and `language` are the member's group's, and become those of a private chat opened now. False
        as well for a former member: there is nobody to tell.
        """
        if member.is_former:
            return False
        chat = await self.private_chat(member, timezone=timezone, language=language)
        due = now if member.snoozed_until is None else max(now, member.snoozed_until)
        due = when.after_quiet(manners, due, chat.zone)
        while await self._is_day_full(member.id, due, chat, manners):
            due = when.next_day(manners, due, chat.zone)
        return await self.put(
            chat.id, message, key=key, now=now, subject=subject, member_id=member.id, due=due, is_held=True
        )

    async def private_chat(self, member: Member, *, timezone: str, language: str) -> Chat:
        """Return the private chat with a member; its platform id is the member's own, on every platform."""
        return await self._uow.chats.add(
            member.platform, member.external_id, ChatKind.PRIVATE, title=member.name, state=ChatState.SERVED,
            language=language, timezone=timezone,
        )  # fmt: skip

    async def _is_day_full(self, member_id: int, due: datetime, chat: Chat, manners: Manners) -> bool:
        start, end = when.local_day(due, chat.zone)
        moments = await self._all(
            sa.select(_t.c.due_at)
            .distinct()
            .where(
                _t.c.member_id == member_id, _t.c.is_held, _t.c.due_at >= start, _t.c.due_at < end,
                _t.c.state != str(DeliveryState.DEAD),
            )
        )  # fmt: skip
        taken = {row["due_at"] for row in moments}
        return due not in taken and len(taken) >= manners.dms_per_day

    async def move_held(self, member_id: int, *, since: datetime, before: datetime, due: datetime) -> int:
        """Give what is held for a member between two moments another moment; return how much that was."""
        self._uow.written.add("outbox")
        return await self._run(
            sa.update(_t)
            .where(
                _t.c.member_id == member_id, _t.c.is_held, _t.c.state == str(DeliveryState.PENDING),
                _t.c.due_at >= since, _t.c.due_at < before,
            )
            .values(due_at=due)
        )  # fmt: skip

    async def release(self, delivery_id: int, now: datetime) -> bool:
        """Send what waited, now; False if it does not wait any more."""
        self._uow.written.add("outbox")
        return bool(
            await self._run(
                sa.update(_t)
                .where(_t.c.id == delivery_id, _t.c.state == str(DeliveryState.WAITING))
                .values(state=str(DeliveryState.PENDING), due_at=now, retry_at=None, error="", attempts=0)
            )
        )

    async def cancel(self, subject: str) -> int:
        """Take back promises about a subject that have not been sent (their reason is gone)."""
        await self._uow.letters.let_go(_t.c.subject == subject, _t.c.is_held)
        return await self._run(
            sa.update(_t)
            .where(
                _t.c.subject == subject,
                _t.c.state.in_([str(DeliveryState.PENDING), str(DeliveryState.WAITING)]),
                _t.c.is_held,
            )
            .values(state=str(DeliveryState.DEAD), error=CANCELLED)
        )

    async def _add(self, values: dict[str, Any]) -> bool:
        added = await self._apply(_PUT, values)
        self._uow.written.add("outbox")
        return bool(added)


def _row(
    key: str, chat_id: int, kind: DeliveryKind, content: str, now: datetime, due: datetime, *, target: str = "",
    of_id: int | None = None, subject: str = "", member_id: int | None = None, is_held: bool = False,
    is_unprompted: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """Return what stands in a new Delivery's row."""
    return {
        "key": key, "chat_id": chat_id, "line": f"{chat_id}{_OWN_LINES.get(kind, '')}", "kind": str(kind),
        "state": str(DeliveryState.PENDING), "content": content, "target": target, "of_id": of_id,
        "subject": subject, "member_id": member_id, "is_held": is_held, "is_unprompted": is_unprompted,
        "due_at": due, "created_at": now,
    }  # fmt: skip
