"""The relay's side of the outbox: lease what is due, mark what happened. Called by `bot/relay.py` only."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa

from storage import tables
from storage.promises import Delivery, DeliveryKind, DeliveryState, Receipt, delivery_of
from storage.records import ChatKind, Platform
from storage.repository import Repository

_t = tables.deliveries
# Written out, not bound: only so SQLite sees that its partial index holds every row that is asked for.
_IS_OPEN = sa.text("deliveries.state IN ('pending', 'sending')")
# Asked of each row, and chats are joined from the left: with a join, stale statistics once made SQLite begin with
# the chats, and go through all that is due for each of them.
_place = tables.chats.alias("place")
# As if it had never been about to leave.
_UNTRIED = sa.case((_t.c.state == str(DeliveryState.SENDING), _t.c.attempts - 1), else_=_t.c.attempts)
_IS_OURS = (
    sa.exists()
    .where(_place.c.id == _t.c.chat_id, _place.c.platform.in_(sa.bindparam("platforms", expanding=True)))
    .correlate(_t)
)


@dataclass(frozen=True, slots=True)
class Leased:
    """A Delivery under lease, with where it goes. `target` is the platform's message id an edit is about."""

    delivery: Delivery
    platform: Platform
    chat: str
    chat_kind: ChatKind
    line: str
    target: str


