"""The facts of a voice: what was asked for beside its words, one question at a time, and what was answered.

Facts stand in a table of their own and are never mixed into the verbatim text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from storage import tables
from storage.records import Feedback, FeedbackClass
from storage.repository import Repository

MEDIA = "media"
"""The field that a picture, a recording or a video answers."""

SAID = "said"
"""The `source` of a fact that the voice told by itself."""

TOLD = "told"
"""The `source` of a fact that was answered."""

_f = tables.facts
_r = tables.reports


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that is asked for.

    **Shape**: without `question` the catalog has one under the key; `classes` are those it is asked for, none
    means a likely defect.
    """

    key: str
    question: str = ""
    choices: tuple[str, ...] = ()
    classes: frozenset[FeedbackClass] = frozenset()

    def is_for(self, feedback: Feedback) -> bool:
        """Tell whether this is asked about a feedback."""
        return feedback.feedback_class in self.classes if self.classes else is_likely_defect(feedback)


FIELDS = tuple(Field(key) for key in ("when", "where", "version", "did", "times", "seen", MEDIA))
"""What is asked for where the config says nothing. **Source**: PRODUCT §3."""

_NO_DEFECT = re.compile(
    "物流|快递|发货|送货|配送|到货|补货|客服|售后|店员|销售|态度|投诉|退货|退款|退钱|赔|发票|价格|太贵|涨价|降价|欺骗|骗人|没人(?:管|回|理)"
    "|deliver|shipping|parcel|refund|customer service|support team|staff|rude|price|expensive|invoice|complain",
    re.IGNORECASE,
)
_DEFECT_TAGS = frozenset({"bug", "缺陷", "故障"})


def is_likely_defect(feedback: Feedback) -> bool:
    """Tell whether something seems to be broken: a bad experience with the product, or a tag that says so."""
    is_about_product = feedback.feedback_class is FeedbackClass.SUGGESTION
    is_hurt = feedback.negative and not _NO_DEFECT.search(
        feedback.text
    )  # who waits for a parcel has no version
    return is_about_product and (is_hurt or feedback.tag in _DEFECT_TAGS)


def is_about_service(feedback: Feedback) -> bool:
    """Tell whether it is about a parcel, a refund, a person: settled or not, but nothing that one tries out."""
    return feedback.feedback_class is FeedbackClass.SERVICE or bool(_NO_DEFECT.search(feedback.text))


@dataclass(frozen=True, slots=True)
class Fact:
    """One answer; a skipped question has none."""

    key: str
    value: str
    source: str
    is_skipped: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Report:
    """The questions about one voice."""

    feedback_id: int
    member_id: int
    asked_at: datetime
    answered_at: datetime | None
    closed_at: datetime | None


class ReportRepository(Repository):
    """Queries over facts, and over who was asked for them."""

    async def open(self, feedback_id: int, member_id: int, now: datetime) -> bool:
        """Note that somebody is being asked about a voice; False if they were before."""
        values = {"feedback_id": feedback_id, "member_id": member_id, "asked_at": now}
        return bool(await self._run(self._insert(_r).values(**values).on_conflict_do_nothing()))

    async def find(self, feedback_id: int) -> Report | None:
        """Return what became of the questions about a voice, None if nobody was asked."""
        row = await self._one(sa.select(_r).where(_r.c.feedback_id == feedback_id))
        if row is None:
            return None
        return Report(
            row["feedback_id"], row["member_id"], row["asked_at"], row["answered_at"], row["closed_at"]
        )

    async def answer(self, feedback_id: int, now: datetime) -> None:
        """Note that somebody answered, whatever they said."""
        await self._run(sa.update(_r).where(_r.c.feedback_id == feedback_id).values(answered_at=now))

    async def close(self, feedback_id: int, now: datetime | None) -> None:
        """End the questions about a voice, or with None begin them again."""
        await self._run(sa.update(_r).where(_r.c.feedback_id == feedback_id).values(closed_at=now))

    async def count_ignored(self, member_id: int) -> int:
        """Count how many of a member's last questions in a row were left without any answer."""
        rows = await self._all(
            sa.select(_r.c.answered_at)
            .where(_r.c.member_id == member_id)
            .order_by(_r.c.asked_at.desc(), _r.c.feedback_id.desc())
            .limit(10)
        )
        return next((n for n, row in enumerate(rows) if row["answered_at"] is not None), len(rows))

    async def put(
        self, feedback_id: int, key: str, value: str, now: datetime, *, source: str = TOLD, is_skipped: bool = False
    ) -> None:  # fmt: skip
        """Write one fact; the later answer to the same question wins."""
        values = {"value": value, "source": source, "is_skipped": is_skipped, "at": now}
        await self._run(
            self._insert(_f)
            .values(feedback_id=feedback_id, key=key, **values)
            .on_conflict_do_update(index_elements=["feedback_id", "key"], set_=values)
        )

    async def forget_skips(self, feedback_id: int) -> None:
        """Let what was skipped be asked again."""
        await self._run(sa.delete(_f).where(_f.c.feedback_id == feedback_id, _f.c.is_skipped))

    async def forget(self, feedback_id: int, key: str) -> None:
        """Forget one fact, so that it may be asked for again."""
        await self._run(sa.delete(_f).where(_f.c.feedback_id == feedback_id, _f.c.key == key))

    async def list_facts(self, feedback_id: int) -> dict[str, Fact]:
        """Return the facts of a voice by key, skipped ones included."""
        rows = await self._all(sa.select(_f).where(_f.c.feedback_id == feedback_id).order_by(_f.c.at))
        return {
            row["key"]: Fact(row["key"], row["value"], row["source"], row["is_skipped"], row["at"])
            for row in rows
        }
