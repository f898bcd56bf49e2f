"""Dialogues of the intents `start`, `unknown` and `help`: opening the private chat, and finding one's way."""

from __future__ import annotations

from bot.adapters.base import UnreachableError
from handlers.events import EventKind
from storage.manners import Manners
from storage.messages import Message
from storage.promises import DeliveryState
from storage.records import Member
from tests.fakes import FakeAdapter
from tests.talk import LI, MIN, YU, ZHANG, Person, Talk


async def member(talk: Talk, person: Person) -> Member:
    """Return somebody's record."""
    async with talk.database.read() as uow:
        found = await uow.members.find(talk.adapter.platform, person.external_id)
    assert found is not None
    return found


async def waiting_for(talk: Talk, person: Person, words: str, *, key: str = "echo") -> int:
    """Let a message wait for somebody who never opened the private chat; return its id."""
    await talk.says(person, "大家好，我是新来的，请多多关照呀")
    async with talk.database.begin() as uow:
        who = await uow.members.find(talk.adapter.platform, person.external_id)
        assert who is not None
        await uow.outbox.tell(
            who, Message(text=(words,)), key=key, now=talk.now, manners=Manners(), timezone="Asia/Shanghai",
            language="zh_CN",
        )  # fmt: skip
        delivery = await uow.promises.find(key)
        assert delivery is not None
        await uow.deliveries.settle([delivery.id], DeliveryState.WAITING, "unreachable")
    return delivery.id


async def test_start_greets_by_name(talk: Talk) -> None:
    await talk.says(ZHANG, "/start", dm=True)
    (greeting,) = talk.heard(ZHANG)
    assert greeting.startswith("张哥，您好！我是车友会的回响")
    assert (await member(talk, ZHANG)).reachable is True


async def test_start_in_the_group_shows_the_way_to_the_private_chat(talk: Talk) -> None:
    await talk.says(ZHANG, "/start")
    assert talk.last().labels == ["打开私聊"]
    await talk.presses(ZHANG, "打开私聊")
    assert len(talk.heard(ZHANG)) == 1


async def test_the_button_delivers_what_waits(talk: Talk) -> None:
    number = await waiting_for(talk, ZHANG, "按钮放大了")
    await talk.says(ZHANG, f"/start d{number}", dm=True)
    assert talk.heard(ZHANG) == ["按钮放大了"]


async def test_a_button_pressed_twice_points_above(talk: Talk) -> None:
    number = await waiting_for(talk, ZHANG, "按钮放大了")
    await talk.says(ZHANG, f"/start d{number}", dm=True)
    await talk.says(ZHANG, f"/start d{number}", dm=True)
    assert talk.heard(ZHANG) == ["按钮放大了", "已经在上面了。"]


async def test_a_button_of_somebody_else_reveals_nothing(talk: Talk) -> None:
    number = await waiting_for(talk, ZHANG, "按钮放大了")
    await talk.says(YU, f"/start d{number}", dm=True)
    assert talk.heard(YU) == ["这个链接里没有给您的消息。发 /mine 可以看您的反馈。"]
    assert talk.heard(ZHANG) == []


async def test_a_payload_that_was_tampered_with_gets_one_line(talk: Talk) -> None:
    await talk.says(ZHANG, "/start !", dm=True)
    await talk.says(ZHANG, "/start d99999", dm=True)
    assert [line[:6] for line in talk.heard(ZHANG)] == ["这个链接不完", "这个链接里没"]


async def test_what_was_taken_back_meanwhile_is_said_so(talk: Talk) -> None:
    number = await waiting_for(talk, ZHANG, "按钮放大了")
    async with talk.database.begin() as uow:
        await uow.deliveries.settle([number], DeliveryState.DEAD, "cancelled")
    await talk.says(ZHANG, f"/start d{number}", dm=True)
    assert talk.heard(ZHANG) == ["这件事后来有了变化，发 /mine 看最新的进展。"]


async def test_any_private_word_makes_a_member_reachable_and_releases_what_waits(talk: Talk) -> None:
    await waiting_for(talk, ZHANG, "按钮放大了")
    await talk.says(ZHANG, "在吗", dm=True)
    assert "按钮放大了" in talk.heard(ZHANG)


async def test_the_list_opens_from_a_button_in_the_group(talk: Talk) -> None:
    await talk.says(ZHANG, "#反馈 按钮太小了")
    await talk.says(ZHANG, "/mine")
    assert talk.heard() == ["您的反馈只在私聊里说，点一下就能看。"]
    await talk.presses(ZHANG, "看我的反馈")
    assert talk.heard(ZHANG) == ["您的反馈，共 1 条：\n#1 按钮太小了 · 已收到 · 10月14日前有人评估"]


async def test_who_blocks_us_cannot_be_reached_any_more(talk: Talk, adapter: FakeAdapter) -> None:
    await talk.says(ZHANG, "/start", dm=True)
    adapter.unreachable[ZHANG.external_id] = UnreachableError("blocked")
    await talk.happens(EventKind.BOT_REMOVED, ZHANG, chat=ZHANG.external_id)
    assert (await member(talk, ZHANG)).reachable is False


async def test_an_unknown_command_in_private_gets_one_line(talk: Talk) -> None:
    await talk.says(ZHANG, "/frobnicate 1", dm=True)
    assert talk.heard(ZHANG) == ["不认识 /frobnicate。发 /help 看看我能做什么。"]


async def test_commands_of_other_bots_in_a_group_are_left_alone(talk: Talk) -> None:
    await talk.says(ZHANG, "/frobnicate 1")
    assert talk.heard() == []


async def test_a_mention_that_says_nothing_we_know_gets_one_hint_in_a_while(talk: Talk) -> None:
    await talk.says(ZHANG, "@回响 你在吗", mentions_us=True)
    await talk.says(ZHANG, "@回响 喂", mentions_us=True)
    (hint,) = talk.heard()
    assert hint.startswith("我在。")


async def test_help_shows_a_member_what_members_may_do(talk: Talk) -> None:
    await talk.says(ZHANG, "/help", dm=True)
    (words,) = talk.heard(ZHANG)
    assert "说一句\n/feedback 按钮太小了 · 提一条反馈" in words
    assert "/mine · 看我提过的和进展" in words
    assert "/resolve" not in words


async def test_help_in_a_group_never_shows_what_staff_may_do(talk: Talk) -> None:
    await talk.says(ZHANG, "/help")
    await talk.says(MIN, "/help")
    first, second = talk.heard()
    assert first == second == "说 #反馈 加一句话，我就记下，有了结果回来告诉您。别的都能私聊我。"
    await talk.presses(ZHANG, "打开私聊")
    assert "/help 看看我能做什么" in talk.last(ZHANG).text


async def test_help_fits_a_phone_for_staff_too_and_says_the_members_commands_last(talk: Talk) -> None:
    await talk.says(MIN, "/help", dm=True)
    (words,) = talk.heard(MIN)
    assert "\n推进：/plan 排期、/progress 进展、/resolve 解决" in words
    assert words.index("/unmask 揭开") < words.index("/feedback 反馈")
    assert "/draft" not in words  # no assistant is configured
    assert len(words) < 1_000


async def test_help_explains_one_command(talk: Talk) -> None:
    await talk.says(LI, "帮助 /withdraw", dm=True)
    await talk.says(LI, "/help frobnicate", dm=True)
    one, none = talk.heard(LI)
    assert "撤回我提的" in one
    assert "/mine" not in one
    assert none == "没有「frobnicate」这个命令。发 /help 看全部。"
