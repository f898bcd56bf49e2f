"""What the doctor says of Telegram, and that each finding has words in both languages."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.adapters.base import Finding
from bot.adapters.telegram.adapter import TelegramAdapter
from bot.adapters.telegram.examine import judge_clock
from bot.adapters.telegram.settings import TelegramSettings
from locales.catalog import LANGUAGES, Catalog
from tests.bot.adapters.telegram.intake import RecordingIntake
from tests.bot.adapters.telegram.updates import KEY, NOW
from tests.botapi import BotApi, Drop
from tests.botapi.cast import Cast


async def examined(settings: TelegramSettings, *chats: int) -> dict[str, Finding]:
    adapter = TelegramAdapter(settings, KEY, now=lambda: NOW)
    findings = await adapter.examine([str(chat) for chat in chats], datetime.now(UTC))
    await adapter.stop()
    texts = Catalog()
    for finding in findings:
        for text_id in filter(None, (finding.check, finding.detail, finding.advice)):
            for language in LANGUAGES:
                assert texts.plain(language, text_id, **finding.params)
        assert not finding.ok or not finding.advice
    return {finding.check.rpartition(".")[2]: finding for finding in findings}


async def test_after_a_start_everything_is_well(
    api: BotApi, cast: Cast, settings: TelegramSettings, adapter: TelegramAdapter, intake: RecordingIntake
) -> None:
    await adapter.start(intake)
    await api.polled()
    found = await examined(settings, cast.group.id)
    assert {name: finding.ok for name, finding in found.items() if name != "clock"} == {
        "token": True, "privacy": True, "intake": True, "updates": True, "rights": True,
    }  # fmt: skip


async def test_privacy_mode_and_missing_rights_are_named(
    api: BotApi, cast: Cast, settings: TelegramSettings
) -> None:
    api.world.reads_all = False
    plain = api.group("普通群", cast.zhang, bot="member")
    left = api.group("退出的群", cast.zhang, bot="left")
    found = await examined(settings, plain.id)
    assert found["privacy"].ok is False
    assert found["rights"].advice == "doctor.telegram.no_admin_advice"
    assert (await examined(settings, left.id))["rights"].advice == "doctor.telegram.absent_advice"
    assert (await examined(settings, -100999))["rights"].advice == "doctor.telegram.absent_advice"


async def test_an_admin_who_may_not_edit_member_tags_is_well_and_says_so(
    cast: Cast, settings: TelegramSettings
) -> None:
    assert (await examined(settings, cast.group.id))["rights"].detail == "doctor.telegram.admin"
    cast.group.may_tag = False
    found = (await examined(settings, cast.group.id))["rights"]
    assert (found.ok, found.detail) == (True, "doctor.telegram.admin_without_tags")


async def test_a_bad_token_is_the_only_finding(api: BotApi, settings: TelegramSettings) -> None:
    found = await examined(replace(settings, token="5000000000:wrong"), -1)
    assert list(found) == ["token"]
    assert found["token"].ok is False


async def test_a_silent_telegram_leaves_things_open(
    api: BotApi, cast: Cast, settings: TelegramSettings
) -> None:
    api.fails("getMe", Drop())
    assert (await examined(settings))["token"].ok is False  # nothing works without it
    for method in ("getWebhookInfo", "getChatMember"):
        api.fails(method, Drop(), times=None)
    found = await examined(settings, cast.group.id)
    assert found["intake"].ok is None
    assert found["rights"].ok is None


async def test_a_webhook_that_polling_does_not_want_is_named(api: BotApi, settings: TelegramSettings) -> None:
    api.intake.webhook_url = "https://example.com/old"
    assert (await examined(settings))["intake"].advice == "doctor.telegram.webhook_set_advice"


async def test_a_webhook_that_points_elsewhere_or_fails_is_named(
    api: BotApi, settings: TelegramSettings
) -> None:
    there = replace(settings, mode="webhook", public_url="https://bot.example.com", webhook_secret="s")
    assert (await examined(there))["intake"].advice == "doctor.telegram.webhook_advice"


@pytest.mark.parametrize(
    ("away", "ok"),
    [(timedelta(seconds=5), True), (timedelta(minutes=5), False), (timedelta(minutes=-5), False)],
)
def test_a_wrong_clock_is_noticed(away: timedelta, ok: bool) -> None:
    date = (NOW + away).strftime("%a, %d %b %Y %H:%M:%S GMT")
    assert judge_clock(date, NOW).ok is ok


def test_a_clock_that_nobody_tells_is_left_open() -> None:
    assert judge_clock("", NOW).ok is None
    assert judge_clock("yesterday", NOW).ok is None
