"""What in a group is for us, and what is only counted."""

import pytest

from handlers.addressed import is_addressed


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
