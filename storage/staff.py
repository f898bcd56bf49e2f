"""Who is KOS or admin: grants from the config and from /staff; what was said in chat wins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from storage import tables
from storage.records import Platform, Role
from storage.repository import Repository

_t = tables.staff
CONFIG, CHAT = "config", "chat"


@dataclass(frozen=True, slots=True)
class Grant:
    """One person's role, and where it was said ("config" or "chat")."""

    platform: Platform
    external_id: str
    source: str
    role: Role
    name: str
    salutation: str = ""


class StaffRepository(Repository):
    """Queries over staff grants. "chat" sorts before "config", so the first row of a person is in force."""

    async def declare(self, grants: list[Grant], now: datetime) -> None:
        """Replace what the config says, and bring every member's role up to date."""
        await self._run(sa.delete(_t).where(_t.c.source == CONFIG))
        for grant in grants:
            await self._put(grant, now)
        await self._refresh()

    async def grant(self, grant: Grant, now: datetime) -> None:
        """Store what an admin said in chat; role MEMBER takes a role away."""
        self._uow.written.add("staff")
        await self._put(grant, now)
        await self._refresh()

    async def list_grants(self) -> list[Grant]:
        """List all grants, those in force first for each person."""
        rows = await self._all(sa.select(_t).order_by(_t.c.platform, _t.c.external_id, _t.c.source))
        return [
            Grant(
                Platform(row["platform"]), row["external_id"], row["source"], Role(row["role"]), row["name"],
                row["salutation"],
            )
            for row in rows
        ]  # fmt: skip

    async def _put(self, grant: Grant, now: datetime) -> None:
        values = {"role": str(grant.role), "name": grant.name, "salutation": grant.salutation, "at": now}
        await self._run(
            self._insert(_t)
            .values(
                platform=str(grant.platform), external_id=grant.external_id, source=grant.source, **values
            )
            .on_conflict_do_update(index_elements=["platform", "external_id", "source"], set_=values)
        )

    async def _refresh(self) -> None:
        """Bring members.role in line with the grants in force, touching nobody else: they may be a whole city."""
        m = tables.members
        mine = (_t.c.platform == m.c.platform) & (_t.c.external_id == m.c.external_id)
        first = sa.select(_t.c.role).where(mine).order_by(_t.c.source).limit(1).scalar_subquery()
        word = sa.select(_t.c.salutation).where(mine).order_by(_t.c.source).limit(1).scalar_subquery()
        role = sa.func.coalesce(first, str(Role.MEMBER))
        salutation = sa.func.coalesce(sa.func.nullif(word, ""), m.c.salutation)
        await self._run(
            sa.update(m)
            .where(sa.or_(m.c.role != role, m.c.salutation != salutation))
            .values(role=role, salutation=salutation)
        )
