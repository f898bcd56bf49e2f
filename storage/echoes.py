"""What many people are told at once: one statement for their chats, one for their day, one for the promises.

Two thousand followers of one feedback hear of it in one short transaction, each with all manners.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from storage import manners as when
from storage import tables
from storage.manners import Manners
from storage.messages import Message, encode
from storage.promises import CANCELLED, Delivery, DeliveryState, delivery_of
from storage.records import ChatKind, ChatState, Member
from storage.repository import Repository, Spread, as_json, ids_as_json, prepared, prepared_among, unroll

_t, _c = tables.deliveries, tables.chats
_CHAT = (_c.c.id, _c.c.platform, _c.c.external_id, _c.c.timezone)
_FIND_CHATS = prepared(
    "p:text e:text",
    f"SELECT {', '.join(f'c.{column.name}' for column in _CHAT)} FROM {{rows}}"
    " CROSS JOIN chats c WHERE c.platform = r.p AND c.external_id = r.e",
    *_CHAT,
)
# PostgreSQL keeps its plan of how to check that the chat of a promise exists. Made when there were few chats, it reads
# them all for each promise, until somebody counts them; by itself it does so about once a minute.
_CHATS_KNOWN = sa.text("SELECT reltuples FROM pg_class WHERE oid = 'chats'::regclass")
_TAKEN = prepared_among(
    "bigint",
    "SELECT member_id, due_at FROM deliveries"
    " WHERE member_id {among} AND due_at >= :since AND is_held AND state <> 'dead'",
    _t.c.member_id,
    _t.c.due_at,
)
# Asked in the list of columns, so only of these chats: as a condition, PostgreSQL asks it of every chat there is. The
# end of an index tells the last one, however many answers there are and whatever PostgreSQL believes of that.
_LAST_ANSWERS = prepared(
    "p:text e:text",
    "SELECT c.platform, c.external_id,"
    " (SELECT max(d.created_at) FROM deliveries d"
    "  WHERE d.chat_id = c.id AND NOT d.is_held AND d.kind <> 'reaction') AS created_at"
    " FROM {rows} CROSS JOIN chats c WHERE c.platform = r.p AND c.external_id = r.e",
    _c.c.platform,
    _c.c.external_id,
    _t.c.created_at,
)
_TELL = Spread(
    "k:text c:bigint t:text m:bigint d:bigint s:text",
    "INSERT INTO deliveries (key, chat_id, line, kind, state, content, subject, member_id, is_held, due_at,"
    " created_at) SELECT r.k, r.c, CAST(r.c AS text), 'post', 'pending', r.t, r.s, r.m, true, r.d,"
    " CAST(:now AS bigint) FROM {rows} WHERE true ON CONFLICT (key) DO NOTHING RETURNING member_id",
    _t.c.member_id,
)
_STUCK = (str(DeliveryState.WAITING), str(DeliveryState.UNKNOWN), str(DeliveryState.DEAD))
TOLD_IN_PERSON = "told in person"  # the `error` of a Delivery that a person carried instead of us

_TALKING_FOR = timedelta(minutes=30)  # after our last answer
_LONGEST_DAY = timedelta(hours=26)  # a local day with a change of clocks, and a little more


@dataclass(frozen=True, slots=True)
class Echo:
    """One private message to one person; zone and language are those of their group."""

    member: Member
    message: Message
    key: str
    timezone: str
    language: str
    subject: str = ""  # what it is about to this person, if not what all are told of


class EchoRepository(Repository):
    """Private messages in bulk."""

    async def has_card(self, subject: str) -> bool:
        """Tell whether a group was ever shown a card of this."""
        found = sa.select(_t.c.id).where(_t.c.subject == subject, _t.c.key.like(f"card:{subject}:%"))
        return await self._scalar(found.limit(1)) is not None

    async def tell_many(
        self, echoes: Sequence[Echo], *, now: datetime, manners: Manners, subject: str = "",
        talking: Collection[int] = (),
    ) -> dict[int, datetime]:  # fmt: skip
        """Promise each a private message as `outbox.tell` does; return when each is due, by member id.

        Those who are `talking` with us (their ids) hear it now, unless they asked for peace. Who has that very
        promise already is left out of the answer, and so are former members.
        """
        echoes = [echo for echo in echoes if not echo.member.is_former]
        if not echoes:
            return {}
        chats = await self._private_chats(echoes)
        taken = await self._taken({echo.member.id for echo in echoes}, now - _LONGEST_DAY)
        due: dict[int, datetime] = {}
        rows = []
        for echo in echoes:
            member = echo.member
            chat_id, timezone = chats[str(member.platform), member.external_id]
            at = now
            if member.id not in talking or member.snoozed_until is not None:
                at = _polite(now, member, _zone(timezone), taken.get(member.id, frozenset()), manners)
            due[member.id] = at
            rows.append(
                [
                    echo.key,
                    chat_id,
                    encode(echo.message),
                    member.id,
                    tables.micros(at),
                    echo.subject or subject,
                ]
            )
        told = await self._spread(_TELL, rows, {"now": tables.micros(now)})
        self._uow.written.add("outbox")
        return {row["member_id"]: due[row["member_id"]] for row in told}

    async def list_talking(self, members: Sequence[Member], now: datetime) -> set[int]:
        """Return who of these speaks with us in private right now: we answered them a moment ago."""
        names = {(str(member.platform), member.external_id): member.id for member in members}
        rows = await self._fetch(_LAST_ANSWERS, {"rows": as_json(list(names))})
        return {
            names[row["platform"], row["external_id"]]
            for row in rows
            if row["created_at"] is not None and row["created_at"] > now - _TALKING_FOR
        }

    async def list_untold(self, subject: str) -> set[int]:
        """Return who could not be told about a subject: it waits, is lost, or nobody knows."""
        rows = await self._all(
            sa.select(_t.c.member_id)
            .distinct()
            .where(_t.c.subject == subject, _t.c.is_held, _t.c.state.in_(_STUCK), _t.c.error != CANCELLED)
        )
        return {row["member_id"] for row in rows}

    async def list_unsaid(self, keys: Collection[str]) -> set[str]:
        """Return which of these promises have not been carried out and can still be taken back."""
        rows = await self._all(
            sa.text(
                "SELECT d.key FROM "
                + unroll("k:text", is_postgres=self._is_postgres)
                + " CROSS JOIN deliveries d WHERE d.key = r.k AND d.state IN ('pending', 'waiting')"
            ),
            {"rows": as_json([[key] for key in keys])},
        )
        return {row["key"] for row in rows}

    async def list_by_key(self, keys: Collection[str]) -> list[Delivery]:
        """List the Deliveries with these keys, oldest first; those that were given up are not among them."""
        shape = unroll("k:text", is_postgres=self._is_postgres)
        among = _t.c.key.in_(sa.select(sa.column("k", sa.Text())).select_from(sa.text(shape)))
        rows = await self._all(
            sa.select(_t).where(among, _t.c.state != str(DeliveryState.DEAD)).order_by(_t.c.id),
            {"rows": as_json([[key] for key in keys])},
        )
        return [delivery_of(row) for row in rows]

    async def cancel_all(self, subjects: Collection[str]) -> None:
        """Take back what is promised about several subjects and not sent."""
        shape = unroll("s:text", is_postgres=self._is_postgres)
        among = _t.c.subject.in_(sa.select(sa.column("s", sa.Text())).select_from(sa.text(shape)))
        unsent = [str(DeliveryState.PENDING), str(DeliveryState.WAITING)]
        rows = {"rows": as_json([[subject] for subject in subjects])}
        await self._uow.letters.let_go(among, _t.c.is_held, parameters=rows)
        await self._run(
            sa.update(_t)
            .where(among, _t.c.state.in_(unsent), _t.c.is_held)
            .values(state=str(DeliveryState.DEAD), error=CANCELLED),
            rows,
        )

    async def tell_in_person(self, subject: str, member_ids: Collection[int]) -> int:
        """Settle what these people were to be told about a subject: a person has told them."""
        people = {"rows": ids_as_json(member_ids)}
        theirs = (_t.c.subject == subject, _t.c.is_held, self._among(_t.c.member_id))
        await self._uow.letters.let_go(*theirs, parameters=people)
        return await self._run(
            sa.update(_t)
            .where(
                *theirs, _t.c.state.in_([*_STUCK, str(DeliveryState.PENDING)]), _t.c.error != CANCELLED,
            )
            .values(state=str(DeliveryState.SENT), error=TOLD_IN_PERSON, lease_until=None),
            people,
        )  # fmt: skip

    async def _private_chats(self, echoes: Sequence[Echo]) -> dict[tuple[str, str], tuple[int, str]]:
        """Return each person's private chat (id and zone), opening those that are missing."""
        people = {(str(echo.member.platform), echo.member.external_id): echo for echo in echoes}
        found = await self._find_chats(people)
        missing = [
            [*who, echo.member.name, echo.language, echo.timezone]
            for who, echo in people.items()
            if who not in found
        ]
        if not missing:
            return found
        shape = unroll("p:text e:text n:text l:text z:text", is_postgres=self._is_postgres)
        no_rituals = "CAST('[]' AS json)" if self._is_postgres else "'[]'"
        await self._run(
            sa.text(
                "INSERT INTO chats (platform, external_id, kind, title, state, language, timezone, rituals)"
                f" SELECT r.p, r.e, :kind, r.n, :state, r.l, r.z, {no_rituals} FROM {shape} WHERE true"
                " ON CONFLICT (platform, external_id) DO NOTHING"
            ),
            {"rows": as_json(missing), "kind": str(ChatKind.PRIVATE), "state": str(ChatState.SERVED)},
        )
        if self._is_postgres and len(missing) > await self._scalar(_CHATS_KNOWN):
            await self._connection.exec_driver_sql("ANALYZE chats")
        return found | await self._find_chats((platform, who) for platform, who, *_ in missing)

    async def _find_chats(self, people: Iterable[tuple[str, str]]) -> dict[tuple[str, str], tuple[int, str]]:
        rows = await self._fetch(_FIND_CHATS, {"rows": as_json(list(people))})
        return {(row["platform"], row["external_id"]): (row["id"], row["timezone"]) for row in rows}

    async def _taken(self, member_ids: set[int], since: datetime) -> dict[int, set[datetime]]:
        """Return the moments at which proactive messages are due to each of these people already."""
        asked = {"rows": as_json(list(member_ids)), "since": tables.micros(since)}
        rows = await self._fetch(_TAKEN, asked)
        taken: dict[int, set[datetime]] = {}
        for row in rows:
            taken.setdefault(row["member_id"], set()).add(row["due_at"])
        return taken


def _polite(
    now: datetime, member: Member, zone: ZoneInfo, taken: Collection[datetime], manners: Manners
) -> datetime:
    """Return the first moment at which one may speak to somebody."""
    due = now if member.snoozed_until is None else max(now, member.snoozed_until)
    due = when.after_quiet(manners, due, zone)
    while due not in taken:
        start, end = when.local_day(due, zone)
        if sum(start <= moment < end for moment in taken) < manners.dms_per_day:
            break
        due = when.next_day(manners, due, zone)
    return due


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
