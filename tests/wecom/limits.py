"""The platform's rate limits, strict: sliding windows of what was accepted."""

import time
from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `calls` in any `seconds`."""

    calls: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Limits:
    """What the server allows. **Source**: documents 101463, 99110, 90236."""

    chat_minute: Rate = Rate(30, 60)
    chat_hour: Rate = Rate(1000, 3600)
    webhook: Rate = Rate(20, 60)
    member_minute: Rate = Rate(30, 60)
    subscribe: Rate = Rate(20, 60)

    @classmethod
    def within(cls, minute_seconds: float) -> "Limits":
        """Return the same limits with shorter minutes, for benches."""
        minute, hour = minute_seconds, minute_seconds * 60
        return cls(Rate(30, minute), Rate(1000, hour), Rate(20, minute), Rate(30, minute), Rate(20, minute))


@dataclass(slots=True)
class _Window:
    taken: deque[float] = field(default_factory=deque)


class Gate:
    """Admits or refuses; `refused` counts by scope."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.refused: dict[str, int] = {}
        self._windows: dict[Hashable, _Window] = {}

    def admits(self, scope: str, who: str, *rates: Rate) -> bool:
        """Count one call if every rate has room, else refuse it and count nothing."""
        now = time.monotonic()
        windows = [(self._windows.setdefault((scope, who, rate), _Window()), rate) for rate in rates]
        for window, rate in windows:
            while window.taken and window.taken[0] <= now - rate.seconds:
                window.taken.popleft()
            if len(window.taken) >= rate.calls:
                self.refused[scope] = self.refused.get(scope, 0) + 1
                return False
        for window, _ in windows:
            window.taken.append(now)
        return True
