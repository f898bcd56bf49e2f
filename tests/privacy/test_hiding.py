"""Random interleavings of everything that can happen around people in hiding: nobody sees who they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.privacy.cast import BO, HIDING, LI, MIN
from tests.privacy.machine import Everything, Hiding

SEEDED = settings(
    max_examples=10, stateful_step_count=10, deadline=None, derandomize=True, database=None,
    suppress_health_check=list(HealthCheck), phases=(Phase.explicit, Phase.generate), report_multiple_bugs=False,
)  # fmt: skip


def test_nothing_that_happens_shows_who_spoke_in_hiding(template: Path) -> None:
    machine = type("Machine", (Everything,), {"template": template})
    run_state_machine_as_test(machine, settings=SEEDED)


def test_taken_back_twice_and_forgotten_nothing_is_left_but_the_count(template: Path) -> None:
    quan, su = HIDING
    machine = type("Machine", (Hiding,), {"template": template})()
    machine.open()
    machine.speak_by_name(su)
    machine.speak(quan, "化名", "#反馈 ")
    machine.speak(su, "密封", "")
    (own, _) = machine.secrets
    for _ in range(2):
        machine.do(machine.talk.says(quan, f"/withdraw {own.number} yes", dm=True))
        machine.look()
    machine.be_forgotten(su)
    machine.be_forgotten(quan)
    assert machine.gone == [su, quan]
    machine.time_passes(24)
    machine.teardown()


class Chosen:
    """What would be drawn, in the order it is asked for."""

    def __init__(self, *values: Any) -> None:
        self._values = list(values)

    def draw(self, strategy: object) -> Any:
        """Return the next value, whatever is asked for."""
        del strategy
        return self._values.pop(0)


def test_edited_answered_replied_to_and_unmasked_nobody_else_sees_who_it_was(template: Path) -> None:
    quan, su = HIDING
    machine = type("Machine", (Hiding,), {"template": template})()
    machine.open()
    machine.speak(quan, "化名", "#反馈 ")
    (secret,) = machine.secrets
    machine.edit(Chosen(secret))
    machine.press(Chosen(secret), "补一句")
    machine.do(machine.talk.says(LI, f"/reply {secret.number} 已经和店长谈过了", dm=True))
    machine.time_passes(1)
    letter = next(shown for shown in reversed(machine.adapter.shown) if shown.chat == quan.external_id)
    machine.do(machine.away(secret))
    machine.do(machine.says(secret, f"#反馈 {secret.marker}，谢谢", reply_to=letter))
    machine.look()
    machine.pry(Chosen(secret), su, "forge")
    machine.unmask(Chosen(secret), MIN)
    machine.unmask(Chosen(secret), BO)
    seen = [
        p.chat
        for p in machine.adapter.parcels
        if p.key.startswith("whisper:") and quan.name in str(p.message)
    ]
    assert sorted(seen) == [MIN.external_id, BO.external_id]
    machine.teardown()
