"""Who said how much: per-day counters and first voices, a statement each a batch. Called by the dispatcher."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from bot.adapters.base import Chatter
from handlers import FIRST_VOICE
from handlers.events import Event, EventKind
from storage.records import Capabilities, Chat, ChatKind, ChatState, Member, Platform
from storage.uow import UnitOfWork

_MOST_ACQUAINTED = 100_000  # members of the busiest groups; about 20 MiB
_ASK_ANEW_AFTER = timedelta(hours=1)
Pair = tuple[int, str]  # our id of a group, the platform's id of a member


class _Said:
    """How often somebody spoke in a batch, and their first message of it."""

    __slots__ = ("first", "times")

    def __init__(self, first: Chatter) -> None:
        self.first = first
        self.times = 1


@dataclass(frozen=True, slots=True)
class Counted:
    """What a batch adds up to: who was not known for certain, and messages by group, day and member."""

    met: dict[Pair, int]
    days: list[tuple[int, date, dict[int, int]]]


class Activity:
    """Counts ordinary talk without a statement of its own, and remembers who is stored for certain."""

    def __init__(self, capabilities: Mapping[tuple[Platform, ChatKind], Capabilities]) -> None:
        self._capabilities = capabilities
        self._acquainted: dict[Pair, int] = {}  # member ids
        self._since = datetime.min.replace(tzinfo=UTC)

    async def count(
        self, uow: UnitOfWork, platform: Platform, contents: Iterable[Event | Chatter], chats: Mapping[str, Chat],
        members: dict[str, Member], now: datetime,
    ) -> Counted:  # fmt: skip
        """Add up a batch and welcome first voices; what is returned is to be kept, and remembered after the commit."""
        if (
            not self._since <= now < self._since + _ASK_ANEW_AFTER
        ):  # another process may have forgotten somebody
            self._acquainted.clear()
            self._since = now
        said: dict[str, dict[str, _Said]] = {}
        for content in contents:
            chatter = content if content.__class__ is Chatter else _chatter(content)
            if chatter is None:
                continue
            people = said.get(chatter[0])
            if people is None:
                people = said[chatter[0]] = {}
            found = people.get(chatter[1])
            if found is None:
                people[chatter[1]] = _Said(chatter)
            else:
                found.times += 1
        groups = [
            (chat, people)
            for external_id, people in said.items()
            if (chat := chats.get(external_id)) is not None and chat.state is ChatState.SERVED
        ]
        known = self._acquainted
        strangers = {
            (chat.id, sender): (chat, found.first)
            for chat, people in groups
            for sender, found in people.items()
            if (chat.id, sender) not in known
        }
        met = await self._meet(uow, platform, strangers, members, now) if strangers else {}
        days = []
        for chat, people in groups:
            messages = {
                met.get((chat.id, sender)) or known[chat.id, sender]: found.times
                for sender, found in people.items()
            }
            days.append((chat.id, now.astimezone(chat.zone).date(), messages))
        return Counted(met, days)

    async def keep(self, uow: UnitOfWork, counted: Counted) -> None:
        """Write the counters: at the end, where they go with what else nobody waits for."""
        for chat_id, day, messages in counted.days:
            await uow.updates.add_activity(chat_id, day, messages)

    def remember(self, counted: Counted) -> None:
        """Keep who is stored for certain; only after the commit."""
        met = counted.met
        if len(self._acquainted) + len(met) > _MOST_ACQUAINTED:
            self._acquainted.clear()
        self._acquainted.update(met)

    def renew(self, written: frozenset[str]) -> None:
        """Ask anew who is who when a commit has forgotten somebody."""
        if "forgotten" in written:
            self._acquainted.clear()

    async def _meet(
        self, uow: UnitOfWork, platform: Platform, strangers: Mapping[Pair, tuple[Chat, Chatter]],
        members: dict[str, Member], now: datetime,
    ) -> dict[Pair, int]:  # fmt: skip
        """Store who is not stored for certain; welcome those who had never spoken in the group."""
        people = [
            (chatter.sender, chatter.name, chatter.username)
            for _, chatter in strangers.values()
            if chatter.sender not in members
        ]
        if people:
            members.update(await uow.members.meet(platform, people, now))
        met = {pair: members[pair[1]].id for pair in strangers}
        elsewhere = [  # whose home it is has spoken there: that made it their home
            (chat_id, member_id)
            for (chat_id, sender), member_id in met.items()
            if members[sender].home_chat_id != chat_id
        ]
        firsts = await uow.updates.add_acquaintances(elsewhere, now) if elsewhere else set()
        for pair, (chat, chatter) in strangers.items():
            if (pair[0], met[pair]) in firsts:
                can = self._capabilities[chat.platform, chat.kind]
                await FIRST_VOICE(uow, chat, members[pair[1]], chatter.message_id, can, now)
        return met


def _chatter(event: Event | Chatter) -> Chatter | None:
    """Return what counts of an Event: a message of a person in a group."""
    if isinstance(event, Chatter):
        return event
    sender = event.sender
    if event.kind is not EventKind.MESSAGE or event.is_private or sender.is_bot or not sender.is_person:
        return None
    welcomed = "" if event.is_command else event.message_id  # who commands has not spoken to the group
    return Chatter(event.chat, sender.external_id, sender.name, sender.username, welcomed)
