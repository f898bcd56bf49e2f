"""Stories that only a platform can tell: limits, moved groups, nights, repeated calls. Played over HTTP."""

from __future__ import annotations

import time
import unicodedata
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


async def a_critic_who_blocked_us(live: Live, crew: Crew) -> None:
    """Who is out of reach under an alias hears what waited when they come back; no row tells that it waited."""
    stage, api = LiveStage(live, crew), live.api
    await stage.says(stage.zhang, "/private 化名", dm=True)
    await stage.hears(stage.zhang, "只看到一个化名")
    await stage.says(stage.zhang, "躲着说：门店的人把我晾了半个小时", dm=True)
    number = await stage.number("躲着说：")
    await stage.hears(stage.zhang, "您的化名是")
    api.blocks(stage.zhang)
    await stage.says(stage.li, f"/resolve {number} 店长换了人", dm=True)
    about = (
        "SELECT error, sent_at FROM deliveries WHERE state = 'sent' AND subject = ? AND key LIKE '%:member:%'"
    )
    kept = await live.row(about, f"feedback:{number}")
    assert kept[0] == ""
    assert not any("店长换了人" in text for text in await stage.heard(stage.zhang))
    api.starts(stage.zhang)
    await stage.hears(stage.zhang, "店长换了人")
    assert live.rows(about, f"feedback:{number}") == [kept]
    climbs = (
        "SELECT t.key FROM timers t JOIN deliveries d ON t.subject = 'delivery:' || d.id WHERE d.subject = ?"
    )
    assert live.rows(climbs, f"feedback:{number}") == []
    await stage.presses(stage.zhang, "顺手多了")
    await stage.becomes(number, "verified")


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
    url = live.api.intake.webhook_url
    forged = {"update_id": 1, "message": _message(crew, "#反馈 伪造：这不是我说的")}
    async with httpx.AsyncClient(verify=False, trust_env=False) as client:
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


def _does_harm(character: str) -> bool:
    """Tell what databases refuse, nobody sees, or turns a line around."""
    return character != "\n" and (unicodedata.category(character) == "Cc" or character in TURNING_OR_UNSEEN)


def _message(crew: Crew, text: str) -> dict[str, object]:
    who = {"chat": crew.group.short(), "from": crew.zhang.user()}
    return {"message_id": 999, "date": int(time.time()), **who, "text": text}


async def hostile_texts(live: Live, crew: Crew) -> None:
    """Whatever people write is kept as they wrote it, and shown again in words that Telegram accepts."""
    stage, api = LiveStage(live, crew), live.api
    people = {
        name: api.person(name, username=f"hostile{number}", started=True)
        for number, name in enumerate((*HOSTILE_TEXTS, *HOSTILE_NAMES))
    }
    texts = HOSTILE_TEXTS | {
        name: f"#反馈 敌意：叫{number}号的人有话说" for number, name in enumerate(HOSTILE_NAMES)
    }
    numbers = {}
    for name, person in people.items():
        crew.group.statuses[person.id] = "member"
        await stage.is_marked(await stage.says(person, texts[name]))
        [(number, stored)] = live.rows(
            "SELECT f.id, f.text FROM feedback f JOIN members m ON m.id = f.contributor_id WHERE m.external_id = ?",
            str(person.id),
        )
        assert stored == "".join(c for c in texts[name] if not _does_harm(c))
        numbers[name] = number
    for name in ("markup", "as long as we take"):
        await stage.says(stage.li, f"/show {numbers[name]}", dm=True)
        await stage.hears(stage.li, texts[name][:20])
    for name, number in numbers.items():
        await stage.says(people[name], "/mine", dm=True)
        await stage.says(stage.li, f"/resolve {number} 改好了", dm=True)
    for name, number in numbers.items():
        await stage.hears(people[name], f"#{number}")
        await stage.hears(people[name], "改好了。您看看")
    assert await stage.heard(None) == []


HOSTILE_TEXTS = {
    "markup": '#反馈 敌意：<b>粗</b> & <a href="tg://user?id=1">点我</a> &lt; </code> <',
    "fields": "#反馈 敌意：{who} {count} {0} %s %(x)s $x \\n `x` *x* _x_ [x](y)",
    "control": "#反馈 敌意：按钮\0太小\x07了\x1b[31m红\x7f",
    "right to left": "#反馈 敌意：\u202e\u2066反过来的按钮\u2067太小了",
    "zero width": "#反馈 敌意：按\u200b钮\u200d太\ufeff小\u2060了",
    "mentions": "#反馈 敌意：@everyone @zhang1 /resolve 1 #2 https://example.com/?a=1&b=2",
    "families": "#反馈 敌意，一家人都说：" + "👨‍👩‍👧‍👦🏳️‍🌈" * 40,
    "combining": "#反馈 敌意：Z" + "\u0335\u0321" * 300 + "algo",
    "as long as we take": ("#反馈 敌意：" + "按钮太小了。" * 700)[:4000],
    "lines": "#反馈 敌意：" + "\n" * 300 + "按钮太小了",
}
TURNING_OR_UNSEEN = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u2060\ufeff"
HOSTILE_NAMES = ("<b>&", "\u202e哥张", "{who}", "\u200b", "@all" + "名" * 60)


