"""Stories of power cuts and outages: the real process is killed, its database taken, Telegram gone. Over HTTP.

After each: nothing lost, and nothing doubled but a private message whose fate nobody could know, once.
"""

from __future__ import annotations

import asyncio
import resource
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import UTC, datetime

from tests.botapi import Drop, Garbage, Hang, refusals
from tests.live import PATIENCE_SECONDS, Crew, Live, LiveStage
from tests.postgres import own_server

HardTime = Callable[[Live, Crew], Awaitable[None]]


async def a_message_is_cut_off(live: Live, crew: Crew) -> None:
    """Killed after the commit, before the confirmation and before the answer; then between send and settle."""
    stage, api = LiveStage(live, crew), live.api
    bot = await live.start()
    await stage.says(stage.zhang, "早上好呀，今天路上好堵")
    await api.consumed(seconds=PATIENCE_SECONDS)

    api.fails("getUpdates", Hang())
    api.fails("setMessageReaction", refusals.too_many(1), chat=crew.group.id)
    said = await stage.says(stage.zhang, "#反馈 断电：按钮太小了，戴着手套按不准")
    await stage.number("断电：")
    await put_off(live, crew.group.id)
    assert api.waiting() == 1
    bot.kill()
    await live.run(bot)
    await marked_as_heard(live, crew, said)
    await api.consumed(seconds=PATIENCE_SECONDS)
    assert live.rows("SELECT count(*) FROM feedback") == [(1,)]
    assert live.rows("SELECT sum(messages) FROM activity") == [(2,)]
    assert await stage.heard(None) == []

    api.fails("sendMessage", Hang(accepted=True), chat=stage.zhang.id)
    await stage.says(stage.zhang, "/mine", dm=True)
    await stage.hears(stage.zhang, "断电：")
    bot.kill()
    await live.run(bot)
    await settled(live, stage.zhang.id)
    lists = [text for text in await stage.heard(stage.zhang) if "您的反馈" in text]
    assert len(lists) in (1, 2)

    api.fails("sendMessage", Hang(accepted=True), chat=crew.group.id)
    await stage.says(stage.zhang, "/help")
    await stage.hears(None, "")
    bot.kill()
    await live.run(bot)
    await live.row(
        "SELECT 1 FROM deliveries d JOIN chats c ON c.id = d.chat_id WHERE c.external_id = ? AND d.state = 'unknown'",
        str(crew.group.id), what="a post whose fate nobody knows",
    )  # fmt: skip
    assert len(await stage.heard(None)) == 1
    again = await stage.says(stage.yu, "#反馈 断电之后：还听得见吗")
    await marked_as_heard(live, crew, again)


async def a_ritual_is_cut_off(live: Live, crew: Crew) -> None:
    """Killed between claim and post, while it collects, and between close and summary."""
    stage, api = LiveStage(live, crew), live.api
    api.fails("sendMessage", refusals.too_many(1), chat=crew.group.id)
    bot = await live.start()
    await put_off(live, crew.group.id)
    bot.kill()
    await live.run(bot)
    await stage.hears(None, "月")
    runs = live.rows("SELECT ritual, state, reason FROM runs ORDER BY ritual")
    assert runs == [("late", "skipped", "missed"), ("morning", "open", "")], runs

    await stage.presses(stage.zhang, "打卡")
    await stage.hears(None, "已有 1 人打卡")
    bot.kill()
    greeting = api.heard(crew.group)[-1]
    api.reacts(stage.yu, greeting, "❤")
    await live.run(bot)
    await live.row("SELECT 1 FROM (SELECT count(*) AS n FROM checkins) WHERE n = 2", what="both are counted")
    bot.kill()

    evening(live)
    api.fails("sendMessage", refusals.too_many(1), chat=crew.group.id)
    await live.run(bot)
    await put_off(live, crew.group.id)
    bot.kill()
    await live.run(bot)
    await stage.hears(None, "今天有 2 位打了卡")
    greetings = [text for text in await stage.heard(None) if "月" in text]
    summaries = [text for text in await stage.heard(None) if "位打了卡" in text]
    assert (len(greetings), len(summaries)) == (1, 1)


