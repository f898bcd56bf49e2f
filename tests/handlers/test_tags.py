"""Tests of tags, of what is left beside them, and of what is kept of a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.tags import clean, find_tags, weight, without_tags
from tests.conftest import TAGS


@pytest.mark.parametrize(
    ("text", "tags", "rest"),
    [
        ("#反馈 按钮太小", ("反馈",), "按钮太小"),
        ("按钮#反馈，太小", ("反馈",), "按钮 ，太小"),
        ("#Bug #建议 按钮太小 #bug", ("bug", "建议"), "按钮太小"),
        ("＃ｂｕｇ 按钮太小", ("bug",), "按钮太小"),
        ("#bug按钮太小", ("bug",), "按钮太小"),
        ("#feedbacks", (), "#feedbacks"),
        ("##反馈 按钮", ("反馈",), "# 按钮"),
        ("www.example.com/#bug", (), "www.example.com/#bug"),
        ("#反馈", ("反馈",), ""),
        ("", (), ""),
    ],
)
def test_tags_are_found_wherever_they_stand(text: str, tags: tuple[str, ...], rest: str) -> None:
    assert find_tags(text, TAGS) == tags
    assert without_tags(text, TAGS) == rest


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("按钮太小", 8),
        ("太小", 4),
        ("short", 5),
        ("！？…", 0),
        ("👍👍", 0),
        ("\u200b\u200d", 0),
        ("カッコいい", 10),
        ("a b", 2),
    ],
)
def test_a_chinese_character_weighs_as_much_as_two_letters(text: str, said: int) -> None:
    assert weight(text) == said


def test_families_of_emoji_and_line_breaks_stay_whole() -> None:
    assert clean("第一行\r\n第二行 👨‍👩‍👧\t完") == "第一行\n第二行 👨‍👩‍👧\t完"


@given(st.text())
def test_cleaning_keeps_nothing_that_turns_or_breaks_a_line_of_text(text: str) -> None:
    kept = clean(text)
    assert clean(kept) == kept
    assert not set(kept) & set("\x00\x1b\u202e\u2066\ufeff\u200b")


@given(st.text())
def test_any_text_at_all_can_be_searched_for_tags(text: str) -> None:
    assert set(find_tags(text, TAGS)) <= set(TAGS)
    assert "反馈" in find_tags(f"{text} #反馈", TAGS) or "://" in text or "www." in text.lower()
