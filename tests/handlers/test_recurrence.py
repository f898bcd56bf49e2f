"""How often something is held, in words (handlers/recurrence.py)."""

import pytest

from handlers.recurrence import in_words
from locales.catalog import Catalog

TEXTS = Catalog()


@pytest.mark.parametrize(
    ("cron", "calendar", "chinese", "english"),
    [
        ("30 8 * * *", "daily", "每天 8:30", "daily 8:30"),
        ("0 9,18 * * *", "daily", "每天 9:00、18:00", "daily 9:00, 18:00"),
        ("0 17 * * fri", "daily", "每周五 17:00", "Fridays 17:00"),
        ("0 17 * * 0", "daily", "每周日 17:00", "Sundays 17:00"),
        ("0 17 * * 7", "daily", "每周日 17:00", "Sundays 17:00"),
        ("5 9 * * tue,thu", "daily", "每周二、周四 9:05", "Tuesdays, Thursdays 9:05"),
        ("30 9 * * mon-fri", "daily", "周一到周五 9:30", "Monday to Friday 9:30"),
        ("30 9 * * 1-5", "daily", "周一到周五 9:30", "Monday to Friday 9:30"),
        ("0 10 1 * *", "daily", "每月 1 日 10:00", "day 1 of each month, 10:00"),
        ("0 10 1,15 * *", "daily", "每月 1、15 日 10:00", "day 1, 15 of each month, 10:00"),
        ("0 9 * * *", "workdays", "工作日 9:00", "working days 9:00"),
        ("0 9 * * *", "holidays", "节假日 9:00", "days off 9:00"),
        ("0 9 * * *", "dates", "选定的日子 9:00", "chosen days 9:00"),
        ("0 9 * * fri", "workdays", "每周五 9:00（只在工作日）", "Fridays 9:00, working days only"),
    ],
)
def test_a_schedule_is_told_as_people_say_it(cron: str, calendar: str, chinese: str, english: str) -> None:
    assert in_words(TEXTS, "zh_CN", cron, calendar) == chinese
    assert in_words(TEXTS, "en", cron, calendar) == english


@pytest.mark.parametrize(
    "cron",
    [
        "*/15 9 * * *",
        "0 */2 * * *",
        "0 9 1 1 *",
        "0 9 1 * fri",
        "0 9 * * fri-mon",
        "0 9 */2 * *",
        "0 9 * * */2",
    ],
)
def test_what_words_cannot_say_stays_a_cron_line(cron: str) -> None:
    assert in_words(TEXTS, "zh_CN", cron) == in_words(TEXTS, "en", cron) == cron