class DeliveryRepository(Repository):
    """Queries of the relay."""

    async def lease(
        self, platforms: Iterable[Platform], now: datetime, *, owner: str, lease_for: timedelta, limit: int
    ) -> list[Leased]:
        """Lease what is due, oldest first, only the head of each line, so that a chat keeps its order."""
        rows = await self._all(_due(locks=self._is_postgres), _asked(platforms, now, limit))
        if rows:
            ids = [row["id"] for row in rows]
            await self._run(
                _mark("owner", "lease_until"), {"ids": ids, "owner": owner, "lease_until": now + lease_for}
            )
        return [
            Leased(
                delivery_of(row), Platform(row["platform"]), row["external_id"], ChatKind(row["chat_kind"]),
                row["line"], row["target"] or row["of_receipt"] or "",
            )
            for row in rows
        ]  # fmt: skip

    async def has_due(self, platforms: Iterable[Platform], now: datetime) -> bool:
        """Tell whether `lease` would find anything, without writing."""
        return await self._one(_due(locks=False), _asked(platforms, now, 1)) is not None

    async def has_unsettled(self, platforms: Iterable[Platform], now: datetime) -> bool:
        """Tell whether anything that is due by now has not arrived yet, leased or not."""
        row = await self._one(
            sa.select(_t.c.id)
            .where(
                _IS_OPEN, _t.c.due_at <= now, sa.or_(_t.c.retry_at.is_(None), _t.c.retry_at <= now), _IS_OURS
            )
            .limit(1),
            {"platforms": [str(platform) for platform in platforms]},
        )
        return row is not None

    async def list_companions(self, leased: Leased, now: datetime, limit: int = 8) -> list[Delivery]:
        """List the held messages due behind a held one in its line: they may be folded into it."""
        rows = await self._all(
            sa.select(_t)
            .where(
                _t.c.line == leased.line, _t.c.id > leased.delivery.id, _t.c.due_at <= now, _t.c.is_held,
                _t.c.state == str(DeliveryState.PENDING), _t.c.kind == str(DeliveryKind.POST),
            )
            .order_by(_t.c.id)
            .limit(limit)
        )  # fmt: skip
        return [delivery_of(row) for row in rows]

    async def mark_sending(self, ids: Iterable[int]) -> dict[int, str]:
        """Note that requests are about to leave; return what each is to say by now, by delivery id.

        Who is missing was taken back since it was leased.
        """
        rows = await self._all(_mark_sending(), {"ids": list(ids)})
        return {row["id"]: row["content"] for row in rows}

    async def unmark(self, ids: Iterable[int]) -> None:
        """Take back that requests are about to leave: what they say has changed, so it is leased anew."""
        await self._run(
            sa.update(_t)
            .where(_t.c.id.in_(list(ids)))
            .values(state=str(DeliveryState.PENDING), attempts=_t.c.attempts - 1, lease_until=None)
        )

    async def reclaim(self, owner: str, *, under_way: Iterable[int]) -> None:
        """Take back what a process holds and has not sent, `under_way` excepted."""
        is_sending = _t.c.state == str(DeliveryState.SENDING)
        is_leased = sa.and_(_t.c.state == str(DeliveryState.PENDING), _t.c.lease_until.is_not(None))
        await self._drop_overtaken(_t.c.owner == owner, is_sending, _t.c.id.not_in(list(under_way)))
        await self._run(
            sa.update(_t)
            .where(_t.c.owner == owner, sa.or_(is_sending, is_leased), _t.c.id.not_in(list(under_way)))
            .values(state=str(DeliveryState.PENDING), lease_until=None, attempts=_UNTRIED)
        )

    async def mark_sent(self, ids: Iterable[int], receipt: Receipt, now: datetime) -> None:
        """Note that it arrived."""
        arrived = {"receipt": receipt.message_id, "poll_id": receipt.poll_id, "sent_at": now, "error": ""}
        await self._change(ids, state=str(DeliveryState.SENT), **arrived)

    async def mark_posted(self, ids: Iterable[int], at: datetime) -> None:
        """Note of promises to an alias that they were carried out; the rows do not tell whether they arrived."""
        same = {"receipt": "", "poll_id": "", "error": "", "attempts": 1, "retry_at": None}
        await self._change(ids, state=str(DeliveryState.SENT), sent_at=at, **same)

    async def retry(self, ids: Collection[int], at: datetime, error: str) -> None:
        """Try again at a moment; the line waits for it."""
        await self._drop_overtaken(_t.c.id.in_(list(ids)))
        await self._change(ids, state=str(DeliveryState.PENDING), retry_at=at, error=error)

    async def put_off(self, ids: Collection[int], at: datetime, error: str) -> None:
        """Try again at a moment that was told us: what never left, however often, is no failed try."""
        await self._drop_overtaken(_t.c.id.in_(list(ids)))
        await self._run(
            sa.update(_t)
            .where(_t.c.id.in_(list(ids)))
            .values(
                state=str(DeliveryState.PENDING), retry_at=at, error=error, lease_until=None, attempts=_UNTRIED
            )
        )  # fmt: skip

    async def _drop_overtaken(self, *which: sa.ColumnElement[bool]) -> None:
        """Drop edits that a newer one of the same message, still to go, says better: the last state wins."""
        newer = _t.alias("newer")
        waits = sa.text("newer.fold <> '' AND newer.state = 'pending'")
        is_overtaken = sa.exists().where(newer.c.fold == _t.c.fold, newer.c.id > _t.c.id, waits)
        await self._run(sa.delete(_t).where(*which, is_overtaken))

    async def settle(self, ids: Iterable[int], state: DeliveryState, error: str) -> None:
        """Stop trying: DEAD, UNKNOWN or WAITING."""
        await self._change(ids, state=str(state), error=error)

    async def forget(self, ids: Iterable[int]) -> None:
        """Drop deliveries without a trace."""
        await self._run(sa.delete(_t).where(_t.c.id.in_(list(ids))))

    async def _change(self, ids: Iterable[int], **values: Any) -> None:
        """Change deliveries and end their lease."""
        values["lease_until"] = None
        await self._run(_mark(*values), {"ids": list(ids), **values})

    async def unlease(self, ids: Iterable[int]) -> None:
        """Give back what was leased and not sent."""
        await self._run(sa.update(_t).where(_t.c.id.in_(list(ids))).values(lease_until=None))

    async def list_interrupted(self, platforms: Iterable[Platform], owner: str) -> list[Leased]:
        """List what another process left SENDING: whether it arrived, nobody knows."""
        c = tables.chats
        rows = await self._all(
            sa.select(_t, c.c.platform, c.c.external_id, c.c.kind.label("chat_kind"))
            .outerjoin(c, c.c.id == _t.c.chat_id)
            .where(_IS_OPEN, _t.c.state == str(DeliveryState.SENDING), _t.c.owner != owner, _IS_OURS),
            {"platforms": [str(platform) for platform in platforms]},
        )
        return [
            Leased(
                delivery_of(row), Platform(row["platform"]), row["external_id"], ChatKind(row["chat_kind"]),
                row["line"], row["target"],
            )
            for row in rows
        ]  # fmt: skip

    async def forget_leases(self, owner: str) -> None:
        """Drop the leases of processes that are gone; called by the one that leads."""
        await self._run(
            sa.update(_t)
            .where(
                _t.c.state == str(DeliveryState.PENDING), _t.c.lease_until.is_not(None), _t.c.owner != owner
            )
            .values(lease_until=None)
        )

    async def next_due(self, platforms: Iterable[Platform], now: datetime) -> datetime | None:
        """Return when the next Delivery comes due after `now`, or None."""
        asked = {"platforms": [str(platform) for platform in platforms], "now": now}
        found: datetime | None = await self._scalar(_next_due(is_postgres=self._is_postgres), asked)
        return found


