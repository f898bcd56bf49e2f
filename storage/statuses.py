"""Which status may follow which (PRODUCT §4). Pure; used by the feedback repository and by menus."""

from __future__ import annotations

from storage.records import CLOSED, Status

_FORWARD: dict[Status, frozenset[Status]] = {
    Status.RECEIVED: frozenset(
        {
            Status.IN_REVIEW,
            Status.ANSWERED,
            Status.PLANNED,
            Status.IN_PROGRESS,
            Status.RESOLVED,
            Status.DECLINED,
        }
    ),
    Status.IN_REVIEW: frozenset(
        {Status.ANSWERED, Status.PLANNED, Status.IN_PROGRESS, Status.RESOLVED, Status.DECLINED}
    ),
    Status.ANSWERED: frozenset({Status.VERIFIED, Status.UNCONFIRMED, Status.ANSWERED, Status.RESOLVED}),
    Status.PLANNED: frozenset({Status.PLANNED, Status.IN_PROGRESS, Status.RESOLVED, Status.DECLINED}),
    Status.IN_PROGRESS: frozenset({Status.IN_PROGRESS, Status.PLANNED, Status.RESOLVED, Status.DECLINED}),
    Status.RESOLVED: frozenset({Status.VERIFIED, Status.UNCONFIRMED}),
    Status.UNCONFIRMED: frozenset({Status.VERIFIED, Status.RESOLVED}),
    Status.VERIFIED: frozenset(),
    Status.DECLINED: frozenset(),
    Status.WITHDRAWN: frozenset(),
}
# Backward moves ask for one sentence: reopening, and taking work back to review.
_BACKWARD: dict[Status, frozenset[Status]] = {
    Status.ANSWERED: frozenset({Status.IN_REVIEW}),
    Status.PLANNED: frozenset({Status.IN_REVIEW}),
    Status.IN_PROGRESS: frozenset({Status.IN_REVIEW}),
    Status.RESOLVED: frozenset({Status.IN_REVIEW}),
    Status.VERIFIED: frozenset({Status.IN_REVIEW}),
    Status.UNCONFIRMED: frozenset({Status.IN_REVIEW}),
    Status.DECLINED: frozenset({Status.IN_REVIEW}),
}


def may_follow(before: Status, after: Status) -> bool:
    """Tell whether `after` may follow `before`."""
    if after is Status.WITHDRAWN:
        return before not in CLOSED
    return after in _FORWARD[before] or is_backward(before, after)


def is_backward(before: Status, after: Status) -> bool:
    """Tell whether a move goes back and therefore needs one sentence of reason."""
    return after in _BACKWARD.get(before, frozenset())
