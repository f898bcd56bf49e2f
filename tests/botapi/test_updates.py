"""Every update the fake makes is one that Telegram could send: by its table, and by python-telegram-bot."""

import random
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest
import telegram
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from tests.botapi import BotApi
from tests.botapi.cast import Cast
from tests.botapi.validate import object_errors

Scene = Callable[[BotApi, Cast, telegram.Bot], Awaitable[None]]


async def _texts(api: BotApi, cast: Cast, bot: telegram.Bot) -> None:
    first = api.says(cast.zhang, "#反馈 按钮太小了 😀 @huixiang_bot https://example.com/a", cast.group)
    api.says(cast.yu, "#反馈", cast.group, reply_to=first)
    api.edits(first, "#反馈 按钮太小")
    api.forwards(cast.zhang, cast.yu, "别人说的")
    api.forwards(cast.zhang, None, "匿名说的", cast.group)


async def _photos(api: BotApi, cast: Cast, bot: telegram.Bot) -> None:
    photo = api.shows(cast.zhang, "#反馈 见图", cast.group)
    api.edits(photo, "#反馈 见图二")
    api.shows_album(cast.yu, ["#建议 三张", "", ""], cast.group)


async def _voices(api: BotApi, cast: Cast, bot: telegram.Bot) -> None:
    channel = api.group("品牌频道", type="channel")
    api.says(cast.li, "匿名管理员", cast.group, as_chat=cast.group)
    api.says(cast.zhang, "以频道身份", cast.group, as_chat=channel)
    post = api.publishes(channel, "新品发布")
    api.edits(post, "新品发布！")
    api.publishes(channel, "讨论一下", discussion=cast.group)


async def _topics(api: BotApi, cast: Cast, bot: telegram.Bot) -> None:
    forum = api.group("论坛", cast.zhang, forum=True)
    thread = api.opens_topic(cast.zhang, forum, "外观")
    said = api.says(cast.zhang, "颜色", forum, thread=thread)
    api.says(cast.zhang, "还有手感", forum, reply_to=said)


async def _starts(api: BotApi, cast: Cast, bot: telegram.Bot) -> None:
    api.starts(cast.yu)
    api.blocks(cast.yu)
    api.starts(cast.yu, "echo-12")


async def _presses(api: BotApi, cast: Cast, bot: telegram.Bot) -> None:
    url = "https://t.me/huixiang_bot?start=abc"
    row = [InlineKeyboardButton("打卡", callback_data="1"), InlineKeyboardButton("私聊", url=url)]
    await bot.send_message(cast.group.id, "早安", reply_markup=InlineKeyboardMarkup([row]))
    message = api.sees(cast.group)[-1]
    api.presses(cast.zhang, message, "打卡")
    api.presses(cast.yu, message, data="forged")
    api.presses(cast.yu, message, "私聊")
    assert api.sees(cast.yu)[-1].text == "/start abc"


async def _reactions(api: BotApi, cast: Cast, bot: telegram.Bot) -> None:
    said = api.says(cast.zhang, "早", cast.group)
    api.reacts(cast.yu, said, "👍", "🎉")
    api.reacts(cast.yu, said)
    api.reacts(cast.li, said, "❤", as_chat=cast.group)


async def _votes(api: BotApi, cast: Cast, bot: telegram.Bot) -> None:
    await bot.send_poll(cast.group.id, "?", ["a", "b"], is_anonymous=False)
    api.votes(cast.zhang, api.sees(cast.group)[-1], [0])
    api.votes(cast.zhang, api.sees(cast.group)[-1], [])


async def _members(api: BotApi, cast: Cast, bot: telegram.Bot) -> None:
    guest = api.person("路人")
    api.joins(guest, cast.group)
    api.promotes(cast.li, guest, cast.group)
    api.promotes(cast.li, api.world.bot, cast.group, "member")
    api.leaves(guest, cast.group)
    api.removes_bot(cast.li, cast.group)
    api.adds_bot(cast.li, cast.group)
    api.promotes(cast.li, api.world.bot, cast.group)