async def nothing_to_say(live: Live, crew: Crew) -> None:
    """A tag with nothing behind it, or nothing one can see, gets one line at most and makes no feedback."""
    stage = LiveStage(live, crew)
    for text in (
        "#反馈",
        "＃反馈   ",
        "#反馈 \u200b\u200b\u2060\ufeff\u200d\u200b\u200b",
        "#反馈 。。。。。。。。",
        "#",
        "##",
        "/",
    ):
        await stage.says(stage.zhang, text)
    last = await stage.says(stage.yu, "#反馈 空话之后：还听得见吗")
    await stage.is_marked(last)
    assert live.rows(
        "SELECT f.text FROM feedback f JOIN chats c ON c.id = f.chat_id WHERE c.external_id = ?",
        str(crew.group.id),
    ) == [("#反馈 空话之后：还听得见吗",)]
    assert len(await stage.heard(None)) <= 1


async def forged_buttons_and_links(live: Live, crew: Crew) -> None:
    """A button of another chat, of somebody else, broken or made up does nothing; nor does a stranger's link."""
    stage, api = LiveStage(live, crew), live.api
    await stage.says(stage.zhang, "#反馈 伪造：后排出风口太吵了")
    number = await stage.number("伪造：后排")
    await stage.says(stage.li, f"/resolve {number} 换了出风口", dm=True)
    await stage.hears(stage.zhang, "换了出风口")
    question = api.heard(stage.zhang)[-1]
    data = question.raw["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    await stage.says(stage.yu, "/help", dm=True)
    await stage.hears(stage.yu, "")
    there = api.heard(stage.yu)[-1]
    for forged in (data, data[:-1], data[1:], "verify:1:1:better", "", "x" * 64, "\0", f"resolve:{number}:1"):
        api.presses(stage.yu, there, data=forged)
    api.presses(stage.zhang, question, data=data.replace("better", "still"))
    await api.until(lambda: not api.unanswered(), PATIENCE_SECONDS, "every press is answered")
    for payload in ("d1", f"d{number}", "AAAAAAAAAAAAd1", "-", "_" * 64):
        api.starts(stage.yu, payload)
    api.says(stage.yu, "/start " + "很长" * 500)
    await stage.says(stage.yu, "/mine", dm=True)
    await stage.hears(stage.yu, "您还没有提过反馈")
    assert not any("换了出风口" in text for text in await stage.heard(stage.yu))
    assert live.rows("SELECT status FROM feedback WHERE id = ?", number)[0][0] in ("resolved", "unconfirmed")


async def who_is_no_member(live: Live, crew: Crew) -> None:
    """Anonymous admins, channels, bots and people without a role: no order of theirs is carried out."""
    stage, api = LiveStage(live, crew), live.api
    await stage.says(stage.zhang, "#反馈 权限：手机支架太松了")
    number = await stage.number("权限：")
    channel, bot = api.group("频道", type="channel"), api.person("别的机器人", is_bot=True)
    order = f"/resolve {number} 改好了"
    api.says(stage.li, order, crew.group, as_chat=crew.group)
    api.says(stage.li, order, crew.group, as_chat=channel)
    api.says(bot, order, crew.group)
    api.says(bot, "#反馈 权限：我是机器人，我也有话说", crew.group)
    api.says(stage.yu, order, crew.group)
    await stage.hears(None, "只有工作人员可以用")
    assert live.rows("SELECT status FROM feedback WHERE text LIKE '%权限：%'") == [("received",)]
    elsewhere = api.group("别的群", stage.li, stage.zhang)
    api.says(stage.li, order, elsewhere)
    api.says(stage.zhang, "#反馈 权限：别的群里说的", elsewhere)
    last = await stage.says(stage.zhang, "早上好，权限之后还在")
    await api.until(
        lambda: live.rows("SELECT 1 FROM chats WHERE external_id = ?", str(elsewhere.id)), PATIENCE_SECONDS
    )
    del last
    assert live.rows("SELECT status FROM feedback WHERE text LIKE '%权限：%'") == [("received",)]


PLATFORM_STORIES: dict[str, PlatformStory] = {
    story.__name__: story
    for story in (
        one_group_is_shut_for_three_seconds, the_group_becomes_a_supergroup, at_night_nobody_is_woken,
        an_update_comes_twice, strangers_knock_at_the_webhook, hostile_texts, nothing_to_say,
        forged_buttons_and_links, who_is_no_member, a_critic_who_blocked_us,
    )
}  # fmt: skip
HOURS = {"at_night_nobody_is_woken": NIGHT}
KINDS = {"the_group_becomes_a_supergroup": "group"}
ONLY = {
    "strangers_knock_at_the_webhook": "webhook",
    **dict.fromkeys(
        (
            "hostile_texts",
            "nothing_to_say",
            "forged_buttons_and_links",
            "who_is_no_member",
            "a_critic_who_blocked_us",
        ),
        "polling",
    ),
}
"""Stories of one mode: what goes over the network differently, or what has nothing to do with it."""
