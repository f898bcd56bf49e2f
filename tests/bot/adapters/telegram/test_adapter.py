"""The adapter as the relay and the app see it."""

import subprocess
import sys
from pathlib import Path

import pytest

from bot.adapters.base import Adapter, OutcomeUnknownError, Parcel
from bot.adapters.telegram.adapter import TelegramAdapter
from bot.adapters.telegram.lanes import TelegramLanes
from bot.adapters.telegram.menus import Menu
from bot.adapters.telegram.settings import LaneSettings
from storage.messages import Message
from storage.promises import DeliveryKind
from storage.records import ChatKind
from tests.bot.adapters.telegram.intake import RecordingIntake
from tests.botapi import BotApi, Drop, refusals
from tests.botapi.cast import Cast

ROOT = Path(__file__).parents[4]


def test_it_is_an_adapter(adapter: TelegramAdapter) -> None:
    as_adapter: Adapter = adapter
    assert set(as_adapter.capabilities) == set(ChatKind)


def test_importing_it_brings_neither_python_telegram_bot_nor_an_http_client() -> None:
    heavy = ("telegram", "httpx", "httpcore", "h11", "anyio", "certifi")
    code = f"import sys, bot.adapters.telegram.adapter as _; print([m for m in {heavy} if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


async def test_a_message_is_sent_by_the_first_who_needs_it(
    api: BotApi, cast: Cast, adapter: TelegramAdapter, intake: RecordingIntake
) -> None:
    await adapter.start(intake)
    parcel = Parcel(
        "k", DeliveryKind.POST, str(cast.zhang.id), ChatKind.PRIVATE, Message(text=("张哥，您好",))
    )
    receipt = await adapter.send(parcel)
    assert receipt.message_id == str((await api.hears(cast.zhang, "张哥")).message_id)
    api.assert_clean()


async def test_menus_are_set_and_a_refused_one_is_no_trouble(
    api: BotApi, cast: Cast, adapter: TelegramAdapter
) -> None:
    commands = (("inbox", "待办"),)
    menus = [
        Menu("", (*commands, ("帮助", "不是命令"))),
        Menu("zh_CN", commands, str(cast.li.id)),
        Menu("en", commands, "12345"),
    ]
    api.fails("setMyCommands", refusals.CHAT_NOT_FOUND, skip=2)
    await adapter.publish_menus(menus)
    everybody, staff, stranger = api.log.of("setMyCommands")
    assert everybody.params == {"commands": [{"command": "inbox", "description": "待办"}]}
    assert staff.params["scope"] == {"type": "chat", "chat_id": cast.li.id}
    assert staff.params["language_code"] == "zh"
    assert (everybody.ok, staff.ok, stranger.ok) == (True, True, False)
    api.fails("setMyCommands", Drop())
    with pytest.raises(OutcomeUnknownError):
        await adapter.publish_menus(menus)


def parcel(kind: DeliveryKind, chat: str, chat_kind: ChatKind) -> Parcel:
    return Parcel("k", kind, chat, chat_kind, Message())


def test_lanes_are_the_accounts_and_then_the_chats() -> None:
    lanes = TelegramLanes(LaneSettings(), lambda: 0.0)
    private = lanes.of(parcel(DeliveryKind.POST, "42", ChatKind.PRIVATE))
    group = lanes.of(parcel(DeliveryKind.EDIT, "-1", ChatKind.GROUP))
    other = lanes.of(parcel(DeliveryKind.CLOSE_POLL, "-2", ChatKind.GROUP))
    reaction = lanes.of(parcel(DeliveryKind.REACTION, "-1", ChatKind.GROUP))
    assert [(lane.slots, lane.period) for lane in private] == [(30, 1.0), (1, 1.0)]
    assert [(lane.slots, lane.period) for lane in group] == [(30, 1.0), (20, 60.0)]
    assert private[0] is group[0] is other[0]
    assert group[1] is not other[1]
    assert {id(lane) for lane in reaction}.isdisjoint({id(lane) for lane in (*private, *group)})
