"""What in a group is for us, and what is only counted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.addressed import Call, is_addressed, read_call


def heard(text: str, *, to_us: bool = False, mention: bool = False, reply: bool = False) -> bool:
    return is_addressed(text, is_reply_to_us=to_us, mentions_us=mention, has_reply=reply)


LONG = "今天的路况真不错，大家都开到哪里去了呀，周末要不要一起出去走走"


@pytest.mark.parametrize(
    "text",
    [
        f"{LONG} #反馈",
        f"＃建议 {LONG}",
        f"/feedback {LONG}",
        f"  ／反馈 {LONG}",
        "早上好",
        "👍",
        "+1",
        " gm \n",
        "谢谢",
    ],
)
def test_tags_commands_and_short_words_are_heard(text: str) -> None:
    assert heard(text)


@pytest.mark.parametrize("text", [LONG, f"{LONG} / {LONG}", "", "  \n", "good morning everybody here"])
def test_ordinary_talk_is_only_counted(text: str) -> None:
    assert not heard(text)


def test_whatever_is_said_to_us_is_heard() -> None:
    assert heard(LONG, to_us=True)
    assert heard(LONG, mention=True)
    assert heard("", to_us=True)


def test_an_answer_to_somebody_has_more_room_than_a_lone_word() -> None:
    assert heard("me too, every morning", reply=True)
    assert not heard("me too, every morning")
    assert not heard(LONG, reply=True)


@pytest.mark.parametrize(
    ("text", "word", "rest", "is_command"),
    [
        ("/feedback 按钮太小", "feedback", "按钮太小", True),
        ("／ＦｅｅｄＢａｃｋ　按钮太小", "feedback", "按钮太小", True),
        ("\u200b/in\u200dbox", "inbox", "", True),
        ("待办", "待办", "", False),
        ("反馈：按钮太小，看不清", "反馈", "按钮太小，看不清", False),
        ("查看128", "查看", "128", False),
        ("／解决#128 新版本里放大了", "解决", "#128 新版本里放大了", True),
        ("  /reply\n128\n第一行\n第二行 ", "reply", "128\n第一行\n第二行", True),
        ("/", "", "", False),
        ("", "", "", False),
    ],
)
def test_the_word_that_calls_us_is_folded(text: str, word: str, rest: str, is_command: bool) -> None:
    assert read_call(text)[:3] == (word, rest, is_command)


def test_a_command_may_name_the_bot_it_is_for() -> None:
    assert read_call("/show@Huixiang_Bot 128") == Call("show", "128", is_command=True, whom="huixiang_bot")


@given(st.text())
def test_every_text_can_be_read_as_a_call(text: str) -> None:
    call = read_call(text)
    assert call.rest == call.rest.strip()
    assert call.word or not call.is_command
