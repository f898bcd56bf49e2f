"""A journey: two say the same, their topic goes to a department, its packet's answer comes back to both."""

from __future__ import annotations

from handlers.base import Settings
from rituals.base import RitualSettings
from tests.handlers.departments.conftest import OFFICE, WANG, office, ritual_settings, settings
from tests.talk import LI, YU, ZHANG, Talk

__all__ = ["RitualSettings", "Settings", "office", "ritual_settings", "settings"]


async def test_the_department_answers_from_its_packet_and_the_members_are_told(office: Talk) -> None:
    for who in (ZHANG, YU, LI):
        await office.says(who, "/start", dm=True)
    await office.says(ZHANG, "#反馈 下雨天戴着手套，按钮太小按不准")
    await office.says(YU, "#反馈 冬天戴手套根本按不到那个按钮")
    await office.says(LI, "/merge 2 1", dm=True)
    await office.says(LI, "/route T1 产品部", dm=True)
    await office.says(LI, "/insight T1 4.2 起可点区域只有 5 毫米，戴手套按不准", dm=True)
    for who in (ZHANG, YU, LI):
        office.heard(who)

    await office.advance(days=7)
    page = office.last(chat=OFFICE)
    assert "等你们定的 1 件" in page.text
    assert "· 2 人 ·" in page.text
    assert "张哥" not in page.text
    await office.presses(WANG, "详情", on=page)
    detail = office.last(chat=OFFICE).text
    assert "4.2 起可点区域只有 5 毫米" in detail
    assert "「下雨天戴着手套，按钮太小按不准」" in detail

    await office.presses(WANG, "接受", on=page)
    await office.says(WANG, "11月20日 4.3 里放大一倍", chat=OFFICE, reply_to=office.last(chat=OFFICE))
    assert "✓ 已答应" in page.text
    assert any("产品部（王工）答应了 T1：11月20日前。" in text for text in office.heard(LI))
    for who in (ZHANG, YU):
        [echo] = [text for text in office.heard(who) if "11月20日" in text]
        assert "4.3 里放大一倍" in echo
        assert echo.endswith("—— 小李")

    await office.advance(days=20)
    await office.says(LI, "/resolve T1 4.3 里按钮放大了一倍", dm=True)
    await office.advance(days=1)
    await office.presses(ZHANG, "顺手多了")
    await office.says(LI, "/report", dm=True)
    assert any("按时答复 1/1，说到做到 1/1，答应 1" in text for text in office.heard(LI))
