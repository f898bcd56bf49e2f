"""Dialogues about /resolve (handlers/kos/resolve.py)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from storage.contributions import Credit
from storage.records import Feedback, Role, Status
from storage.staff import CHAT, Grant
from tests.handlers.conftest import open_private
from tests.talk import LI, MIN, PLATFORM, YU, ZHANG, Captured, Person, Talk

Follow = Callable[[Feedback, Person], Awaitable[None]]


async def test_the_contributor_hears_in_the_kos_own_words_and_is_asked_whether_it_is_better(
    talk: Talk, captured: Captured
) -> None:
    feedback = await captured()
    await talk.says(LI, f"/resolve {feedback.id} 产品部在 4.3 里改好了", dm=True)
    echo = talk.last(ZHANG)
    assert echo.text == (
        "张哥，您 10月12日提的「按钮太小了」有结果了：产品部在 4.3 里改好了。您看看是不是顺手多了？ —— 小李"
    )
    assert echo.labels == ["顺手多了", "还不行", "没法试"]
    assert talk.heard(LI) == [f"#{feedback.id} 已解决。马上告诉张哥。"]
    assert talk.heard() == []
    async with talk.database.read() as uow:
        now = await uow.feedback.get(feedback.id)
        change = (await uow.feedback.list_changes(feedback.id))[-1]
        sent = await uow.promises.find(
            f"feedback:{feedback.id}:change:{change.id}:member:{feedback.contributor_id}"
        )
        credit = await uow.contributions.count(feedback.contributor_id)
    assert now.status is Status.RESOLVED
    assert change.note == "产品部在 4.3 里改好了"
    assert sent is not None
    assert sent.subject == f"feedback:{feedback.id}"
    assert credit == {Credit.CAUSED_CHANGE: 1}
    assert echo.message.buttons[0][0].action == f"verify:{feedback.id}:{change.id}:better"


async def test_a_reminder_and_an_end_are_promised_with_the_resolution(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await talk.says(LI, f"解决 {feedback.id} 改好了", dm=True)
    async with talk.database.read() as uow:
        change = (await uow.feedback.list_changes(feedback.id))[-1]
    timers = await talk.timers("verify_reminder", "unconfirmed")
    assert [(timer.kind, (timer.due - talk.now).total_seconds() / 3600) for timer in timers] == [
        ("verify_reminder", 72),
        ("unconfirmed", 168),
    ]
    assert all(timer.data == {"change": change.id, "member": feedback.contributor_id} for timer in timers)


async def test_who_wants_peace_has_the_whole_time_to_answer_once_they_are_asked(
    talk: Talk, captured: Captured
) -> None:
    feedback = await captured()
    await talk.says(ZHANG, "/snooze until 2026-10-22", dm=True)
    talk.heard(ZHANG)
    await talk.says(LI, f"/resolve {feedback.id} 改好了", dm=True)
    await talk.advance(days=12)
    assert len(talk.heard(ZHANG)) == 1
    async with talk.database.read() as uow:
        assert (await uow.feedback.get(feedback.id)).status is Status.RESOLVED
    await talk.advance(days=6)
    async with talk.database.read() as uow:
        assert (await uow.feedback.get(feedback.id)).status is Status.UNCONFIRMED


async def test_followers_hear_too_and_the_receipt_counts_them(
    talk: Talk, captured: Captured, follow: Follow
) -> None:
    feedback = await captured()
    await follow(feedback, YU)
    await talk.says(LI, f"/resolve #{feedback.id} 改好了！", dm=True)
    assert talk.heard(YU) == ["小雨，您关注的「按钮太小了」有结果了：改好了！您看看是不是顺手多了？ —— 小李"]
    assert talk.heard(LI) == [f"#{feedback.id} 已解决。马上告诉张哥和另外 1 位。"]


async def test_in_the_group_the_receipt_comes_in_private_and_the_group_only_gets_a_nod(
    talk: Talk, captured: Captured
) -> None:
    await open_private(talk, LI)
    feedback = await captured()
    said = await talk.says(LI, f"/resolve {feedback.id} 改好了")
    assert talk.heard() == []
    assert (said.chat, said.message_id, "👌") in talk.adapter.reactions
    assert talk.heard(LI) == [f"#{feedback.id} 已解决。马上告诉张哥。"]


async def test_as_a_reply_the_number_is_optional(talk: Talk, captured: Captured) -> None:
    said = talk.message(ZHANG, "#反馈 按钮太小了")
    feedback = await captured(said=said)
    await talk.says(LI, "/resolve 4.3 里改好了", reply_to=said)
    async with talk.database.read() as uow:
        assert (await uow.feedback.get(feedback.id)).status is Status.RESOLVED
    assert "：4.3 里改好了。" in talk.heard(ZHANG)[0]


async def test_full_width_digits_and_signs_are_read(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    wide = str(feedback.id).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    await talk.says(LI, f"／resolve ＃{wide} 改好了", dm=True)
    assert talk.heard(ZHANG)


async def test_at_night_the_contributor_is_left_to_sleep_and_staff_know_when(
    talk: Talk, captured: Captured
) -> None:
    feedback = await captured()
    await talk.advance(hours=13)
    await talk.says(LI, f"/resolve {feedback.id} 改好了", dm=True)
    assert talk.heard(ZHANG) == []
    assert talk.heard(LI) == [f"#{feedback.id} 已解决。10月13日周二 08:00 告诉张哥，现在不打扰。"]
    await talk.advance(hours=9)
    assert len(talk.heard(ZHANG)) == 1


async def test_the_button_asks_for_the_sentence_and_the_next_plain_message_is_it(
    talk: Talk, captured: Captured
) -> None:
    feedback = await captured()
    await talk.says(LI, f"/show {feedback.id}", dm=True)
    talk.heard(LI)
    await talk.presses(LI, "解决了")
    assert talk.heard(LI) == [
        f"#{feedback.id}「按钮太小了」：改了什么？用你自己的话写一句，会原样发给提的人。"
    ]
    await talk.says(LI, "进展 顺利，改好了", dm=True)
    assert "：进展 顺利，改好了。" in talk.heard(ZHANG)[0]
    async with talk.database.read() as uow:
        assert (await uow.feedback.get(feedback.id)).status is Status.RESOLVED


async def test_who_would_rather_not_cancels_and_nothing_is_done(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    for cancel in ("button", "word"):
        await talk.says(LI, f"/show {feedback.id}", dm=True)
        await talk.presses(LI, "解决了")
        if cancel == "button":
            assert await talk.presses(LI, "算了") == "好，先不动它。"
            assert await talk.presses(LI, "算了") == "已经没有在等的了。"
        else:
            await talk.says(LI, "算了", dm=True)
            assert talk.heard(LI)[-1] == "好，先不动它。"
    async with talk.database.read() as uow:
        assert (await uow.feedback.get(feedback.id)).status is Status.RECEIVED


async def test_the_sentence_is_no_longer_awaited_after_half_an_hour(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await talk.says(LI, f"/show {feedback.id}", dm=True)
    await talk.presses(LI, "解决了")
    await talk.advance(minutes=31)
    await talk.says(LI, "改好了", dm=True)
    async with talk.database.read() as uow:
        assert (await uow.feedback.get(feedback.id)).status is Status.RECEIVED


async def test_who_writes_while_a_colleague_was_faster_is_told_who_and_sees_the_card(
    talk: Talk, captured: Captured
) -> None:
    feedback = await captured()
    await talk.says(LI, f"/show {feedback.id}", dm=True)
    await talk.presses(LI, "解决了")
    await talk.says(MIN, f"/decline {feedback.id} 这代改不了", dm=True)
    talk.heard(LI)
    await talk.says(LI, "改好了", dm=True)
    (line,) = talk.heard(LI)
    assert line.startswith(
        f"阿敏刚改过 #{feedback.id}，现在是「暂不采纳」，这次没有动它。\n\n#{feedback.id} "
    )
    assert len(talk.heard(ZHANG)) == 1


async def test_an_old_button_says_so_and_does_nothing(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await talk.says(LI, f"/show {feedback.id}", dm=True)
    card = talk.last(LI)
    await talk.says(MIN, f"/plan {feedback.id} 下周五", dm=True)
    toast = await talk.presses_action(LI, f"resolve:{feedback.id}:0", on=card)
    assert toast == f"阿敏刚改过 #{feedback.id}，现在是「已排期」，这次没有动它。"
    assert "已排期" in card.text
    assert talk.last(LI) is card


async def test_a_kos_who_resolves_their_own_feedback_gets_no_echo_but_is_asked_in_the_receipt(
    talk: Talk, captured: Captured
) -> None:
    feedback = await captured(who=LI)
    await talk.says(LI, f"/resolve {feedback.id} 改好了", dm=True)
    assert talk.heard(LI) == [f"#{feedback.id} 已解决。这次没有要通知的人。这条是你自己提的，顺手多了吗？"]
    assert talk.last(LI).labels == ["顺手多了", "还不行", "没法试"]
    async with talk.database.read() as uow:
        assert await uow.contributions.count(feedback.contributor_id) == {}


async def test_resolving_what_is_resolved_says_where_it_stands(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await talk.says(LI, f"/resolve {feedback.id} 改好了", dm=True)
    talk.heard(LI)
    await talk.says(LI, f"/resolve {feedback.id} 又改好了", dm=True)
    assert talk.heard(LI) == [f"#{feedback.id} 现在是「待验证」，接下来可以：/reopen"]
    assert len(talk.heard(ZHANG)) == 1


async def test_what_is_malformed_gets_one_line_with_an_example(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    for text, answer in (
        (f"/resolve {feedback.id}", "还差一句话，比如：/resolve 128 新版本里按钮放大了"),
        (
            f"/resolve 改好了 {feedback.id}",
            "说的是哪一条？带上编号就行，比如：/resolve 128；直接回复那条消息也可以。",
        ),
        ("/resolve", "说的是哪一条？带上编号就行，比如：/resolve 128；直接回复那条消息也可以。"),
        ("/resolve 999 改好了", "没有 #999 这一条，看看编号？"),
        (f"/resolve {feedback.id} {'好' * 1001}", "这段有 1001 个字，最多 1000 个，麻烦精简一下。"),
    ):
        await talk.says(LI, text, dm=True)
        assert talk.heard(LI) == [answer]
    async with talk.database.read() as uow:
        assert (await uow.feedback.get(feedback.id)).status is Status.RECEIVED
        assert await uow.feedback.list_changes(feedback.id) == []


async def test_a_resolution_that_reaches_two_thousand_followers_is_one_transaction(
    talk: Talk, captured: Captured
) -> None:
    feedback = await captured()
    async with talk.database.begin() as uow:
        people = [(f"9{i}", f"粉丝{i}", "") for i in range(2_000)]
        for member in (await uow.members.meet(PLATFORM, people, talk.now)).values():
            await uow.followers.add(feedback.id, member.id, talk.now)
    said = talk.message(LI, f"/resolve {feedback.id} 改好了", dm=True)
    await talk.dispatcher(PLATFORM, [talk.taken(said)])
    async with talk.database.read() as uow:
        promised = await uow.promises.list_keyed("", talk.now)
    assert len(promised) == 2_002  # the contributor, the followers and the receipt


async def test_a_language_of_ones_own_is_spoken_and_a_salutation_used(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    async with talk.database.begin() as uow:
        await uow.members.change(feedback.contributor_id, language="en", salutation="Mr Zhang")
        await uow.staff.grant(Grant(PLATFORM, LI.external_id, CHAT, Role.KOS, LI.name, "Li"), talk.now)
    await talk.says(LI, f"/resolve {feedback.id} bigger buttons in 4.3", dm=True)
    echo = talk.last(ZHANG)
    assert echo.text == (
        "Mr Zhang, there is news about what you told us on 12 Oct (“按钮太小了”): bigger buttons in 4.3."
        " Is it really better now? — Li"
    )
    assert echo.labels == ["Better now", "Still not", "Can't try"]


async def test_who_waited_for_a_parcel_is_asked_whether_it_is_settled_not_whether_it_is_handier(
    talk: Talk, captured: Captured
) -> None:
    feedback = await captured("#吐槽 订的脚垫等了九天还没到，快递没人理")
    await talk.says(LI, f"/resolve {feedback.id} 补发的今天签收了", dm=True)
    echo = talk.last(ZHANG)
    assert "补发的今天签收了。您看看是不是解决了？" in echo.text
    assert echo.labels == ["解决了", "还没有", "还不知道"]
    await talk.presses(ZHANG, "解决了")
    assert "解决了，也亲自确认过了" in talk.heard()[-1]
