"""Lanes: a platform that allows n in any period, counted when it answers, never has a reason to refuse."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.limits import Lane, Lanes


@given(
    slots=st.integers(1, 4),
    steps=st.lists(st.tuples(st.floats(0, 1.5), st.floats(0, 0.8)), min_size=1, max_size=40),
)
def test_no_window_of_a_period_ever_holds_more_than_its_slots(
    slots: int, steps: list[tuple[float, float]]
) -> None:
    lane, now, arrived = Lane(slots, 1.0), 0.0, []
    for pause, latency in steps:
        now += pause
        at = lane.reserve(now)
        arrived.append(at + latency)  # the platform counts it at some moment up to its answer
        lane.answered(at + latency)
        now = max(now, at)
    arrived.sort()
    for first, last in zip(arrived, arrived[slots:], strict=False):
        assert last - first >= 1.0 - 1e-9


def test_a_slot_comes_free_one_period_after_the_answer() -> None:
    lane = Lane(1, 1.0)
    assert lane.free_at(0.0) == 0.0
    lane.take()
    assert lane.free_at(0.5) is None
    lane.answered(0.5)
    assert lane.free_at(0.6) == 1.5
    assert lane.free_at(1.5) == 1.5


def test_a_reserved_slot_that_is_given_back_is_free_when_it_would_have_been() -> None:
    lane = Lane(1, 1.0)
    lane.take()
    lane.answered(0.5)
    at = lane.reserve(1.0)
    assert at == 1.5
    assert lane.free_at(1.0) is None
    lane.returned(at)
    assert lane.free_at(1.0) == 1.5


def test_nothing_can_be_reserved_while_all_slots_are_under_way() -> None:
    lane = Lane(1, 1.0)
    lane.take()
    with pytest.raises(ValueError, match="answers must come first"):
        lane.reserve(0.0)


def test_a_shut_lane_opens_when_the_platform_said_and_never_earlier() -> None:
    lane = Lane(30, 1.0)
    lane.shut(60.0)
    lane.shut(5.0)
    assert lane.free_at(10.0) == 60.0


def test_lanes_are_kept_by_name_and_forgotten_when_they_remember_nothing() -> None:
    lanes = Lanes()
    lane = lanes.get("chat:1", 1, 1.0)
    lane.take()
    lanes.tidy(0.0)
    assert lanes.get("chat:1", 1, 1.0) is lane
    lane.answered(0.0)
    lanes.tidy(2.0)
    assert lanes.get("chat:1", 1, 1.0) is not lane


def test_the_lanes_of_a_hundred_thousand_people_are_not_remembered_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.limits._FEW", 10)
    lanes = Lanes()
    made = []
    for number in range(1_000):
        lanes.tidy_if_many(float(number))
        lane = lanes.get(f"chat:{number}", 1, 5.0)
        lane.take()
        lane.answered(float(number))
        made.append(lane)
    kept = [lane for number, lane in enumerate(made) if lanes.get(f"chat:{number}", 1, 5.0) is lane]
    assert len(kept) <= 20
    assert kept[-5:] == made[-5:]  # what was sent to these within the period still counts
