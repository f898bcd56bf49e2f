"""The door for tests and benches in another process: `POST /control/<name>` with `{"args": […], "kwargs": {…}}`."""

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import httpx

from tests.botapi.wire import Reply, Request
from tests.wecom.faults import KINDS

if TYPE_CHECKING:
    from tests.wecom.server import WeCom


class Remote:
    """A server in another process; people and groups are named by their ids, what is shown by its index."""

    def __init__(self, url: str) -> None:
        self._client = httpx.AsyncClient(verify=False, base_url=url, timeout=30, trust_env=False)

    async def do(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """Do one thing and return what came of it. **Errors**: AssertionError with the server's words."""
        answer = await self._client.post(f"/control/{name}", json={"args": args, "kwargs": kwargs})
        body = answer.json()
        assert body["ok"], f"{name}: {body.get('error')}"
        return body["result"]

    async def close(self) -> None:
        """Close the connection."""
        await self._client.aclose()


async def respond(wecom: "WeCom", request: Request) -> Reply:
    """Answer a request at the control door."""
    name = request.path.rpartition("/")[2]
    asked = json.loads(request.body) if request.body else {}
    deed = _deeds(wecom).get(name)
    if deed is None:
        return _reply({"ok": False, "error": "no such control"})
    try:
        result = deed(*asked.get("args", ()), **asked.get("kwargs", {}))
        if hasattr(result, "__await__"):
            result = await result
    except (AssertionError, KeyError, TypeError, ValueError, StopIteration) as error:
        return _reply({"ok": False, "error": f"{type(error).__name__}: {error}"})
    return _reply({"ok": True, "result": result})


def _reply(body: Mapping[str, Any]) -> Reply:
    return Reply(200, json.dumps(body, ensure_ascii=False).encode())


def _deeds(wecom: "WeCom") -> Mapping[str, Callable[..., Any]]:
    people, groups, shown = wecom.stage.people, wecom.stage.groups, wecom.stage.shown

    async def says(userid: str, text: str, chatid: str | None = None, **kwargs: Any) -> bool:
        group = groups[chatid] if chatid else None
        return await wecom.says(people[userid], text, group, **kwargs) is not None

    def person(userid: str, name: str = "", *, spoken: bool = False) -> str:
        if spoken:
            wecom.stage.spoken.add(userid)
        return wecom.person(userid, name).userid

    async def bursts(userid: str, chatid: str, count: int) -> None:
        for number in range(count):
            text = f"@{wecom.names[0]} 第 {number} 句"
            await wecom.says(people[userid], text, groups[chatid])

    def look(since: int = 0) -> list[dict[str, Any]]:
        return [
            {"chat": s.chat, "route": s.route, "kind": s.kind, "text": s.text, "labels": s.labels, "at": s.at}
            for s in shown[since:]
        ]

    async def clicks(userid: str, index: int, label: str) -> bool:
        return await wecom.clicks(people[userid], shown[index], label) is not None

    async def opens(userid: str) -> bool:
        return await wecom.opens(people[userid]) is not None

    def fails(what: str, kind: str, settings: Mapping[str, Any] | None = None, **scope: Any) -> None:
        wecom.fails(what, KINDS[kind](**(settings or {})), **scope)

    def stats() -> Mapping[str, Any]:
        return {
            "connected": wecom.socket.connected, "subscribed": wecom.socket.subscribed,
            "is_connected": wecom.socket.current is not None, "refused": wecom.gate.refused,
            "violations": [*wecom.socket.violations, *wecom.webside.violations], "tokens": wecom.api.tokens_given,
        }  # fmt: skip

    def callback(url: str) -> None:
        wecom.callback_url = url

    return {
        "person": person, "bursts": bursts,
        "group": lambda chatid, name="", **kwargs: wecom.group(chatid, name, **kwargs).chatid,
        "says": says, "opens": opens, "clicks": clicks, "look": look, "fails": fails, "stats": stats,
        "callback": callback, "drop": wecom.socket.drop, "clear_faults": wecom.faults.clear,
        "updates": lambda: [[userid, dict(card)] for userid, card in wecom.stage.updates],
    }  # fmt: skip