async def _migration(api: BotApi, cast: Cast, bot: telegram.Bot) -> None:
    old = api.group("小群", cast.zhang, type="group")
    new = api.migrates(old, cast.zhang)
    api.says(cast.zhang, "新群", new)


SCENES: dict[str, tuple[Scene, int]] = {
    "texts": (_texts, 5),
    "photos": (_photos, 5),
    "voices": (_voices, 6),
    "topics": (_topics, 3),
    "starts": (_starts, 4),
    "presses": (_presses, 3),
    "reactions": (_reactions, 4),
    "votes": (_votes, 4),
    "members": (_members, 9),
    "migration": (_migration, 3),
}


@pytest.mark.parametrize("name", SCENES)
async def test_an_update_is_what_the_bot_api_promises(
    name: str, api: BotApi, bot: telegram.Bot, cast: Cast
) -> None:
    scene, count = SCENES[name]
    await scene(api, cast, bot)
    updates = _raw(api)
    assert len(updates) == count
    for raw in updates:
        assert object_errors("Update", raw) == []
        parsed = telegram.Update.de_json(raw, bot)
        assert not parsed.api_kwargs
        assert _lost(raw, parsed.to_dict()) == []
    assert [raw["update_id"] for raw in updates] == sorted(raw["update_id"] for raw in updates)
    api.assert_clean()


async def test_a_bot_that_is_no_admin_hears_neither_reactions_nor_members(api: BotApi, cast: Cast) -> None:
    group = api.group("普通群", cast.zhang, bot="member")
    said = api.says(cast.zhang, "早", group)
    api.reacts(cast.yu, said, "👍")
    api.joins(api.person("路人"), group)
    assert [[*raw][1] for raw in _raw(api)] == ["message", "message"]


async def test_privacy_mode_hides_what_is_not_for_the_bot(api: BotApi, cast: Cast, bot: telegram.Bot) -> None:
    api.world.reads_all = False
    group = api.group("普通群", cast.zhang, bot="member")
    asked = await bot.send_message(group.id, "今天好吗？")
    api.says(cast.zhang, "闲聊", group)
    api.says(cast.zhang, "/help", group)
    api.says(cast.zhang, "@huixiang_bot 在吗", group)
    api.says(cast.zhang, "好", group, reply_to=asked.to_dict())
    assert [raw["message"]["text"] for raw in _raw(api)] == ["/help", "@huixiang_bot 在吗", "好"]


async def test_updates_can_come_late_twice_and_with_gaps(api: BotApi, cast: Cast, bot: telegram.Bot) -> None:
    with api.intake.reordered(random.Random(7).shuffle):
        for number in range(5):
            api.says(cast.zhang, str(number))
            api.skips_ids(3)
    first = await bot.get_updates()
    ids = [update.update_id for update in first]
    assert ids != sorted(ids)
    assert max(ids) - min(ids) == 16
    api.repeats(first[0].to_dict())
    again = await bot.get_updates(offset=max(ids) + 1)
    assert [update.update_id for update in again] == [ids[0]]
    assert await bot.get_updates(offset=max(ids) + 1) == ()


def _raw(api: BotApi) -> list[dict[str, Any]]:
    return [msgspec.json.decode(entry.body) for entry in api.intake.pending]


def _lost(raw: Any, parsed: Any, path: str = "") -> list[str]:
    """Return the fields of a raw update that its parsed form no longer has; it leaves empty lists out."""
    if isinstance(raw, dict):
        assert isinstance(parsed, dict), path
        return [
            lost
            for name, value in raw.items()
            if value != []
            for lost in (
                [f"{path}.{name}"] if name not in parsed else _lost(value, parsed[name], f"{path}.{name}")
            )
        ]
    if isinstance(raw, list):
        pairs = enumerate(zip(raw, parsed, strict=True))
        return [lost for index, (one, two) in pairs for lost in _lost(one, two, f"{path}[{index}]")]
    return [] if raw == parsed else [f"{path}: {raw!r} != {parsed!r}"]
