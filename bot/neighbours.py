"""Who lives in the demo's community before a visitor comes, and what they have said in the last weeks.

Written once into a new demo's database by `bot/demo.py`, so that topics, packets, stories and honours can be seen
at once. Every sentence is ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from storage.consents import Purpose, Scope
from storage.contributions import Credit
from storage.records import Chat, Feedback, FeedbackClass, Member, Platform, Status
from storage.stories import Place, StoryState
from storage.titles import Honour
from storage.uow import UnitOfWork

_PLATFORM = Platform.WEBCHAT
_GROUP = "owners"
_MOVED_IN = "demo.neighbours"
_NAMES = (
    "老周", "阿琴", "胡师傅", "小满", "大刘", "文文", "老陈", "阿Ken", "米粒", "贺姐", "阿泽", "林一", "豆豆", "老吴",
    "静静", "阿光", "小北", "秋姐", "老魏", "可可",
)  # fmt: skip
_RAIN = "rain"
_SAID: tuple[tuple[str, int, str, FeedbackClass, bool], ...] = (
    # key, days ago, words, class, whether it hurts
    (_RAIN, 6, "#反馈 下雨天右边后视镜全是水珠，变道看不清后面", FeedbackClass.SUGGESTION, True),
    ("mirror", 5, "#反馈 暴雨里后视镜加热一直没反应，得停车擦", FeedbackClass.SUGGESTION, True),
    ("charge", 16, "#建议 充电口盖子能不能做成按一下就开，戴手套抠不动", FeedbackClass.SUGGESTION, False),
    ("camp", 9, "#表扬 上周露营全靠这车的外放电，煮了一锅热汤，邻居都来蹭", FeedbackClass.PRAISE, False),
    ("wait", 1, "#吐槽 约了保养等了两个小时没人理，心凉", FeedbackClass.SERVICE, True),
    ("fob", 1, "#反馈 备用钥匙在哪里补办，要带什么材料", FeedbackClass.SERVICE, False),
    ("seat", 3, "#反馈 副驾座椅记忆老是记不住，换人开就乱了", FeedbackClass.SUGGESTION, False),
)
VOICES = len(_SAID)
"""How many voices they have raised: a visitor's first has the next number."""

_CHATS = (
    (8, "小满", "周末去了趟水库，风景真好"),
    (6, "大刘", "老周说的那个我也碰到过，右边那面"),
    (5, "文文", "雨天我都把车窗降一条缝看"),
    (2, "贺姐", "谁有推荐的洗车店呀"),
    (1, "老陈", "今天路上堵，大家慢点开"),
)


async def move_in(uow: UnitOfWork, now: datetime) -> None:
    """Write the neighbours and what they said, once in a database."""
    if await uow.audit.recall(_MOVED_IN) is not None:
        return
    group = await uow.chats.find(_PLATFORM, _GROUP)
    if group is None:
        return
    people = await _meet(uow, group, now)
    kos = (await uow.members.meet(_PLATFORM, [("li", "小李", "")], now))["li"]
    for days, who, words in _CHATS:
        await _speak(uow, people[who], words, now - timedelta(days=days, hours=2))
    voices = await _say(uow, group, people, now)
    await _share(uow, voices, list(people.values()), kos, now)
    await _close(uow, voices["charge"], people["胡师傅"], kos, now)
    await _tell_story(uow, voices["camp"], kos, now)
    await _honour(uow, people, now)
    await uow.audit.remember(_MOVED_IN, now.isoformat())


async def _meet(uow: UnitOfWork, group: Chat, now: datetime) -> dict[str, Member]:
    there = now - timedelta(days=60)
    met = await uow.members.meet(
        _PLATFORM, [(f"n{number:02}", name, "") for number, name in enumerate(_NAMES, 1)], there
    )
    await uow.updates.add_acquaintances([(group.id, member.id) for member in met.values()], there)
    for member in met.values():
        await uow.members.change(member.id, home_chat_id=group.id)
    return {member.name: member for member in met.values()}


async def _speak(uow: UnitOfWork, who: Member, words: str, at: datetime) -> str:
    """Let somebody say something in the group; return its message id."""
    message = await uow.webchat.add(
        _GROUP, who.external_id, who.name, {"text": words}, key=f"demo:{words}", now=at
    )
    return str(message.id)


