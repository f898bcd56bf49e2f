"""Writes the neighbours of `bot/neighbours.py` into a new demo, once; what they said has gone its way since.

So topics, packets, promises, stories, root causes and honours can be seen at once. Called by `bot/app.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot import neighbours
from bot.neighbours import NEIGHBOURS, SAYINGS, YU, Saying
from storage.consents import Purpose, Scope
from storage.contributions import Credit
from storage.points import Point
from storage.records import Chat, Feedback, Member, Platform, Status
from storage.routes import RouteState
from storage.stories import Place, StoryState
from storage.titles import Honour
from storage.uow import UnitOfWork

_PLATFORM = Platform.WEBCHAT
GROUP = "owners"
"""The demo's one group."""

_MOVED_IN = "demo.neighbours"
_HEARD = {"✍": [""]}
_ALSO = 15  # neighbours who met the rain too; with two who said it and 小雨 they are eighteen


async def move_in(uow: UnitOfWork, now: datetime) -> None:
    """Write the neighbours and what they said, once in a database."""
    if await uow.audit.recall(_MOVED_IN) is not None:
        return
    group = await uow.chats.find(_PLATFORM, GROUP)
    if group is None:
        return
    people = await _meet(uow, group, now)
    kos = (await uow.members.meet(_PLATFORM, [("li", "小李", "")], now))["li"]
    scene = _Scene(uow, group, people, kos, now, {})
    for saying in SAYINGS:
        await scene.say(saying)
    await scene.share()
    await scene.promise()
    await scene.mend()
    await scene.look_into()
    await scene.tell_story()
    await scene.thank()
    await uow.audit.remember(_MOVED_IN, now.isoformat())


async def _meet(uow: UnitOfWork, group: Chat, now: datetime) -> dict[str, Member]:
    """Let everybody be known, reachable and at home in the group."""
    there = now - timedelta(days=60)
    known = [*NEIGHBOURS.items(), ("yu", YU)]
    met = await uow.members.meet(_PLATFORM, [(person, name, "") for person, name in known], there)
    await uow.updates.add_acquaintances([(group.id, member.id) for member in met.values()], there)
    for member in met.values():
        await uow.members.change(member.id, home_chat_id=group.id, reachable=True)
    return {member.name: member for member in met.values()}


