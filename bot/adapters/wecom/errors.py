"""What a refusal means: by its errcode, never by its words. Used by the routes and by the adapter.

**Source**: documents 90313, 90455, 101463; the codes of the long connection are known from live reports only.
"""

from __future__ import annotations

from datetime import timedelta

from bot.adapters.base import PermanentError, SendError, TemporaryError, UnreachableError

BUSY, CROWDED, TOO_OFTEN = -1, 45033, 45009
TOKEN_INVALID = frozenset({40014, 42001, 40001, 41001})
NOT_SUBSCRIBED = 846609
WRONG_BOT = frozenset({853000, 93019})
BAD_IP = 60020
BAD_CHAT = 93006
BAD_WEBHOOK = 93000
_OUTAGE_PAUSE = timedelta(seconds=10)
_NOBODY = frozenset({BAD_CHAT, 60111, 81013, 50002})
_ADVICE = {
    40058: "a parameter or length is wrong",
    42039: "a card's button has no key of its own",
    43012: "the app has no callback address, so its cards may have no buttons",
    44004: "the content is empty",
    45002: "the content is too long",
    50003: "the app is switched off",
    BAD_IP: "this machine's address is not among the app's trusted addresses (企业可信IP)",
    60111: "no such userid",
    81013: "nobody of the receivers can see the app",
    BAD_WEBHOOK: "the webhook key is wrong",
    BAD_CHAT: "nobody has spoken to the bot in this chat yet",
    846605: "the message can not be answered any more",
    853000: "the bot's id or secret is wrong",
}


class RefusedError(Exception):
    """The platform said no, for certain: another route may be tried."""

    def __init__(self, code: int, route: str) -> None:
        super().__init__(f"{route}: {explain(code)}")
        self.code = code
        self.route = route


class NotPossibleError(Exception):
    """This route cannot carry it (not configured, not open, cannot show it): nothing was sent."""


def explain(code: int) -> str:
    """Return a refusal in words of our own."""
    return f"errcode {code}" + (f", {_ADVICE[code]}" if code in _ADVICE else "")


def is_passing(code: int) -> bool:
    """Tell whether the same route will do, later."""
    return code in (BUSY, CROWDED, TOO_OFTEN)


def wait_after(code: int, route: str) -> TemporaryError:
    """Return how a passing refusal is waited out."""
    seconds = 60 if code == TOO_OFTEN else None
    return TemporaryError(f"{route}: {explain(code)}", timedelta(seconds=seconds) if seconds else None)


def not_reached(route: str, why: str) -> TemporaryError:
    """Return that nothing has left, nor will from any route before we are connected again."""
    return TemporaryError(f"{route}: {why}", _OUTAGE_PAUSE, scope="account")


def verdict(refusals: list[RefusedError], *, is_private: bool) -> SendError:
    """Return what it means that no route carried a message."""
    why = "; ".join(str(refusal) for refusal in refusals) or "no route is open"
    if is_private and (not refusals or any(refusal.code in _NOBODY for refusal in refusals)):
        return UnreachableError(why)
    return PermanentError(why)
