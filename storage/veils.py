"""The encrypted way back from an alias, digests of claim codes, and keyed counts of what hidden people did."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from storage import tables
from storage.outbox import COVERED
from storage.promises import Delivery, DeliveryKind, DeliveryState, delivery_of
from storage.repository import Repository

_v = tables.veils
_m = tables.members
_c = tables.claims
_l = tables.letters
_d = tables.deliveries


@dataclass(frozen=True, slots=True)
class Way:
    """The encrypted way back from an alias: whose, in whose language it is spoken to, and the cipher."""

    member_id: int
    platform: str
    external_id: str
    language: str
    covered: str


@dataclass(frozen=True, slots=True)
class Claim:
    """The digest of the code that claims a sealed thread."""

    member_id: int
    digest: str


class VeilRepository(Repository):
    """Queries over ways back, claims and allowances."""

    async def put(self, member_id: int, covered: str) -> None:
        """Keep the way back from an alias; replaces the one kept before."""
        await self._run(
            self._insert(_v)
            .values(member_id=member_id, covered=covered)
            .on_conflict_do_update(index_elements=["member_id"], set_={"covered": covered})
        )

    async def find(self, member_id: int) -> Way | None:
        """Return the way back from an alias, or None."""
        row = await self._one(_ways().where(_v.c.member_id == member_id))
        return Way(**row) if row else None

    async def list_of(self, external_ids: Iterable[str]) -> dict[str, Way]:
        """Return the ways back from aliases by their platform ids."""
        rows = await self._all(_ways().where(_m.c.external_id.in_(list(external_ids))))
        return {row["external_id"]: Way(**row) for row in rows}

    async def list_newest(self, limit: int) -> list[Way]:
        """List the newest aliases' ways back."""
        rows = await self._all(_ways().order_by(_v.c.member_id.desc()).limit(limit))
        return [Way(**row) for row in rows]

    async def list_after(self, member_id: int, limit: int) -> list[Way]:
        """List ways back in the order of their members, from the one after this."""
        rows = await self._all(
            _ways().where(_v.c.member_id > member_id).order_by(_v.c.member_id).limit(limit)
        )
        return [Way(**row) for row in rows]

    async def list_waiting(self, limit: int) -> list[Way]:
        """List the ways back from aliases for whom a message waits until the person can be reached."""
        waiting = sa.select(_d.c.member_id).where(_d.c.state == str(DeliveryState.WAITING))
        rows = await self._all(_ways().where(_v.c.member_id.in_(waiting)).limit(limit))
        return [Way(**row) for row in rows]

    async def replace(self, way: Way, covered: str) -> bool:
        """Cover a way back anew; False if it was forgotten or covered anew meanwhile."""
        is_same = (_v.c.member_id == way.member_id) & (_v.c.covered == way.covered)
        return bool(await self._run(sa.update(_v).where(is_same).values(covered=covered)))

    async def drop(self, member_id: int) -> bool:
        """Forget the way back from an alias for good; False if there is none."""
        await self._run(sa.delete(_l).where(_l.c.member_id == member_id))
        return bool(await self._run(sa.delete(_v).where(_v.c.member_id == member_id)))

    async def add_letter(self, mark: str, external_id: str) -> None:
        """Remember under a keyed mark which alias a message went to."""
        member = sa.select(_m.c.id).where(_m.c.external_id == external_id).limit(1).scalar_subquery()
        await self._run(self._insert(_l).values(mark=mark, member_id=member).on_conflict_do_nothing())

    async def find_by_letter(self, mark: str) -> int | None:
        """Return the alias that a message went to, or None."""
        found: int | None = await self._scalar(sa.select(_l.c.member_id).where(_l.c.mark == mark))
        return found

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
        """Promise to post what only the relay can read; the row is gone as soon as it has left or cannot."""
        await self._run(
            sa.insert(_d),
            {
                "key": key, "chat_id": chat_id, "line": f"{chat_id}", "kind": str(DeliveryKind.POST),
                "state": str(DeliveryState.PENDING), "content": COVERED + covered, "due_at": now, "created_at": now,
            },
        )  # fmt: skip
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


def _ways() -> sa.Select[tuple[int, str, str, str, str]]:
    """Select ways back with the language of the alias's own chat."""
    c = tables.chats
    return (
        sa.select(_v.c.member_id, _m.c.platform, _m.c.external_id, c.c.language, _v.c.covered)
        .join(_m, _m.c.id == _v.c.member_id)
        .join(c, (c.c.platform == _m.c.platform) & (c.c.external_id == _m.c.external_id))
    )
