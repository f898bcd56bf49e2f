"""getUpdates: offsets, long polls, allowed updates and conflicts, seen through python-telegram-bot."""

import asyncio

import pytest
import telegram
from telegram.error import Conflict

from tests.botapi import BotApi

_CHAT = {"id": -1001, "type": "supergroup", "title": "车主群"}


def _text(number: int) -> dict[str, object]:
    return {"message_id": number, "date": 1_795_000_000, "chat": _CHAT, "text": f"第 {number} 条"}


async def test_updates_come_again_until_an_offset_confirms_them(api: BotApi, bot: telegram.Bot) -> None:
    for number in range(3):
        api.intake.put("message", _text(number))
    first = await bot.get_updates()
    assert [update.update_id for update in await bot.get_updates()] == [update.update_id for update in first]
    rest = await bot.get_updates(offset=first[1].update_id)
    assert [update.message.text for update in rest if update.message] == ["第 1 条", "第 2 条"]
    assert api.intake.confirmed == 1
    assert await bot.get_updates(offset=first[-1].update_id + 1) == ()


async def test_a_long_poll_is_answered_as_soon_as_something_comes(api: BotApi, bot: telegram.Bot) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=30))
    await api.log.until(lambda: api.intake.polls, 5, "a poll")
    api.intake.put("message", _text(1))
    assert len(await asyncio.wait_for(poll, 5)) == 1


async def test_a_second_poller_ends_the_first_with_a_conflict(api: BotApi, bot: telegram.Bot) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=30))
    await api.log.until(lambda: api.intake.polls, 5, "a poll")
    async with telegram.Bot(api.token, base_url=f"{api.url}/bot") as other:
        second = asyncio.create_task(other.get_updates(timeout=30))
        with pytest.raises(Conflict, match="terminated by other getUpdates"):
            await first
        api.intake.put("message", _text(1))
        assert len(await second) == 1


async def test_the_last_list_of_allowed_updates_sticks(api: BotApi, bot: telegram.Bot) -> None:
    await bot.get_updates(allowed_updates=["callback_query"])
    await bot.get_updates()
    assert api.intake.put("message", _text(1)) is None
    await bot.get_updates(allowed_updates=[])
    assert api.intake.put("message", _text(2)) is not None
    assert api.intake.put("message_reaction", {}) is None
