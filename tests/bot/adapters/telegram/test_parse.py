"""Recorded updates become Events, Chatter or nothing."""

import json
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.base import Chatter
from bot.adapters.telegram.parse import parse, parse_batch, read_batch
from bot.seal import seal
from handlers.events import Event, EventKind, Sender
from storage.records import Attachment, ChatKind, Platform
from tests.bot.adapters.telegram.updates import GROUP, KEY, NOW, RECORDED, SAID_AT, US


def content(update: dict[str, Any]) -> Event | Chatter | None:
    taken = parse(json.dumps(update).encode(), US, NOW)
    assert not taken.error
    assert taken.update_id == str(update["update_id"])
    return taken.content


def event(name: str) -> Event:
    found = content(RECORDED[name])
    assert isinstance(found, Event), name
    return found


def starting(payload: str) -> Event:
    update = json.loads(json.dumps(RECORDED["start"]))
    update["message"]["text"] = f"/start {payload}"
    found = content(update)
    assert isinstance(found, Event)
    return found


def pressing(data: str) -> Event:
    update = json.loads(json.dumps(RECORDED["press"]))
    update["callback_query"]["data"] = data
    found = content(update)
    assert isinstance(found, Event)
    return found


def test_ordinary_talk_is_chatter() -> None:
    update = RECORDED["ordinary"]
    found = content(update)
    assert found == Chatter(GROUP, "4101", "张 哥", "zhangge", str(update["message"]["message_id"]))


@pytest.mark.parametrize(
    ("name", "has_words"), [("ordinary", True), ("topic_first_answer", True), ("forwarded", False)]
)
def test_ordinary_talk_comes_with_its_words_where_staff_want_to_know_of_complaints(
    name: str, has_words: bool
) -> None:
    update = RECORDED[name]
    found = parse(json.dumps(update).encode(), replace(US, overhears=True), NOW).content
    assert isinstance(found, Chatter)
    message = update["message"]
    link = f"https://t.me/c/{GROUP.removeprefix('-100')}/{message['message_id']}"
    assert (found.text, found.link) == ((message["text"], link) if has_words else ("", ""))


@pytest.mark.parametrize(
    "name",
    [
        "lone_photo", "forwarded", "topic_first_answer", "mention_of_another", "command_of_another_bot",
    ],
)  # fmt: skip
def test_what_is_not_for_us_is_only_counted(name: str) -> None:
    assert isinstance(content(RECORDED[name]), Chatter)


@pytest.mark.parametrize(
    "name",
    [
        "anonymous_admin_chatting", "linked_channel_post", "another_bot", "edited_live_location", "somebody_joins",
        "pinned", "channel_post", "reaction_removed", "anonymous_reaction", "member_promoted", "poll_state",
        "unknown_kind",
    ],
)  # fmt: skip
def test_what_nobody_said_to_anybody_is_seen_and_nothing_else(name: str) -> None:
    assert content(RECORDED[name]) is None


def test_a_tagged_message_is_kept_verbatim_with_its_link_author_and_time() -> None:
    found = event("tagged")
    assert found.kind is EventKind.MESSAGE
    assert found.platform is Platform.TELEGRAM
    assert (found.chat, found.chat_kind, found.chat_title) == (GROUP, ChatKind.GROUP, "车主群")
    assert found.text == RECORDED["tagged"]["message"]["text"]
    assert found.sender == Sender("4101", "张 哥", "zhangge")
    assert found.at == SAID_AT
    assert found.link == f"https://t.me/c/1234567890/{found.message_id}"
    assert (found.word, found.is_command) == ("", False)


def test_links_of_a_public_group_use_its_name_and_a_basic_group_has_none() -> None:
    public = event("public_group")
    assert public.link == f"https://t.me/chezhu/{public.message_id}"
    assert event("basic_group").link == ""


def test_a_tag_alone_as_a_reply_brings_the_message_replied_to() -> None:
    replied = event("tag_alone_as_reply").reply_to
    assert replied is not None
    assert (replied.message_id, replied.text, replied.by_us) == ("777", "按钮太小", False)
    assert replied.sender == Sender("4101", "张 哥", "zhangge")
    assert replied.attachments == (Attachment("photo", "AgAC-l", "ul"),)
    assert replied.link == "https://t.me/c/1234567890/777"


def test_a_quote_gives_the_words_where_the_message_has_none() -> None:
    replied = event("reply_with_quote").reply_to
    assert replied is not None
    assert replied.text == "太小"
    assert [each.kind for each in replied.attachments] == ["sticker"]


def test_a_reply_to_us_is_heard_however_long() -> None:
    replied = event("reply_to_us").reply_to
    assert replied is not None
    assert replied.by_us


def test_in_a_topic_only_a_real_reply_is_one() -> None:
    found = event("topic_real_reply")
    assert found.reply_to is not None
    assert found.reply_to.message_id == "800"


def test_a_photo_is_its_largest_size_and_an_animation_is_one_file() -> None:
    assert event("photo_with_caption").attachments == (Attachment("photo", "AgAC-l", "ul"),)
    assert event("photo_with_caption").text.startswith("#吐槽")
    assert event("animation").attachments == (Attachment("animation", "CgAC", "ua"),)
    assert event("voice_in_private").attachments == (Attachment("voice", "AwAC", "uv"),)


def test_further_pictures_of_an_album_are_known_as_such() -> None:
    first, rest = event("album_first"), event("album_rest")
    assert first.album == rest.album == "13800000001"
    assert (first.is_album_rest, rest.is_album_rest) == (False, True)


