"""Where the demo's clock is sent is read in the group's own time."""

from zoneinfo import ZoneInfo

import pytest

from bot.adapters.webchat.moments import read_moment
from tests.fakes import at

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = at("2026-10-16 09:00")  # a Friday, 17:00 in Shanghai


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("tomorrow 09:00", "2026-10-17 01:00"),
        ("next 09:00", "2026-10-17 01:00"),
        ("next 18:00", "2026-10-16 10:00"),
        ("friday 16:00", "2026-10-23 08:00"),
        ("friday 18:00", "2026-10-16 10:00"),
        ("Sunday 20:00", "2026-10-18 12:00"),
        ("+3d", "2026-10-19 09:00"),
        ("+10m", "2026-10-16 09:10"),
        ("2026-12-01T09:00", "2026-12-01 01:00"),
        ("2026-12-01T09:00:00+00:00", "2026-12-01 09:00"),
    ],
)
def test_a_moment_is_read(text: str, moment: str) -> None:
    assert read_moment(text, NOW, SHANGHAI) == at(moment)


@pytest.mark.parametrize(
    "text",
    ["", "yesterday 09:00", "friday 25:00", "+0m", "+9999d", "2026-10-16T16:59", "9999-12-31T23:59", "早上"],
)
def test_what_is_past_too_far_or_no_moment_is_refused(text: str) -> None:
    assert read_moment(text, NOW, SHANGHAI) is None
