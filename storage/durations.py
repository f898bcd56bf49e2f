"""Durations as people write them (`12h`, `1h30m`). Called by the config and by commands that take one."""

import re
from datetime import timedelta

_FORM = re.compile(r"(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s)?", re.ASCII)


def parse_duration(text: str) -> timedelta:
    """Read a time span such as `45s`, `30m`, `12h`, `7d` or `1h30m`.

    **Shape**: whole numbers, each with its unit, the larger unit first and each unit at most once.
    **Units**: d = 24 hours, h, m = minutes, s.
    **Errors**: ValueError, with an example, for anything else. Zero is a duration: the caller judges it.
    """
    written = text.strip()
    found = _FORM.fullmatch(written)
    if not written or found is None:
        raise ValueError(f'{text!r} is not a duration: write "45s", "30m", "12h", "7d" or "1h30m"')
    days, hours, minutes, seconds = (int(number or 0) for number in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
