"""Polling over real HTTP: nothing is confirmed before it is committed, and nothing stops the next question."""

import asyncio
import json
import logging

import pytest

from bot.adapters.telegram.adapter import TelegramAdapter
from bot.adapters.telegram.wire import ALLOWED_UPDATES
from storage.errors import StorageBusyError
from tests.bot.adapters.telegram.intake import RecordingIntake
from tests.botapi import BotApi, Drop, Garbage, refusals
from tests.botapi.cast import Cast


async def test_what_is_said_is_taken_and_confirmed(
    api: BotApi, cast: Cast, adapter: TelegramAdapter, intake: RecordingIntake
) -> None:
    api.says(cast.zhang, "#反馈 按钮太小了", cast.group)
    await adapter.start(intake)
    await api.consumed()
    api.says(cast.zhang, "早上好", cast.group)
    await api.consumed()
    assert intake.texts == ["#反馈 按钮太小了", "早上好"]
    assert api.intake.allowed == frozenset(ALLOWED_UPDATES)
    api.assert_clean()


async def test_nothing_is_confirmed_while_the_storage_is_busy(
    api: BotApi, cast: Cast, adapter: TelegramAdapter, intake: RecordingIntake
) -> None:
    intake.errors = [StorageBusyError("locked"), StorageBusyError("locked")]
    intake.gate = asyncio.Event()
    update_id = api.intake.next_id
    api.says(cast.zhang, "早上好", cast.group)
    await adapter.start(intake)
    await api.until(lambda: intake.offered, 5, "an offer")
    assert api.intake.confirmed == 0
    intake.gate.set()
    await api.consumed()
    assert intake.offered == [[str(update_id)]] * 3
    assert intake.texts == ["早上好"]


async def test_whatever_the_intake_raises_the_batch_comes_again(
    api: BotApi, cast: Cast, adapter: TelegramAdapter, intake: RecordingIntake
) -> None:
    intake.errors = [RuntimeError("a mistake of ours")]
    api.says(cast.zhang, "早上好", cast.group)
    await adapter.start(intake)
    await api.consumed()
    assert intake.texts == ["早上好"]


async def test_a_stop_confirms_what_was_committed_and_waits_for_no_long_poll(
    api: BotApi, cast: Cast, adapter: TelegramAdapter, intake: RecordingIntake
) -> None:
    intake.gate = asyncio.Event()
    api.says(cast.zhang, "早上好", cast.group)
    await adapter.start(intake)
    await api.until(lambda: intake.offered, 5, "an offer")
    stopping = asyncio.create_task(adapter.stop())
    intake.gate.set()
    await asyncio.wait_for(stopping, 3)
    assert intake.texts == ["早上好"]
    assert api.waiting() == 0


async def test_a_stop_does_not_wait_for_a_telegram_that_never_says_who_we_are(
    api: BotApi, cast: Cast, adapter: TelegramAdapter, intake: RecordingIntake
) -> None:
    api.fails("getMe", refusals.SERVER_ERROR, times=None)
    api.says(cast.zhang, "早上好", cast.group)
    await adapter.start(intake)
    await api.polled()
    await asyncio.wait_for(adapter.stop(), 3)
    assert not intake.offered
    assert api.waiting() == 1


