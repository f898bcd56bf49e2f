"""Asking, allowing, publishing and taking back in any order: nothing is told without its author's leave."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.privacy.cast import HE, JIANG
from tests.privacy.consenting import YES
from tests.privacy.leave import Telling
from tests.privacy.machine import Leaving
from tests.privacy.test_hiding import SEEDED, Chosen
from tests.talk import GROUP, LI, Person

NAMED, NAMELESS, NO = YES


def test_nothing_is_told_that_its_author_does_not_allow_or_allows_no_more(template: Path) -> None:
    machine = type("Machine", (Leaving,), {"template": template})
    run_state_machine_as_test(machine, settings=settings(SEEDED, max_examples=6, stateful_step_count=12))


def opened(template: Path, *, edits: bool) -> Leaving:
    """Return the community, ready to be walked by hand."""
    machine: Leaving = type("Machine", (Leaving,), {"template": template})()
    machine.open(edits=edits)
    return machine


def told(machine: Leaving, who: Person, *, praises: bool, answer: str) -> Telling:
    """Have somebody's words told as far as their answer goes: a story that is published, or a case."""
    machine.say_in_private(who, praises)
    telling = machine.tellings[-1]
    asked = "/story {n}" if praises else "/case {n}"
    machine.act(Chosen(telling, telling.number), LI, asked, in_group=False)
    shown, action = machine.buttons(who, answer)[0]
    machine.tap(Chosen((shown, action)), who, answer)
    if praises:
        machine.act(Chosen(telling, telling.number), LI, "/story {n} 发布", in_group=True)
    return telling


def read(machine: Leaving, telling: Telling) -> bool:
    """Tell whether the group reads the words as it looks now."""
    return any(telling.words[0] in shown.text for shown in machine.adapter.shown if shown.chat == GROUP)


@pytest.mark.parametrize("edits", [True, False], ids=["edited", "a line after it"])
def test_however_it_is_taken_back_it_is_told_nowhere_any_more(template: Path, *, edits: bool) -> None:
    machine = opened(template, edits=edits)
    for praises, way in (
        (True, "/revoke {n}"),
        (False, "/withdraw {n} 确认"),
        (True, "收回"),
        (False, "收回"),
    ):
        telling = told(machine, JIANG, praises=praises, answer=NAMED)
        assert machine.leaves[telling.number].is_given
        assert read(machine, telling)
        if way == "收回":
            button = next(each for each in machine.buttons(JIANG, way) if f":{telling.number}" in each[1])
            machine.tap(Chosen(button), JIANG, way)
        else:
            machine.take_back(Chosen(telling), way)
        assert not machine.leaves[telling.number].is_given
        assert (
            read(machine, telling) is not edits
        )  # where nothing can be edited a line follows: teardown looks
    machine.teardown()


@pytest.mark.parametrize("edits", [True, False], ids=["edited", "a line after it"])
def test_who_leaves_or_goes_back_to_no_name_takes_words_and_name_with_them(
    template: Path, *, edits: bool
) -> None:
    machine = opened(template, edits=edits)
    case, story = (told(machine, who, praises=who is HE, answer=NAMED) for who in (JIANG, HE))
    old = next(shown for shown in reversed(machine.adapter.shown) if shown.chat == JIANG.external_id)
    machine.do(machine.talk.presses_action(JIANG, f"mycase:{case.number}:nameless", on=old))
    machine.look()
    assert machine.leaves[case.number].is_given
    assert not machine.leaves[case.number].has_name
    machine.be_forgotten(HE)
    assert not machine.leaves[story.number].is_given
    machine.teardown()


def test_a_yes_a_publishing_and_a_taking_back_of_one_moment_leave_nothing_told(template: Path) -> None:
    machine = opened(template, edits=True)
    for order in itertools.permutations(("yes", "publish", "revoke")):
        machine.say_in_private(JIANG, praises=True)
        telling = machine.tellings[-1]
        machine.act(Chosen(telling, telling.number), LI, "/story {n}", in_group=False)
        machine.at_once(Chosen(telling), NAMED, list(order))
        assert not machine.leaves[
            telling.number
        ].is_given  # who takes back what was only asked says no for good
        sent = [str(parcel.message) for parcel in machine.adapter.parcels if parcel.chat == GROUP]
        assert not [text for text in sent if telling.words[0] in text]
    machine.teardown()
