"""Telegram's rate limits, strict: sliding windows without bursts, and a scope that refused once stays shut.

One window for the account, one a chat, one for reactions. A scope shut by a 429 refuses until its
`retry_after` is over, whatever its window holds; refusals are counted.
"""

import math
from collections import deque
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

_MESSAGES = frozenset({"stopPoll", "forwardMessage", "forwardMessages", "copyMessage", "copyMessages"})
_FREE = frozenset({"sendChatAction"})


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `calls` in any `seconds`."""

    calls: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Limits:
    """What the server allows.

    **Source**: core.telegram.org/bots/faq (30 messages a second, one a second in a chat, 20 a minute in a group).
    """

    account: Rate = Rate(30, 1)
    private: Rate = Rate(1, 1)
    group: Rate = Rate(20, 60)
    reactions: Rate = Rate(30, 1)


@dataclass(slots=True)
class _Window:
    rate: Rate
    taken: deque[float] = field(default_factory=deque)
    shut_until: float = -math.inf

    def wait(self, now: float) -> float:
        """Return the seconds until one more call is allowed, 0 if it is now."""
        if now < self.shut_until:
            return self.shut_until - now
        while self.taken and self.taken[0] <= now - self.rate.seconds:
            self.taken.popleft()
        return 0 if len(self.taken) < self.rate.calls else self.taken[0] + self.rate.seconds - now


class Gate:
    """Admits requests by the limits, or says how many seconds to wait. `refused` counts by method."""

    def __init__(self, limits: Limits | None, clock: Callable[[], float]) -> None:
        self.limits = limits
        self.refused: dict[str, int] = {}
        self._clock = clock
        self._windows: dict[Hashable, _Window] = {}

    def admit(self, method: str, params: Mapping[str, Any]) -> int:
        """Count a request and return 0, or return its `retry_after` in seconds and count nothing."""
        if self.limits is None:
            return 0
        now = self._clock()
        windows = self._scopes(self.limits, method, params.get("chat_id"))
        for window in windows:
            wait = window.wait(now)
            if wait > 0:
                retry_after = max(1, math.ceil(wait))
                window.shut_until = (
                    max(window.shut_until, now + retry_after)
                    if now >= window.shut_until
                    else window.shut_until
                )
                self.refused[method] = self.refused.get(method, 0) + 1
                return retry_after
        for window in windows:
            window.taken.append(now)
        return 0

    def shut(self, chat_id: int, seconds: float) -> None:
        """Shut a chat as an unlucky 429 would."""
        limits = self.limits or Limits()
        rate = limits.private if chat_id > 0 else limits.group
        self._window(("chat", str(chat_id)), rate).shut_until = self._clock() + seconds

    def _scopes(self, limits: Limits, method: str, chat_id: object) -> list[_Window]:
        if method == "setMessageReaction":
            return [self._window("reactions", limits.reactions)]
        if not (method.startswith(("send", "edit")) or method in _MESSAGES) or method in _FREE:
            return []
        scopes = [self._window("account", limits.account)]
        if chat_id is not None:
            private = not str(chat_id).startswith(("-", "@"))
            scopes.append(self._window(("chat", str(chat_id)), limits.private if private else limits.group))
        return scopes

    def _window(self, scope: Hashable, rate: Rate) -> _Window:
        return self._windows.setdefault(scope, _Window(rate))
