"""The door for tests and benches in another process: `POST /control/<name>` does what a test would.

The body is `{"args": [...], "kwargs": {...}}`, the answer `{"ok": true, "result": …}`; see `Remote`.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import httpx
import msgspec

from tests.botapi import refusals
from tests.botapi.faults import trouble
from tests.botapi.limits import Limits, Rate
from tests.botapi.refusals import Refusal
from tests.botapi.wire import Reply, Request

if TYPE_CHECKING:
    from tests.botapi.server import BotApi

_DEEDS = (
    "person", "group", "says", "shows", "shows_album", "edits", "forwards", "publishes", "starts",
    "blocks", "unblocks", "presses", "reacts", "votes", "joins", "leaves", "promotes", "adds_bot",
    "removes_bot", "migrates", "opens_topic", "sees", "heard", "toasts",
)  # fmt: skip


class Remote:
    """A server in another process, driven through its control door.

    Shape: `await remote.do("says", 42, "早", -100123)`; people and places are ids, messages raw Messages;
    besides the deeds of `BotApi` there are the actions below.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._client = httpx.AsyncClient(base_url=url, timeout=60, trust_env=False)

    async def do(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """Do one thing and return what came of it.

        Errors: AssertionError with the server's words if it could not.
        """
        answer = await self._client.post(f"/control/{name}", json={"args": args, "kwargs": kwargs})
        body = answer.json()
        assert body["ok"], f"{name}: {body.get('error')}"
        return body["result"]

    async def close(self) -> None:
        """Close the connection."""
        await self._client.aclose()


def respond(api: "BotApi", request: Request) -> Reply:
    """Answer a request at the control door."""
    name = request.path.rpartition("/")[2]
    asked = msgspec.json.decode(request.body) if request.body else {}
    action = _actions(api).get(name) or (getattr(api, name) if name in _DEEDS else None)
    if action is None:
        return _reply(404, {"ok": False, "error": "no such control"})
    try:
        result = action(*asked.get("args", ()), **asked.get("kwargs", {}))
    except (AssertionError, KeyError, TypeError, ValueError, refusals.RefusedError) as error:
        return _reply(400, {"ok": False, "error": f"{type(error).__name__}: {error}"})
    return _reply(200, {"ok": True, "result": result})


def _reply(status: int, body: object) -> Reply:
    return Reply(status, msgspec.json.encode(body))


def _actions(api: "BotApi") -> dict[str, Callable[..., Any]]:
    def queue(updates: Sequence[Mapping[str, Any]]) -> int:
        """Queue raw updates; those without an id get the next ones."""
        for update in updates:
            number = update.get("update_id", api.intake.next_id)
            api.intake.next_id = max(api.intake.next_id, number + 1)
            api.intake.put_raw({"update_id": number, **update})
        return len(updates)

    def fails(method: str | None, kind: str, settings: Mapping[str, Any] | None = None, **scope: Any) -> None:
        """Set a fault: a refusal by its name in `refusals`, or a kind of trouble with its settings."""
        named = getattr(refusals, kind.upper(), None)
        api.fails(method, named if isinstance(named, Refusal) else trouble(kind, **(settings or {})), **scope)

    def limits(enforced: bool = True, **rates: Sequence[float]) -> None:
        """Enforce limits, each rate given as calls and seconds, or none."""
        given = {name: Rate(int(calls), seconds) for name, (calls, seconds) in rates.items()}
        api.gate.limits = Limits(**given) if enforced else None

    def latency(seconds: float) -> None:
        api.latency_seconds = seconds

    def calls(since: int = 0, method: str | None = None) -> list[Any]:
        return [call for call in api.calls[since:] if method in (None, call.method)]

    def stats() -> dict[str, Any]:
        """Count what happened. Units: `cpu_seconds` of this process; `first_poll_at` monotonic seconds."""
        done: dict[str, int] = {}
        for call in api.calls:
            if call.ok:
                done[call.method] = done.get(call.method, 0) + 1
        return {
            "done": done,
            "refused": api.gate.refused,
            "violations": api.violations,
            "waiting": api.waiting(),
            "confirmed": api.intake.confirmed,
            "polls": api.intake.polls,
            "first_poll_at": api.first_poll_at,
            "cpu_seconds": time.process_time(),
        }

    return {
        "queue": queue,
        "fails": fails,
        "clear_faults": api.faults.clear,
        "limits": limits,
        "latency": latency,
        "calls": calls,
        "stats": stats,
    }
