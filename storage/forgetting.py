"""Forgetting a member for good: their row becomes that of a former member, and nothing leads back. Irreversible.

`forget` is one short transaction; what names them in other people's messages is gone over afterwards by
`storage/rewording.py`, some thousand rows at a time. Called by the intent `forget` and its timer.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage import tables
from storage.messages import Message, encode
from storage.modes import FORMER
from storage.mydata import whose
from storage.promises import CANCELLED, DeliveryKind, DeliveryState
from storage.records import ChatKind, ChatState, Member, Role
from storage.repository import Repository
from storage.rewording import Needles
from storage.staff import CONFIG
from storage.traces import TRACES, Fate

_d = tables.deliveries
_OPEN = (str(DeliveryState.PENDING), str(DeliveryState.WAITING))
_UNDER_WAY = (*_OPEN, str(DeliveryState.SENDING))
_DAY = sa.literal(86_400_000_000, sa.BigInteger)  # microseconds
_POSTED = _d.c.kind.in_((str(DeliveryKind.POST), str(DeliveryKind.EDIT)))
_NOTHING = encode(Message())
"""What a message says of which nothing is kept."""


class ForgettingRepository(Repository):
    """What it takes to forget somebody."""

    async def forget(self, member: Member, *, name: str, deletes: bool, now: datetime) -> Needles:
        """Make a member a former one called `name`; return what to look for where others name them.

        With `deletes` their words go as well; otherwise only who said them.
        """
        own = sa.select(tables.feedback.c.id).where(tables.feedback.c.contributor_id == member.id)
        numbers = [row["id"] for row in await self._all(own)]
        alias = f"{FORMER}{secrets.token_hex(8)}"
        await self._leave_private_chat(member, alias)
        await self._quiet(member, numbers)
        await self._forget_rows(member.id, deletes=deletes)
        if deletes:
            await self._forget_index(member.id)
        await self._forget_staff(member)
        said = tables.said
        await self._run(
            sa.delete(said).where(
                said.c.platform == str(member.platform), said.c.sender == member.external_id
            )
        )
        await self._run(
            sa.update(tables.members)
            .where(tables.members.c.id == member.id)
            .values(
                external_id=alias, name=name, username="", language="", role=str(Role.MEMBER), salutation="", city="",
                home_chat_id=None, reachable=False, is_named=False, snoozed_until=None, first_seen_at=now,
            )
        )  # fmt: skip
        self._uow.written |= {"forgotten", "outbox", "feedback"}
        names = tuple({n for n in (member.name, member.username, member.salutation) if len(n) > 1})
        return Needles(str(member.platform), member.external_id, names, name, alias)

    async def tidy(self, member_id: int) -> None:
        """Empty once more what was promised to a former member: something may have been on its way."""
        former = sa.select(tables.members.c.external_id).where(tables.members.c.id == member_id)
        theirs = sa.select(tables.chats.c.id).where(tables.chats.c.external_id.in_(former))
        await self._empty(_d.c.member_id == member_id)
        await self._empty(_d.c.chat_id.in_(theirs))

    async def take_leave(self, farewell: str) -> bool:
        """Drop our last message, by its key, and the chat it went to; False while it is under way.

        The chat stays when somebody new has come by it.
        """
        last = await self._one(sa.select(_d.c.chat_id, _d.c.state).where(_d.c.key == farewell))
        if last is None:
            return True
        if last["state"] in (str(DeliveryState.PENDING), str(DeliveryState.SENDING)):
            return False
        await self._run(sa.delete(_d).where(_d.c.key == farewell))
        c, m = tables.chats, tables.members
        came_back = sa.exists().where(m.c.platform == c.c.platform, m.c.external_id == c.c.external_id)
        used = sa.exists().where(_d.c.chat_id == c.c.id)
        await self._run(sa.delete(c).where(c.c.id == last["chat_id"], ~came_back, ~used))
        return True

    async def _leave_private_chat(self, member: Member, alias: str) -> None:
        """Let the private chat lead to nobody; who comes back opens a new one."""
        chat = await self._uow.chats.find(member.platform, member.external_id)
        if chat is None or chat.kind is not ChatKind.PRIVATE:
            return
        for table in (tables.album_parts, tables.drafts, tables.expectations):
            await self._run(sa.delete(table).where(table.c.chat_id == chat.id))
        await self._empty(_d.c.chat_id == chat.id)
        await self._run(
            sa.update(tables.chats)
            .where(tables.chats.c.id == chat.id)
            .values(external_id=alias, title="", state=str(ChatState.LEFT), language="", timezone="UTC")
        )

    async def _quiet(self, member: Member, numbers: Sequence[int]) -> None:
        """Take back what was promised to them, and what asks after them."""
        await self._empty(_d.c.member_id == member.id)
        subjects = [f"{noun}:{number}" for number in numbers for noun in ("feedback", "story", "case")]
        t = tables.timers
        mine = sa.select(sa.literal("delivery:") + sa.cast(_d.c.id, sa.Text)).where(
            _d.c.member_id == member.id
        )
        await self._run(
            sa.delete(t).where(t.c.kind == "reach", t.c.fired_at.is_(None), t.c.subject.in_(mine))
        )
        for start in range(0, len(subjects), 500):
            some = subjects[start : start + 500]
            await self._run(
                sa.delete(t).where(
                    t.c.subject.in_(some), t.c.kind == "verify_reminder", t.c.fired_at.is_(None)
                )
            )
            await self._run(
                sa.update(_d)
                .where(_d.c.subject.in_(some), _d.c.state.not_in(_UNDER_WAY), _POSTED)
                .values(content=_NOTHING)
            )

    async def _empty(self, which: sa.ColumnElement[bool]) -> None:
        """Keep that something was sent, not what; what was not sent never is."""
        await self._run(
            sa.update(_d).where(which, _d.c.state.in_(_OPEN)).values(state=str(DeliveryState.DEAD), error=CANCELLED)
        )  # fmt: skip
        given_up = _d.c.state.in_((str(DeliveryState.DEAD), str(DeliveryState.UNKNOWN)))
        await self._run(
            sa.update(_d).where(which, given_up).values(state=str(DeliveryState.DEAD), error=CANCELLED)
        )
        await self._run(sa.update(_d).where(which, _POSTED).values(content=_NOTHING))
        await self._run(sa.update(_d).where(which).values(receipt="", target="", poll_id=""))

    async def _forget_rows(self, member_id: int, *, deletes: bool) -> None:
        """Do to each table's rows what is written down in `storage/traces.py`."""
        order = {table.name: place for place, table in enumerate(tables.metadata.sorted_tables)}
        for trace in sorted(TRACES, key=lambda trace: -order[trace.table]):
            table = tables.metadata.tables[trace.table]
            mine = whose(trace, member_id)
            if trace.fate is Fate.DROPPED:
                await self._run(sa.delete(table).where(mine))
                continue
            emptied = (*trace.blanks, *(trace.words if deletes else ()))
            values: dict[str, Any] = {name: _empty_of(table.c[name]) for name in emptied}
            values |= {name: _day_of(table.c[name]) for name in trace.days}
            values |= {name: FORMER + sa.cast(table.c.id, sa.Text) for name in trace.renamed}
            if values:
                await self._run(sa.update(table).where(mine).values(values))

    async def _forget_index(self, member_id: int) -> None:
        """Have their voices indexed anew, for their words are gone."""
        f, w = tables.feedback, tables.feedback_words
        mine = sa.select(f.c.id).where(f.c.contributor_id == member_id)
        await self._run(sa.update(w).where(w.c.feedback_id.in_(mine)).values(is_stale=True))

    async def _forget_staff(self, member: Member) -> None:
        """Drop what a former staff member was called; that a chat took the role of the config's is kept by id."""
        s = tables.staff
        mine = sa.and_(s.c.platform == str(member.platform), s.c.external_id == member.external_id)
        declared = await self._scalar(sa.select(sa.func.count()).where(mine, s.c.source == CONFIG))
        if declared:
            await self._run(sa.update(s).where(mine, s.c.source != CONFIG).values(name="", salutation=""))
        else:
            await self._run(sa.delete(s).where(mine))


def _empty_of(column: sa.Column[Any]) -> Any:
    """Return what an emptied column holds."""
    return [] if isinstance(column.type, sa.JSON) else ""


def _day_of(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    """Return the first moment of a moment's day (UTC)."""
    at = sa.type_coerce(column, sa.BigInteger)
    return at - at.op("%")(_DAY)
