"""Whatever people write, reading it never fails (handlers/references.py, days.py, cards.py, orders.py)."""

from __future__ import annotations

from datetime import date

from hypothesis import example, given
from hypothesis import strategies as st

from handlers.days import parse_day
from handlers.echoes import ended
from handlers.references import parse
from storage.text.quotes import short_quote

_WORDS = st.text(
    alphabet=st.sampled_from("0123456789１２#＃ -/.年月日号下周五末底后天dwnext friday改好了\n\x00"),
    max_size=40,
)


@given(st.one_of(st.text(max_size=60), _WORDS))
@example("下" * 5_000 + "周五")
@example("9999-12-31")
def test_a_day_is_read_or_not_and_never_fails(text: str) -> None:
    found = parse_day(text, date(2026, 10, 12))
    assert found is None or text.strip().endswith(found[1])


@given(st.one_of(st.text(max_size=60), _WORDS))
def test_a_reference_leaves_words_that_were_there(text: str) -> None:
    ref, words = parse(text)
    assert words in text
    assert ref.number is None or 0 <= ref.number < 10**15


@given(st.text(max_size=200), st.integers(min_value=2, max_value=50))
def test_a_quote_is_one_line_and_never_too_long(text: str, length: int) -> None:
    quote = short_quote(text, length)
    assert len(quote) <= 2 * length  # narrow letters, two to a wide one
    assert "\n" not in quote


@given(st.text(max_size=50))
def test_a_sentence_ends_once(text: str) -> None:
    assert ended(ended(text, "zh_CN"), "zh_CN") == ended(text, "zh_CN")
