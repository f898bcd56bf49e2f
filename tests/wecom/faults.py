"""What can go wrong on purpose. Set by `wecom.fails(what, trouble)`; `what` is a cmd or an HTTP path."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.wecom.refusals import Refusal


@dataclass(frozen=True, slots=True)
class NoAck:
    """Carry the request out and never say so (HTTP: cut the connection)."""

    accepted: bool = True


@dataclass(frozen=True, slots=True)
class LateAck:
    """Carry the request out at once and say so only after a while."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Cut:
    """Close the connection with a code, or abort it when the code is 0; nothing is carried out."""

    code: int = 0


@dataclass(frozen=True, slots=True)
class Garbage:
    """Answer with something that is not the platform's JSON."""

    body: str = "<html>502</html>"
    status: int = 200


Trouble = Refusal | NoAck | LateAck | Cut | Garbage


@dataclass(slots=True)
class Fault:
    """A trouble waiting for its requests; None for `chat` means any, for `times` for ever."""

    trouble: Trouble
    what: str
    chat: str | None = None
    times: int | None = 1
    skip: int = 0
    hits: int = 0

    def matches(self, what: str, chat: str) -> bool:
        """Tell whether this request is hit, and count it."""
        if self.what != what or self.chat not in (None, chat):
            return False
        if self.times is not None and self.hits >= self.times:
            return False
        if self.skip:
            self.skip -= 1
            return False
        self.hits += 1
        return True


class Faults:
    """The faults that are set; the first that matches hits."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        """Set a fault."""
        self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """Let everything go well again."""
        self._faults.clear()

    def find(self, what: str, chat: str = "") -> Trouble | None:
        """Return what befalls a request, if anything."""
        return next((fault.trouble for fault in self._faults if fault.matches(what, chat)), None)


KINDS: dict[str, Callable[..., Trouble]] = {
    "refusal": Refusal,
    "no_ack": NoAck,
    "late_ack": LateAck,
    "cut": Cut,
    "garbage": Garbage,
}
