"""Rate limits as strict windows, with a clock that only the test moves."""

import pytest
import telegram
from telegram.error import RetryAfter

from tests.botapi import BotApi, Limits
from tests.botapi.cast import Cast
from tests.botapi.limits import Gate


class Hands:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def gate(hands: Hands) -> Gate:
    return Gate(Limits(), hands)


def _send(gate: Gate, chat_id: int, method: str = "sendMessage") -> int:
    return gate.admit(method, {"chat_id": chat_id})


def test_a_private_chat_takes_one_message_a_second(gate: Gate, hands: Hands) -> None:
    assert _send(gate, 7) == 0
    hands.now += 0.999
    assert _send(gate, 7) == 1
    assert _send(gate, 8) == 0
    hands.now += 0.5
    assert _send(gate, 7) == 1, "a shut scope stays shut, though its window is free again"
    hands.now += 0.5
    assert _send(gate, 7) == 0
    assert gate.refused == {"sendMessage": 2}


def test_a_group_takes_twenty_sends_and_edits_in_any_minute(gate: Gate, hands: Hands) -> None:
    for number in range(20):
        assert _send(gate, -1, "editMessageText" if number % 2 else "sendMessage") == 0
        hands.now += 2
    assert _send(gate, -1) == 20
    hands.now += 19.9
    assert _send(gate, -1, "editMessageText") == 1
    hands.now += 0.1
    assert _send(gate, -1) == 0


def test_a_shut_group_shuts_nobody_else(gate: Gate) -> None:
    for _ in range(20):
        _send(gate, -1)
    assert _send(gate, -1) == 60
    assert _send(gate, -2) == 0


def test_the_account_takes_thirty_calls_in_any_second(gate: Gate, hands: Hands) -> None:
    assert [_send(gate, chat) for chat in range(1, 31)] == [0] * 30
    hands.now += 0.4
    assert _send(gate, 31) == 1
    hands.now += 0.7
    assert _send(gate, 31) == 1, "the account is shut for the whole second it was told to wait"
    hands.now += 0.3
    assert _send(gate, 31) == 0


def test_reactions_have_a_window_of_their_own(gate: Gate) -> None:
    assert [_send(gate, -1, "setMessageReaction") for _ in range(31)] == [0] * 30 + [1]
    assert _send(gate, -1) == 0


def test_questions_and_answered_buttons_are_free(gate: Gate) -> None:
    assert {
        gate.admit(method, {}) for method in ("getMe", "answerCallbackQuery", "getChat") for _ in range(99)
    } == {0}


async def test_a_refusal_carries_its_retry_after_and_counts(
    cast: Cast, api: BotApi, bot: telegram.Bot
) -> None:
    api.gate.limits = Limits()
    await bot.send_message(cast.zhang.id, "1")
    with pytest.raises(RetryAfter, match="Retry in"):
        await bot.send_message(cast.zhang.id, "2")
    assert [shown.text for shown in api.heard(cast.zhang)] == ["1"]
    with pytest.raises(AssertionError, match="rate limits"):
        api.assert_clean()
