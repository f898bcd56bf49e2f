"""The keys that hide people: what is covered opens with its key, in its place, and nowhere else."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.veil import KeyRing, key_id, new_key, read_keys

RING = KeyRing(read_keys(new_key()))
OTHER = KeyRing(read_keys(new_key()))


@given(text=st.text(), scope=st.text(max_size=20))
def test_what_is_covered_opens_in_its_own_place_only(text: str, scope: str) -> None:
    covered = RING.cover(text, scope)
    assert RING.uncover(covered, scope) == text
    assert RING.uncover(covered, f"{scope}.") is None
    assert OTHER.uncover(covered, scope) is None


@given(place=st.integers(0, 10_000), change=st.integers(1, 255))
def test_whatever_byte_is_changed_nothing_opens(place: int, change: int) -> None:
    name, _, encoded = RING.cover("501", "way").partition(".")
    sealed = bytearray(base64.urlsafe_b64decode(encoded))
    sealed[place % len(sealed)] ^= change
    assert RING.uncover(f"{name}.{base64.urlsafe_b64encode(sealed).decode()}", "way") is None


@pytest.mark.parametrize(
    "broken", ["", ".", "nokey.AAAA", f"{RING.newest}.", f"{RING.newest}.!!", "plain"], ids=range(6)
)
def test_what_was_never_covered_opens_to_nothing(broken: str) -> None:
    assert RING.uncover(broken, "way") is None


def test_the_length_tells_ids_no_more_apart() -> None:
    assert len({len(RING.cover("5" * length, "way")) for length in range(1, 60)}) == 1


def test_the_newest_key_covers_and_the_older_ones_still_open() -> None:
    old, new = new_key(), new_key()
    covered = KeyRing(read_keys(old)).cover("501", "way")
    both = KeyRing(read_keys(f"{new}, {old}"))
    assert both.uncover(covered, "way") == "501"
    assert both.cover("501", "way").startswith(key_id(read_keys(new)[0]))


def test_a_mark_is_the_same_for_the_same_and_needs_the_key() -> None:
    assert RING.mark("zhang") == RING.mark("zhang") != OTHER.mark("zhang")
    assert "zhang" not in RING.mark("zhang")


def test_no_key_is_seen_where_the_ring_is_printed() -> None:
    key = new_key()
    assert key not in repr(KeyRing(read_keys(key)))


@pytest.mark.parametrize("text", ["short", "!" * 44, "a" * 43, new_key() + "," + "x"], ids=range(4))
def test_what_is_no_key_is_refused_by_its_place_and_not_repeated(text: str) -> None:
    with pytest.raises(ValueError, match=r"^[12]$"):
        read_keys(text)


def test_without_keys_nobody_hides() -> None:
    ring = KeyRing(read_keys(""))
    assert not ring.is_up
    with pytest.raises(RuntimeError):
        ring.cover("501", "way")
    with pytest.raises(RuntimeError):
        ring.mark("501")
