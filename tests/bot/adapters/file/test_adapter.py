"""The adapter that writes files (bot/adapters/file/adapter.py)."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.adapters.base import Parcel, PermanentError
from bot.adapters.file.adapter import FileAdapter
from storage.messages import Message, Quote, Strong
from storage.promises import DeliveryKind
from storage.records import ChatKind
from tests.fakes import FakeClock, at

PARCEL = Parcel(
    "run:3:packet:product", DeliveryKind.POST, "packets/product", ChatKind.PRIVATE,
    Message(text=("产品部 · 本周简报\n", Strong("#1"), " ", Quote("<script> *按钮* [x](y)"))),
)  # fmt: skip


@pytest.fixture
def adapter(tmp_path: Path) -> FileAdapter:
    """Give the adapter over a folder of its own."""
    return FileAdapter(tmp_path, FakeClock(at("2026-10-12 02:00")).now, ZoneInfo("Asia/Shanghai"))


async def test_a_packet_is_a_file_of_its_own_that_only_its_owner_reads(
    adapter: FileAdapter, tmp_path: Path
) -> None:
    receipt = await adapter.send(PARCEL)
    [file] = (tmp_path / "packets/product").iterdir()
    assert file.name == receipt.message_id == "2026-10-12-run-3-packet-product.md"
    assert file.stat().st_mode & 0o077 == 0
    assert file.read_text("utf-8").startswith("产品部 · 本周简报\n**\\#1** ")


async def test_what_members_wrote_stays_words(adapter: FileAdapter, tmp_path: Path) -> None:
    receipt = await adapter.send(PARCEL)
    text = (tmp_path / "packets/product" / receipt.message_id).read_text("utf-8")
    assert "“\\<script\\> \\*按钮\\* \\[x\\](y)”" in text


async def test_written_again_after_a_crash_it_is_one_file(adapter: FileAdapter, tmp_path: Path) -> None:
    await adapter.send(PARCEL)
    await adapter.send(PARCEL)
    assert len(list((tmp_path / "packets/product").iterdir())) == 1


async def test_a_file_bears_the_day_it_is_where_the_community_lives(tmp_path: Path) -> None:
    early = FakeClock(at("2026-10-11 23:00"))  # seven on Monday morning in Shanghai
    receipt = await FileAdapter(tmp_path, early.now, ZoneInfo("Asia/Shanghai")).send(PARCEL)
    assert receipt.message_id.startswith("2026-10-12-")


async def test_a_file_takes_no_reaction(adapter: FileAdapter) -> None:
    with pytest.raises(PermanentError):
        await adapter.send(Parcel("k", DeliveryKind.REACTION, "x", ChatKind.PRIVATE, Message()))
