"""Random interleavings of everything that can happen around people in hiding: nobody sees who they are."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.privacy.machine import HIDING, Hiding

SEEDED = settings(
    max_examples=12, stateful_step_count=10, deadline=None, derandomize=True, database=None,
    suppress_health_check=list(HealthCheck), phases=(Phase.explicit, Phase.generate), report_multiple_bugs=False,
)  # fmt: skip


def test_nothing_that_happens_shows_who_spoke_in_hiding(template: Path) -> None:
    machine = type("Machine", (Hiding,), {"template": template})
    run_state_machine_as_test(machine, settings=SEEDED)


def test_taken_back_twice_and_forgotten_nothing_is_left_but_the_count(template: Path) -> None:
    quan, su = HIDING
    machine = type("Machine", (Hiding,), {"template": template})()
    machine.open()
    machine.speak_by_name(su)
    machine.speak(quan, "化名", tagged=True)
    machine.speak(su, "密封", tagged=False)
    (own, _) = machine.secrets
    for _ in range(2):
        machine.do(machine.talk.says(quan, f"/withdraw {own.number} yes", dm=True))
        machine.look()
    machine.be_forgotten(su)
    machine.be_forgotten(quan)
    assert machine.gone == [su, quan]
    machine.time_passes(24)
    machine.teardown()
