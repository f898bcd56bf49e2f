"""Stories: what members let us tell of their praise, word by word. Whether they may be told is in `consents`."""

from __future__ import annotations

import enum
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage import tables
from storage.repository import Repository

_t = tables.stories


class Place(enum.StrEnum):
    """Where a story may be told; with its words, what its author agrees to."""

    GROUP = "group"  # the group it was said in, or its author's
    LIBRARY = "library"  # staff's own list, and what is exported of it
    BRAND = "brand"  # the brand's own channels, by a person


class StoryState(enum.StrEnum):
    """Where a story stands."""

    ASKED = "asked"  # its author has not answered to these words yet
    AGREED = "agreed"  # the author agrees to these very words; a person may publish them
    PUBLISHED = "published"
    REFUSED = "refused"  # the author would rather not
    REVOKED = "revoked"  # the author took it back


OVER = frozenset({StoryState.REFUSED, StoryState.REVOKED})
"""Whoever said no, or took a yes back, is not asked again."""


@dataclass(frozen=True, slots=True)
class StorySettings:
    """Where stories are told, and who begins. `channels` is what the brand's channels are called."""

    places: tuple[Place, ...] = (Place.GROUP, Place.LIBRARY)
    channels: str = ""
    asks_by_itself: bool = False  # whoever praises under a tag is asked; otherwise a KOS asks


@dataclass(frozen=True, slots=True)
class Story:
    """One praise as it may be told."""

    id: int
    feedback_id: int
    member_id: int
    wording: str
    places: tuple[Place, ...]
    state: StoryState
    is_named: bool
    signature: str
    version: int  # compare-and-set, and what a consent was given to
    by_id: int
    chat_id: int | None
    post_key: str
    created_at: datetime
    changed_at: datetime
    published_at: datetime | None

    @property
    def subject(self) -> str:
        """Return how deliveries name it."""
        return f"story:{self.feedback_id}"

    @property
    def question_key(self) -> str:
        """Return the key of the Delivery that asks about these very words."""
        return f"{self.subject}:{self.version}:ask"

    @property
    def agreed_to(self) -> str:
        """Return what a consent says was agreed to: the words and the places."""
        return f"{self.wording}\n[{', '.join(self.places)}]"


def _story(row: sa.RowMapping) -> Story:
    return Story(**{
        **row, "places": tuple(Place(place) for place in row["places"]), "state": StoryState(row["state"]),
    })  # fmt: skip


_IN_LIBRARY = sa.and_(
    _t.c.state == str(StoryState.PUBLISHED), sa.cast(_t.c.places, sa.Text).contains(f'"{Place.LIBRARY}"')
)


class StoryRepository(Repository):
    """Queries over stories."""

    async def ask(
        self, feedback_id: int, member_id: int, wording: str, places: Collection[Place], *, by_id: int, now: datetime
    ) -> Story | None:  # fmt: skip
        """Begin one by asking its author; None if somebody has asked before."""
        row = await self._one(
            self._insert(_t)
            .values(
                feedback_id=feedback_id, member_id=member_id, wording=wording, places=[str(p) for p in places],
                state=str(StoryState.ASKED), by_id=by_id, created_at=now, changed_at=now, version=1,
            )
            .on_conflict_do_nothing(index_elements=["feedback_id"])
            .returning(_t)
        )  # fmt: skip
        return _story(row) if row else None

    async def find(self, feedback_id: int) -> Story | None:
        """Return the story of a feedback, or None."""
        row = await self._one(sa.select(_t).where(_t.c.feedback_id == feedback_id))
        return _story(row) if row else None

    async def change(self, story: Story, now: datetime, **values: Any) -> Story | None:
        """Change it, if it is still as `story` says; None if somebody was faster. New words are a new version."""
        version = story.version + ("wording" in values)
        row = await self._one(
            sa.update(_t)
            .where(_t.c.id == story.id, _t.c.version == story.version, _t.c.state == str(story.state))
            .values(version=version, changed_at=now, **values)
            .returning(_t)
        )
        return _story(row) if row else None

    async def list_published(self, limit: int, offset: int = 0) -> list[Story]:
        """List the library, newest first."""
        rows = await self._all(
            sa.select(_t).where(_IN_LIBRARY).order_by(_t.c.id.desc()).limit(limit).offset(offset)
        )
        return [_story(row) for row in rows]

    async def list_of(self, member_id: int) -> list[Story]:
        """List what is told, or may be told, of a member's words."""
        told = [str(state) for state in StoryState if state not in OVER]
        rows = await self._all(
            sa.select(_t).where(_t.c.member_id == member_id, _t.c.state.in_(told)).order_by(_t.c.id)
        )
        return [_story(row) for row in rows]

    async def last_asked(self, member_id: int) -> datetime | None:
        """Return when a member was last asked for a story, None if never."""
        at: datetime | None = await self._scalar(
            sa.select(sa.func.max(_t.c.created_at, type_=tables.Moment())).where(_t.c.member_id == member_id)
        )
        return at

    async def count_library(self) -> int:
        """Count the stories in the library."""
        return int(await self._scalar(sa.select(sa.func.count()).select_from(_t).where(_IN_LIBRARY)))

    async def count(self) -> dict[StoryState, int]:
        """Count stories in each state."""
        rows = await self._all(sa.select(_t.c.state, sa.func.count().label("n")).group_by(_t.c.state))
        return {StoryState(row["state"]): row["n"] for row in rows}
