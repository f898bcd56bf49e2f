"""Durations as people write them."""

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.durations import parse_duration


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("45s", timedelta(seconds=45)),
        ("30m", timedelta(minutes=30)),
        ("12h", timedelta(hours=12)),
        ("72h", timedelta(days=3)),
        ("7d", timedelta(days=7)),
        ("1h30m", timedelta(minutes=90)),
        ("1d2h3m4s", timedelta(days=1, hours=2, minutes=3, seconds=4)),
        (" 0m ", timedelta(0)),
    ],
)
def test_a_duration_is_read_as_written(text: str, meaning: timedelta) -> None:
    assert parse_duration(text) == meaning


@pytest.mark.parametrize(
    "text", ["", " ", "12", "h", "-5m", "1.5h", "30m1h", "1h1h", "1 h", "５m", "12H", "9999999d", "m30"]
)
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration: write"):
        parse_duration(text)


@given(st.integers(0, 999_999), st.integers(0, 23), st.integers(0, 59), st.integers(0, 59))
def test_days_hours_minutes_and_seconds_add_up(days: int, hours: int, minutes: int, seconds: int) -> None:
    total = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    assert parse_duration(f"{days}d{hours}h{minutes}m{seconds}s") == total


@given(st.text(max_size=20))
def test_no_text_does_more_than_be_refused(text: str) -> None:
    with suppress(ValueError):
        assert parse_duration(text) >= timedelta(0)