@pytest.mark.parametrize(
    "trouble",
    [
        Drop(), Drop(accepted=True), Garbage(), Garbage("", 200), Garbage('{"ok":true,"result":7}'),
        Garbage(status=502), refusals.SERVER_ERROR, refusals.too_many(1),
    ],
)  # fmt: skip
async def test_polling_goes_on_after_trouble_with_one_line_of_log_each(
    api: BotApi, cast: Cast, adapter: TelegramAdapter, intake: RecordingIntake, trouble: Drop | Garbage,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    api.fails("getUpdates", trouble)
    api.says(cast.zhang, "早上好", cast.group)
    await adapter.start(intake)
    await api.consumed()
    assert intake.texts == ["早上好"]
    assert caplog.text.count("telegram_poll_failed") == 1


async def test_a_webhook_in_the_way_is_removed_without_losing_what_waits(
    api: BotApi, cast: Cast, adapter: TelegramAdapter, intake: RecordingIntake
) -> None:
    api.intake.webhook_url = "https://example.com/old"
    api.says(cast.zhang, "早上好", cast.group)
    await adapter.start(intake)
    await api.consumed()
    (removal,) = api.log.of("deleteWebhook")
    assert not removal.params.get("drop_pending_updates")
    assert intake.texts == ["早上好"]
    assert not any(call.params.get("drop_pending_updates") for call in api.calls)


async def test_a_refused_token_is_said_and_not_hammered(
    api: BotApi, adapter: TelegramAdapter, intake: RecordingIntake, caplog: pytest.LogCaptureFixture
) -> None:
    api.fails(None, refusals.UNAUTHORIZED, times=None)
    await adapter.start(intake)
    await api.polled()
    await api.until(lambda: list(api.log.of("getMe")), 5, "getMe")
    await adapter.stop()
    assert api.intake.polls == 1
    assert "telegram_token_refused" in caplog.text


async def test_an_unreadable_update_is_quarantined_alone(
    api: BotApi, cast: Cast, adapter: TelegramAdapter, intake: RecordingIntake
) -> None:
    api.says(cast.zhang, "第一条", cast.group)
    api.intake.put_raw({"update_id": api.intake.next_id, "message": {"message_id": "x"}})
    api.intake.next_id += 1
    api.says(cast.zhang, "第三条", cast.group)
    await adapter.start(intake)
    await api.consumed()
    assert intake.texts == ["第一条", "第三条"]
    assert [bool(taken.error) for taken in intake.taken] == [False, True, False]


async def test_an_update_that_is_no_json_spoils_only_itself(
    api: BotApi, cast: Cast, adapter: TelegramAdapter, intake: RecordingIntake
) -> None:
    api.says(cast.zhang, "第一条", cast.group)
    broken = api.intake.next_id
    api.intake.put_encoded(broken, "message", b'{"update_id": %d, "message": {,}}' % broken)
    api.intake.next_id += 1
    api.says(cast.zhang, "第三条", cast.group)
    await adapter.start(intake)
    await api.consumed()
    assert intake.texts == ["第一条", "第三条"]
    (quarantined,) = [taken for taken in intake.taken if taken.error]
    assert quarantined.update_id == str(broken)


async def test_updates_numbered_anew_after_a_long_silence_are_not_skipped(
    api: BotApi, cast: Cast, adapter: TelegramAdapter, intake: RecordingIntake
) -> None:
    api.says(cast.zhang, "早上好", cast.group)
    await adapter.start(intake)
    await api.consumed()
    seen = api.intake.polls
    await api.until(lambda: api.intake.polls > seen, 5, "an empty poll")
    api.intake.offset = None
    api.intake.next_id = 5
    api.says(cast.zhang, "晚上好", cast.group)
    await api.consumed()
    assert intake.texts == ["早上好", "晚上好"]


async def test_a_press_is_answered_with_its_toast_after_the_commit(
    api: BotApi, cast: Cast, adapter: TelegramAdapter, intake: RecordingIntake
) -> None:
    said = api.world.post(cast.group, api.world.bot.user(), text="早安")
    query = api.presses(cast.zhang, said, data="whatever")
    intake.toasts = {query: "打卡成功"}
    intake.gate = asyncio.Event()
    await adapter.start(intake)
    await api.until(lambda: intake.offered, 5, "an offer")
    assert not list(api.log.of("answerCallbackQuery"))
    intake.gate.set()
    await api.called("answerCallbackQuery")
    assert api.toasts(cast.zhang) == ["打卡成功"]


async def test_the_token_is_never_logged(
    api: BotApi, cast: Cast, adapter: TelegramAdapter, intake: RecordingIntake, caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG)
    logging.getLogger("httpcore").setLevel(logging.DEBUG)
    api.fails("getUpdates", Drop())
    api.says(cast.zhang, "悄悄话不能进日志", cast.zhang)
    await adapter.start(intake)
    await api.consumed()
    await adapter.stop()
    assert api.token.partition(":")[2] not in caplog.text
    assert "悄悄话" not in caplog.text


async def test_a_second_poller_is_noticed_and_the_wait_for_it_ends_with_a_stop(
    api: BotApi, adapter: TelegramAdapter, intake: RecordingIntake, caplog: pytest.LogCaptureFixture
) -> None:
    api.fails("getUpdates", refusals.OTHER_POLLER, times=None)
    await adapter.start(intake)
    await api.until(lambda: "telegram_poll_conflict" in caplog.text, 5, "a conflict")
    await asyncio.wait_for(adapter.stop(), 3)
    assert api.intake.polls == 1


async def test_an_update_that_comes_again_is_handed_on_under_its_own_id(
    api: BotApi, cast: Cast, adapter: TelegramAdapter, intake: RecordingIntake
) -> None:
    said = api.intake.next_id
    api.says(cast.zhang, "早上好", cast.group)
    update = json.loads(api.intake.pending[0].body)
    await adapter.start(intake)
    await api.consumed()
    api.repeats(update)
    await api.consumed()
    assert [taken.update_id for taken in intake.taken] == [str(said)] * 2


async def test_an_outage_of_telegram_is_outlasted(
    api: BotApi,
    cast: Cast,
    adapter: TelegramAdapter,
    intake: RecordingIntake,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await adapter.start(intake)
    await api.polled()
    async with api.outage():
        await until_logged(caplog, "telegram_poll_failed")
        api.says(cast.zhang, "早上好", cast.group)
    await api.consumed()
    assert intake.texts == ["早上好"]


async def until_logged(caplog: pytest.LogCaptureFixture, event: str) -> None:
    """Wait until an event is logged."""
    logged = asyncio.Event()

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if event in record.getMessage():
                logged.set()

    listener = Listener()
    logging.getLogger("bot").addHandler(listener)
    try:
        if event not in caplog.text:
            await asyncio.wait_for(logged.wait(), 10)
    finally:
        logging.getLogger("bot").removeHandler(listener)
