"""The validator: requests as clients really send them pass, each kind of mistake is named."""

import json
from typing import Any

import pytest

from tests.botapi.form import Upload
from tests.botapi.table import table
from tests.botapi.validate import check, object_errors, read

_BUTTON = {"text": "打卡", "callback_data": "v1:7"}


def _text(**more: Any) -> dict[str, Any]:
    return {"chat_id": 1, "text": "x", **more}


def _markup(**button: Any) -> dict[str, Any]:
    return _text(reply_markup={"inline_keyboard": [[{"text": "x", **button}]]})


def _reaction(**reaction: str) -> dict[str, Any]:
    return {"chat_id": 1, "message_id": 1, "reaction": [reaction]}


def _poll(*options: object, question: str = "?") -> dict[str, Any]:
    return {"chat_id": 1, "question": question, "options": list(options)}


_HELP = {"command": "help", "description": "帮助"}
_THUMB = {"type": "emoji", "emoji": "👍"}
_ENTITY = {"type": "bold", "offset": 0, "length": 2}


CLEAN: list[tuple[str, dict[str, Any]]] = [
    ("getMe", {}),
    ("sendMessage", {"chat_id": "-100123", "text": "早", "disable_notification": "true"}),
    ("sendMessage", _text(chat_id="@group", reply_markup=json.dumps({"inline_keyboard": [[_BUTTON]]}))),
    ("sendMessage", {"chat_id": 1, "text": "早", "reply_markup": {"force_reply": True}}),
    ("sendMessage", {"chat_id": 1, "text": "早", "reply_markup": {"remove_keyboard": True}}),
    ("sendMessage", {"chat_id": 1, "text": "12"}),
    ("setMessageReaction", {"chat_id": "1", "message_id": "2", "reaction": json.dumps([_THUMB])}),
    ("sendPhoto", {"chat_id": "1", "photo": Upload("a.png", "image/png", b"x")}),
    ("sendPhoto", {"chat_id": "1", "photo": "AgACfile"}),
    ("editMessageMedia", {"media": {"type": "photo", "media": "attach://p"}, "p": Upload("p", "", b"")}),
    ("sendPoll", _poll({"text": "a"}, {"text": "b"})),
    ("getUpdates", {"offset": "-1", "timeout": "10", "allowed_updates": '["message", "message_reaction"]'}),
    ("setMyCommands", {"commands": json.dumps([_HELP]), "scope": '{"type":"default"}'}),
]  # fmt: skip

WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("sendNonsense", {}, "sendNonsense: unknown method"),
    ("sendMessage", {"chat_id": 1}, "sendMessage.text: missing"),
    ("sendMessage", _text(colour="red"), "sendMessage.colour: unknown parameter"),
    ("sendMessage", {"chat_id": 1, "text": 5}, "sendMessage.text: 5 is not String"),
    ("sendMessage", {"chat_id": 1.5, "text": "x"}, "sendMessage.chat_id: 1.5 is not Integer or String"),
    ("sendMessage", _text(protect_content="yes"), "protect_content: 'yes' is not Boolean"),
    ("sendMessage", _text(reply_markup="{"), "reply_markup: '{' is not"),
    ("sendMessage", _markup(data="1"), "[0][0].data: unknown field"),
    ("sendMessage", _text(reply_markup={"inline_keyboard": [_BUTTON]}), "inline_keyboard[0]"),
    ("sendMessage", _markup(), "Text buttons are unallowed"),
    ("sendMessage", _markup(callback_data=""), "BUTTON_DATA_INVALID"),
    ("sendMessage", _markup(callback_data="长" * 22), "BUTTON_DATA_INVALID"),
    ("sendMessage", _markup(url="不是"), "Wrong HTTP URL"),
    ("sendMessage", _markup(url="https://t.me/b?start=a.b"), "START_PARAM"),
    ("sendMessage", _text(reply_parameters={"message_id": "5"}), "message_id: '5' is not Integer"),
    ("sendMessage", _text(entities=[_ENTITY]), "beyond the text"),
    ("sendPhoto", {"chat_id": 1, "photo": "x", "caption": "长" * 1025}, "message caption is too long"),
    ("editMessageMedia", {"media": {"type": "photo", "media": "attach://p"}}, "no file is sent as p"),
    ("editMessageMedia", {"media": {"type": "poll", "media": "x"}}, "is not"),
    ("setMessageReaction", _reaction(type="emoji"), "reaction[0].emoji: missing"),
    ("setMessageReaction", _reaction(type="like"), "'like' is not"),
    ("sendPoll", _poll("a", "b"), "options[0]: 'a' is not InputPollOption"),
    ("sendPoll", _poll(*[{"text": "x"}] * 13), "poll can't have more than 12 options"),
    ("sendPoll", _poll({"text": "x" * 101}), "options length must not exceed 100"),
    ("sendPoll", _poll({"text": "x"}, question="x" * 301), "question length must not exceed 300"),
    ("getUpdates", {"allowed_updates": ["messages"]}, "messages is not a kind of update"),
    ("setWebhook", {"url": "https://e.x", "secret_token": "a b"}, "unallowed characters"),
    ("setMyCommands", {"commands": [{"command": "帮助", "description": "x"}]}, "BOT_COMMAND_INVALID"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "params"), CLEAN)
def test_a_clean_request_passes(method: str, params: dict[str, Any]) -> None:
    assert check(method, params) == []


@pytest.mark.parametrize(("method", "params", "words"), WRONG)
def test_a_mistake_is_named(method: str, params: dict[str, Any], words: str) -> None:
    errors = check(method, params)
    assert any(words in error for error in errors), errors


def test_form_fields_get_their_types() -> None:
    typed, wrong = read(
        "sendMessage", {"chat_id": "-100", "text": "5", "reply_markup": '{"force_reply":true}'}
    )
    assert not wrong
    assert typed == {"chat_id": -100, "text": "5", "reply_markup": {"force_reply": True}}


def test_objects_are_checked_through_unions_and_lists() -> None:
    admin = {"status": "administrator", "user": {"id": 1, "is_bot": False, "first_name": "x"}}
    assert any("can_be_edited: missing" in error for error in object_errors("ChatMember", admin))
    assert object_errors("ChatMember", {**admin, "status": "member"}) == []
    wrong = object_errors(
        "Update", {"update_id": 1, "message": {"message_id": 1, "date": 1, "chat": {"id": 1}}}
    )
    assert wrong == ["Update.message.chat.type: missing"]


def test_the_table_is_the_whole_bot_api_without_its_texts() -> None:
    known = table()
    assert known.version == "Bot API 10.1"
    assert (len(known.methods), len(known.types) + len(known.unions)) == (180, 359)
    assert "👍" in known.reactions
    named = {name for kinds in known.types.values() for kind in kinds.values() for name in kind.alternatives}
    plain = {"Integer", "String", "Boolean", "Float"}
    assert {
        name.replace("Array of ", "") for name in named
    } <= known.types.keys() | known.unions.keys() | plain
