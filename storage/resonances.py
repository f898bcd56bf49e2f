"""Who met it too, who did not, and what they say of themselves. People are counted, never taps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from storage import tables
from storage.records import Status
from storage.repository import Repository, ids_as_json

_t, _f, _a, _w = tables.resonances, tables.feedback, tables.facet_answers, tables.followers


@dataclass(frozen=True, slots=True)
class FacetWords:
    """How a facet is called and asked for in one language."""

    language: str
    name: str
    question: str


@dataclass(frozen=True, slots=True)
class Facet:
    """What people who meet the same thing may differ in: a version, a model, a region."""

    key: str
    question: str
    choices: tuple[str, ...]
    translations: tuple[FacetWords, ...] = ()

    def name_in(self, language: str) -> str:
        """Return what it is called in a language: its key, unless the config says otherwise."""
        return next((each.name for each in self.translations if each.language == language), self.key)

    def question_in(self, language: str) -> str:
        """Return how it is asked for in a language."""
        return next((each.question for each in self.translations if each.language == language), self.question)


@dataclass(frozen=True, slots=True)
class Resonance:
    """What one member says about a feedback: me too, or not me; and the facet they named."""

    feedback_id: int
    member_id: int
    is_me: bool
    facet: str
    answer: str
    through_topic_id: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Spread:
    """How many different people met it, how many did not, and what those say of themselves.

    **Shape**: `mine` and `others` count people by (facet, answer).
    """

    me: int
    not_me: int
    mine: Counter[tuple[str, str]] = field(default_factory=Counter)
    others: Counter[tuple[str, str]] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Listener:
    """Somebody who is told about others' feedback, by which of them, and whether they met it too."""

    member_id: int
    feedback_id: int
    is_me: bool


