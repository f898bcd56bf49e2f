"""Random interleavings of everything that can happen around people in hiding: nobody sees who they are."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.privacy.machine import Hiding

SEEDED = settings(
    max_examples=15, stateful_step_count=10, deadline=None, derandomize=True, database=None,
    suppress_health_check=list(HealthCheck), phases=(Phase.explicit, Phase.generate), report_multiple_bugs=False,
)  # fmt: skip


def test_nothing_that_happens_shows_who_spoke_in_hiding(template: Path) -> None:
    machine = type("Machine", (Hiding,), {"template": template})
    run_state_machine_as_test(machine, settings=SEEDED)
