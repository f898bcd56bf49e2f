"""How a feedback is shown (handlers/cards.py)."""

import pytest

from handlers.cards import CLASS_WORDS, STATUS_WORDS, short_quote
from locales.catalog import LANGUAGES, Catalog
from storage.records import FeedbackClass, Status


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


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_status_and_class_has_a_name_in_both_languages(language: str) -> None:
    catalog = Catalog()
    assert set(STATUS_WORDS) == set(Status)
    assert set(CLASS_WORDS) == set(FeedbackClass)
    for text_id in [*STATUS_WORDS.values(), *CLASS_WORDS.values()]:
        assert catalog.plain(language, text_id)
