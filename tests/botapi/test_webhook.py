"""Webhook delivery by real HTTP: the secret, redelivery, parallel connections, no polling beside it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import msgspec
import pytest
import telegram
from telegram.error import BadRequest, Conflict

from tests.botapi import BotApi
from tests.botapi.cast import Cast
from tests.botapi.wire import Connection, Reply, Request


@dataclass(slots=True)
class Receiver:
    """A bot's web server: keeps what arrives and answers as told."""

    url: str = ""
    arrived: list[Request] = field(default_factory=list)
    answers: list[Reply] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    open_now: int = 0
    open_most: int = 0

    async def handle(self, request: Request) -> Reply:
        self.arrived.append(request)
        self.open_now += 1
        self.open_most = max(self.open_most, self.open_now)
        await self.gate.wait()
        self.open_now -= 1
        return self.answers.pop(0) if self.answers else Reply()

    def ids(self) -> list[int]:
        return [msgspec.json.decode(request.body)["update_id"] for request in self.arrived]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    receiver.gate.set()
    connections: set[Connection] = set()
    crashes: list[BaseException] = []
    server = await asyncio.get_running_loop().create_server(
        lambda: Connection(receiver.handle, connections, crashes.append), "127.0.0.1", 0
    )
    receiver.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/telegram/webhook"
    yield receiver
    server.close()
    for connection in list(connections):
        await connection.drop()
    await server.wait_closed()
    await asyncio.sleep(0)
    assert not crashes


async def test_updates_are_posted_with_the_secret_and_confirmed_by_2xx(
    api: BotApi, bot: telegram.Bot, cast: Cast, receiver: Receiver
) -> None:
    api.says(cast.zhang, "先前", cast.group)
    await bot.set_webhook(receiver.url, secret_token="s3cret_-", max_connections=3)
    api.says(cast.zhang, "早", cast.group)
    await api.consumed()
    assert [request.headers["x-telegram-bot-api-secret-token"] for request in receiver.arrived] == [
        "s3cret_-"
    ] * 2
    assert [request.verb for request in receiver.arrived] == ["POST", "POST"]
    info = await bot.get_webhook_info()
    assert (info.url, info.pending_update_count, info.max_connections) == (receiver.url, 0, 3)
    with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active"):
        await bot.get_updates()
    await bot.delete_webhook()
    assert await bot.get_updates() == ()
    api.assert_clean()


async def test_what_is_not_answered_with_2xx_comes_again(
    api: BotApi, bot: telegram.Bot, cast: Cast, receiver: Receiver
) -> None:
    api.webhook.retry_seconds = 0.01
    receiver.answers = [Reply(500), Reply(dropped=True), Reply(200)]
    await bot.set_webhook(receiver.url)
    api.says(cast.zhang, "早", cast.group)
    await api.consumed()
    assert len(set(receiver.ids())) == 1
    assert [status for _, status in api.webhook.attempts] == [500, None, 200]
    assert (await bot.get_webhook_info()).last_error_message


async def test_a_slow_answer_counts_as_none(
    api: BotApi, bot: telegram.Bot, cast: Cast, receiver: Receiver
) -> None:
    api.webhook.timeout_seconds = 0.05
    api.webhook.retry_seconds = 0.01
    receiver.gate.clear()
    await bot.set_webhook(receiver.url)
    api.says(cast.zhang, "早", cast.group)
    await api.until(lambda: len(api.webhook.attempts) >= 2, 5, "two attempts")
    receiver.gate.set()
    await api.consumed()
    assert (await bot.get_webhook_info()).last_error_message == "Read timeout expired"


async def test_chats_are_posted_in_parallel_and_each_in_order(
    api: BotApi, bot: telegram.Bot, cast: Cast, receiver: Receiver
) -> None:
    receiver.gate.clear()
    await bot.set_webhook(receiver.url, max_connections=2)
    others = [api.group(f"群{number}", cast.zhang) for number in range(3)]
    for number in range(2):
        for group in others:
            api.says(cast.zhang, str(number), group)
    await api.until(lambda: receiver.open_now == 2, 5, "two at once")
    receiver.gate.set()
    await api.consumed()
    assert receiver.open_most == 2
    for group in others:
        bodies = [msgspec.json.decode(request.body)["message"] for request in receiver.arrived]
        assert [body["text"] for body in bodies if body["chat"]["id"] == group.id] == ["0", "1"]


async def test_a_removed_webhook_leaves_the_rest_to_polling(
    api: BotApi, bot: telegram.Bot, cast: Cast, receiver: Receiver
) -> None:
    receiver.answers = [Reply(503)] * 99
    await bot.set_webhook(receiver.url)
    for number in range(3):
        api.says(cast.zhang, str(number), cast.group)
    await api.until(lambda: api.webhook.attempts, 5, "an attempt")
    await bot.delete_webhook()
    texts = [update.message.text for update in await bot.get_updates() if update.message]
    assert texts == ["0", "1", "2"]


async def test_a_bad_secret_and_a_plain_http_address_are_refused(
    api: BotApi, bot: telegram.Bot, receiver: Receiver
) -> None:
    with pytest.raises(BadRequest, match="an https url must be provided"):
        await bot.set_webhook("http://example.com/hook")
    api.expects("HTTPS")
    with pytest.raises(BadRequest, match="Secret token contains unallowed characters"):
        await bot.set_webhook(receiver.url, secret_token="a b")
    api.expects("secret token")
