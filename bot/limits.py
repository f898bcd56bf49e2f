"""Rate lanes: sliding windows keyed on answers. Used by the relay, chosen by the adapters.

A slot of a window comes free `period` after the *answer* to the request that took it: the platform
counted that request no later than it answered, so a lane that keeps n slots a period can never be
refused by a platform that allows n in any period.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

_FEW = 1_000  # lanes, of under a kilobyte each: so many may be remembered for nothing


@dataclass(slots=True)
class Lane:
    """At most `slots` requests in any `period`. **Units**: seconds of a monotonic clock."""

    slots: int
    period: float
    under_way: int = 0
    shut_until: float = 0.0
    _frees: deque[float] = field(default_factory=deque)

    def free_at(self, now: float) -> float | None:
        """Return when the lane has a free slot (now or earlier: at once), None while answers are awaited."""
        frees = self._frees
        while frees and frees[0] <= now:
            frees.popleft()
        if self.under_way + len(frees) < self.slots:
            return max(now, self.shut_until)
        if not frees:
            return None
        return max(frees[0], self.shut_until)

    def take(self) -> None:
        """Occupy a slot: a request leaves."""
        self.under_way += 1

    def reserve(self, now: float) -> float:
        """Occupy the slot that is free or comes free next; return when the request may leave.

        **Errors**: ValueError while answers must come first (`free_at` is None).
        """
        at = self.free_at(now)
        if at is None:
            raise ValueError("no slot to reserve: answers must come first")
        if self.under_way + len(self._frees) >= self.slots:
            self._frees.popleft()
        self.under_way += 1
        return at

    def answered(self, now: float) -> None:
        """Let the slot come free one period after this answer."""
        self.under_way -= 1
        self._frees.append(now + self.period)

    def returned(self, at: float = 0.0) -> None:
        """Give a slot back that comes free at `at`: the request never left."""
        self.under_way -= 1
        if at:
            self._frees.appendleft(at)

    def shut(self, until: float) -> None:
        """Obey the platform: nothing before `until`."""
        self.shut_until = max(self.shut_until, until)

    @property
    def is_idle(self) -> bool:
        """Tell whether nothing is remembered, so that the lane can be forgotten."""
        return not self.under_way and not self._frees


class Lanes:
    """The lanes of one platform: one for the account, one for each chat, made as they are needed."""

    def __init__(self) -> None:
        self._lanes: dict[str, Lane] = {}
        self._many = _FEW

    def get(self, name: str, slots: int, period: float) -> Lane:
        """Return the lane of that name."""
        lane = self._lanes.get(name)
        if lane is None:
            lane = self._lanes[name] = Lane(slots, period)
        return lane

    def tidy_if_many(self, now: float) -> None:
        """Tidy where twice as many are remembered as were left the last time, so that it costs next to nothing."""
        if len(self._lanes) >= self._many:
            self.tidy(now)
            self._many = max(_FEW, 2 * len(self._lanes))

    def tidy(self, now: float) -> None:
        """Forget the lanes that remember nothing."""
        for name in [n for n, lane in self._lanes.items() if lane.free_at(now) == now and lane.is_idle]:
            del self._lanes[name]
