"""WebhookAdapter: carries announcements to other programs as signed requests.

**Source**: the headers and how a receiver checks them are in docs/departments.md. A request may come twice, for one
that got no answer is sent again; `Huixiang-Id` stays the same, so the receiver can tell.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import httpx

from bot.adapters.base import Finding, Intake, Parcel, PermanentError, TemporaryError
from bot.adapters.webhook.addresses import RefusedAddressError, resolve
from bot.adapters.webhook.settings import WebhookSettings
from bot.limits import Lane
from storage.messages import plain
from storage.promises import DeliveryKind, Receipt
from storage.records import Capabilities, ChatKind, Platform

ID, TIMESTAMP, SIGNATURE = "Huixiang-Id", "Huixiang-Timestamp", "Huixiang-Signature"
_NOTHING = Capabilities(
    reactions=False, native_polls=False, buttons=False, edits=False, quotes_author=False,
    reaches_first=True, deep_links=False, text_limit=1_000_000,
)  # fmt: skip
_TIMEOUT = httpx.Timeout(10.0)
_LEAST_ERROR, _LEAST_REDIRECT = 400, 300
_REFUSED_FOR_GOOD = frozenset({400, 405, 410, 413, 415, 422})  # the same request would be refused again


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Return what `Huixiang-Signature` holds: HMAC-SHA256 over `timestamp.body`. Pure."""
    digest = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256)
    return f"sha256={digest.hexdigest()}"


class WebhookAdapter:
    """Speaks to the programs of `[[webhooks]]`; hears nothing."""

    def __init__(self, webhooks: Sequence[WebhookSettings], now: Callable[[], datetime]) -> None:
        self._webhooks = {webhook.place.external_id: webhook for webhook in webhooks}
        self._now = now
        self._client: httpx.AsyncClient | None = None

    @property
    def platform(self) -> Platform:
        """Return the platform of webhooks."""
        return Platform.WEBHOOK

    @property
    def capabilities(self) -> Mapping[ChatKind, Capabilities]:
        """Return what a webhook can do: take words."""
        return dict.fromkeys(ChatKind, _NOTHING)

    async def start(self, intake: Intake) -> None:
        """Receive nothing: other programs do not talk to us here."""

    async def stop(self) -> None:
        """Close connections."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def send(self, parcel: Parcel) -> Receipt:
        """Send one announcement. **Errors**: TemporaryError whenever trying again may help; PermanentError."""
        webhook = self._webhooks.get(parcel.chat)
        if webhook is None:
            raise PermanentError("the config has no such webhook any more")
        if parcel.kind is not DeliveryKind.POST:
            raise PermanentError("a webhook only takes announcements")
        url = httpx.URL(webhook.url)
        port = url.port or (443 if url.scheme == "https" else 80)
        try:
            address = await resolve(url.host, port, allow_private=webhook.allow_private)
        except RefusedAddressError as error:
            raise PermanentError(str(error)) from error
        except OSError as error:
            raise TemporaryError(f"{url.host} cannot be resolved") from error
        status = await self._post(url, address, webhook, parcel)
        if status < _LEAST_REDIRECT:
            return Receipt(parcel.key)
        if status < _LEAST_ERROR or status in _REFUSED_FOR_GOOD:
            raise PermanentError(f"{url.host} answered {status}")
        raise TemporaryError(f"{url.host} answered {status}")

    async def _post(self, url: httpx.URL, address: str, webhook: WebhookSettings, parcel: Parcel) -> int:
        """Post to the judged address in the name of the host, and return the status; the answer is not read."""
        body = plain(parcel.message.text).encode()
        timestamp = str(int(self._now().timestamp()))
        headers = {
            "Host": url.netloc.decode(), "Content-Type": "application/json", "User-Agent": "Huixiang",
            ID: parcel.key, TIMESTAMP: timestamp, SIGNATURE: signature(webhook.secret, timestamp, body),
        }  # fmt: skip
        if self._client is None:
            self._client = httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=_TIMEOUT)
        request = self._client.build_request(
            "POST", url.copy_with(host=address), content=body, headers=headers,
            extensions={"sni_hostname": url.host},
        )  # fmt: skip
        try:
            response = await self._client.send(request, stream=True)
        except httpx.HTTPError as error:
            raise TemporaryError(f"{url.host}: {type(error).__name__}") from error
        await response.aclose()
        return response.status_code

    def lanes(self, parcel: Parcel) -> tuple[Lane, ...]:
        """Limit nothing: each webhook is a line of its own, so one request at a time."""
        del parcel
        return ()

    async def examine(self, chats: Sequence[str], now: datetime) -> list[Finding]:
        """Look where each webhook's name leads, without calling it."""
        del chats, now
        return [await _finding(webhook) for webhook in self._webhooks.values()]


async def _finding(webhook: WebhookSettings) -> Finding:
    url = httpx.URL(webhook.url)
    params = {"host": webhook.host}
    try:
        await resolve(url.host, url.port or 443, allow_private=webhook.allow_private)
    except RefusedAddressError:
        return Finding("doctor.webhook", False, "doctor.webhook.private", "doctor.webhook.allow", params)  # noqa: FBT003
    except OSError:
        return Finding("doctor.webhook", False, "doctor.webhook.unknown", "doctor.webhook.advice", params)  # noqa: FBT003
    return Finding("doctor.webhook", True, "doctor.webhook.well", params=params)  # noqa: FBT003