async def a_promise_is_cut_off(live: Live, crew: Crew) -> None:
    """Killed after /resolve was committed and before the echo; again while the question is open."""
    stage, api = LiveStage(live, crew), live.api
    bot = await live.start()
    await stage.says(stage.zhang, "#反馈 承诺：座椅加热太慢了，等半天")
    number = await stage.number("承诺：")
    api.fails("sendMessage", refusals.too_many(1), chat=stage.zhang.id)
    await stage.says(stage.li, f"/resolve {number} 4.3 里加热快了一倍", dm=True)
    await put_off(live, stage.zhang.id)
    bot.kill()
    await live.run(bot)
    await stage.hears(stage.zhang, "4.3 里加热快了一倍")
    await settled(live, stage.zhang.id)

    bot.kill()
    await stage.presses(stage.zhang, "顺手多了")
    await live.run(bot)
    await stage.becomes(number, "verified")
    await stage.hears(None, "谢谢")
    await stage.hears(stage.zhang, "谢谢您亲自确认")
    await settled(live, crew.group.id)
    assert [text for text in await stage.heard(None) if "谢谢" in text] == await stage.heard(None)
    assert len(await stage.heard(None)) == 1
    assert len(await stage.heard(stage.zhang)) == 1
    assert live.rows(
        "SELECT count(*) FROM contributions WHERE member_id IN (SELECT contributor_id FROM feedback)"
    ) == [(3,)]


async def two_serve_one_database(live: Live, crew: Crew) -> None:
    """Two processes, one firing and one poller; when the one that leads is killed, the other goes on."""
    stage, api = LiveStage(live, crew), live.api
    both = live.bot(), live.bot()
    for bot in both:
        bot.start()
    await api.polled(seconds=PATIENCE_SECONDS)
    await stage.hears(None, "月")
    await api.until(lambda: all("ready" in bot.events() for bot in both), PATIENCE_SECONDS, "both are ready")
    [leader] = [bot for bot in both if "leading" in bot.events()]
    [other] = [bot for bot in both if bot is not leader]
    said = await stage.says(stage.zhang, "#反馈 两个：后视镜起雾太快了")
    await marked_as_heard(live, crew, said)
    leader.kill()
    again = await stage.says(stage.yu, "#反馈 接班：雨刷太吵了，听不清导航")
    await marked_as_heard(live, crew, again)
    assert "leading" in other.events()
    assert live.rows("SELECT count(*) FROM runs WHERE ritual = 'morning'") == [(1,)]
    assert len([text for text in await stage.heard(None) if "月" in text]) == 1
    assert "telegram_poll_failed" not in [*leader.events(), *other.events()]


async def telegram_is_gone_for_a_while(live: Live, crew: Crew) -> None:
    """No server, gateway errors, garbage, cut connections: what people said meanwhile is heard afterwards."""
    stage, api = LiveStage(live, crew), live.api
    bot = await live.start()
    for trouble in (Garbage(), Garbage(status=502), refusals.BAD_GATEWAY, Drop(), Garbage("", 200)):
        api.fails("getUpdates", trouble)
    first = await stage.says(stage.zhang, "#反馈 断网：提示音太轻了")
    await marked_as_heard(live, crew, first)
    await api.until(lambda: not api.faults.find("getUpdates", None), PATIENCE_SECONDS, "all trouble met")

    async with api.outage():
        second = await stage.says(stage.yu, "#反馈 断网时：导航太绕了")
    api.fails("setMessageReaction", refusals.SERVER_ERROR, chat=crew.group.id)
    await marked_as_heard(live, crew, second)
    assert live.rows("SELECT count(*) FROM feedback") == [(2,)]
    assert "telegram_poll_failed" in bot.events()


async def the_database_is_taken_and_the_disk_is_full(live: Live, crew: Crew) -> None:
    """While nothing can be stored nothing is confirmed; afterwards everything is there, once."""
    stage, api = LiveStage(live, crew), live.api
    bot = await live.start()
    await stage.says(stage.zhang, "大家好，我是新来的")
    await api.consumed(seconds=PATIENCE_SECONDS)
    with closing(sqlite3.connect(live.folder / "data/huixiang.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        first = await stage.says(stage.zhang, "#反馈 锁住：按钮太小了")
        await api.until(lambda: "telegram_intake_waits" in bot.events(), PATIENCE_SECONDS, "it waits")
        assert api.waiting() == 1
        other.execute("ROLLBACK")
    await marked_as_heard(live, crew, first)

    waits = bot.events().count("telegram_intake_waits")
    assert bot.process is not None
    full = resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE, (bot.log.stat().st_size + 65_536, -1))
    second = await stage.says(stage.yu, "#反馈 盘满：" + "空调出风口有异味。" * 300)
    await api.until(
        lambda: bot.events().count("telegram_intake_waits") > waits, PATIENCE_SECONDS, "it waits again"
    )
    assert api.waiting() == 1
    resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE, full)
    await marked_as_heard(live, crew, second)
    await api.consumed(seconds=PATIENCE_SECONDS)
    assert live.rows("SELECT count(*) FROM feedback") == [(2,)]
    assert await stage.heard(None) == []
    assert "handler_failed" not in bot.events()


