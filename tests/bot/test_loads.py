"""What is filled into a parcel when it is sent (bot/loads.py)."""

from __future__ import annotations

import asyncio

from bot.adapters.base import Parcel
from bot.drawing import Drawing
from bot.loads import filled
from storage.messages import Message, Picture
from storage.promises import DeliveryKind
from storage.records import ChatKind
from tests.logbook import capture_logs

RESULT = Message(text=("海边赢了",), picture=Picture("poll", "去哪？", (("山", 3), ("海", 5))))
PARCEL = Parcel("run:3:summary", DeliveryKind.POST, "-100", ChatKind.GROUP, RESULT)


class NoRoom(Drawing):
    """Drawing on a machine that has no room for another process."""

    async def _start(self) -> asyncio.subprocess.Process:
        raise OSError("cannot allocate memory")


async def test_what_cannot_be_drawn_is_sent_in_words_and_noted() -> None:
    with capture_logs() as logs:
        found = await filled(PARCEL, NoRoom(), None)
    assert found == PARCEL
    assert [line["event"] for line in logs] == ["painter_replaced", "picture_left_out"]
