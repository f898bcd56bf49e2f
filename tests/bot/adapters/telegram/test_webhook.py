"""The webhook answers 200 only after the commit, and nobody without the secret gets in."""

import asyncio
import json
from dataclasses import replace

import pytest

from bot.adapters.base import Taken
from bot.adapters.telegram.adapter import TelegramAdapter
from bot.adapters.telegram.parse import parse
from bot.adapters.telegram.settings import TelegramSettings
from bot.adapters.telegram.webhook import BODY_LIMIT, SECRET_HEADER, Webhook
from storage.errors import StorageBusyError
from storage.records import Platform
from tests.bot.adapters.telegram.intake import RecordingIntake
from tests.bot.adapters.telegram.updates import KEY, NOW, RECORDED, US
from tests.botapi import BotApi

RIGHT = {SECRET_HEADER: "s3cret-s3cret"}


def body(name: str, update_id: int | None = None) -> bytes:
    update = dict(RECORDED[name])
    if update_id is not None:
        update["update_id"] = update_id
    return json.dumps(update).encode()


@pytest.fixture
def webhook(intake: RecordingIntake) -> Webhook:
    async def take(batch: object) -> None:
        await intake(Platform.TELEGRAM, batch)  # type: ignore[arg-type]

    return Webhook("s3cret-s3cret", lambda raw: parse(raw, US, NOW), take)


async def test_what_arrives_together_is_one_commit(webhook: Webhook, intake: RecordingIntake) -> None:
    calls = [webhook.receive(RIGHT, body("short", number)) for number in range(1, 41)]
    assert await asyncio.gather(*calls) == [200] * 40
    assert len(intake.batches) == 1
    assert [taken.update_id for taken in intake.taken] == [str(number) for number in range(1, 41)]


@pytest.mark.parametrize(
    "headers", [{}, {SECRET_HEADER: ""}, {SECRET_HEADER: "s3cret"}, {SECRET_HEADER: "别猜"}]
)
async def test_without_the_secret_nobody_gets_in(
    webhook: Webhook, intake: RecordingIntake, headers: dict[str, str]
) -> None:
    assert await webhook.receive(headers, body("short")) == 401
    assert not intake.offered


async def test_a_body_over_the_limit_is_refused(webhook: Webhook, intake: RecordingIntake) -> None:
    assert await webhook.receive(RIGHT, b" " * (BODY_LIMIT + 1)) == 413
    assert not intake.offered


async def test_a_busy_storage_makes_telegram_bring_it_again(
    webhook: Webhook, intake: RecordingIntake
) -> None:
    intake.errors = [StorageBusyError("locked"), RuntimeError("ours")]
    assert await webhook.receive(RIGHT, body("short")) == 503
    assert await webhook.receive(RIGHT, body("short")) == 500
    assert await webhook.receive(RIGHT, body("short")) == 200
    assert len(intake.taken) == 1


async def test_200_comes_only_after_the_commit(webhook: Webhook, intake: RecordingIntake) -> None:
    intake.gate = asyncio.Event()
    first = asyncio.create_task(webhook.receive(RIGHT, body("short", 1)))
    await asyncio.wait_for(intake.was_offered.wait(), 5)
    second = asyncio.create_task(webhook.receive(RIGHT, body("short", 2)))
    third = asyncio.create_task(webhook.receive(RIGHT, body("short", 3)))
    await asyncio.sleep(0)
    assert not first.done()
    intake.gate.set()
    assert await asyncio.gather(first, second, third) == [200, 200, 200]
    assert [len(batch) for batch in intake.batches] == [1, 2]


async def test_a_body_that_is_no_update_is_quarantined(webhook: Webhook, intake: RecordingIntake) -> None:
    assert await webhook.receive(RIGHT, b"[1, 2") == 200
    (taken,) = intake.taken
    assert isinstance(taken, Taken)
    assert taken.error


async def test_what_was_taken_is_committed_before_a_stop(webhook: Webhook, intake: RecordingIntake) -> None:
    waiting = asyncio.create_task(webhook.receive(RIGHT, body("short")))
    await asyncio.sleep(0)
    await webhook.settle()
    assert len(intake.taken) == 1
    assert await waiting == 200


def test_a_webhook_without_a_secret_or_an_address_does_not_start(settings: TelegramSettings) -> None:
    with pytest.raises(ValueError, match="secret"):
        TelegramAdapter(
            replace(settings, mode="webhook", public_url="https://bot.example.com"), KEY, now=lambda: NOW
        )
    with pytest.raises(ValueError, match="address"):
        TelegramAdapter(replace(settings, mode="webhook", webhook_secret="s"), KEY, now=lambda: NOW)


async def test_the_webhook_is_set_with_its_secret_and_our_updates(
    api: BotApi, settings: TelegramSettings, intake: RecordingIntake
) -> None:
    there = replace(
        settings, mode="webhook", public_url="https://bot.example.com/", webhook_secret="s3cret-s3cret"
    )
    adapter = TelegramAdapter(there, KEY, now=lambda: NOW)
    assert await adapter.receive(RIGHT, body("short")) == 503
    await adapter.start(intake)
    call = await api.called("setWebhook")
    await api.called("getMe")
    assert call.params["url"] == "https://bot.example.com/telegram/webhook"
    assert call.params["secret_token"] == "s3cret-s3cret"
    assert "message_reaction" in call.params["allowed_updates"]
    assert not call.params.get("drop_pending_updates")
    await asyncio.wait_for(adapter._known.wait(), 5)
    assert await adapter.receive(RIGHT, body("short")) == 200
    await adapter.stop()
    assert len(intake.taken) == 1
    api.assert_clean()


async def test_a_process_that_does_not_lead_takes_calls_too(
    api: BotApi, settings: TelegramSettings, intake: RecordingIntake
) -> None:
    there = replace(
        settings, mode="webhook", public_url="https://bot.example.com", webhook_secret="s3cret-s3cret"
    )
    adapter = TelegramAdapter(there, KEY, now=lambda: NOW)
    adapter.listen(intake)
    assert await adapter.receive(RIGHT, body("short")) == 503
    await asyncio.wait_for(adapter._known.wait(), 5)
    assert await adapter.receive(RIGHT, body("short")) == 200
    assert not list(api.log.of("setWebhook"))
    await adapter.stop()


async def test_it_can_be_started_again_and_leaves_the_webhook_set(
    api: BotApi, settings: TelegramSettings, intake: RecordingIntake
) -> None:
    there = replace(settings, mode="webhook", public_url="http://127.0.0.1:9", webhook_secret="s3cret-s3cret")
    adapter = TelegramAdapter(there, KEY, now=lambda: NOW)
    await adapter.start(intake)
    await api.called("setWebhook")
    await adapter.stop()
    await adapter.start(intake)
    await api.called("setWebhook", count=2)
    await adapter.stop()
    assert api.intake.webhook_url
