"""What Telegram refuses, in our words: what passes, what never will, and what nobody knows."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.adapters.base import (
    ChatGoneError,
    ChatMovedError,
    OutcomeUnknownError,
    PermanentError,
    SendError,
    TemporaryError,
    UnreachableError,
)
from bot.adapters.telegram.client import Client
from bot.adapters.telegram.lanes import TelegramLanes
from bot.adapters.telegram.sender import Sender
from bot.adapters.telegram.settings import TelegramSettings
from storage.messages import Message, Picture
from storage.promises import Receipt
from tests.bot.adapters.telegram.parcels import edit, failing, parcel, png
from tests.bot.adapters.telegram.updates import KEY
from tests.botapi import BotApi, Drop, Garbage, Hang, refusals
from tests.botapi.cast import Cast


@pytest.mark.parametrize(
    ("refusal", "kind"),
    [
        (refusals.BLOCKED, UnreachableError),
        (refusals.NEVER_STARTED, UnreachableError),
        (refusals.DEACTIVATED, UnreachableError),
        (refusals.BOT_TO_BOT, UnreachableError),
        (refusals.CHAT_NOT_FOUND, UnreachableError),
    ],
)
async def test_who_cannot_be_reached_in_private_is_unreachable(
    api: BotApi, cast: Cast, sender: Sender, refusal: refusals.Refusal, kind: type[SendError]
) -> None:
    api.fails("sendMessage", refusal)
    assert type(await failing(sender, parcel(cast.zhang, "您好"))) is kind


async def test_who_never_pressed_start_is_unreachable(cast: Cast, sender: Sender) -> None:
    assert isinstance(await failing(sender, parcel(cast.yu, "您好")), UnreachableError)


@pytest.mark.parametrize(
    "refusal",
    [refusals.KICKED, refusals.KICKED_FROM_GROUP, refusals.NOT_A_MEMBER, refusals.CHAT_NOT_FOUND],
)
async def test_a_group_we_are_not_in_is_gone(
    api: BotApi, cast: Cast, sender: Sender, refusal: refusals.Refusal
) -> None:
    api.fails("sendMessage", refusal)
    assert type(await failing(sender, parcel(cast.group, "早"))) is ChatGoneError


@pytest.mark.parametrize(
    "refusal",
    [
        refusals.NO_RIGHTS,
        refusals.EDIT_NOT_FOUND,
        refusals.CANT_EDIT,
        refusals.REACT_NOT_FOUND,
        refusals.POLL_NOT_FOUND,
        refusals.NOT_A_POLL,
        refusals.INVALID_FILE,
        refusals.bad_request("message is too long"),
    ],
)
async def test_what_will_never_work_is_given_up(
    api: BotApi, cast: Cast, sender: Sender, refusal: refusals.Refusal
) -> None:
    api.fails("sendMessage", refusal)
    assert type(await failing(sender, parcel(cast.group, "早"))) is PermanentError


@pytest.mark.parametrize(
    "trouble",
    [
        refusals.SERVER_ERROR,
        refusals.BAD_GATEWAY,
        refusals.bad_request("a brand new reason"),
        Garbage(status=502),
        Garbage(status=503),
    ],
)
async def test_what_may_pass_is_tried_later(
    api: BotApi, cast: Cast, sender: Sender, trouble: refusals.Refusal | Garbage
) -> None:
    api.fails("sendMessage", trouble)
    error = await failing(sender, parcel(cast.group, "早"))
    assert isinstance(error, TemporaryError)
    assert error.scope == "chat"


@pytest.mark.parametrize(
    "trouble",
    [Drop(), Drop(accepted=True), Hang(30, accepted=True), Garbage(), Garbage("{", 200), Garbage(status=504)],
)
async def test_a_request_without_an_answer_may_have_been_carried_out(
    api: BotApi, cast: Cast, sender: Sender, trouble: Drop | Hang | Garbage
) -> None:
    api.fails("sendMessage", trouble)
    assert isinstance(await failing(sender, parcel(cast.group, "早")), OutcomeUnknownError)


async def test_where_nobody_listens_nothing_was_sent(cast: Cast, settings: TelegramSettings) -> None:
    there = replace(settings, api_base_url="http://127.0.0.1:9")
    sender = Sender(
        Client(there),
        TelegramLanes(there.limits, time.monotonic),
        username="huixiang_bot",
        seal_key=KEY,
    )
    error = await failing(sender, parcel(cast.group, "早"))
    await sender.close()
    assert isinstance(error, TemporaryError)
    assert error.scope == "account"
    assert error.retry_after is not None  # a pause that is told: an outage of a day gives nothing up


@pytest.mark.parametrize(
    ("trouble", "kind"),
    [
        (Drop(), OutcomeUnknownError),
        (Hang(30, accepted=True), OutcomeUnknownError),
        (refusals.BAD_GATEWAY, TemporaryError),
        (Garbage(), OutcomeUnknownError),
    ],
)
async def test_pictures_go_by_httpx_and_fail_alike(
    api: BotApi, cast: Cast, sender: Sender, trouble: Drop | Hang | Garbage | refusals.Refusal, kind: type[SendError]
) -> None:  # fmt: skip
    api.fails("sendPhoto", trouble)
    message = Message(text=("图",), picture=Picture("poll", "周末话题"))
    assert type(await failing(sender, replace(parcel(cast.group, message=message), png=png()))) is kind


async def test_an_edit_without_words_is_given_up(api: BotApi, cast: Cast, sender: Sender) -> None:
    receipt = await sender.send(parcel(cast.group, "早"))
    assert isinstance(await failing(sender, edit(receipt, cast.group, " ")), PermanentError)
    gone = Receipt("999")
    assert type(await failing(sender, edit(gone, cast.group, "晚"))) is PermanentError


async def test_a_429_says_how_long_its_chat_is_shut(api: BotApi, cast: Cast, sender: Sender) -> None:
    api.fails("sendMessage", refusals.too_many(37))
    error = await failing(sender, parcel(cast.group, "早"))
    assert isinstance(error, TemporaryError)
    assert (error.retry_after, error.scope) == (timedelta(seconds=37), "chat")


async def test_a_refused_token_stops_the_account_loudly(
    api: BotApi, cast: Cast, sender: Sender, caplog: pytest.LogCaptureFixture
) -> None:
    api.fails("sendMessage", refusals.UNAUTHORIZED)
    error = await failing(sender, parcel(cast.group, "早"))
    assert isinstance(error, TemporaryError)
    assert error.scope == "account"


async def test_a_group_that_moved_names_its_new_id(api: BotApi, cast: Cast, sender: Sender) -> None:
    basic = api.group("小群", cast.zhang, type="group", admins=(cast.li,))
    new = api.migrates(basic, cast.li)
    error = await failing(sender, parcel(basic, "早"))
    assert isinstance(error, ChatMovedError)
    assert error.new_id == str(new.id)