async def the_database_server_goes_away(live: Live, crew: Crew) -> None:
    """PostgreSQL stops and comes back: nothing is confirmed meanwhile, afterwards everything is there, once."""
    stage, api = LiveStage(live, crew), live.api
    with own_server() as server:
        live.database_url = server.url
        bot = await live.start()
        first = await stage.says(stage.zhang, "#反馈 停机前：按钮太小了")
        await marked_as_heard(live, crew, first)
        await asyncio.to_thread(server.stop)
        second = await stage.says(stage.yu, "#反馈 停机时：空调出风口有异味")
        notices = {"telegram_intake_waits", "lead_lost"}
        await api.until(lambda: notices & set(bot.events()), PATIENCE_SECONDS, "it notices")
        assert api.waiting() == 1
        await asyncio.to_thread(server.start)
        await marked_as_heard(live, crew, second)
        await api.consumed(seconds=PATIENCE_SECONDS)
        await stage.says(stage.yu, "/mine", dm=True)
        number = (await stage.hears(stage.yu, "停机时：")).partition("#")[2].partition(" ")[0]
        await stage.says(stage.li, f"/resolve {number} 换了滤芯", dm=True)
        await stage.hears(stage.yu, "换了滤芯")
        assert await stage.heard(None) == []
        assert bot.events().count("leading") == 2
        assert not {"handler_failed", "telegram_intake_failed", "relay_failed"} & set(bot.events())
        await bot.stop()


async def an_answer_is_under_way_at_the_stop(live: Live, crew: Crew) -> None:
    """Stopped between send and answer: the answer is waited for, so nothing is in doubt and nothing comes twice."""
    stage, api = LiveStage(live, crew), live.api
    bot = await live.start()
    for chat in (crew.group.id, stage.zhang.id):
        api.fails("sendMessage", Hang(1.0, accepted=True), chat=chat)
    await stage.says(stage.yu, "/help")
    await stage.says(stage.zhang, "/mine", dm=True)
    await stage.hears(None, "")
    await stage.hears(stage.zhang, "")
    await bot.stop()
    assert live.rows("SELECT state, count(*) FROM deliveries GROUP BY state") == [("sent", 2)]


HARD_TIMES: dict[str, HardTime] = {
    story.__name__: story
    for story in (
        a_message_is_cut_off, a_ritual_is_cut_off, a_promise_is_cut_off, two_serve_one_database,
        telegram_is_gone_for_a_while, the_database_is_taken_and_the_disk_is_full,
        the_database_server_goes_away, an_answer_is_under_way_at_the_stop,
    )
}  # fmt: skip


async def put_off(live: Live, external_id: int) -> None:
    """Wait until something promised to a chat was refused and is kept for later."""
    await live.row(
        "SELECT 1 FROM deliveries d JOIN chats c ON c.id = d.chat_id"
        " WHERE c.external_id = ? AND d.state = 'pending' AND d.retry_at IS NOT NULL",
        str(external_id), what="something is put off",
    )  # fmt: skip


async def marked_as_heard(live: Live, crew: Crew, said: object) -> None:
    """Wait until a feedback bears its mark."""
    await LiveStage(live, crew).is_marked(said)


async def settled(live: Live, external_id: int) -> None:
    """Wait until nothing promised to a chat is open."""
    await live.row(
        "SELECT 1 FROM chats c WHERE c.external_id = ? AND NOT EXISTS"
        " (SELECT 1 FROM deliveries d WHERE d.chat_id = c.id AND d.state IN ('pending', 'sending'))",
        str(external_id), what="everything is settled",
    )  # fmt: skip


def evening(live: Live) -> None:
    """Let the window of what is open have ended while nobody was there."""
    now = int(datetime.now(UTC).timestamp() * 1_000_000)
    with closing(sqlite3.connect(live.folder / "data/huixiang.db")) as database, database:
        database.execute("UPDATE runs SET closes_at = ? WHERE state = 'open'", (now,))
