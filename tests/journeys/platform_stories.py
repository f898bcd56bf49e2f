"""Stories that only a platform can tell: limits, moved groups, nights, repeated calls. Played over HTTP."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import httpx

from tests.botapi import refusals
from tests.live import NIGHT, PATIENCE_SECONDS, SECRET, Crew, Live, LiveStage

PlatformStory = Callable[[Live, Crew], Awaitable[None]]
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
RETRY_AFTER_SECONDS = 3
MUCH = 1_100_000  # bytes: more than any update


async def one_group_is_shut_for_three_seconds(live: Live, crew: Crew) -> None:
    """A 429 for one group delays that group alone: private chats are answered meanwhile, then nothing is lost."""
    stage, api = LiveStage(live, crew), live.api
    await stage.says(stage.zhang, "#反馈 限流：提示音太轻了")
    number = await stage.number("限流：")
    await stage.says(stage.li, f"/resolve {number} 提示音能调了", dm=True)
    await stage.hears(stage.zhang, "提示音能调了")
    api.fails("sendMessage", refusals.too_many(RETRY_AFTER_SECONDS), chat=crew.group.id)
    await stage.presses(stage.zhang, "顺手多了")
    refused = await api.until(
        lambda: [call for call in api.log.of("sendMessage", crew.group.id) if call.code == 429],
        PATIENCE_SECONDS, "a refusal",
    )  # fmt: skip
    await stage.says(stage.yu, "/help", dm=True)
    await stage.hears(stage.yu, "")
    answered_after = time.monotonic() - refused[0].at
    await stage.hears(None, "谢谢")
    [thanks] = api.log.of("sendMessage", crew.group.id, ok=True)
    assert thanks.at - refused[0].at >= RETRY_AFTER_SECONDS
    assert answered_after < RETRY_AFTER_SECONDS


async def the_group_becomes_a_supergroup(live: Live, crew: Crew) -> None:
    """A basic group moves to another id in the middle of a loop: what was promised arrives where it is now."""
    stage, api = LiveStage(live, crew), live.api
    said = await stage.says(stage.zhang, "#反馈 搬家：后备箱太难关了")
    await stage.is_marked(said)
    number = await stage.number("搬家：")
    crew.group = api.migrates(crew.group, stage.li)
    await stage.says(stage.li, f"/resolve {number} 后备箱换了气撑", dm=True)
    await stage.hears(stage.zhang, "后备箱换了气撑")
    await stage.presses(stage.zhang, "顺手多了")
    await stage.hears(None, "谢谢")
    again = await stage.says(stage.yu, "#反馈 搬家之后：车窗降得太慢了")
    await stage.is_marked(again)
    served = live.rows("SELECT external_id FROM chats WHERE title = ? AND state = 'served'", crew.group.title)
    assert served == [(str(crew.group.id),)]


async def at_night_nobody_is_woken(live: Live, crew: Crew) -> None:
    """In quiet hours an echo is promised for the morning, the KOS reads when, and nothing is sent."""
    stage = LiveStage(live, crew)
    said = await stage.says(stage.zhang, "#反馈 夜里：氛围灯太亮了")
    await stage.is_marked(said)
    number = await stage.number("夜里：")
    await stage.says(stage.li, f"/resolve {number} 氛围灯能调暗了", dm=True)
    assert "现在不打扰" in await stage.hears(stage.li, f"#{number} 已解决")
    [(due,)] = live.rows(
        "SELECT due_at FROM deliveries WHERE subject = ? AND is_held = 1 AND state = 'pending'",
        f"feedback:{number}",
    )
    hours = (due / 1_000_000 - datetime.now(UTC).timestamp()) / 3600
    assert 4 < hours < 7
    assert await stage.heard(stage.zhang) == []


async def an_update_comes_twice(live: Live, crew: Crew) -> None:
    """An update that was confirmed and comes again is one feedback, marked and answered once."""
    stage, api = LiveStage(live, crew), live.api
    update_id = api.intake.next_id
    said = await stage.says(stage.zhang, "#反馈 两次：方向盘按键太硬了")
    await stage.is_marked(said)
    for _ in range(2):
        api.repeats({"update_id": update_id, "message": said})
    await stage.says(stage.yu, "/help", dm=True)
    await stage.hears(stage.yu, "")
    assert live.rows("SELECT count(*) FROM feedback WHERE text LIKE '%两次：%'") == [(1,)]
    marks = [call.params["reaction"][0]["emoji"] for call in api.log.of("setMessageReaction", crew.group.id)]
    assert len(marks) == len(set(marks))


async def strangers_knock_at_the_webhook(live: Live, crew: Crew) -> None:
    """Without the secret nothing gets in (401), too much does not either (413), and nothing of it is stored."""
    if live.mode != "webhook":
        return
    url = live.api.intake.webhook_url
    forged = {"update_id": 1, "message": _message(crew, "#反馈 伪造：这不是我说的")}
    async with httpx.AsyncClient(trust_env=False) as client:
        wrong = [
            await client.post(url, json=forged),
            await client.post(url, json=forged, headers={SECRET_HEADER: "guessed"}),
            await client.post(url, json=forged, headers={SECRET_HEADER: SECRET[:-1]}),
            await client.post(url, json=forged, headers={SECRET_HEADER: SECRET.upper()}),
        ]
        assert [answer.status_code for answer in wrong] == [401] * 4
        assert all(SECRET not in answer.text for answer in wrong)
        much = await client.post(url, content=b"x" * MUCH, headers={SECRET_HEADER: SECRET})
        assert much.status_code == 413
        nonsense = await client.post(url, content=b"\x00\xff not json", headers={SECRET_HEADER: SECRET})
        assert nonsense.status_code in (200, 400)
        assert (await client.get(url)).status_code in (404, 405)
    said = await LiveStage(live, crew).says(crew.zhang, "#反馈 敲门之后：还听得见吗")
    await LiveStage(live, crew).is_marked(said)
    assert live.rows("SELECT 1 FROM feedback WHERE text LIKE '%伪造：%'") == []
    assert "telegram_webhook_secret_wrong" in live.bots[0].events()


def _message(crew: Crew, text: str) -> dict[str, object]:
    who = {"chat": crew.group.short(), "from": crew.zhang.user()}
    return {"message_id": 999, "date": int(time.time()), **who, "text": text}


PLATFORM_STORIES: dict[str, PlatformStory] = {
    story.__name__: story
    for story in (
        one_group_is_shut_for_three_seconds, the_group_becomes_a_supergroup, at_night_nobody_is_woken,
        an_update_comes_twice, strangers_knock_at_the_webhook,
    )
}  # fmt: skip
HOURS = {"at_night_nobody_is_woken": NIGHT}
KINDS = {"the_group_becomes_a_supergroup": "group"}
