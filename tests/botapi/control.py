"""The door for tests and benches in another process: `POST /control/<name>` does what a test would.

The body is `{"args": [...], "kwargs": {...}}`, the answer `{"ok": true, "result": …}`; see `Remote`.
"""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
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
    "removes_bot", "migrates", "opens_topic", "ends", "deletes",
    "sees", "heard", "toasts",
)  # fmt: skip


class Remote:
    """A server in another process, driven through its control door.

    **Shape**: `await remote.do("says", 42, "早", -100123)`; people and places are ids, messages raw Messages;
    besides the deeds of `BotApi` there are `Actions`.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._client = httpx.AsyncClient(verify=False, base_url=url, timeout=60, trust_env=False)

    async def do(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """Do one thing and return what came of it.

        **Errors**: AssertionError with the server's words if it could not.
        """
        answer = await self._client.post(f"/control/{name}", json={"args": args, "kwargs": kwargs})
        body = answer.json()
        assert body["ok"], f"{name}: {body.get('error')}"
        return body["result"]

    async def close(self) -> None:
        """Close the connection."""
        await self._client.aclose()


class Actions:
    """What the control door can do besides people's deeds."""

    def __init__(self, api: "BotApi") -> None:
        self._api = api

    def queue(self, updates: Sequence[Mapping[str, Any]]) -> int:
        """Queue raw updates; those without an id get the next ones. Messages in known chats stand there."""
        intake = self._api.intake
        chats = self._api.world.chats
        for update in updates:
            message = update.get("message")
            if message is not None and (chat := chats.get(message["chat"]["id"])) is not None:
                chat.messages[message["message_id"]] = message
            number = update.get("update_id", intake.next_id)
            intake.next_id = max(intake.next_id, number + 1)
            intake.put_raw({"update_id": number, **update})
        return len(updates)

    def fails(
        self, method: str | None, kind: str, settings: Mapping[str, Any] | None = None, **scope: Any
    ) -> None:
        """Set a fault: a refusal by its name in `refusals`, or a kind of trouble with its settings."""
        named = getattr(refusals, kind.upper(), None)
        self._api.fails(
            method, named if isinstance(named, Refusal) else trouble(kind, **(settings or {})), **scope
        )

    def clear_faults(self) -> None:
        """Let everything go well again."""
        self._api.faults.clear()

    def limits(self, *, enforced: bool = True, **rates: Sequence[float]) -> None:
        """Enforce limits, each rate given as calls and seconds, or none."""
        given = {name: Rate(int(calls), seconds) for name, (calls, seconds) in rates.items()}
        self._api.gate.limits = Limits(**given) if enforced else None

    def latency(self, seconds: float) -> None:
        """Set what is added to every answer."""
        self._api.latency_seconds = seconds

    def webhook(self, **settings: float) -> None:
        """Set how the webhook delivers: `in_order`, `timeout_seconds`, `retry_seconds`."""
        for name, value in settings.items():
            if name not in ("in_order", "timeout_seconds", "retry_seconds"):
                raise ValueError(name)
            setattr(self._api.webhook, name, value)

    def calls(self, since: int = 0, method: str | None = None) -> list[Any]:
        """Return the record of calls from a place in it on."""
        return [call for call in self._api.calls[since:] if method in (None, call.method)]

    def stats(self) -> dict[str, Any]:
        """Count what happened. **Units**: `cpu_seconds` of this process; `first_poll_at` monotonic seconds."""
        api = self._api
        return {
            "done": Counter(call.method for call in api.calls if call.ok),
            "refused": api.gate.refused,
            "violations": api.violations,
            "waiting": api.waiting(),
            "confirmed": api.intake.confirmed,
            "confirmed_at": api.intake.confirmed_at,
            "polls": api.intake.polls,
            "posts": len(api.webhook.attempts),
            "first_poll_at": api.first_poll_at,
            "cpu_seconds": time.process_time(),
        }


def respond(api: "BotApi", request: Request) -> Reply:
    """Answer a request at the control door."""
    name = request.path.rpartition("/")[2]
    asked = msgspec.json.decode(request.body) if request.body else {}
    action = getattr(api, name) if name in _DEEDS else getattr(Actions(api), name, None)
    if action is None or name.startswith("_"):
        return _reply(404, {"ok": False, "error": "no such control"})
    try:
        result = action(*asked.get("args", ()), **asked.get("kwargs", {}))
    except (AssertionError, KeyError, TypeError, ValueError, refusals.RefusedError) as error:
        return _reply(400, {"ok": False, "error": f"{type(error).__name__}: {error}"})
    return _reply(200, {"ok": True, "result": result})


def _reply(status: int, body: object) -> Reply:
    return Reply(status, msgspec.json.encode(body))