async def _say(uow: UnitOfWork, group: Chat, people: dict[str, Member], now: datetime) -> dict[str, Feedback]:
    voices: dict[str, Feedback] = {}
    for (key, days, words, kind, hurts), who in zip(_SAID, people.values(), strict=False):
        at = now - timedelta(days=days)
        voice = await uow.feedback.add(
            chat_id=group.id, contributor_id=who.id, captured_by_id=who.id,
            message_id=await _speak(uow, who, words, at), text=words, tag=words[1:3], now=at, feedback_class=kind,
            is_guess=False, negative=hurts, review_due=at + timedelta(days=2),
        )  # fmt: skip
        assert voice is not None  # noqa: S101 - its message is new
        voices[key] = voice
    return voices


async def _share(
    uow: UnitOfWork, voices: dict[str, Feedback], people: Sequence[Member], kos: Member, now: datetime
) -> None:
    """Make a topic of what eighteen met in the rain, and hand it to the department."""
    topic = await uow.topics.add("雨天后视镜看不清", kos.id, now - timedelta(days=4))
    await uow.topics.link([voices[_RAIN], voices["mirror"]], topic, by_id=kos.id, now=now - timedelta(days=4))
    for place, member in enumerate(people[2:]):
        answer = "4.2" if place % 4 else "4.1"
        await uow.resonances.put(
            voices[_RAIN].id,
            member.id,
            is_me=place < 16,
            now=now - timedelta(days=3),
            facet="版本",
            answer=answer,
        )
        await uow.followers.add(voices[_RAIN].id, member.id, now - timedelta(days=3))
    point = await uow.points.find(voices[_RAIN].id)
    assert point is not None  # noqa: S101 - it was written just now
    asked, due = now - timedelta(days=2), now + timedelta(days=5)
    await uow.routes.open_(point, "product", by_id=kos.id, now=asked, due=due)


async def _close(uow: UnitOfWork, voice: Feedback, who: Member, kos: Member, now: datetime) -> None:
    """Let one voice have come all the way: resolved, and confirmed by who said it."""
    for after, note, days in (
        (Status.IN_PROGRESS, "样件已经试装", 12),
        (Status.RESOLVED, "新款口盖按一下就弹开", 5),
        (Status.VERIFIED, "", 4),
    ):
        by_id = who.id if after is Status.VERIFIED else kos.id
        await uow.feedback.change(
            voice, after, by_id=by_id, note=note, now=now - timedelta(days=days), owner_id=kos.id
        )
        voice = await uow.feedback.get(voice.id)
    subject = f"feedback:{voice.id}"
    for credit in (Credit.FIRST_REPORT, Credit.VERIFICATION, Credit.CAUSED_CHANGE):
        await uow.contributions.add(who.id, credit, subject, now - timedelta(days=4))
    await uow.titles.grant(who.id, Honour.ADVISER, now - timedelta(days=4), subject=subject)


async def _tell_story(uow: UnitOfWork, voice: Feedback, kos: Member, now: datetime) -> None:
    """Put one praise into the library, named, as its author allowed."""
    wording = "露营那晚全靠它的外放电，一锅热汤把邻居都招来了。"
    story = await uow.stories.ask(
        voice.id, voice.contributor_id, wording, [Place.LIBRARY], by_id=kos.id, now=now - timedelta(days=7)
    )
    assert story is not None  # noqa: S101 - nobody asked before
    await uow.consents.give(
        voice.contributor_id,
        Purpose.STORY,
        f"feedback:{voice.id}",
        Scope.NAMED,
        now - timedelta(days=6),
        wording=wording,
    )
    told = now - timedelta(days=6)
    await uow.stories.change(
        story, told, state=str(StoryState.PUBLISHED), is_named=True, signature="小满", published_at=told
    )


async def _honour(uow: UnitOfWork, people: dict[str, Member], now: datetime) -> None:
    """Let some have helped others, and one have found something new."""
    for place, name in enumerate(("老周", "小满", "大刘", "贺姐")):
        for thanked in range(4 - place):
            await uow.contributions.add(
                people[name].id,
                Credit.THANKED_ANSWER,
                f"demo:{name}:{thanked}",
                now - timedelta(days=10 + thanked),
            )
