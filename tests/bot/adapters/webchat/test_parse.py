"""Raw updates become what they mean, whatever people type."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.base import Chatter, Taken
from bot.adapters.webchat.parse import parse
from handlers.events import Event, EventKind
from storage.records import ChatKind, Platform

NAMES = ("回响", "Huixiang")


def raw(kind: str = "message", chat: str = "owners", **more: Any) -> dict[str, Any]:
    where = {"id": chat, "kind": "group" if chat == "owners" else "private", "title": "车主群"}
    return {
        "kind": kind, "at": "2026-10-12T02:00:00+00:00", "chat": where, "from": {"id": "zhang", "name": "张哥"},
    } | more  # fmt: skip


def read(update: dict[str, Any]) -> Taken:
    return parse("7", update, bot_names=NAMES, unseal=lambda scope, data: data if scope == "owners" else None)


def said(text: str, chat: str = "owners", **more: Any) -> Taken:
    return read(raw(chat=chat, message={"id": 1, "text": text, "photo": ""}, reply=None, **more))


def event(taken: Taken) -> Event:
    assert isinstance(taken.content, Event)
    return taken.content


@given(st.text(), st.sampled_from(["owners", "zhang"]))
def test_any_words_are_read_and_kept_as_they_were_said(text: str, chat: str) -> None:
    content = said(text, chat).content

    assert isinstance(content, Event | Chatter)
    if isinstance(content, Event):
        assert content.text == text
        assert (content.platform, content.update_id) == (Platform.WEBCHAT, "7")
    else:
        assert chat == "owners"


@given(st.text(max_size=40))
def test_what_follows_a_command_is_its_rest(rest: str) -> None:
    found = event(said(f"/Resolve 12 {rest}", chat="zhang"))

    assert (found.word, found.is_command) == ("resolve", True)
    assert found.rest == f"12 {rest}".strip()


def test_a_mention_at_any_place_calls_us_by_the_words_around_it() -> None:
    assert event(said("待办 @回响")).word == "待办"
    assert event(said("@huixiang /inbox")).word == "inbox"
    assert event(said("@回响")).mentions_us


def test_plain_words_in_the_group_call_nobody() -> None:
    found = event(said("待办"))

    assert (found.word, found.mentions_us) == ("", False)


def test_a_picture_without_words_is_an_event_with_an_attachment() -> None:
    found = event(read(raw(message={"id": 1, "text": "", "photo": "a.png"}, reply=None)))

    assert [(file.kind, file.file_id) for file in found.attachments] == [("photo", "a.png")]


def test_a_reaction_taken_back_means_nothing() -> None:
    assert read(raw("reaction", message={"id": 1}, emoji="")).content is None


def test_a_press_in_private_is_unsealed_for_its_own_chat() -> None:
    here = event(read(raw("press", message={"id": 1}, data="checkin:1")))
    elsewhere = event(read(raw("press", chat="zhang", message={"id": 1}, data="checkin:1")))

    assert (here.kind, here.action, here.press_id) == (EventKind.PRESS, "checkin:1", "7")
    assert (elsewhere.chat_kind, elsewhere.action) == (ChatKind.PRIVATE, None)
