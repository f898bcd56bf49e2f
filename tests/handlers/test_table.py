"""Tests over the routing table: whoever adds an intent and forgets its words is named here."""

from __future__ import annotations

import pytest

from handlers import HANDLERS
from handlers.addressed import read_call
from handlers.base import Handler, Settings
from handlers.events import Event, EventKind, Sender
from handlers.members.help import GROUPS
from locales.catalog import LANGUAGES, Catalog
from storage.records import ChatKind, Platform
from tests.fakes import at

CALLED = [handler for handler in HANDLERS if handler.COMMANDS]


@pytest.mark.parametrize("handler", CALLED, ids=lambda handler: handler.NAME)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_has_an_example_and_words_for_help(handler: Handler, language: str) -> None:
    assert handler.EXAMPLE
    assert f"help.{handler.NAME}" in Catalog().ids(language)


@pytest.mark.parametrize("handler", CALLED, ids=lambda handler: handler.NAME)
def test_every_intent_is_the_first_to_match_its_own_example(handler: Handler, settings: Settings) -> None:
    call = read_call(handler.EXAMPLE)
    event = Event(
        update_id="1", kind=EventKind.MESSAGE, platform=Platform.TELEGRAM, chat="501", chat_kind=ChatKind.PRIVATE,
        sender=Sender("501", "张哥"), at=at("2026-10-12 02:00"), message_id="1", text=handler.EXAMPLE, word=call.word,
        rest=call.rest, is_command=call.is_command,
    )  # fmt: skip
    assert next(h for h in HANDLERS if h.match(event, settings) is not None) is handler


def test_no_two_intents_share_a_name() -> None:
    names = [handler.NAME for handler in HANDLERS]
    assert len(set(names)) == len(names)


def test_help_lists_every_command_once() -> None:
    listed = [name for _, names in GROUPS for name in names]
    assert sorted([*listed, "help", "start"]) == sorted(handler.NAME for handler in CALLED)
