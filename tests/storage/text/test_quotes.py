"""A member's words on one line (storage/text/quotes.py)."""

import pytest

from storage.text.quotes import short_quote


@pytest.mark.parametrize(
    ("text", "length", "quote"),
    [
        ("#反馈 按钮太小了", 20, "按钮太小了"),
        ("按钮太小了 ＃反馈", 20, "按钮太小了"),
        ("一行\n两行", 20, "一行 两行"),
        ("一二三四五六七", 5, "一二三四…"),
        ("#反馈", 20, "#反馈"),
        ("a\u202eb\u0000c\u200b", 20, "a b c"),
        ("   ", 20, ""),
    ],
)
def test_a_short_quote_is_one_clean_line_without_tags(text: str, length: int, quote: str) -> None:
    assert short_quote(text, length) == quote


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("#feedback the reversing camera goes black every time", "the reversing camera…"),
        ("#feedback the buttons", "the buttons"),
        ("#反馈 按钮太小，早上戴着手套点不到，还有别的", "按钮太小，早上戴着手套…"),
        ("座椅 seat heating 太慢 too slow in winter", "座椅 seat heating 太慢…"),
        ("x" * 80, "x" * 22 + "…"),
        ("👩‍👧" * 20, "👩‍👧" * 4 + "👩…"),
    ],
)
def test_a_narrow_letter_is_half_a_wide_one_and_a_cut_ends_with_a_word(text: str, quote: str) -> None:
    assert short_quote(text, 12) == quote
