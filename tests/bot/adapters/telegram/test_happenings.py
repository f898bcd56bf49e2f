"""What happens without words on Telegram: presses, reactions, votes, comings and goings."""

from __future__ import annotations

import json

import pytest

from bot.seal import seal
from handlers.events import Event, EventKind
from storage.records import ChatKind
from tests.bot.adapters.telegram.test_parse import content, event, pressing
from tests.bot.adapters.telegram.updates import GROUP, KEY, NOW, RECORDED


def test_a_button_works_only_in_its_own_chat() -> None:
    found = pressing(seal(KEY, f"chat:{GROUP}", "verify:128:31:better"))
    assert found.kind is EventKind.PRESS
    assert (found.action, found.message_id, found.press_id) == (
        "verify:128:31:better",
        "800",
        "4382bfdwdsb323b2d9",
    )
    assert found.at == NOW
    for forged in (seal(KEY, "chat:-1009", "verify:128:31:better"), "verify:128:31:better", "x" * 64):
        assert pressing(forged).action is None


def test_a_press_needs_neither_an_accessible_message_nor_a_chat_instance() -> None:
    assert event("press_of_inaccessible").message_id == "800"
    assert event("press_without_chat_instance").message_id == "800"


def test_a_reaction_is_what_was_added() -> None:
    assert (event("reaction_added").emoji, event("reaction_added").message_id) == ("👍", "800")
    assert event("reaction_changed").emoji == "❤"
    assert event("custom_reaction").emoji == "custom"


def test_a_vote_names_its_poll_and_choices() -> None:
    found = event("vote")
    assert (found.poll_id, found.choices, found.sender.external_id) == ("5400000000000000001", (0, 2), "4101")
    assert event("vote_taken_back").choices == ()


@pytest.mark.parametrize(
    ("name", "kind", "chat_kind"),
    [
        ("we_are_added", EventKind.BOT_ADDED, ChatKind.GROUP),
        ("member_added", EventKind.BOT_ADDED, ChatKind.GROUP),
        ("we_are_removed", EventKind.BOT_REMOVED, ChatKind.GROUP),
        ("member_kicked", EventKind.BOT_REMOVED, ChatKind.GROUP),
        ("blocked", EventKind.BOT_REMOVED, ChatKind.PRIVATE),
        ("unblocked", EventKind.BOT_ADDED, ChatKind.PRIVATE),
    ],
)
def test_our_own_coming_and_going_is_noticed(name: str, kind: EventKind, chat_kind: ChatKind) -> None:
    assert (event(name).kind, event(name).chat_kind) == (kind, chat_kind)


def test_both_notices_of_a_migration_say_the_same() -> None:
    for name in ("migrated_to", "migrated_from"):
        assert (event(name).kind, event(name).chat, event(name).text) == (EventKind.MIGRATED, "-4567", GROUP)


def test_a_restricted_bot_is_still_in_the_group() -> None:
    update = json.loads(json.dumps(RECORDED["member_kicked"]))
    update["my_chat_member"]["new_chat_member"] = {"status": "restricted", "is_member": True}
    assert content(update) is None
    update["my_chat_member"]["new_chat_member"] = {"status": "restricted", "is_member": False}
    found = content(update)
    assert isinstance(found, Event)
    assert found.kind is EventKind.BOT_REMOVED
