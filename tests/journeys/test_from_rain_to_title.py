"""A journey: one complaint in the rain, many join in, the department answers, a beta, the thanks, and the title."""

from __future__ import annotations

from handlers.base import Settings
from rituals.base import RitualSettings
from storage.records import Status
from tests.handlers.departments.conftest import OFFICE, WANG, office, ritual_settings, settings
from tests.talk import GROUP, LI, YU, ZHANG, Person, Talk

__all__ = ["RitualSettings", "Settings", "office", "ritual_settings", "settings"]

CROWD = [Person(f"9{number:02}", f"车友{number}") for number in range(17)]


async def test_one_complaint_in_the_rain_ends_in_a_title(office: Talk) -> None:
    for who in (ZHANG, YU, LI, *CROWD):
        await office.says(who, "早")
        await office.says(who, "/start", dm=True)
    said = await office.says(ZHANG, "#反馈 一下雨倒车影像就糊成一片，什么都看不清")
    await office.says(LI, "/topic 1")
    for who in (YU, *CROWD):
        await office.says(who, "+1 1", reply_to=said)
    await office.advance(minutes=1)
    await office.says(LI, "/route 1 产品部", dm=True)
    await office.says(LI, "/insight 1 镜头没有疏水层，雨天 3 分钟内成像模糊", dm=True)
    for who in (ZHANG, YU, LI, *CROWD):
        office.heard(who)

    await office.advance(days=7)
    page = office.last(chat=OFFICE)
    assert "19 人" in page.text
    await office.presses(WANG, "接受", on=page)
    await office.says(WANG, "11月20日 换疏水镜头", chat=OFFICE, reply_to=office.last(chat=OFFICE))
    assert any("换疏水镜头" in text for text in office.heard(ZHANG))

    await office.advance(days=3)
    await office.says(LI, "/beta 1 换了疏水镜头的样车到店了", dm=True)
    await office.advance(days=1)
    assert all(any("样车到店了" in text for text in office.heard(who)) for who in (ZHANG, YU, *CROWD))
    await office.presses(ZHANG, "我来试")
    await office.advance(minutes=1)
    await office.presses(ZHANG, "顺手多了")
    await office.advance(minutes=1)
    tried = office.last(ZHANG)
    assert "用自己的话说一句" in tried.text
    assert tried.message.buttons[0][0].url.endswith(f"/{said.message_id}")

    await office.advance(days=20)
    office.heard()
    await office.says(LI, "/resolve 1 4.3 起都是疏水镜头", dm=True)
    await office.advance(days=1)
    await office.presses(ZHANG, "顺手多了")
    await office.advance(days=1)
    [thanks] = [post for post in office.posts() if "谢谢张哥" in post.text]
    assert "从今天起，TA 是我们的「品牌荣誉产品顾问」" in thanks.text
    assert thanks.message.reply_to == said.message_id
    assert office.adapter.tags == {(GROUP, ZHANG.external_id): "品牌荣誉产品顾问"}
    await office.says(LI, "/circle", dm=True)
    assert "1. 张哥：3 次" in office.last(LI).text
    async with office.database.read() as uow:
        assert (await uow.feedback.get(1)).status is Status.VERIFIED
