"""Webhook delivery: real HTTP POSTs of the queue's updates, several at a time, again until one is 2xx.

As on the real server, updates of one kind about one chat are posted one after the other, others in parallel.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from tests.botapi.intake import Intake, Pending
from tests.botapi.people import Raw


class Webhook:
    """What setWebhook set, and the deliveries under way.

    **Units**: a delivery fails after `timeout_seconds` unanswered, and is repeated after `retry_seconds`.
    """

    def __init__(self, intake: Intake, changed: Callable[[], None]) -> None:
        self.timeout_seconds = 60.0
        self.retry_seconds = 0.2
        self.in_order = True
        self.attempts: list[tuple[int, int | None]] = []
        self._intake = intake
        self._changed = changed
        self._secret: str | None = None
        self._connections = 40
        self._last_error: Raw = {}
        self._lanes: dict[str, deque[Pending]] = {}
        self._ready: deque[str] = deque()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._client: httpx.AsyncClient | None = None
        intake.on_update = self._pump
        intake.waiting = self.waiting

    async def set(self, params: Mapping[str, Any]) -> bool:
        """Answer setWebhook; an empty URL removes it."""
        await self._stop()
        if params.get("drop_pending_updates"):
            self._intake.pending.clear()
        if "allowed_updates" in params:
            self._intake.allow(params["allowed_updates"])
        self._intake.webhook_url = params.get("url", "")
        self._secret = params.get("secret_token")
        self._connections = params.get("max_connections", 40)
        self._last_error = {}
        if self._intake.webhook_url:
            self._intake.stop_poller()
            limits = httpx.Limits(
                max_connections=self._connections, max_keepalive_connections=self._connections
            )
            self._client = httpx.AsyncClient(
                timeout=self.timeout_seconds, limits=limits, trust_env=False, verify=False
            )
            self._pump()
        return True

    async def delete(self, params: Mapping[str, Any]) -> bool:
        """Answer deleteWebhook."""
        return await self.set({**params, "url": ""})

    def info(self) -> Raw:
        """Answer getWebhookInfo."""
        found: Raw = {"url": self._intake.webhook_url, "has_custom_certificate": False}
        found["pending_update_count"] = self.waiting()
        if self._intake.webhook_url:
            found |= {"max_connections": self._connections, **self._last_error}
        if self._intake.listed is not None:
            found["allowed_updates"] = self._intake.listed
        return found

    def waiting(self) -> int:
        """How many updates are not yet confirmed, polled for or posted."""
        return len(self._intake.pending) + sum(len(lane) for lane in self._lanes.values())

    async def close(self) -> None:
        """Stop what is under way."""
        await self._stop()

    def _pump(self) -> None:
        if self._client is None:
            return
        while self._intake.pending:
            entry = self._intake.pending.popleft()
            name = entry.lane if self.in_order else str(id(entry))
            if name not in self._lanes:
                self._lanes[name] = deque()
                self._ready.append(name)
            self._lanes[name].append(entry)
        while self._ready and len(self._tasks) < self._connections:
            name = self._ready.popleft()
            self._tasks[name] = asyncio.get_running_loop().create_task(self._drain(name))

    async def _drain(self, name: str) -> None:
        lane = self._lanes[name]
        while lane:
            if await self._post(lane[0]):
                lane.popleft()
                self._intake.confirmed += 1
                self._changed()
            else:
                self._changed()
                await asyncio.sleep(self.retry_seconds)
        del self._lanes[name]
        del self._tasks[name]
        self._pump()

    async def _post(self, entry: Pending) -> bool:
        assert self._client is not None
        headers = {"Content-Type": "application/json"}
        if self._secret is not None:
            headers["X-Telegram-Bot-Api-Secret-Token"] = self._secret
        status = None
        try:
            answer = await self._client.post(self._intake.webhook_url, content=entry.body, headers=headers)
        except httpx.TimeoutException:
            self._failed("Read timeout expired")
        except httpx.HTTPError as error:
            self._failed(str(error) or "Connection refused")
        else:
            status = answer.status_code
            if not answer.is_success:
                self._failed(f"Wrong response from the webhook: {status} {answer.reason_phrase}")
        self.attempts.append((entry.update_id, status))
        return status is not None and 200 <= status < 300

    def _failed(self, why: str) -> None:
        self._last_error = {"last_error_date": self._intake.date(), "last_error_message": why}

    async def _stop(self) -> None:
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        left = sorted(
            (entry for lane in self._lanes.values() for entry in lane), key=lambda entry: entry.update_id
        )
        self._intake.pending.extendleft(reversed(left))
        self._lanes.clear()
        self._ready.clear()
        self._tasks.clear()
        if self._client is not None:
            await self._client.aclose()
            self._client = None
