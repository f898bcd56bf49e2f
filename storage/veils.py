"""The encrypted way back from an alias, digests of claim codes, and keyed counts of what hidden people did."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from storage import tables
from storage.outbox import COVERED
from storage.promises import Delivery, DeliveryKind, DeliveryState, delivery_of
from storage.records import Platform
from storage.repository import Repository, as_json, prepared_among

_v = tables.veils
_m = tables.members
_c = tables.claims
_l = tables.letters
_d = tables.deliveries
# That there is a mark is said only so SQLite sees that its partial index holds every row that is asked for.
_MARKED = prepared_among(
    "text",
    "SELECT v.member_id, m.platform, m.external_id, c.language, v.covered, v.mark FROM veils v"
    " JOIN members m ON m.id = v.member_id"
    " JOIN chats c ON c.platform = m.platform AND c.external_id = m.external_id"
    " WHERE v.mark {among} AND v.mark <> ''",
    _v.c.member_id,
    _m.c.platform,
    _m.c.external_id,
    tables.chats.c.language,
    _v.c.covered,
    _v.c.mark,
)
_FIRST_WHISPER = -(2**53)


@dataclass(frozen=True, slots=True)
class Way:
    """The encrypted way back from an alias: whose, in whose language it is spoken to, the cipher, its keyed mark."""

    member_id: int
    platform: str
    external_id: str
    language: str
    covered: str
    mark: str


@dataclass(frozen=True, slots=True)
class Claim:
    """The digest of the code that claims a sealed thread."""

    member_id: int
    digest: str


class VeilRepository(Repository):
    """Queries over ways back, claims and allowances."""

    async def put(self, member_id: int, covered: str, mark: str) -> bool:
        """Keep the way back from an alias; False if the mark is another's."""
        put = self._insert(_v).values(member_id=member_id, covered=covered, mark=mark)
        is_marked = sa.text("mark <> ''")
        return bool(
            await self._run(put.on_conflict_do_nothing(index_elements=["mark"], index_where=is_marked))
        )

    async def find(self, member_id: int) -> Way | None:
        """Return the way back from an alias, or None."""
        row = await self._one(_ways().where(_v.c.member_id == member_id))
        return Way(**row) if row else None

    async def list_of(self, platform: Platform, external_ids: Iterable[str]) -> dict[str, Way]:
        """Return the ways back from a platform's aliases by their ids there."""
        theirs = (_m.c.platform == str(platform), _m.c.external_id.in_(list(external_ids)))
        rows = await self._all(_ways().where(*theirs))
        return {row["external_id"]: Way(**row) for row in rows}

    async def list_after(self, member_id: int, limit: int) -> list[Way]:
        """List ways back in the order of their members, from the one after this."""
        rows = await self._all(
            _ways().where(_v.c.member_id > member_id).order_by(_v.c.member_id).limit(limit)
        )
        return [Way(**row) for row in rows]

    async def list_by_id(self, member_ids: Iterable[int]) -> list[Way]:
        """List the ways back from these aliases."""
        rows = await self._all(_ways().where(_v.c.member_id.in_(list(member_ids))))
        return [Way(**row) for row in rows]

    async def list_marked(self, marks: Iterable[str]) -> list[Way]:
        """List the ways back from aliases with these marks."""
        rows = await self._fetch(_MARKED, {"rows": as_json(list(marks))})
        return [Way(*(row[name] for name in Way.__slots__)) for row in rows]

    async def list_used(self, marks: Iterable[str]) -> set[str]:
        """Return which of these marks an alias has."""
        return {way.mark for way in await self.list_marked(marks)}

    async def list_unmarked(self, limit: int) -> list[Way]:
        """List ways back that are of a time before they had marks."""
        rows = await self._all(_ways().where(_v.c.mark == "").order_by(_v.c.member_id).limit(limit))
        return [Way(**row) for row in rows]

    async def replace(self, way: Way, covered: str, mark: str) -> bool:
        """Cover a way back anew; False if it was forgotten or covered anew meanwhile."""
        is_same = (_v.c.member_id == way.member_id) & (_v.c.covered == way.covered) & (_v.c.mark == way.mark)
        return bool(await self._run(sa.update(_v).where(is_same).values(covered=covered, mark=mark)))

    async def drop(self, member_id: int) -> bool:
        """Forget the way back from an alias for good; False if there is none."""
        await self._run(sa.delete(_l).where(_l.c.member_id == member_id))
        return bool(await self._run(sa.delete(_v).where(_v.c.member_id == member_id)))

    async def add_claim(self, member_id: int, locator: str, digest: str) -> None:
        """Keep the digest of the code that claims a sealed thread."""
        await self._run(sa.insert(_c), {"member_id": member_id, "locator": locator, "digest": digest})

    async def list_claims(self, locator: str) -> list[Claim]:
        """List the claims whose codes begin so; comparing the digests is left to whoever was given the code."""
        rows = await self._all(sa.select(_c.c.member_id, _c.c.digest).where(_c.c.locator == locator))
        return [Claim(**row) for row in rows]

    async def list_letters(self, member_id: int, limit: int) -> list[Delivery]:
        """List the newest messages that wait for whoever holds a sealed thread's code, newest first."""
        to_them = sa.select(tables.chats.c.id).join(
            _m,
            (_m.c.platform == tables.chats.c.platform) & (_m.c.external_id == tables.chats.c.external_id),
        )
        rows = await self._all(
            sa.select(_d)
            .where(
                _d.c.chat_id.in_(to_them.where(_m.c.id == member_id)), _d.c.kind == str(DeliveryKind.POST),
                _d.c.state == str(DeliveryState.SENT),
            )
            .order_by(_d.c.id.desc())
            .limit(limit)
        )  # fmt: skip
        return [delivery_of(row) for row in rows]

    async def whisper(self, chat_id: int, covered: str, *, key: str, now: datetime) -> None:
        """Promise to post what only the relay can read; the row is gone as soon as it has left or cannot.

        It is numbered apart, below zero: a number missing beside somebody's other rows would tell of it for ever.
        """
        number = sa.select(sa.func.coalesce(sa.func.max(_d.c.id), _FIRST_WHISPER) + 1).where(_d.c.id < 0)
        values = {
            "key": key, "chat_id": chat_id, "line": f"{chat_id}", "kind": str(DeliveryKind.POST),
            "state": str(DeliveryState.PENDING), "content": COVERED + covered, "due_at": now, "created_at": now,
        }  # fmt: skip
        put = self._insert(_d).values(id=number.scalar_subquery(), **values)
        while not await self._run(put.on_conflict_do_nothing(index_elements=["id"])):
            pass  # another process took that number just then
        self._uow.written.add("outbox")

    async def spend(self, mark: str, most: int, now: datetime, until: datetime) -> bool:
        """Count one more time under a mark; False if it is used up. Marks whose time is over are swept out."""
        a = tables.allowances
        await self._run(sa.delete(a).where(a.c.until <= now))
        row = await self._one(
            self._insert(a)
            .values(mark=mark, times=1, until=until)
            .on_conflict_do_update(index_elements=["mark"], set_={"times": a.c.times + 1})
            .returning(a.c.times)
        )
        assert row is not None  # noqa: S101 - an upsert always returns its row
        return bool(row["times"] <= most)


def _ways() -> sa.Select[tuple[int, str, str, str, str, str]]:
    """Select ways back with the language of the alias's own chat."""
    c = tables.chats
    return (
        sa.select(_v.c.member_id, _m.c.platform, _m.c.external_id, c.c.language, _v.c.covered, _v.c.mark)
        .join(_m, _m.c.id == _v.c.member_id)
        .join(c, (c.c.platform == _m.c.platform) & (c.c.external_id == _m.c.external_id))
    )
