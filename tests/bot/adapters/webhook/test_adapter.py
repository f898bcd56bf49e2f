"""The adapter of outgoing webhooks before a real HTTP server: signature, refusals, retries, restarts."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import pytest

from bot.adapters.base import Parcel, PermanentError, TemporaryError
from bot.adapters.webhook.adapter import WebhookAdapter
from bot.adapters.webhook.settings import WebhookSettings
from bot.drawing import Drawing
from bot.postman import Postman
from bot.relay import Relay
from handlers.veil import NoVeil
from locales.catalog import Catalog
from storage.announcements import ASKED, EVENTS, Subscription
from storage.db import Database
from storage.messages import Message
from storage.promises import DeliveryKind, DeliveryState
from storage.records import ChatKind, Platform
from tests.bot.adapters.webhook.receiver import Receiver, receiving
from tests.fakes import FakeClock, at

SECRET = "a-secret-of-the-tests"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Give a receiver on this machine."""
    with receiving() as found:
        yield found


def settings(receiver: Receiver, *, allow_private: bool = True) -> WebhookSettings:
    return WebhookSettings(receiver.url(), SECRET, tuple(EVENTS), allow_private)


@pytest.fixture
def clock() -> FakeClock:
    """Give a clock."""
    return FakeClock(at("2026-10-12 02:00"))


@pytest.fixture
async def adapter(receiver: Receiver, clock: FakeClock) -> AsyncIterator[WebhookAdapter]:
    """Give the adapter."""
    adapter = WebhookAdapter([settings(receiver)], clock.now)
    yield adapter
    await adapter.stop()


def parcel(receiver: Receiver, body: str = '{"event":"packet"}', key: str = "hook:1:k") -> Parcel:
    chat = settings(receiver).place.external_id
    return Parcel(key, DeliveryKind.POST, chat, ChatKind.PRIVATE, Message(text=(body,)))


async def test_a_request_is_signed_over_its_time_and_body(
    adapter: WebhookAdapter, receiver: Receiver, clock: FakeClock
) -> None:
    await adapter.send(parcel(receiver, '{"text":"按钮太小了"}'))
    [taken] = receiver.taken
    timestamp = taken.headers["Huixiang-Timestamp"]
    signed = hmac.new(SECRET.encode(), timestamp.encode() + b"." + taken.body, hashlib.sha256).hexdigest()
    assert taken.headers["Huixiang-Signature"] == f"sha256={signed}"
    assert timestamp == str(int(clock.at.timestamp()))
    assert taken.headers["Huixiang-Id"] == "hook:1:k"
    assert taken.headers["Content-Type"] == "application/json"
    assert taken.headers["Host"] == f"127.0.0.1:{receiver.port}"
    assert taken.path == "/hook?x=1"
    assert json.loads(taken.body) == {"text": "按钮太小了"}
    assert SECRET not in str(taken)


async def test_a_private_address_is_not_called_unless_that_is_allowed(
    receiver: Receiver, clock: FakeClock
) -> None:
    adapter = WebhookAdapter([settings(receiver, allow_private=False)], clock.now)
    with pytest.raises(PermanentError):
        await adapter.send(parcel(receiver))
    await adapter.stop()
    assert receiver.taken == []
    [finding] = await adapter.examine([], clock.at)
    assert finding.ok is False
    assert finding.advice


async def test_a_redirect_is_not_followed(adapter: WebhookAdapter, receiver: Receiver) -> None:
    receiver.answers = [302]
    with pytest.raises(PermanentError):
        await adapter.send(parcel(receiver))
    assert len(receiver.taken) == 1


@pytest.mark.parametrize("status", [401, 404, 408, 429, 500, 503])
async def test_what_may_pass_is_tried_again(adapter: WebhookAdapter, receiver: Receiver, status: int) -> None:
    receiver.answers = [status]
    with pytest.raises(TemporaryError) as refused:
        await adapter.send(parcel(receiver))
    assert str(refused.value) == f"127.0.0.1 answered {status}"


@pytest.mark.parametrize("status", [400, 410, 422])
async def test_what_will_never_be_taken_is_not(
    adapter: WebhookAdapter, receiver: Receiver, status: int
) -> None:
    receiver.answers = [status]
    with pytest.raises(PermanentError):
        await adapter.send(parcel(receiver))


