"""What goes wrong, on purpose or by the world's rules, arrives as python-telegram-bot's right exception."""

import pytest
import telegram
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from tests.botapi import BotApi, Drop, Garbage, Hang, refusals
from tests.botapi.cast import Cast
from tests.botapi.faults import Trouble
from tests.botapi.refusals import Refusal

TROUBLES: list[tuple[Trouble, type[TelegramError], str]] = [
    (refusals.too_many(7), RetryAfter, "Retry in 0:00:07|Retry in 7"),
    (refusals.migrated(-1009), ChatMigrated, "New chat id: -1009"),
    (refusals.BLOCKED, Forbidden, "Forbidden: bot was blocked by the user"),
    (refusals.NEVER_STARTED, Forbidden, "can't initiate conversation with a user"),
    (refusals.DEACTIVATED, Forbidden, "user is deactivated"),
    (refusals.KICKED, Forbidden, "bot was kicked from the supergroup chat"),
    (refusals.CHAT_NOT_FOUND, BadRequest, "Chat not found"),
    (refusals.NOT_MODIFIED, BadRequest, "Message is not modified"),
    (refusals.THREAD_NOT_FOUND, BadRequest, "Message thread not found"),
    (refusals.NO_RIGHTS, BadRequest, "Not enough rights to send text messages to the chat"),
    (refusals.CANT_PARSE, BadRequest, "Can't parse entities"),
    (refusals.UNAUTHORIZED, InvalidToken, "Unauthorized"),
    (refusals.OTHER_POLLER, Conflict, "terminated by other getUpdates request"),
    (refusals.SERVER_ERROR, NetworkError, "Internal Server Error"),
    (refusals.BAD_GATEWAY, NetworkError, "Bad Gateway"),
    (Garbage(), TelegramError, "Invalid server response"),
    (Garbage(status=502), NetworkError, "Bad Gateway|Unknown|Invalid"),
    (Drop(), NetworkError, "RemoteProtocolError|ReadError"),
    (Drop(accepted=True), NetworkError, "RemoteProtocolError|ReadError"),
]


@pytest.mark.parametrize(("trouble", "error", "words"), TROUBLES)
async def test_a_fault_reaches_the_bot_once(
    trouble: Trouble, error: type[TelegramError], words: str, api: BotApi, bot: telegram.Bot, cast: Cast
) -> None:
    api.fails("sendMessage", trouble, chat=cast.group.id)
    await bot.send_message(cast.zhang.id, "不受影响")
    with pytest.raises(error, match=words):
        await bot.send_message(cast.group.id, "早安")
    arrived = isinstance(trouble, Drop) and trouble.accepted
    assert [shown.text for shown in api.heard(cast.group)] == ["早安"] * arrived
    assert await bot.send_message(cast.group.id, "又好了")
    assert not api.violations


async def test_silence_times_out_and_the_outcome_stays_unknown(
    api: BotApi, bot: telegram.Bot, cast: Cast
) -> None:
    api.fails("sendMessage", Hang(accepted=True))
    with pytest.raises(TimedOut):
        await bot.send_message(cast.group.id, "早安", read_timeout=0.05)
    assert (await api.hears(cast.group, "早安")).author == "回响"
    assert api.calls[-1].code is None


async def test_a_request_is_carried_out_though_its_client_gave_up(
    api: BotApi, bot: telegram.Bot, cast: Cast
) -> None:
    api.latency_seconds = 0.2
    with pytest.raises(TimedOut):
        await bot.send_message(cast.group.id, "早安", read_timeout=0.02)
    assert (await api.hears(cast.group, "早安")).author == "回响"


async def test_an_outage_refuses_connections_and_ends(api: BotApi, bot: telegram.Bot, cast: Cast) -> None:
    async with api.outage():
        with pytest.raises(NetworkError, match="ConnectError"):
            await bot.send_message(cast.group.id, "早安")
    await bot.send_message(cast.group.id, "早安")
    api.assert_clean()


async def test_faults_hit_as_often_as_asked_and_skip_first(
    api: BotApi, bot: telegram.Bot, cast: Cast
) -> None:
    fault = api.fails("sendMessage", refusals.SERVER_ERROR, times=2, skip=1)
    await bot.send_message(cast.group.id, "1")
    for _ in range(2):
        with pytest.raises(NetworkError):
            await bot.send_message(cast.group.id, "2")
    await bot.send_message(cast.group.id, "3")
    assert fault.hits == 2