@dataclass(frozen=True, slots=True)
class _Scene:
    """The weeks before a visitor comes; `voices` fills as they are raised."""

    uow: UnitOfWork
    group: Chat
    people: dict[str, Member]
    kos: Member
    now: datetime
    voices: dict[str, Feedback]

    def ago(self, days: float) -> datetime:
        """Return a moment in the past."""
        return self.now - timedelta(days=days)

    async def say(self, saying: Saying) -> None:
        """Let somebody speak in the group; a feedback bears the mark that it was heard."""
        who = self.people[saying.who]
        local = self.now.astimezone(self.group.zone) - timedelta(days=saying.days)
        at = datetime.combine(local.date(), saying.at, self.group.zone)
        body = {"text": saying.words} | ({"reactions": _HEARD} if saying.key else {})
        message = await self.uow.webchat.add(
            GROUP, who.external_id, who.name, body, key=f"demo.{saying.words}", now=at
        )
        number, link, words = str(message.id), f"/webchat/#m{message.id}", saying.words
        if saying.key == neighbours.FOUND:
            await self.uow.discoveries.add(
                chat_id=self.group.id, member_id=who.id, message_id=number, text=words, link=link, now=at
            )
        if saying.feedback_class is None:
            return
        voice = await self.uow.feedback.add(
            chat_id=self.group.id, contributor_id=who.id, captured_by_id=who.id, message_id=number, link=link,
            text=words, tag=words[1:3], now=at, feedback_class=saying.feedback_class, is_guess=False,
            negative=saying.negative, review_due=at + timedelta(days=2),
        )  # fmt: skip
        assert voice is not None  # noqa: S101 - its message is new
        self.voices[saying.key] = voice

    async def move(
        self, key: str, after: Status, note: str, days: float, *, by: Member | None = None
    ) -> None:
        """Let a voice come one step further."""
        voice, by = self.voices[key], by or self.kos
        await self.uow.feedback.change(
            voice, after, by_id=by.id, note=note, now=self.ago(days), owner_id=self.kos.id
        )
        self.voices[key] = await self.uow.feedback.get(voice.id)

    async def share(self) -> None:
        """Make a topic of what eighteen met in the rain, and hand it to the department."""
        uow, rain = self.uow, self.voices[neighbours.RAIN]
        topic = await uow.topics.add(neighbours.TOPIC, self.kos.id, self.ago(4))
        both = [rain, self.voices[neighbours.MIRROR]]
        await uow.topics.link(both, topic, by_id=self.kos.id, now=self.ago(4))
        others = [self.people[name] for name in NEIGHBOURS.values()][2:]
        for place, member in enumerate([*others[:_ALSO], self.people[YU], *others[_ALSO:][:2]]):
            is_me = place <= _ALSO
            await uow.resonances.put(
                rain.id, member.id, is_me=is_me, now=self.ago(3), facet="版本",
                answer="4.2" if place % 3 else "4.1",
            )  # fmt: skip
            if is_me:
                await uow.followers.add(rain.id, member.id, self.ago(3))
        for key, value in neighbours.FACTS.items():
            await uow.reports.put(rain.id, key, value, self.ago(5.9))
        point = await self._point(rain)
        await uow.insights.put(point, by_id=self.kos.id, now=self.ago(2), sentence=neighbours.INSIGHT)
        due = self.now + timedelta(days=5)
        await uow.routes.open_(point, "product", by_id=self.kos.id, now=self.ago(2), due=due)

    async def promise(self) -> None:
        """Let the department have accepted one for a day, and kept its word; its author has confirmed it."""
        uow, who = self.uow, self.people["胡师傅"]
        point = await self._point(self.voices[neighbours.CHARGE])
        route = await uow.routes.open_(point, "product", by_id=self.kos.id, now=self.ago(15), due=self.ago(8))
        assert route is not None  # noqa: S101 - nobody was asked before
        day = self.ago(3).date()
        note = "新款口盖按一下就弹开"
        await uow.routes.answer(
            route, RouteState.ACCEPTED, by_id=self.kos.id, now=self.ago(13), note=note, promised_for=day
        )
        await self.move(neighbours.CHARGE, Status.PLANNED, note, 13)
        await self.move(neighbours.CHARGE, Status.IN_PROGRESS, "样件已经试装", 10)
        await self.move(neighbours.CHARGE, Status.RESOLVED, note, 5)
        charge = self.voices[neighbours.CHARGE]
        await uow.routes.follow(Status.RESOLVED, [charge.id], by_id=self.kos.id, now=self.ago(5))
        await self.move(neighbours.CHARGE, Status.VERIFIED, "", 4, by=who)
        for credit in (Credit.FIRST_REPORT, Credit.VERIFICATION, Credit.CAUSED_CHANGE):
            await uow.contributions.add(who.id, credit, f"feedback:{charge.id}", self.ago(4))
        await uow.titles.grant(who.id, Honour.ADVISER, self.ago(4), subject=f"feedback:{charge.id}")

    async def mend(self) -> None:
        """Let five who were hurt by one thing have been answered, at the root, and called back."""
        uow, late = self.uow, [self.voices[key] for key in neighbours.LATE]
        topic = await uow.topics.add(neighbours.PARCELS, self.kos.id, self.ago(22.5))
        await uow.topics.link(late, topic, by_id=self.kos.id, now=self.ago(22.5))
        await uow.causes.put([voice.id for voice in late], "logistics", self.kos.id, self.ago(22))
        for key in neighbours.LATE:
            who = next(saying.who for saying in SAYINGS if saying.key == key)
            self.voices[key] = await uow.feedback.get(self.voices[key].id)
            await self.move(key, Status.RESOLVED, "换了发货的仓库，以后三天到", 22)
            await self.move(key, Status.VERIFIED, "", 21, by=self.people[who])
            await uow.recoveries.put(self.voices[key], self.ago(21))
            await uow.recoveries.call(self.voices[key].id, self.kos.id, self.ago(14))

    async def look_into(self) -> None:
        """Let most of what is open be in somebody's hands; what is new waits for the visitor."""
        for key, days in ((neighbours.CAMP, 6), (neighbours.RAIN, 5), (neighbours.MIRROR, 4)):
            await self.move(key, Status.IN_REVIEW, "", days)
        await self.move(neighbours.CAMP, Status.ANSWERED, "", 5)

    async def tell_story(self) -> None:
        """Put one praise into the library, named, as its author allowed."""
        uow, voice = self.uow, self.voices[neighbours.CAMP]
        story = await uow.stories.ask(
            voice.id,
            voice.contributor_id,
            neighbours.STORY,
            [Place.LIBRARY],
            by_id=self.kos.id,
            now=self.ago(7),
        )
        assert story is not None  # noqa: S101 - nobody asked before
        told = self.ago(6)
        await uow.consents.give(
            voice.contributor_id, Purpose.STORY, f"feedback:{voice.id}", Scope.NAMED, told,
            wording=neighbours.STORY,
        )  # fmt: skip
        await uow.stories.change(
            story, told, state=str(StoryState.PUBLISHED), is_named=True, signature=YU, published_at=told
        )

    async def thank(self) -> None:
        """Let some have helped others."""
        for place, name in enumerate(("老周", "小满", "大刘", "贺姐")):
            for thanked in range(4 - place):
                await self.uow.contributions.add(
                    self.people[name].id,
                    Credit.THANKED_ANSWER,
                    f"demo:{name}:{thanked}",
                    self.ago(10 + thanked),
                )

    async def _point(self, voice: Feedback) -> Point:
        point = await self.uow.points.find(voice.id)
        assert point is not None  # noqa: S101 - it was written just now
        return point
