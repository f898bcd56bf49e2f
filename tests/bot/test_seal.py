"""Sealed actions come back whole or not at all."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.seal import LIMIT, seal, unseal

KEY = bytes(range(32))
ACTIONS = st.text(st.characters(codec="ascii"), max_size=48)


@given(scope=st.text(), action=ACTIONS)
def test_what_was_sealed_is_unsealed_in_its_own_scope(scope: str, action: str) -> None:
    data = seal(KEY, scope, action)
    assert len(data.encode()) <= LIMIT
    assert unseal(KEY, scope, data) == action


@given(scope=st.text(), other=st.text(), action=ACTIONS)
def test_another_scope_does_not_open_it(scope: str, other: str, action: str) -> None:
    if scope != other:
        assert unseal(KEY, other, seal(KEY, scope, action)) is None


@given(data=st.text())
def test_nothing_made_up_is_opened(data: str) -> None:
    assert unseal(KEY, "chat:-1001", data) is None


@given(place=st.integers(0, 40), letter=st.sampled_from("abcXYZ019_-:"))
def test_one_changed_letter_breaks_the_seal(place: int, letter: str) -> None:
    data = seal(KEY, "chat:-1001", "verify:128:31:better")
    place %= len(data)
    forged = data[:place] + letter + data[place + 1 :]
    if forged != data:
        assert unseal(KEY, "chat:-1001", forged) is None


def test_scope_and_action_cannot_be_pushed_into_each_other() -> None:
    data = seal(KEY, "chat:1", "2:show")
    assert unseal(KEY, "chat:12", data[:12] + ":show") is None


def test_another_key_does_not_open_it() -> None:
    assert unseal(b"another key", "chat:-1001", seal(KEY, "chat:-1001", "show:128")) is None


def test_a_sealed_payload_fits_a_deep_link() -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", seal(KEY, "member:42", "d9007199254740991"))


def test_an_action_that_does_not_fit_is_refused_when_it_is_written() -> None:
    with pytest.raises(ValueError, match="52 bytes"):
        seal(KEY, "chat:-1001", "show:" + "反" * 16)