async def test_nobody_is_written_to_before_they_press_start(
    api: BotApi, bot: telegram.Bot, cast: Cast
) -> None:
    with pytest.raises(Forbidden, match="can't initiate conversation"):
        await bot.send_message(cast.yu.id, "您好")
    api.starts(cast.yu)
    await bot.send_message(cast.yu.id, "您好")
    api.blocks(cast.yu)
    with pytest.raises(Forbidden, match="blocked by the user"):
        await bot.send_message(cast.yu.id, "您好")
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(123, "谁？")


async def test_a_group_that_became_a_supergroup_says_where_it_went(
    api: BotApi, bot: telegram.Bot, cast: Cast
) -> None:
    old = api.group("小群", cast.zhang, type="group")
    new = api.migrates(old, cast.zhang)
    with pytest.raises(ChatMigrated) as raised:
        await bot.send_message(old.id, "早安")
    assert raised.value.new_chat_id == new.id
    assert (await bot.send_message(raised.value.new_chat_id, "早安")).message_id == 2


async def test_a_group_without_the_bot_or_its_rights_refuses(
    api: BotApi, bot: telegram.Bot, cast: Cast
) -> None:
    group = api.group("静音群", cast.zhang, bot="member")
    group.muted = True
    with pytest.raises(BadRequest, match="Not enough rights"):
        await bot.send_message(group.id, "x")
    api.removes_bot(cast.li, group)
    with pytest.raises(Forbidden, match="bot was kicked from the supergroup chat"):
        await bot.send_message(group.id, "x")


async def test_a_closed_topic_and_the_general_one_are_not_found(
    api: BotApi, bot: telegram.Bot, cast: Cast
) -> None:
    forum = api.group("论坛", cast.zhang, forum=True)
    thread = api.opens_topic(cast.zhang, forum, "外观")
    await bot.send_message(forum.id, "在话题里", message_thread_id=thread)
    assert api.sees(forum)[-1].thread == thread
    with pytest.raises(BadRequest, match="Message thread not found"):
        await bot.send_message(forum.id, "x", message_thread_id=1)


async def test_a_wrong_token_and_an_unknown_method_are_refused(api: BotApi, bot: telegram.Bot) -> None:
    stranger = telegram.Bot(f"{api.token}x", base_url=f"{api.url}/bot")
    with pytest.raises(InvalidToken):
        await stranger.initialize()
    await stranger.shutdown()
    with pytest.raises(TelegramError, match="not found"):
        await bot.do_api_request("sendNonsense")
    api.expects("sendNonsense: unknown method")


BAD_TEXTS = {
    "": "Message text is empty",
    "   \n": "Message text is empty",
    "长" * 4097: "Message is too long",
    "<b>半": "Can't parse entities: can't find end tag corresponding to start tag",
    "1 < 2": 'Can\'t parse entities: unsupported start tag "" at byte offset 2',
}


@pytest.mark.parametrize("text", BAD_TEXTS)
async def test_a_text_telegram_would_not_take_is_refused_and_recorded(
    text: str, api: BotApi, bot: telegram.Bot, cast: Cast
) -> None:
    with pytest.raises(BadRequest, match=BAD_TEXTS[text]):
        await bot.send_message(cast.zhang.id, text, parse_mode="HTML")
    assert len(api.violations) == 1
    with pytest.raises(AssertionError):
        api.assert_clean()
    api.expects(api.violations[0])
    api.assert_clean()


async def test_what_the_fake_cannot_do_is_recorded(api: BotApi, bot: telegram.Bot, cast: Cast) -> None:
    with pytest.raises(TelegramError):
        await bot.send_dice(cast.group.id)
    api.expects("sendDice: not modelled by the fake")


def test_every_refusal_begins_with_its_class() -> None:
    words = {
        400: "Bad Request: ",
        403: "Forbidden: ",
        409: "Conflict: ",
        401: "Unauthorized",
        404: "Not Found",
    }
    named = [each for each in vars(refusals).values() if isinstance(each, Refusal)]
    assert len(named) > 20
    assert all(each.text.startswith(words.get(each.code, "")) for each in named)