def test_forwarded_words_never_command() -> None:
    found = event("forwarded_in_private")
    assert (found.text, found.word, found.is_command) == ("待办", "", False)


def test_an_anonymous_admin_and_a_channel_are_no_persons() -> None:
    admin, channel = event("anonymous_admin").sender, event("channel_as_sender").sender
    assert (admin.external_id, admin.name, admin.is_person, admin.is_bot) == (GROUP, "车主群", False, False)
    assert (channel.external_id, channel.name, channel.is_person) == ("-1009999999999", "品牌频道", False)


@pytest.mark.parametrize(
    ("name", "word", "rest", "is_command", "mentions_us"),
    [
        ("mention_first", "待办", "", False, True),
        ("text_mention", "我的", "", False, True),
        ("command", "show", "128", True, False),
        ("full_width_command", "反馈", "按钮太小", True, False),
        ("chinese_word_in_private", "反馈", "按钮太小", False, False),
        ("mention_in_private", "我的", "", False, True),
        ("start", "start", "", True, False),
    ],
)
def test_who_calls_us_is_understood(
    name: str, word: str, rest: str, is_command: bool, mentions_us: bool
) -> None:
    found = event(name)
    assert (found.word, found.rest, found.is_command, found.mentions_us) == (
        word,
        rest,
        is_command,
        mentions_us,
    )


def test_a_mention_behind_emoji_is_found_by_utf_16_units() -> None:
    found = event("mention_after_emoji")
    assert found.mentions_us
    assert "@" not in found.word + found.rest
    assert found.rest == "帮助"


def test_a_short_word_is_heard_without_being_a_call() -> None:
    found = event("short")
    assert (found.text, found.word) == ("早上好", "")


def test_an_edit_is_always_heard() -> None:
    found = event("edited")
    assert found.kind is EventKind.EDIT
    assert found.text.endswith("（改）")


def test_a_start_link_opens_only_for_whom_it_was_made() -> None:
    mine, anybodys = seal(KEY, "member:4101", "d7"), seal(KEY, "member:", "d8")
    assert starting(mine).rest == "d7"
    assert starting(anybodys).rest == "d8"
    for forged in (seal(KEY, "member:4102", "d7"), seal(b"guess", "member:4101", "d7"), mine[:-1], "d7", "!"):
        assert starting(forged).rest == "!", forged


@pytest.mark.parametrize(
    ("name", "path", "value"),
    [
        ("press", ("callback_query", "message"), None),
        ("press", ("callback_query", "from", "is_bot"), True),
        ("vote", ("poll_answer", "user"), None),
        ("reaction_added", ("message_reaction", "user", "is_bot"), True),
        ("member_added", ("my_chat_member", "chat", "type"), "channel"),
        ("edited", ("edited_message", "from", "is_bot"), True),
        ("short", ("message", "chat", "type"), "channel"),
    ],
)
def test_what_bots_and_channels_do_is_not_for_us(name: str, path: tuple[str, ...], value: object) -> None:
    update = json.loads(json.dumps(RECORDED[name]))
    place = update
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    assert content(update) is None


def test_nul_is_taken_out_of_texts_and_nothing_else() -> None:
    update = json.loads(json.dumps(RECORDED["tagged"]))
    update["message"]["text"] = "#反馈\0 \u202e<b>&\u200b"
    found = content(update)
    assert isinstance(found, Event)
    assert found.text == "#反馈 \u202e<b>&\u200b"


def test_one_unreadable_update_goes_to_quarantine_alone() -> None:
    bad = {"update_id": 7, "message": {"message_id": "x", "text": "secret"}}
    body = json.dumps([RECORDED["ordinary"], bad, RECORDED["tagged"]]).encode()
    ordinary, quarantined, tagged = parse_batch(read_batch(msgspec.Raw(body)), US, NOW)
    assert isinstance(ordinary.content, Chatter)
    assert isinstance(tagged.content, Event)
    assert (quarantined.update_id, quarantined.content) == ("7", None)
    assert json.loads(quarantined.raw) == bad
    assert quarantined.error
    assert "secret" not in quarantined.error


def test_bytes_without_any_id_are_kept_under_one_made_of_them() -> None:
    taken = parse(b'\xff\x00{"message', US, NOW)
    assert taken.update_id.startswith("unreadable-")
    assert taken.error
    assert "\0" not in taken.raw


LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20)
JSON = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
)


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    if isinstance(value, dict):
        found += [each for key, inner in value.items() for each in paths(inner, (*path, key))]
    elif isinstance(value, list):
        found += [each for index, inner in enumerate(value) for each in paths(inner, (*path, index))]
    return found


@given(data=st.data(), name=st.sampled_from(sorted(RECORDED)))
def test_no_change_of_any_field_makes_parse_raise(data: st.DataObject, name: str) -> None:
    update = json.loads(json.dumps(RECORDED[name]))
    place = update
    path = data.draw(st.sampled_from(paths(update)))
    for key in path[:-1]:
        place = place[key]
    if data.draw(st.booleans()) and isinstance(place, dict):
        del place[path[-1]]
    else:
        place[path[-1]] = data.draw(JSON)
    taken = parse(json.dumps(update).encode(), US, NOW)
    assert taken.update_id
    assert bool(taken.error) == bool(taken.raw)
    if isinstance(taken.content, Event):
        assert "\0" not in taken.content.text + taken.content.rest + taken.content.sender.name


@given(st.binary())
def test_no_bytes_make_parse_raise(raw: bytes) -> None:
    assert parse(raw, US, NOW).update_id
