"""What tests give a sender to carry."""

from __future__ import annotations

import struct
import zlib
from dataclasses import replace

import pytest

from bot.adapters.base import (
    Parcel,
    SendError,
)
from bot.adapters.telegram.sender import Sender
from storage.messages import Message, Picture
from storage.promises import DeliveryKind, Receipt
from storage.records import ChatKind
from tests.botapi import Person
from tests.botapi.people import Chat


def png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 2, 2, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" + b"\xff" * 6 + b"\0" + b"\xff" * 6)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def parcel(where: Chat | Person, *text: str, key: str = "k", message: Message | None = None) -> Parcel:
    kind = ChatKind.PRIVATE if isinstance(where, Person) else ChatKind.GROUP
    return Parcel(key, DeliveryKind.POST, str(where.id), kind, message or Message(text=text))


def edit(of: Receipt, where: Chat, *text: str, picture: Picture | None = None) -> Parcel:
    message = Message(text=text, picture=picture)
    return replace(
        parcel(where, message=message, key="e"), kind=DeliveryKind.EDIT, target=of.message_id, png=None
    )


async def failing(sender: Sender, what: Parcel) -> SendError:
    with pytest.raises(SendError) as caught:
        await sender.send(what)
    return caught.value
