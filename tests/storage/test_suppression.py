"""Small slices are not shown, nor can they be worked out of what is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from storage.suppression import FLOOR, PrivacySettings, is_shown, part, shown, slices

FIVE = PrivacySettings()


def test_fewer_than_five_people_are_not_counted_out() -> None:
    assert [shown(count, FIVE) for count in (0, 1, 4, 5, 18)] == ["0", "<5", "<5", "5", "18"]


def test_no_setting_goes_below_the_floor() -> None:
    assert not is_shown(FLOOR - 1, PrivacySettings(least_slice=1))
    assert is_shown(FLOOR, PrivacySettings(least_slice=1))


def test_a_single_small_slice_takes_the_least_of_the_others_with_it() -> None:
    assert slices({"4.2": 18, "4.1": 6, "4.0": 2}, FIVE) == ({"4.2": 18}, 8)


def test_a_part_of_a_total_leaves_no_few_to_be_worked_out() -> None:
    assert [part(count, 12, FIVE) for count in (0, 2, 6, 8, 12)] == ["0", "<5", "6", "≥5", "12"]
    assert part(4, 4, FIVE) == "<5"


@given(
    st.dictionaries(st.integers(), st.integers(0, 30), max_size=8),
    st.builds(PrivacySettings, least_slice=st.integers(1, 12)),
)
def test_the_rest_of_a_total_never_points_at_a_few(counts: dict[int, int], settings: PrivacySettings) -> None:
    kept, rest = slices(counts, settings)
    assert sum(kept.values()) + rest == sum(counts.values())
    assert all(count >= settings.least for count in kept.values())
    assert rest == 0 or rest >= settings.least or not kept