async def test_a_receiver_that_is_not_there_is_tried_again(clock: FakeClock) -> None:
    with receiving() as receiver:
        adapter = WebhookAdapter([settings(receiver)], clock.now)
    with pytest.raises(TemporaryError):
        await adapter.send(parcel(receiver))
    await adapter.stop()


async def test_a_webhook_that_left_the_config_is_given_up(receiver: Receiver, clock: FakeClock) -> None:
    adapter = WebhookAdapter([], clock.now)
    with pytest.raises(PermanentError):
        await adapter.send(parcel(receiver))


class Line:
    """A database that announces to one receiver, and relays over it, as processes come and go."""

    def __init__(self, database: Database, receiver: Receiver, clock: FakeClock) -> None:
        self.database, self.clock = database, clock
        self.adapter = WebhookAdapter([settings(receiver)], clock.now)
        self.webhook = settings(receiver)
        database.subscriptions = (self.webhook.subscription,)

    def relay(self, owner: str) -> Relay:
        return Relay(
            self.database, {Platform.WEBHOOK: self.adapter}, Drawing(), owner=owner, now=self.clock.now,
            count=lambda *_, **__: None, postman=Postman(NoVeil(), Catalog()),
        )  # fmt: skip

    async def announce(self, key: str) -> None:
        async with self.database.begin() as uow:
            await uow.announcements.put(ASKED, key, {"name": "#1"}, now=self.clock.at)

    async def states(self) -> list[tuple[DeliveryState, int]]:
        async with self.database.read() as uow:
            rows = await uow.connection.exec_driver_sql("SELECT state, attempts FROM deliveries ORDER BY id")
            return [(DeliveryState(state), attempts) for state, attempts in rows]


@pytest.fixture
async def line(database: Database, receiver: Receiver, clock: FakeClock) -> AsyncIterator[Line]:
    """Give a line."""
    line = Line(database, receiver, clock)
    yield line
    await line.adapter.stop()


async def test_it_is_retried_with_pauses_and_comes_once_in_order(line: Line, receiver: Receiver) -> None:
    receiver.answers = [500, 503]
    await line.announce("a")
    await line.announce("b")
    relay = line.relay("one")
    for _ in range(4):
        await relay.drain()
        line.clock.at += timedelta(seconds=10)
    assert [json.loads(taken.body)["id"] for taken in receiver.taken] == ["a", "a", "a", "b"]
    assert len({taken.headers["Huixiang-Id"] for taken in receiver.taken}) == 2
    assert [state for state, _ in await line.states()] == [DeliveryState.SENT, DeliveryState.SENT]


async def test_what_never_arrives_is_given_up_after_a_bounded_number_of_tries(
    line: Line, receiver: Receiver
) -> None:
    receiver.answers = [500] * 100
    await line.announce("a")
    relay = line.relay("one")
    for _ in range(40):
        await relay.drain()
        line.clock.at += timedelta(hours=6)
    assert [state for state, _ in await line.states()] == [DeliveryState.DEAD]
    assert 10 <= len(receiver.taken) <= 20
    async with line.database.read() as uow:
        assert await uow.promises.count_dead(Platform.WEBHOOK) == {"webhook 127.0.0.1": 1}


async def test_what_a_killed_process_was_sending_is_sent_again_under_the_same_id(
    line: Line, receiver: Receiver
) -> None:
    await line.announce("a")
    async with line.database.begin() as uow:
        [leased] = await uow.deliveries.lease(
            [Platform.WEBHOOK], line.clock.at, owner="killed", lease_for=timedelta(seconds=60), limit=1
        )
        await uow.deliveries.mark_sending([leased.delivery.id])
    relay = line.relay("next")
    await relay.recover()
    line.clock.at += timedelta(seconds=10)
    await relay.drain()
    assert [taken.headers["Huixiang-Id"] for taken in receiver.taken] == [leased.delivery.key]
    assert [state for state, _ in await line.states()] == [DeliveryState.SENT]


async def test_nothing_is_announced_that_was_rolled_back(line: Line, receiver: Receiver) -> None:
    async def fail() -> None:
        async with line.database.begin() as uow:
            await uow.announcements.put(ASKED, "a", {}, now=line.clock.at)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    await line.relay("one").drain()
    assert receiver.taken == []


async def test_only_what_was_subscribed_to_is_sent(line: Line, receiver: Receiver) -> None:
    place = line.webhook.place
    line.database.subscriptions = (Subscription(place, frozenset({"packet"}), "webhook x"),)
    await line.announce("a")
    await line.relay("one").drain()
    assert receiver.taken == []
