"""Days as people write them (handlers/days.py)."""

from datetime import date

import pytest

from handlers.days import parse_day

MONDAY = date(2026, 10, 12)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-12-01", date(2026, 12, 1)),
        ("2026/12/1", date(2026, 12, 1)),
        ("2026年12月1日", date(2026, 12, 1)),
        ("２０２６－１２－０１", date(2026, 12, 1)),
        ("12月1日", date(2026, 12, 1)),
        ("12月1号", date(2026, 12, 1)),
        ("12-1", date(2026, 12, 1)),
        ("12/1", date(2026, 12, 1)),
        ("1月5日", date(2027, 1, 5)),
        ("10月1日", date(2026, 10, 1)),
        ("Dec 1", date(2026, 12, 1)),
        ("1 December", date(2026, 12, 1)),
        ("3d", date(2026, 10, 15)),
        ("2w", date(2026, 10, 26)),
        ("3天", date(2026, 10, 15)),
        ("3天后", date(2026, 10, 15)),
        ("两周后", date(2026, 10, 26)),
        ("一个月后", date(2026, 11, 12)),
        ("今天", MONDAY),
        ("明天", date(2026, 10, 13)),
        ("后天", date(2026, 10, 14)),
        ("大后天", date(2026, 10, 15)),
        ("tomorrow", date(2026, 10, 13)),
        ("周五", date(2026, 10, 16)),
        ("周一", MONDAY),
        ("本周五", date(2026, 10, 16)),
        ("这周五", date(2026, 10, 16)),
        ("下周五", date(2026, 10, 23)),
        ("下下周一", date(2026, 10, 26)),
        ("下个星期天", date(2026, 10, 25)),
        ("下周末", date(2026, 10, 24)),
        ("friday", date(2026, 10, 16)),
        ("next Fri", date(2026, 10, 23)),
        ("月底", date(2026, 10, 31)),
        ("下月底", date(2026, 11, 30)),
    ],
)
def test_a_day_is_read_as_people_write_it(text: str, day: date) -> None:
    assert parse_day(text, MONDAY) == (day, "")
    assert parse_day(f"{text} 先改字体", MONDAY) == (day, "先改字体")


def test_words_may_follow_a_day_without_a_space() -> None:
    assert parse_day("下周五先改字体", MONDAY) == (date(2026, 10, 23), "先改字体")
    assert parse_day("下周五 前端先改", MONDAY) == (date(2026, 10, 23), "前端先改")
    assert parse_day("下周五之前改好", MONDAY) == (date(2026, 10, 23), "改好")
    assert parse_day("12月1日前，先改字体", MONDAY) == (date(2026, 12, 1), "先改字体")


@pytest.mark.parametrize(
    "text",
    ["", "先改字体", "3", "3days", "4.3 里上线", "2026-13-01", "2月30日", "monkey", "decide 5", "九九"],
)
def test_what_is_no_day_is_not_taken_for_one(text: str) -> None:
    assert parse_day(text, MONDAY) is None


def test_the_month_ends_and_leap_days_are_minded() -> None:
    assert parse_day("一个月后", date(2027, 1, 31)) == (date(2027, 2, 28), "")
    assert parse_day("下下月底", date(2026, 11, 30)) == (date(2027, 1, 31), "")
