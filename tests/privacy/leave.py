"""What an author allows to be told, and what is told beyond it: in groups, packets, webhooks, exports and rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bot.adapters.base import Parcel
from storage.cases import CaseState
from storage.consents import Purpose, Scope
from storage.db import Database
from storage.messages import encode
from storage.stories import Place, StoryState
from tests.fakes import Shown
from tests.privacy.cast import BO, STAFF, WORKSHOP
from tests.privacy.watch import Row
from tests.talk import GROUP, Person

READERS = frozenset(person.external_id for person in (*STAFF, BO))
"""Staff read everything in their private chats."""

ENDED = ("这个故事应作者的意思收回了。", "一条公开跟进到此结束。")


@dataclass(slots=True)
class Telling:
    """Something said by name and in private that might be told: its number, its words, and all words proposed since."""

    author: Person
    number: int
    words: list[str] = field(default_factory=list)

    def names(self, text: str) -> bool:
        """Tell whether a text says whose it is."""
        points = re.search(rf"#{self.number}(?!\d)", text) or any(words in text for words in self.words)
        return bool(points) and self.author.name in text


@dataclass(frozen=True, slots=True)
class Leave:
    """What its author allows at a moment: the words of a published story and where, and how far a case goes."""

    published: str = ""
    places: tuple[Place, ...] = ()
    has_name: bool = False
    quoted: str = ""  # the words a named case may quote
    is_given: bool = False  # whether any consent is in force

    def may_show(self, words: str) -> bool:
        """Tell whether a group may read these words."""
        return words == self.quoted or (words == self.published and Place.GROUP in self.places)


async def leave_of(database: Database, telling: Telling) -> Leave:
    """Return what is allowed now, by the consents in force."""
    async with database.read() as uow:
        feedback = await uow.feedback.get(telling.number)
        subject = f"feedback:{telling.number}"
        story = await uow.stories.find(telling.number)
        of_story = await uow.consents.find(feedback.contributor_id, Purpose.STORY, subject)
        case = await uow.cases.find(telling.number)
        of_case = await uow.consents.find(feedback.contributor_id, Purpose.CASE, subject)
    tells = bool(
        story and story.state is StoryState.PUBLISHED
        and of_story and of_story.allows and of_story.wording == story.agreed_to
    )  # fmt: skip
    shows = bool(case and case.state is CaseState.OPEN and of_case and of_case.allows)
    named = [
        each.scope is Scope.NAMED for each, is_on in ((of_story, tells), (of_case, shows)) if is_on and each
    ]
    is_quoted = shows and of_case is not None and of_case.scope is Scope.NAMED
    return Leave(
        published=story.wording if story and tells else "", places=story.places if story and tells else (),
        has_name=any(named), quoted=telling.words[0] if is_quoted else "",
        is_given=any(each is not None and each.allows for each in (of_story, of_case)),
    )  # fmt: skip


def beyond_what_is_shown(shown: Iterable[Shown], telling: Telling, leave: Leave) -> list[str]:
    """Return what groups see now, beyond what is allowed now."""
    found = []
    for each in shown:
        if each.chat not in (GROUP, WORKSHOP):
            continue
        is_read = any(
            words in each.text and not (each.chat == GROUP and leave.may_show(words))
            for words in telling.words
        )
        if is_read or (telling.names(each.text) and not (each.chat == GROUP and leave.has_name)):
            found.append(f"{each.chat} still reads #{telling.number}: {each.text}")
    return found


def left_standing(shown: Sequence[Shown], telling: Telling, leave: Leave) -> list[str]:
    """Return what a group that can edit nothing reads beyond what is allowed, and no line after it takes back."""
    return [
        f"nothing takes back {line}"
        for place, each in enumerate(shown)
        for line in beyond_what_is_shown([each], telling, leave)
        if not any(later.chat == each.chat and later.text in ENDED for later in shown[place + 1 :])
    ]


def beyond_what_was_sent(parcels: Iterable[Parcel], telling: Telling, leaves: Sequence[Leave]) -> list[str]:
    """Return what left for others and was allowed neither before nor after it did."""
    found = []
    for parcel in parcels:
        if parcel.chat in READERS or parcel.chat == telling.author.external_id:
            continue
        text = encode(parcel.message)
        may = [leave for leave in leaves if parcel.chat == GROUP]
        is_read = any(
            words in text and not any(leave.may_show(words) for leave in may) for words in telling.words
        )
        if is_read or (telling.names(text) and not any(leave.has_name for leave in may)):
            found.append(f"{parcel.chat} was sent #{telling.number}: {text}")
    return found


def beyond_what_is_kept(kept: Iterable[Row], telling: Telling, leave: Leave, group_id: int) -> list[str]:
    """Return the rows of the outbox that hold for the group what it may not read."""
    return [
        f"the outbox holds #{telling.number} for the group: {row.text!r}"
        for row in kept
        if row.table == "deliveries" and group_id in row.refers.get("chats", ())
        for words in telling.words
        if words in row.text and not leave.may_show(words)
    ]


def beyond_what_is_exported(files: str, telling: Telling, leave: Leave) -> list[str]:
    """Return the lines of exports that hold words which are not to be in the library, or a name that is not."""
    found = []
    for line in files.splitlines():
        for words in telling.words:
            is_in = words == leave.published and Place.LIBRARY in leave.places
            if words in line and (not is_in or (telling.author.name in line and not leave.has_name)):
                found.append(f"an export tells #{telling.number}: {line}")
    return found
