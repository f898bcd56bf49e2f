"""Dialogues about /circle (handlers/kos/circle.py and handlers/members/circled.py)."""

from __future__ import annotations

from storage.circle import Membership
from storage.contributions import Credit
from storage.records import Status
from tests.handlers.conftest import open_private
from tests.handlers.kos.test_award import known
from tests.talk import LI, MIN, YU, ZHANG, Captured, Person, Talk


async def contributes(talk: Talk, who: Person, times: int) -> None:
    """Let somebody have contributed so often."""
    await talk.says(who, "早")
    await open_private(talk, who)
    member = await known(talk, who)
    async with talk.database.begin() as uow:
        for number in range(times):
            await uow.contributions.add(member.id, Credit.VERIFICATION, f"feedback:9{number}", talk.now)


async def test_the_board_counts_contributions_states_ties_and_shows_how_reports_turn_out(
    talk: Talk, captured: Captured
) -> None:
    await captured("#反馈 按钮太小了，戴着手套的时候怎么都按不准")
    await contributes(talk, ZHANG, 2)
    await contributes(talk, YU, 2)
    await contributes(talk, LI, 9)
    await talk.says(LI, "/circle", dm=True)
    assert talk.heard(LI)[-1] == (
        "近 90 天贡献前十（不看发言多少）\n1.（并列）张哥：2 次 · 报告 1、写清楚 1\n1.（并列）小雨：2 次"
    )
    assert talk.last(LI).labels == ["邀请张哥", "邀请小雨"]


async def test_who_is_invited_answers_once_and_the_kos_is_told(talk: Talk) -> None:
    await contributes(talk, YU, 1)
    for kos in (LI, MIN):
        await open_private(talk, kos)
        await talk.says(kos, "核心圈", dm=True)
    hers = talk.last(MIN)
    assert await talk.presses(LI, "邀请小雨") == "好，这就邀请小雨。"
    assert await talk.presses(MIN, "邀请小雨", on=hers) == "小李已经邀请过小雨了。"
    [asked] = talk.heard(YU)
    assert "想请您进核心圈" in asked
    assert await talk.presses(YU, "我愿意") == "太好了，欢迎！有圆桌会第一个叫您。"
    talk.heard(LI)
    await talk.says(LI, "/circle", dm=True)
    assert talk.heard(LI)[-1].endswith("1. 小雨：1 次 · 在核心圈")
    assert talk.last(LI).labels == []
    member = await known(talk, YU)
    async with talk.database.read() as uow:
        place = await uow.circle.find(member.id)
    assert place is not None
    assert place.state is Membership.ACCEPTED


async def test_somebody_can_be_invited_by_name(talk: Talk) -> None:
    await contributes(talk, YU, 1)
    await talk.says(LI, "/circle 邀请 @yu", dm=True)
    await talk.says(MIN, "/circle invite @yu", dm=True)
    await talk.says(LI, "/circle 邀请 @nobody", dm=True)
    assert talk.heard(LI)[0] == "好，这就邀请小雨。"
    assert talk.heard(MIN) == ["小李已经邀请过小雨了。"]
    assert "想请您进核心圈" in talk.heard(YU)[-1]
    await talk.says(LI, "/circle 邀请 @li", dm=True)
    assert talk.heard(LI)[-1] == "小李是我们自己人，核心圈留给成员。"


async def test_who_declines_is_noted_and_not_asked_again_at_once(talk: Talk) -> None:
    await contributes(talk, YU, 1)
    await open_private(talk, LI)
    await talk.says(LI, "/circle", dm=True)
    await talk.presses(LI, "邀请小雨")
    asked = talk.last(YU)
    await talk.presses(YU, "这次不了")
    assert await talk.presses_action(YU, "circled:no", on=asked) == "已经记下了。"
    assert "小雨这次不进核心圈。" in talk.heard(LI)
    await talk.says(LI, "/circle", dm=True)
    assert await talk.presses(LI, "邀请小雨") == "小李已经邀请过小雨了。"
    assert len(talk.heard(YU)) == 1


async def test_nobody_answers_an_invitation_they_did_not_get(talk: Talk) -> None:
    await contributes(talk, ZHANG, 1)
    await talk.says(ZHANG, "/me", dm=True)
    assert await talk.presses_action(ZHANG, "circled:yes", on=talk.last(ZHANG)) == "已经记下了。"
    member = await known(talk, ZHANG)
    async with talk.database.read() as uow:
        assert await uow.circle.find(member.id) is None


async def test_who_wants_no_honours_is_on_no_board_and_not_invited(talk: Talk) -> None:
    await contributes(talk, YU, 3)
    await talk.says(LI, "/circle", dm=True)
    board = talk.last(LI)
    await talk.says(YU, "/me", dm=True)
    await talk.presses(YU, "不要荣誉")
    member = await known(talk, YU)
    assert await talk.presses_action(LI, f"circle:{member.id}", on=board) == "小雨选了不要荣誉。"
    assert await talk.presses_action(LI, "circle:999", on=board) == "没有这位成员。"
    talk.heard(LI)
    await talk.says(LI, "/circle", dm=True)
    assert talk.heard(LI) == ["近 90 天还没有记下的贡献。"]


async def test_the_board_of_staff_counts_the_loops_that_members_closed(
    talk: Talk, captured: Captured
) -> None:
    feedback = await captured()
    await talk.says(LI, "/circle 员工", dm=True)
    await talk.says(LI, f"/resolve {feedback.id} 改好了", dm=True)
    await talk.says(LI, "/circle staff", dm=True)
    await talk.presses(ZHANG, "顺手多了")
    async with talk.database.read() as uow:
        assert (await uow.feedback.get(feedback.id)).status is Status.VERIFIED
    await talk.says(LI, "/circle staff", dm=True)
    boards = [said for said in talk.heard(LI) if "本季" in said]
    assert boards == [
        "本季还没有被亲口确认的。",
        "本季还没有被亲口确认的。",
        "本季谁把事做圆了（提的人亲口确认）\n1. 小李：1 件",
    ]
