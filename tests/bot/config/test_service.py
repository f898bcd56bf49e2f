"""Reading [service], [[duty]] and [[feedback.fields]]: what a right file gives, and every mistake of a wrong one."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.config import ConfigError, load
from storage.business import Block
from storage.records import FeedbackClass, Platform
from storage.reports import FIELDS, Field
from storage.service import ServiceSettings
from tests.fakes import at

TOKEN = {"HUIXIANG_TELEGRAM_TOKEN": "123456:AA-bb_cc"}
TELEGRAM = "[telegram]\n"
LI = "[[staff]]\nplatform = 'telegram'\nid = 42\nrole = 'kos'\nname = '小李'\n"
LI_IN_WECOM = (
    "[wecom.bot]\nid = 'b'\nsecret_env = 'HUIXIANG_TELEGRAM_TOKEN'\n"
    "[[staff]]\nplatform = 'wecom'\nid = 'li'\nrole = 'kos'\nname = '小李'\n"
)


def read(tmp_path: Path, text: str) -> ServiceSettings:
    file = tmp_path / "config.toml"
    file.write_text(text, "utf-8")
    config = load(file, TOKEN)
    assert config.for_handlers.service == config.for_rituals.service
    return config.for_rituals.service


def test_without_a_word_questions_are_answered_within_a_quarter_of_an_hour_of_work(tmp_path: Path) -> None:
    service = read(tmp_path, TELEGRAM)
    assert service.first_reply == timedelta(minutes=15)
    assert service.hours.blocks == (Block(540, 720), Block(810, 1080))
    assert service.hours.days(date(2026, 10, 10))  # a Saturday that is worked
    assert not service.hours.days(date(2026, 10, 1))
    assert service.duty == ()
    assert service.fields == FIELDS
    assert read(tmp_path, TELEGRAM) == service


def test_hours_calendar_and_roster_are_as_written(tmp_path: Path) -> None:
    service = read(
        tmp_path,
        TELEGRAM + LI + LI_IN_WECOM + "[community]\ntimezone = 'Europe/Berlin'\n"
        "[service]\nfirst_reply = '1h'\nhours = ['20:00-24:00', '00:00-02:00']\ncalendar = 'daily'\n"
        "[[duty]]\ndays = 'mon,fri-sun'\nhours = '22:00-06:00'\nstaff = ['小李']\n"
        "[[duty]]\nstaff = ['42']\n",
    )
    assert service.hours.blocks == (Block(0, 120), Block(1200, 1440))
    assert service.hours.timezone == "Europe/Berlin"
    night, day = service.duty
    assert night.staff == ((Platform.TELEGRAM, "42"), (Platform.WECOM, "li"))
    assert day.staff == ((Platform.TELEGRAM, "42"),)
    assert service.on_duty(at("2026-10-20 03:00")) == night.staff  # five on Tuesday, from Monday's night
    assert service.on_duty(at("2026-10-21 03:00")) == ()
    assert service.on_duty(at("2026-10-21 08:00")) == day.staff


def test_fields_of_ones_own_replace_ours(tmp_path: Path) -> None:
    service = read(
        tmp_path,
        TELEGRAM + "[[feedback.fields]]\nkey = 'version'\n"
        "[[feedback.fields]]\nkey = 'tyres'\nquestion = '哪种胎？'\nchoices = ['夏', '冬']\nclasses = ['service']\n",
    )
    tyres = Field("tyres", "哪种胎？", ("夏", "冬"), frozenset({FeedbackClass.SERVICE}))
    assert service.fields == (Field("version"), tyres)


WRONG = {
    "hours that are none": ("[service]\nhours = ['9-12']", 3, "service.hours[1]", '"09:00-12:00"'),
    "hours that are reversed": (
        "[service]\nhours = [\n'09:00-12:00',\n'18:00-13:30']", 5, "service.hours[2]", "22:00-24:00",
    ),
    "hours of nothing": ("[service]\nhours = ['09:00-09:00']", 3, "service.hours[1]", "after it begins"),
    "hours that overlap": (
        "[service]\nhours = ['13:00-18:00', '09:00-13:30']", 3, "service.hours[2]", '"13:00-18:00"',
    ),
    "no hours": ("[service]\nhours = []", 3, "service.hours", "business hours"),
    "a reply without time": ("[service]\nfirst_reply = '0m'", 3, "service.first_reply", "longer"),
    "an unknown calendar": ("[service]\ncalendar = 'work'", 3, "service.calendar", "workdays"),
    "a key that means nothing": ("[service]\nreply = '1m'", 3, "service.reply", "first_reply"),
    "duty of somebody unknown": (LI + "[[duty]]\nstaff = ['小王']", 8, "duty[1].staff[1]", "小李"),
    "duty of nobody": ("[[duty]]\ndays = 'mon-fri'", 2, "duty[1].staff", "staff = ["),
    "days that are none": (LI + "[[duty]]\nstaff = ['小李']\ndays = 'weekday'", 9, "duty[1].days", "mon-fri"),
    "duty hours that are none": (LI + "[[duty]]\nstaff = ['小李']\nhours = 'all'", 9, "duty[1].hours", "09:00-12:00"),
    "a field without a question": (
        "[[feedback.fields]]\nkey = 'tyres'", 2, "feedback.fields[1].question", "missing",
    ),
    "a field whose key is none": (
        "[[feedback.fields]]\nkey = '胎'\nquestion = '？'", 3, "feedback.fields[1].key", "version",
    ),
    "a field twice": (
        "[[feedback.fields]]\nkey = 'when'\n[[feedback.fields]]\nkey = 'when'", 5, "feedback.fields[2].key", "twice",
    ),
    "a choice twice": (
        "[[feedback.fields]]\nkey = 'when'\nchoices = ['a', 'a']", 4, "feedback.fields[1].choices", "10 at most",
    ),
    "a class of a field that is none": (
        "[[feedback.fields]]\nkey = 'when'\nclasses = ['bug']", 4, "feedback.fields[1].classes[1]", "suggestion",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said_with_its_line_and_remedy(case: str, tmp_path: Path) -> None:
    text, line, key, words = WRONG[case]
    file = tmp_path / "config.toml"
    file.write_text(TELEGRAM + text, "utf-8")
    with pytest.raises(ConfigError) as caught:
        load(file, TOKEN)
    (mistake,) = caught.value.mistakes
    assert (mistake.line, mistake.key) == (line, key)
    assert words in f"{mistake.why} → {mistake.fix}"


def test_every_mistake_is_said_at_once(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(
        TELEGRAM
        + "[service]\nhours = ['18:00-09:00', '9']\ncalendar = 'x'\n[[duty]]\nstaff = ['谁']\ndays = 'xyz'\n"
    )
    with pytest.raises(ConfigError) as caught:
        load(file, TOKEN)
    assert [mistake.key for mistake in caught.value.mistakes] == [
        "service.hours[1]", "service.hours[2]", "service.calendar", "duty[1].staff[1]", "duty[1].days",
    ]  # fmt: skip
