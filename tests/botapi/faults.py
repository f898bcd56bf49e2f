"""What can go wrong on purpose: refusals, dropped connections, silence, garbage. Set by `api.fails`."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.botapi.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Drop:
    """Cut the connection; with `accepted` only after the request was carried out, unknown to the bot."""

    accepted: bool = False


@dataclass(frozen=True, slots=True)
class Hang:
    """Answer only after `seconds`; with `accepted` the request was carried out first."""

    seconds: float = 3600.0
    accepted: bool = False


@dataclass(frozen=True, slots=True)
class Garbage:
    """Answer with something that is not Telegram's JSON."""

    body: str = "<html><body>502 Bad Gateway</body></html>"
    status: int = 200


Trouble = Refusal | Drop | Hang | Garbage


@dataclass(slots=True)
class Fault:
    """A trouble waiting for its requests.

    **Shape**: None for `method` or `chat_id` means any; `skip` requests pass first, then `times` are hit; None is
    for ever.
    """

    trouble: Trouble
    method: str | None = None
    chat_id: int | None = None
    times: int | None = 1
    skip: int = 0
    hits: int = 0

    def matches(self, method: str, chat_id: object) -> bool:
        """Tell whether this request is hit, and count it."""
        if self.method not in (None, method) or (
            self.chat_id is not None and str(self.chat_id) != str(chat_id)
        ):
            return False
        if self.times is not None and self.hits >= self.times:
            return False
        if self.skip:
            self.skip -= 1
            return False
        self.hits += 1
        return True


class Faults:
    """The faults that are set; the first that matches a request hits it."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        """Set a fault."""
        self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """Let everything go well again."""
        self._faults.clear()

    def find(self, method: str, chat_id: object) -> Trouble | None:
        """Return what befalls a request, if anything."""
        return next((fault.trouble for fault in self._faults if fault.matches(method, chat_id)), None)


_WORDS: dict[str, Callable[..., Trouble]] = {
    "refusal": Refusal,
    "drop": Drop,
    "hang": Hang,
    "garbage": Garbage,
}


def trouble(kind: str, **settings: object) -> Trouble:
    """Return a trouble by its name, as another process asks for one."""
    return _WORDS[kind](**settings)
