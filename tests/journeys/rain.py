"""The longest story: one complaint in the rain goes all the way to a change, to thanks in the group and a title."""

from __future__ import annotations

from tests.stage import Stage


async def one_complaint_in_the_rain(stage: Stage) -> None:
    """18 meet it too, the department answers, a beta, the contributor confirms, the group thanks, a title is given."""
    zhang, yu, li = stage.zhang, stage.yu, stage.li
    await stage.says(zhang, "#反馈 下雨天：一下雨倒车影像就糊成一片")
    number = await stage.number("下雨天：")
    await stage.says(li, f"/topic {number}")
    await stage.hears(None, "1 人遇到")
    crowd = [yu, *stage.crowd(16)]
    for who in crowd:
        await stage.presses(who, "我也遇到")
    await stage.later(seconds=10)
    await stage.counts("18 人遇到")

    await stage.says(li, f"/route {number} 产品部", dm=True)
    await stage.hears(li, f"#{number} 交给产品部了")
    await stage.says(li, f"/insight {number} 镜头没有疏水层，雨里三分钟就糊", dm=True)
    await stage.says(li, f"/insight {number}", dm=True)
    assert "18 人" in await stage.hears(li, "证据（1 条）")
    await stage.says(li, f"答复 {number} 接受 7天后 换疏水镜头", dm=True)
    assert "倒车影像" in await stage.hears(zhang, "换疏水镜头")
    assert "您也遇到的" in await stage.hears(yu, "换疏水镜头")
    await stage.becomes(number, "planned")

    await stage.later(days=3)
    await stage.says(li, f"/beta {number} 换了新镜头的样车到店了", dm=True)
    await stage.later(days=1)
    for who in crowd:
        await stage.hears(who, "换了新镜头的样车")
    await stage.presses(yu, "这次算了")
    await stage.hears(zhang, "换了新镜头的样车")
    await stage.presses(zhang, "我来试")
    await stage.presses(zhang, "顺手多了")
    await stage.hears(li, "顺手多了")

    await stage.later(days=3)
    await stage.says(li, f"/resolve {number} 4.3 起都是疏水镜头", dm=True)
    await stage.later(days=1)
    for who in (zhang, *crowd):
        await stage.hears(who, "4.3 起都是疏水镜头")
    await stage.presses(zhang, "顺手多了")
    await stage.later(days=1)
    assert "张哥" in await stage.hears(None, "品牌荣誉产品顾问")
    await stage.becomes(number, "verified")
    await stage.says(zhang, "/me", dm=True)
    await stage.hears(zhang, "头衔：品牌荣誉产品顾问")
