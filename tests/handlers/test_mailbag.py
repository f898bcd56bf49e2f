"""Letters to aliases that could not be delivered: whoever comes back hears all of it, once, in order."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.adapters.base import OutcomeUnknownError, UnreachableError
from bot.covering import cover_letters, cover_ways
from bot.veil import KeyRing
from handlers import mailbag
from handlers.veil import Veil
from storage.promises import DeliveryState
from storage.records import ChatKind, Feedback
from tests.fakes import FakeAdapter
from tests.talk import LI, YU, ZHANG, Person, Talk

OLD, NEW = b"a key of exactly thirty-two byte", b"another key of thirty-two bytes."
BLOCKED = UnreachableError("blocked")


class Changing:
    """A veil whose keys change while it is worn, and that counts what it opens."""

    def __init__(self, *keys: bytes) -> None:
        self.ring = KeyRing(keys)
        self.counted = Counter[str]()

    @property
    def is_up(self) -> bool:
        """Tell whether there is a key."""
        return self.ring.is_up

    def cover(self, text: str, scope: str) -> str:
        """Cover a text."""
        return self.ring.cover(text, scope)

    def uncover(self, covered: str, scope: str) -> str | None:
        """Uncover a text, and count it."""
        self.counted["uncover"] += 1
        return self.ring.uncover(covered, scope)

    def mark(self, text: str) -> str:
        """Return a mark."""
        return self.ring.mark(text)

    def marks(self, text: str) -> tuple[str, ...]:
        """Return all marks, and count that."""
        self.counted["marks"] += 1
        return self.ring.marks(text)


@pytest.fixture
def veil() -> Veil:
    """Give a veil whose keys can be changed."""
    return Changing(OLD)


async def say_hidden(talk: Talk, who: Person = ZHANG) -> Feedback:
    """Let somebody say something under an alias, and staff know of it."""
    await talk.says(who, "/private 化名", dm=True)
    await talk.says(who, "店员说话太难听，我再也不想去了", dm=True)
    await talk.advance(minutes=20)
    async with talk.database.read() as uow:
        return (await uow.feedback.list_after(0, 100))[-1]


async def out_of_reach(talk: Talk, *orders: str, who: Person = ZHANG) -> None:
    """Let staff write while somebody cannot be reached."""
    talk.adapter.unreachable[who.external_id] = BLOCKED
    for order in orders:
        await talk.says(LI, order, dm=True)
    await talk.advance(hours=20)
    talk.heard(who)


async def comes_back(talk: Talk, who: Person = ZHANG, words: str = "/start") -> str:
    """Let somebody come back; return what they hear."""
    talk.adapter.unreachable.clear()
    await talk.says(who, words, dm=True)
    return "\n".join(talk.heard(who))


async def test_all_that_waits_comes_in_its_order_and_once(talk: Talk) -> None:
    first, second = await say_hidden(talk), await say_hidden(talk)
    await out_of_reach(
        talk, f"/reply {first.id} 一", f"/reply {second.id} 二", f"/resolve {first.id} 三改好了"
    )
    heard = await comes_back(talk)
    assert heard.count("：一") == heard.count("：二") == heard.count("三改好了") == 1
    assert heard.index("：一") < heard.index("三改好了")
    assert "三改好了" not in await comes_back(talk)


async def test_nobody_else_who_comes_back_hears_any_of_it(talk: Talk) -> None:
    await say_hidden(talk, YU)
    feedback = await say_hidden(talk)
    await out_of_reach(talk, f"/reply {feedback.id} 店长想当面道歉")
    assert "道歉" not in await comes_back(talk, YU)
    assert "道歉" in await comes_back(talk)


async def test_who_is_away_again_before_it_arrives_hears_it_the_next_time(talk: Talk) -> None:
    feedback = await say_hidden(talk)
    await out_of_reach(talk, f"/reply {feedback.id} 店长想当面道歉")
    await talk.says(ZHANG, "/start", dm=True)  # what is shown to them fails still
    assert talk.heard(ZHANG) == []
    assert "道歉" in await comes_back(talk)


async def test_what_was_lost_on_its_way_goes_out_again(talk: Talk) -> None:
    feedback = await say_hidden(talk)
    await out_of_reach(talk, f"/reply {feedback.id} 店长想当面道歉")
    talk.adapter.failures[ZHANG.external_id] = [OutcomeUnknownError("no answer")] * 2
    assert "道歉" not in await comes_back(talk)
    await talk.advance(hours=1)
    assert "道歉" in await comes_back(talk)


async def test_a_crash_between_sending_and_noting_it_loses_nothing(talk: Talk) -> None:
    feedback = await say_hidden(talk)
    await out_of_reach(talk, f"/reply {feedback.id} 店长想当面道歉")
    talk.adapter.unreachable.clear()
    said = talk.taken(talk.message(ZHANG, "/start", dm=True))
    await talk.dispatcher(talk.adapter.platform, [said])
    async with talk.database.begin() as uow:  # another process took it, and was killed while it left
        leased = await uow.deliveries.lease(
            [talk.adapter.platform], talk.now, owner="killed", lease_for=timedelta(minutes=1), limit=5
        )
        await uow.deliveries.mark_sending([leased[0].delivery.id])
    await talk.relay.recover()
    await talk.advance(minutes=1)
    assert "道歉" in "\n".join(talk.heard(ZHANG))
    assert "道歉" not in await comes_back(talk)


async def test_coming_back_while_it_is_on_its_way_does_not_double_it(talk: Talk) -> None:
    feedback = await say_hidden(talk)
    await out_of_reach(talk, f"/reply {feedback.id} 店长想当面道歉")
    talk.adapter.unreachable.clear()
    said = [talk.taken(talk.message(ZHANG, "/start", dm=True)) for _ in range(2)]
    for each in said:
        await talk.dispatcher(talk.adapter.platform, [each])
    await talk.settle()
    assert "\n".join(talk.heard(ZHANG)).count("道歉") == 1


async def test_a_reminder_of_what_waits_as_well_is_left_out(talk: Talk) -> None:
    feedback = await say_hidden(talk)
    await out_of_reach(talk, f"/resolve {feedback.id} 换了店长")
    await talk.advance(days=5)
    assert any(parcel.key.endswith(":reminder") for parcel in talk.adapter.parcels)
    before = len(talk.adapter.shown)
    heard = await comes_back(talk)
    assert "换了店长" in heard
    asked = [shown for shown in talk.adapter.shown[before:] if any("还" in label for label in shown.labels)]
    assert [len(shown.message.buttons) for shown in asked] == [2]  # the answers, and one to write back


async def test_a_button_and_a_reply_work_on_what_came_late(talk: Talk) -> None:
    feedback = await say_hidden(talk)
    await out_of_reach(talk, f"/reply {feedback.id} 店长想当面道歉")
    await comes_back(talk)
    letter = next(shown for shown in reversed(talk.adapter.shown) if "道歉" in shown.text)
    assert "补一句" in "".join(letter.labels)
    await talk.says(ZHANG, "下周二下午可以", dm=True, reply_to=letter)
    await talk.advance(minutes=20)
    async with talk.database.read() as uow:
        assert [text for _, text, _ in await uow.notes.list_of(feedback.id)] == ["下周二下午可以"]


async def test_who_is_forgotten_gets_nothing_that_waited(talk: Talk) -> None:
    feedback = await say_hidden(talk)
    await out_of_reach(talk, f"/reply {feedback.id} 店长想当面道歉")
    talk.adapter.unreachable.clear()
    async with talk.database.begin() as uow:
        assert await uow.veils.drop(feedback.contributor_id)
    assert "道歉" not in await comes_back(talk)


async def test_what_waits_and_what_came_outlast_a_change_of_keys(talk: Talk, veil: Changing) -> None:
    feedback = await say_hidden(talk)
    await talk.says(LI, f"/reply {feedback.id} 请问是哪一天", dm=True)
    await talk.advance(hours=20)
    letter = next(shown for shown in reversed(talk.adapter.shown) if "哪一天" in shown.text)
    await out_of_reach(talk, f"/resolve {feedback.id} 换了店长")
    veil.ring = KeyRing((NEW, OLD))
    for _ in range(2):
        await cover_ways(talk.database, veil.ring)
        await cover_letters(talk.database, veil.ring)
    veil.ring = KeyRing((NEW,))
    assert "换了店长" in await comes_back(talk)
    await talk.says(ZHANG, "上周二", dm=True, reply_to=letter)
    await talk.advance(minutes=20)
    async with talk.database.read() as uow:
        assert [text for _, text, _ in await uow.notes.list_of(feedback.id)] == ["上周二"]


async def test_between_two_keys_everything_is_found_under_either(talk: Talk, veil: Changing) -> None:
    feedback = await say_hidden(talk)
    await talk.says(LI, f"/reply {feedback.id} 请问是哪一天", dm=True)
    await talk.advance(hours=20)
    letter = next(shown for shown in reversed(talk.adapter.shown) if "哪一天" in shown.text)
    veil.ring = KeyRing((NEW, OLD))
    second = await say_hidden(talk)
    await out_of_reach(talk, f"/reply {feedback.id} 一二三", f"/reply {second.id} 四五六")
    heard = await comes_back(talk)
    assert "一二三" in heard
    assert "四五六" in heard
    await talk.says(ZHANG, "上周二", dm=True, reply_to=letter)
    await talk.advance(minutes=20)
    async with talk.database.read() as uow:
        assert (await uow.notes.list_of(feedback.id))[-1][1] == "上周二"


async def test_what_somebody_says_opens_nothing_of_the_aliases_of_others(talk: Talk, veil: Changing) -> None:
    for _ in range(3):
        feedback = await say_hidden(talk)
        await out_of_reach(talk, f"/reply {feedback.id} 店长想当面道歉")
        talk.adapter.unreachable.clear()
    await talk.says(YU, "/start", dm=True)
    veil.counted.clear()
    await talk.says(YU, "早上好呀，今天天气不错", dm=True)
    assert not veil.counted["marks"]
    await talk.says(YU, "/start", dm=True)
    assert not veil.counted["uncover"]


class TestWithoutAStart:
    """Where nothing tells that somebody came back."""

    @pytest.fixture
    def adapter(self) -> FakeAdapter:
        """Give a platform without deep links."""
        fake = FakeAdapter()
        private = replace(fake.capabilities[ChatKind.PRIVATE], deep_links=False)
        return FakeAdapter(capabilities={**fake.capabilities, ChatKind.PRIVATE: private})

    async def test_whatever_they_say_brings_what_waited(self, talk: Talk) -> None:
        feedback = await say_hidden(talk)
        await out_of_reach(talk, f"/reply {feedback.id} 店长想当面道歉")
        assert "道歉" in await comes_back(talk, words="我回来啦，最近挺好的")


async def test_only_the_key_tells_what_became_of_a_letter(talk: Talk, veil: Changing) -> None:
    feedback = await say_hidden(talk)
    await out_of_reach(talk, f"/reply {feedback.id} 店长想当面道歉")
    async with talk.database.read() as uow:
        posted = await uow.letters.list_posted(feedback.contributor_id)
    assert {each.delivery.state for each in posted} == {DeliveryState.SENT}
    fates = [mailbag.fate_of(veil, feedback.contributor_id, each.covered) for each in posted]
    assert fates[-1] == mailbag.WAITS
    veil.ring = KeyRing((NEW,))
    assert mailbag.fate_of(veil, feedback.contributor_id, posted[-1].covered) == ""
    veil.ring = KeyRing((OLD,))
    assert mailbag.fate_of(veil, feedback.contributor_id + 1, posted[-1].covered) == ""
