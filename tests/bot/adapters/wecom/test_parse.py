"""Bodies as the platform documents them, read into Events; and those it never promised."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.adapters.wecom.parse import RATINGS, Us, button_scope, parse
from bot.adapters.wecom.speech import call_pattern, digest, without_name
from bot.seal import seal
from handlers.events import Event, EventKind
from storage.records import ChatKind

KEY = b"k" * 32
US = Us(call_pattern(("小助手", "回响 Bot")), KEY)
NOW = datetime(2026, 10, 12, 2, tzinfo=UTC)
WHO = {"userid": "ZhangSan"}


def body(**more: Any) -> dict[str, Any]:
    return {"msgid": "m1", "aibotid": "A", "chattype": "single", "from": WHO} | more


def said(text: str, **more: Any) -> dict[str, Any]:
    return body(msgtype="text", text={"content": text}, **more)


def in_group(text: str, **more: Any) -> dict[str, Any]:
    return said(text, **more) | {"chattype": "group", "chatid": "wrG"}


def event_of(raw: dict[str, Any]) -> Event:
    taken = parse(raw, US, NOW)
    assert isinstance(taken.content, Event), taken
    return taken.content


def test_a_feedback_in_a_group_is_read_without_our_name() -> None:
    event = event_of(in_group("@小助手\u2005#反馈 早安打卡太早了"))
    assert (event.chat, event.chat_kind, event.text) == ("wrG", ChatKind.GROUP, "#反馈 早安打卡太早了")
    assert (event.sender.external_id, event.sender.username) == ("zhangsan", "ZhangSan")
    assert event.mentions_us


@pytest.mark.parametrize(
    "text",
    [
        "@小助手 打卡",
        "@小助手\u2005打卡",
        "@小助手\u00a0打卡",
        "＠小助手　打卡",
        "打卡 @小助手",
        "打卡@小助手\u2005",
        "@回响\u2005Bot 打卡",
        "@回响  bot 打卡",
        "@新名字\u2005打卡",
        "@小助手 @小助手 打卡",
    ],
)
def test_our_name_is_taken_out_wherever_it_stands(text: str) -> None:
    event = event_of(in_group(text))
    assert (event.text, event.word) == ("打卡", "打卡")


def test_what_only_looks_like_our_name_stays() -> None:
    assert without_name("邮箱是 a@小 助手", US.pattern) == "邮箱是 a@小 助手"


@pytest.mark.parametrize(
    "text", ["／resolve ＃12 好了", "/resolve ＃12 好了", "@小助手 ／resolve\u2005＃12 好了"]
)
def test_commands_are_read_in_full_width_too(text: str) -> None:
    event = event_of(said(text))
    assert (event.word, event.rest, event.is_command) == ("resolve", "＃12 好了", True)


def test_a_quote_brings_its_words_and_nothing_else() -> None:
    event = event_of(
        in_group("@小助手 #反馈", quote={"msgtype": "text", "text": {"content": "希望能改截止时间"}})
    )
    assert event.reply_to is not None
    assert (event.reply_to.text, event.reply_to.sender, event.reply_to.message_id) == (
        "希望能改截止时间",
        None,
        "",
    )


def test_pictures_are_named_and_their_addresses_are_not_kept() -> None:
    items = [
        {"msgtype": "text", "text": {"content": "@小助手 #反馈 截图如下"}},
        {"msgtype": "image", "image": {"url": "https://files/1", "aeskey": "k1"}},
        {"msgtype": "image", "image": {"url": "https://files/2", "aeskey": "k2"}},
    ]
    event = event_of(body(msgtype="mixed", mixed={"msg_item": items}, chattype="group", chatid="wrG"))
    assert event.text == "#反馈 截图如下"
    assert [file.kind for file in event.attachments] == ["photo", "photo"]
    assert "https" not in repr(event.attachments)


def test_a_voice_message_says_what_was_understood() -> None:
    assert event_of(body(msgtype="voice", voice={"content": "按钮太小"})).text == "按钮太小"


def tapped(card: dict[str, Any]) -> dict[str, Any]:
    return body(msgtype="event", event={"eventtype": "template_card_event", "template_card_event": card})


def test_a_tapped_button_is_a_press_of_what_it_was_sealed_for() -> None:
    key = seal(KEY, button_scope("zhangsan"), "verify:1:2:better")
    event = event_of(tapped({"card_type": "button_interaction", "event_key": key, "task_id": "t1"}))
    assert (event.kind, event.action, event.message_id) == (EventKind.PRESS, "verify:1:2:better", "t1")


@pytest.mark.parametrize("key", ["", "x", seal(KEY, button_scope("xiaoyu"), "verify:1:2:better"), "é" * 30])
def test_a_forged_button_does_nothing(key: str) -> None:
    event = event_of(tapped({"card_type": "button_interaction", "event_key": key, "task_id": "t1"}))
    assert event.action is None


@pytest.mark.parametrize(
    ("items", "choices"),
    [
        (
            {"selected_item": [{"question_key": "poll", "option_ids": {"option_id": ["opt_1", "opt_2"]}}]},
            (1, 2),
        ),
        ({"selected_item": {"question_key": "poll", "option_ids": {"option_id": "opt_0"}}}, (0,)),
        ({"selected_item": [{"option_ids": {"option_id": ["opt_x", 3, None]}}, "x", {"option_ids": 1}]}, ()),
        ([], ()),
        (None, ()),
    ],
)
def test_a_vote_is_read_whether_its_items_are_wrapped_or_not(items: Any, choices: tuple[int, ...]) -> None:
    event = event_of(tapped({"card_type": "vote_interaction", "task_id": "t1", "selected_items": items}))
    assert (event.kind, event.poll_id, event.choices) == (EventKind.POLL_ANSWER, "t1", choices)


@pytest.mark.parametrize(("kind", "action"), [(1, "verify:1:2:better"), (2, "verify:1:2:still")])
def test_a_thumb_presses_the_button_that_says_the_same(kind: int, action: str) -> None:
    scope = button_scope("zhangsan")
    rated = RATINGS.join(seal(KEY, scope, f"verify:1:2:{verdict}") for verdict in ("better", "still"))
    event = {"eventtype": "feedback_event", "feedback_event": {"id": rated, "type": kind}}
    assert event_of(body(msgtype="event", event=event)).action == action


@pytest.mark.parametrize(
    "event",
    [
        {"eventtype": "enter_chat"},
        {"eventtype": "auth_change_event", "auth_change_event": {"x": 1}},
        {"eventtype": "feedback_event", "feedback_event": {"id": "a|b", "type": 3}},
        {"eventtype": "feedback_event"},
        {},
    ],
)
def test_events_that_are_not_for_us_are_nothing_and_no_error(event: dict[str, Any]) -> None:
    taken = parse(body(msgtype="event", event=event), US, NOW)
    assert (taken.content, taken.error) == (None, "")


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"msgid": 5},
        body(text="x", msgtype="text"),
        in_group("x") | {"chatid": ""},
        body(create_time=1e30),
    ],
)
def test_what_cannot_be_read_is_kept_with_the_error(raw: dict[str, Any]) -> None:
    taken = parse(raw, US, NOW)
    assert taken.error
    assert taken.raw
    assert taken.content is None


KEYS = (
    "msgid",
    "msgtype",
    "from",
    "userid",
    "text",
    "content",
    "event",
    "eventtype",
    "quote",
    "mixed",
    "msg_item",
    "chatid",
    "chattype",
    "template_card_event",
    "selected_items",
    "create_time",
)
_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(KEYS),
            inner,
            max_size=6,
        )
    ),
    max_leaves=20,
)


@settings(deadline=None)
@given(_json)
def test_no_json_makes_the_parser_raise(raw: Any) -> None:
    if isinstance(raw, dict):
        parse(raw, US, NOW)


@settings(deadline=None)
@given(st.text(st.characters(exclude_characters="@＠"), max_size=60))
@example("\ud83d")  # half an emoji, which some client cut
def test_a_quote_has_the_digest_of_what_it_quotes(text: str) -> None:
    assert digest(f"@小助手\u2005{text}", US.pattern) == digest(text, US.pattern)
    assert digest(f"> {text}\n", US.pattern) == digest(text, US.pattern)


def test_an_unreadable_body_is_quarantined_without_nul() -> None:
    taken = parse({"msgid": 1, "text": "a\0b"}, US, NOW)
    assert "\0" not in taken.raw
    assert json.loads(taken.raw)["msgid"] == 1