def _asked(platforms: Iterable[Platform], now: datetime, limit: int) -> dict[str, Any]:
    return {"platforms": [str(platform) for platform in platforms], "now": now, "limit": limit}


@cache
def _due(*, locks: bool) -> sa.Select[Any]:
    """Select the heads of the lines that may go now, the oldest first; built once."""
    now = sa.bindparam("now", type_=tables.Moment())
    heads = (
        sa.select(sa.func.min(_t.c.id))
        .where(_IS_OPEN, _t.c.due_at <= now)
        .group_by(_t.c.line)
        .scalar_subquery()
    )
    original = _t.alias("original")
    c = tables.chats
    where = (
        c.c.platform,
        c.c.external_id,
        c.c.kind.label("chat_kind"),
        original.c.receipt.label("of_receipt"),
    )
    query = (
        sa.select(_t, *where)
        .outerjoin(c, c.c.id == _t.c.chat_id)
        .outerjoin(original, original.c.id == _t.c.of_id)
        .where(
            _t.c.id.in_(heads),
            _t.c.state == str(DeliveryState.PENDING),
            sa.or_(_t.c.retry_at.is_(None), _t.c.retry_at <= now),
            sa.or_(_t.c.lease_until.is_(None), _t.c.lease_until <= now),
            _IS_OURS,
        )
        .order_by(_t.c.id)
        .limit(sa.bindparam("limit", type_=sa.Integer()))
    )
    return query.with_for_update(of=_t, skip_locked=True) if locks else query


@cache
def _mark(*columns: str) -> sa.Update:
    """Change columns of the deliveries `ids`; built once."""
    ids: sa.BindParameter[Any] = sa.bindparam("ids", expanding=True)
    return sa.update(_t).where(_t.c.id.in_(ids)).values({name: sa.bindparam(name) for name in columns})


@cache
def _mark_sending() -> sa.Update:
    ids: sa.BindParameter[Any] = sa.bindparam("ids", expanding=True)
    return (
        sa.update(_t)
        .where(_t.c.id.in_(ids), _t.c.state == str(DeliveryState.PENDING))
        .values(state=str(DeliveryState.SENDING), attempts=_t.c.attempts + 1)
        .returning(_t.c.id, _t.c.content)
    )


@cache
def _next_due(*, is_postgres: bool) -> sa.Select[Any]:
    """Select when the next pending Delivery may go, after `now`; built once."""
    later = sa.func.greatest if is_postgres else sa.func.max
    at: Any = later(_t.c.due_at, sa.func.coalesce(_t.c.retry_at, _t.c.due_at), type_=tables.Moment())
    return sa.select(sa.func.min(at, type_=tables.Moment())).where(
        _IS_OPEN, _t.c.state == str(DeliveryState.PENDING), at > sa.bindparam("now", type_=tables.Moment()),
        _IS_OURS,
    )  # fmt: skip
