"""The benches measure what they say: no command of staff is left out, and none is typed for another handler."""

from __future__ import annotations

from benchmarks.orders import SAID, commands_of_staff
from handlers import HANDLERS


def test_every_command_of_staff_is_measured() -> None:
    assert commands_of_staff() <= set(SAID)


def test_each_line_is_for_the_command_it_stands_by() -> None:
    words = {handler.NAME: handler.COMMANDS for handler in HANDLERS if handler.COMMANDS}
    for name, lines in SAID.items():
        for line in lines:
            assert line.split()[0].removeprefix("/") in words[name], line
