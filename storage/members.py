"""People, each on one platform."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage import tables
from storage.asks import Ask, Step
from storage.errors import NotFoundError
from storage.modes import ALIAS, FORMER, SEALED
from storage.prepared import Row
from storage.records import STAFF, Member, Platform, Role
from storage.repository import Repository, as_json, ids_as_json, prepared, prepared_among
from storage.text.quotes import cut

_t = tables.members
_LONGEST_NAME = 40  # characters; more would fill a line of whoever names them
# Controls, marks that turn the line around, and what nobody sees but the joiner inside emoji.
_HARMFUL = re.compile(
    "[\x00-\x1f\x7f-\xa0\u00ad\u180e\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u2069\u3164\ufeff]+"
)
_MEET = prepared(
    "i:text n:text u:text",
    "INSERT INTO members (platform, external_id, name, username, language, role, salutation, first_seen_at)"
    " SELECT :platform, r.i, r.n, r.u, '', "
    "coalesce((SELECT s.role FROM staff s WHERE s.platform = :platform AND s.external_id = r.i"
    " ORDER BY s.source LIMIT 1), 'member'),"
    " coalesce((SELECT s.salutation FROM staff s WHERE s.platform = :platform AND s.external_id = r.i"
    " ORDER BY s.source LIMIT 1), ''), :now"
    " FROM {rows} WHERE true"
    " ON CONFLICT (platform, external_id) DO UPDATE SET"
    " name = CASE WHEN excluded.name = '' THEN members.name ELSE excluded.name END,"
    " username = excluded.username"
    f" RETURNING {', '.join(column.name for column in _t.c)}",  # a migrated table has another order
    *_t.c,
)
_BY_ID = prepared(
    "i:bigint",
    f"SELECT {', '.join(f'members.{column.name}' for column in _t.c)} FROM {{rows}}"
    " CROSS JOIN members WHERE members.id = r.i",
    *_t.c,
)


_KNOWN = prepared_among(
    "text",
    f"SELECT {', '.join(column.name for column in _t.c)} FROM members"
    " WHERE platform = :platform AND external_id {among}",
    *_t.c,
)


def _member(row: Row) -> Member:
    return Member(
        id=row["id"], platform=Platform(row["platform"]), external_id=row["external_id"], name=row["name"],
        username=row["username"], language=row["language"], role=Role(row["role"]),
        salutation=row["salutation"], home_chat_id=row["home_chat_id"], reachable=row["reachable"],
        snoozed_until=row["snoozed_until"], is_named=row["is_named"],
        is_honoured=row["is_honoured"], city=row["city"],
    )  # fmt: skip


def name_as_kept(name: str) -> str:
    """Return a display name on one line, of what can be seen, and not too long; "" if nothing is left. Pure."""
    if name.isascii() and name.isprintable() and len(name) <= _LONGEST_NAME:
        return name.strip()
    seen = " ".join(_HARMFUL.sub(" ", name).split())
    if not seen.replace("\u200d", "").replace("\ufe0f", ""):
        return ""
    return cut(seen, _LONGEST_NAME)


def is_as_met(member: Member | None, name: str, username: str) -> bool:
    """Tell whether who goes by these names now is stored, and by these names. Pure."""
    return member is not None and member.username == username and name_as_kept(name) in {"", member.name}


class MemberRepository(Repository):
    """Queries over members."""

    def asking_known(self, platform: Platform, external_ids: Iterable[str]) -> Ask[dict[str, Member]]:
        """Ask who of these has been met, by platform id."""
        return Ask(
            Step(_KNOWN, {"platform": str(platform), "rows": as_json(list(external_ids))}),
            lambda rows: {row["external_id"]: _member(row) for row in rows},
        )

    async def meet(
        self, platform: Platform, people: Iterable[tuple[str, str, str]], now: datetime
    ) -> dict[str, Member]:
        """Store those not met before and keep names current, in one statement; return all by platform id.

        **Shape**: people are (platform id, name, username). Roles come from the staff table.
        """
        unique = {i: (i, name_as_kept(name), username) for i, name, username in people}
        rows = await self._fetch(
            _MEET,
            {"platform": str(platform), "now": tables.micros(now), "rows": as_json(list(unique.values()))},
        )
        return {row["external_id"]: _member(row) for row in rows}

    async def get(self, member_id: int) -> Member:
        """Return a member. **Errors**: NotFoundError."""
        row = await self._one(sa.select(_t).where(_t.c.id == member_id))
        if row is None:
            raise NotFoundError(f"member {member_id}")
        return _member(row)

    async def find(self, platform: Platform, external_id: str) -> Member | None:
        """Return a member by platform id, or None."""
        row = await self._one(
            sa.select(_t).where(_t.c.platform == str(platform), _t.c.external_id == external_id)
        )
        return _member(row) if row else None

    async def find_named(self, platform: Platform, name: str) -> Member | None:
        """Return the one member with this username or display name, None if nobody or several."""
        wanted = name.removeprefix("@").strip()
        if not wanted:
            return None  # whoever has no username would be called so
        # Each by its own index: OR, and SQLite's choice of the platform's index, would read everybody.
        called = sa.union(
            sa.select(_t.c.id).where(_t.c.username == wanted), sa.select(_t.c.id).where(_t.c.name == wanted)
        )
        there = _t.c.platform.concat("") == str(platform)
        rows = await self._all(sa.select(_t).where(_t.c.id.in_(called), there).limit(2))
        return _member(rows[0]) if len(rows) == 1 else None

    async def list_named(self, platform: Platform, name: str, limit: int) -> list[Member]:
        """List who goes by a username, a display name or a salutation; nobody hidden, nobody forgotten."""
        wanted = name.lstrip("@＠").strip()
        called = sa.union(  # each by its own index, as above
            sa.select(_t.c.id).where(_t.c.username == wanted),
            sa.select(_t.c.id).where(_t.c.name == wanted),
            sa.select(_t.c.id).where(_t.c.salutation == wanted, _t.c.salutation != sa.literal_column("''")),
        )
        shown = sa.and_(*(~_t.c.external_id.startswith(prefix) for prefix in (ALIAS, SEALED, FORMER)))
        there = _t.c.platform.concat("") == str(platform)
        rows = await self._all(
            sa.select(_t)
            .where(_t.c.id.in_(called), there, shown)
            .order_by(_t.c.id)
            .limit(limit if wanted else 0)
        )
        return [_member(row) for row in rows]

    async def first_seen(self, member_id: int) -> datetime:
        """Return when a member was met. **Errors**: NotFoundError."""
        found: datetime | None = await self._scalar(sa.select(_t.c.first_seen_at).where(_t.c.id == member_id))
        if found is None:
            raise NotFoundError(f"member {member_id}")
        return found

    async def list_follows(self, member_id: int, limit: int) -> list[int]:
        """List the newest feedback a member follows."""
        f = tables.followers
        rows = await self._all(
            sa.select(f.c.feedback_id)
            .where(f.c.member_id == member_id)
            .order_by(f.c.feedback_id.desc())
            .limit(limit)
        )
        return [row["feedback_id"] for row in rows]

    async def list_by_id(self, member_ids: Iterable[int]) -> dict[int, Member]:
        """Return members by our id."""
        rows = await self._fetch(_BY_ID, {"rows": ids_as_json(member_ids)})
        return {row["id"]: _member(row) for row in rows}

    async def list_of(self, platform: Platform) -> list[Member]:
        """List everybody who has been met on a platform."""
        rows = await self._all(sa.select(_t).where(_t.c.platform == str(platform)).order_by(_t.c.id))
        return [_member(row) for row in rows]

    async def list_staff(self, roles: frozenset[Role] = STAFF) -> list[Member]:
        """List staff who have been met, admins and KOS."""
        rows = await self._all(
            sa.select(_t).where(_t.c.role.in_([str(role) for role in roles])).order_by(_t.c.id)
        )
        return [_member(row) for row in rows]

    async def change(self, member_id: int, **values: Any) -> None:
        """Change columns of a member."""
        await self._run(sa.update(_t).where(_t.c.id == member_id).values(**values))

    async def count_in(self, chat_id: int) -> int:
        """Count who has ever spoken in a group."""
        table = tables.acquaintances
        return int(
            await self._scalar(
                sa.select(sa.func.count()).select_from(table).where(table.c.chat_id == chat_id)
            )
        )
