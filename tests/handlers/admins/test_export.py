"""Dialogues about /export (handlers/admins/export.py)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from storage.records import ChatKind
from tests.fakes import EVERYTHING, FakeAdapter
from tests.talk import LI, MIN, ZHANG, Talk

FILES = replace(EVERYTHING, files=True)


@pytest.fixture
def adapter() -> FakeAdapter:
    """Give a platform that can send files in private."""
    return FakeAdapter(capabilities={ChatKind.GROUP: EVERYTHING, ChatKind.PRIVATE: FILES})


async def test_the_file_comes_in_private_and_says_what_is_not_in_it(talk: Talk, tmp_path: Path) -> None:
    await talk.says(ZHANG, "#反馈 按钮太小了")
    await talk.says(MIN, "/export csv 反馈", dm=True)
    [post] = talk.posts(MIN)
    document = post.message.document
    assert document is not None
    assert (document.name, document.export) == ("feedback-20261012-020000.csv", "feedback")
    assert "没有私下和匿名提出者的身份与原话" in post.text
    parcel = talk.adapter.parcels[-1]
    assert parcel.file == (tmp_path / "exports" / document.name).read_bytes()
    assert "按钮太小了" in (parcel.file or b"").decode()


async def test_asked_for_in_a_group_it_still_comes_in_private(talk: Talk) -> None:
    await talk.says(MIN, "/start", dm=True)
    talk.posts(MIN)
    await talk.says(MIN, "/export md 话题")
    assert [post.message.document for post in talk.posts()] == []
    [post] = talk.posts(MIN)
    assert post.message.document is not None
    assert post.message.document.name.startswith("topics-")


async def test_where_no_file_can_be_sent_its_place_is_said(
    talk: Talk, adapter: FakeAdapter, tmp_path: Path
) -> None:
    capabilities = dict(talk.dispatcher._capabilities)
    talk.dispatcher._capabilities = {key: replace(can, files=False) for key, can in capabilities.items()}
    await talk.says(MIN, "导出 html", dm=True)
    [text] = talk.heard(MIN)
    assert "exports/feedback-20261012-020000.html" in text
    assert (tmp_path / "exports/feedback-20261012-020000.html").exists()


async def test_an_unknown_form_gets_an_example(talk: Talk) -> None:
    await talk.says(MIN, "/export xlsx", dm=True)
    assert talk.heard(MIN) == ["不认识「xlsx」，比如：/export csv 话题"]


async def test_only_admins_export(talk: Talk, tmp_path: Path) -> None:
    for who in (LI, ZHANG):
        await talk.says(who, "/export csv", dm=True)
        assert talk.posts(who)[-1].message.document is None
    assert not (tmp_path / "exports").exists()
