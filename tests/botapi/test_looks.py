"""The whole fake in use: a small bot runs against it, people act, and tests see what they would see."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
import telegram
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from tests.botapi import BotApi
from tests.botapi.cast import Cast
from tests.botapi.conftest import ALL_UPDATES


@pytest.fixture
async def _echo_bot(api: BotApi, bot: telegram.Bot) -> AsyncIterator[None]:
    """A bot that reacts to tags, writes to their author, and thanks for a pressed button."""
    task = asyncio.create_task(_run(bot))
    await api.polled()
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def _run(bot: telegram.Bot) -> None:
    offset = 0
    while True:
        for update in await bot.get_updates(offset=offset, timeout=20, allowed_updates=ALL_UPDATES):
            offset = update.update_id + 1
            if update.callback_query is not None:
                await update.callback_query.answer("谢谢！")
            elif (
                update.message is not None
                and update.message.from_user
                and "#反馈" in (update.message.text or "")
            ):
                await update.message.set_reaction("👍")
                keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("顺手多了", callback_data="v:1")]])
                await bot.send_message(update.message.from_user.id, "按钮改好了", reply_markup=keyboard)


@pytest.mark.usefixtures("_echo_bot")
async def test_a_loop_from_a_tag_to_a_pressed_button_is_seen_as_people_see_it(
    api: BotApi, cast: Cast
) -> None:
    said = api.says(cast.zhang, "#反馈 按钮太小了", cast.group)
    call = await api.called("setMessageReaction", chat=cast.group)
    assert call.params["message_id"] == said["message_id"]
    assert api.sees(cast.group)[-1].reactions == (("回响", "👍"),)
    card = await api.hears(cast.zhang, "改好了")
    query = api.presses(cast.zhang, card, "顺手多了")
    await api.consumed()
    assert api.toasts(cast.zhang) == ["谢谢！"]
    assert query not in api.unanswered()
    api.assert_clean()


async def test_waiting_for_what_never_comes_fails_with_the_last_calls(
    api: BotApi, bot: telegram.Bot, cast: Cast
) -> None:
    await bot.send_message(cast.group.id, "早安")
    with pytest.raises(AssertionError, match=r"(?s)'晚安' in 车主群 did not happen in 0.01 s.*早安"):
        await api.hears(cast.group, "晚安", seconds=0.01)


async def test_only_newer_messages_count_after_one(api: BotApi, bot: telegram.Bot, cast: Cast) -> None:
    await bot.send_message(cast.group.id, "早安 1")
    first = await api.hears(cast.group, "早安")
    later = asyncio.create_task(api.hears(cast.group, "早安", after=first))
    await bot.send_message(cast.group.id, "早安 2")
    assert (await later).text == "早安 2"


async def test_a_missing_button_cannot_be_pressed(api: BotApi, bot: telegram.Bot, cast: Cast) -> None:
    await bot.send_message(cast.group.id, "早安")
    with pytest.raises(AssertionError, match="no button '打卡'"):
        api.presses(cast.zhang, api.sees(cast.group)[-1], "打卡")


async def test_a_poll_whose_time_is_over_takes_no_votes(api: BotApi, bot: telegram.Bot, cast: Cast) -> None:
    await bot.send_poll(cast.group.id, "吃什么？", ["火锅", "烧烤"], is_anonymous=False)
    api.ends(api.sees(cast.group)[-1])
    with pytest.raises(AssertionError, match="closed"):
        api.votes(cast.zhang, api.sees(cast.group)[-1], [0])


async def test_a_deleted_message_cannot_be_replied_to(api: BotApi, bot: telegram.Bot, cast: Cast) -> None:
    said = api.says(cast.zhang, "早", cast.group)
    api.deletes(said)
    with pytest.raises(telegram.error.BadRequest, match="Message to be replied not found"):
        await bot.send_message(
            cast.group.id, "x", reply_parameters=telegram.ReplyParameters(said["message_id"])
        )