class ResonanceRepository(Repository):
    """Queries over resonances."""

    async def put(
        self, feedback_id: int, member_id: int, *, is_me: bool, now: datetime, facet: str = "", answer: str = "",
        through_topic_id: int | None = None,
    ) -> bool:  # fmt: skip
        """Write down what somebody says; a later word replaces the former. False if they had said just that."""
        former = await self.find(feedback_id, member_id)
        said = {"is_me": is_me, "facet": facet, "answer": answer}
        if (
            former is not None
            and former.is_me is is_me
            and (not answer or (former.facet, former.answer) == (facet, answer))
        ):
            return False
        values = {**said, "through_topic_id": through_topic_id, "at": now}
        await self._run(
            self._insert(_t)
            .values(feedback_id=feedback_id, member_id=member_id, **values)
            .on_conflict_do_update(index_elements=["feedback_id", "member_id"], set_=said)
        )
        return True

    async def find(self, feedback_id: int, member_id: int) -> Resonance | None:
        """Return what somebody said about a feedback, or None."""
        row = await self._one(
            sa.select(_t).where(_t.c.feedback_id == feedback_id, _t.c.member_id == member_id)
        )
        return Resonance(**row) if row else None

    async def list_of(self, member_id: int, feedback_ids: Sequence[int]) -> list[Resonance]:
        """List what somebody said about any of these, the earliest first."""
        rows = await self._all(
            sa.select(_t)
            .where(_t.c.member_id == member_id, self._among(_t.c.feedback_id))
            .order_by(_t.c.at, _t.c.feedback_id),
            {"rows": ids_as_json(feedback_ids)},
        )
        return [Resonance(**row) for row in rows]

    async def unsubscribe(self, resonance: Resonance) -> None:
        """Undo the subscription that came with a resonance; who followed before goes on following."""
        await self._run(
            sa.delete(_w).where(
                _w.c.feedback_id == resonance.feedback_id, _w.c.member_id == resonance.member_id,
                _w.c.since >= resonance.at,
            )
        )  # fmt: skip

    async def drop(self, feedback_id: int, member_id: int) -> bool:
        """Take somebody's word back; False if they had said nothing."""
        return bool(
            await self._run(sa.delete(_t).where(_t.c.feedback_id == feedback_id, _t.c.member_id == member_id))
        )

    async def count_(self, feedback_ids: Sequence[int], topic_id: int | None = None) -> Spread:
        """Count the people who met one feedback, or any of a topic's; who reported it is among them."""
        rows = {"rows": ids_as_json(feedback_ids)}
        here = self._among(_t.c.feedback_id)
        said = await self._all(
            sa.select(_t.c.member_id, _t.c.is_me, _t.c.facet, _t.c.answer)
            .where(here if topic_id is None else sa.or_(here, _t.c.through_topic_id == topic_id))
            .order_by(_t.c.at),
            rows,
        )
        voices = await self._all(
            sa.select(_f.c.contributor_id, _f.c.on_behalf_of, _a.c.facet, _a.c.answer)
            .outerjoin(_a, sa.and_(_a.c.member_id == _f.c.contributor_id, _f.c.on_behalf_of == ""))
            .where(self._among(_f.c.id), _f.c.status != str(Status.WITHDRAWN)),
            rows,
        )
        me: dict[tuple[int, str], dict[str, str]] = {}
        not_me: dict[tuple[int, str], dict[str, str]] = {}
        for row in said:
            who = (row["member_id"], "")
            sides = (me, not_me) if row["is_me"] else (not_me, me)
            sides[1].pop(who, None)
            sides[0][who] = {row["facet"]: row["answer"]}
        for row in voices:
            who = (row["contributor_id"], row["on_behalf_of"])
            not_me.pop(who, None)
            me.setdefault(who, {}).setdefault(row["facet"] or "", row["answer"] or "")
        for row in await self._list_facts(rows):
            who = (row["contributor_id"], row["on_behalf_of"])
            if who in me:
                me[who].setdefault(row["key"], row["value"])
        return Spread(len(me), len(not_me), _answers(me.values()), _answers(not_me.values()))

    async def _list_facts(self, rows: dict[str, str]) -> list[sa.RowMapping]:
        """List what the contributors of some feedback reported beside their words."""
        r = tables.facts
        return await self._all(
            sa.select(_f.c.contributor_id, _f.c.on_behalf_of, r.c.key, r.c.value)
            .join(r, r.c.feedback_id == _f.c.id)
            .where(self._among(_f.c.id), ~r.c.is_skipped)
            .order_by(_f.c.id.desc()),
            rows,
        )

    async def list_listeners(self, feedback_ids: Sequence[int]) -> list[Listener]:
        """List who follows any of these without having said one of them, each once, by the first they follow."""
        first = (
            sa.select(_w.c.member_id, sa.func.min(_w.c.feedback_id).label("feedback_id"))
            .where(self._among(_w.c.feedback_id))
            .group_by(_w.c.member_id)
            .subquery()
        )
        rows = await self._all(
            sa.select(first.c.member_id, first.c.feedback_id, _t.c.is_me)
            .outerjoin(
                _t, sa.and_(_t.c.feedback_id == first.c.feedback_id, _t.c.member_id == first.c.member_id)
            )
            .where(first.c.member_id.not_in(sa.select(_f.c.contributor_id).where(self._among(_f.c.id))))
            .order_by(first.c.member_id),
            {"rows": ids_as_json(feedback_ids)},
        )
        return [Listener(row["member_id"], row["feedback_id"], bool(row["is_me"])) for row in rows]

    async def remember(self, member_id: int, facet: str, answer: str, now: datetime) -> None:
        """Keep what a member says of themselves, so that they are not asked again."""
        values = {"answer": answer, "at": now}
        await self._run(
            self._insert(_a)
            .values(member_id=member_id, facet=facet, **values)
            .on_conflict_do_update(index_elements=["member_id", "facet"], set_=values)
        )

    async def recall(self, member_id: int, facet: str) -> str:
        """Return what a member last said of themselves, empty if nothing."""
        found: str | None = await self._scalar(
            sa.select(_a.c.answer).where(_a.c.member_id == member_id, _a.c.facet == facet)
        )
        return found or ""

    async def follow_through(self, topic_id: int, feedback_id: int, now: datetime) -> int:
        """Let who resonated through a topic hear of a feedback that leaves it; return how many they are new."""
        through = sa.select(sa.literal(feedback_id), _t.c.member_id, sa.literal(now, tables.Moment())).where(
            _t.c.through_topic_id == topic_id, _t.c.is_me
        )
        return await self._follow_from(through)

    async def follow_along(self, of_ids: Sequence[int], feedback_id: int, now: datetime) -> int:
        """Let who said or follows any of these follow another too; return how many they are new."""
        people = sa.union(
            sa.select(_w.c.member_id).where(self._among(_w.c.feedback_id)),
            sa.select(_f.c.contributor_id).where(self._among(_f.c.id)),
        ).subquery()
        target, moment = sa.literal(feedback_id), sa.literal(now, tables.Moment())
        listed = sa.select(target, people.c.member_id, moment).where(sa.true())
        return await self._follow_from(listed, {"rows": ids_as_json(of_ids)})

    async def _follow_from(
        self, people: sa.Select[tuple[int, int, datetime]], parameters: dict[str, str] | None = None
    ) -> int:
        return await self._run(
            self._insert(_w)
            .from_select(["feedback_id", "member_id", "since"], people)
            .on_conflict_do_nothing(),
            parameters,
        )


def _answers(said: Iterable[dict[str, str]]) -> Counter[tuple[str, str]]:
    """Count the answers that were given."""
    return Counter(pair for answers in said for pair in answers.items() if pair[1])
