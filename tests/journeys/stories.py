"""The stories of the main loop, each told once: in memory over the talk, and over HTTP before the real bot."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from tests.journeys.rain import one_complaint_in_the_rain
from tests.journeys.wrong_turns import two_of_staff_at_once, wrong_turns
from tests.stage import Stage

Story = Callable[[Stage], Awaitable[None]]


async def the_guided_tour(stage: Stage) -> None:
    """Check in, say something, be answered, find it better, be thanked where it began."""
    zhang, li = stage.zhang, stage.li
    await stage.later(hours=23)  # 09:00 in Shanghai
    await stage.hears(None, "月")
    await stage.presses(zhang, "打卡")
    await stage.counts("已有 1 人打卡，刚到的是张哥。")
    await stage.later(seconds=30)

    said = await stage.says(zhang, "#反馈 导览：按钮太小了，戴着手套按不准")
    await stage.is_marked(said)
    number = await stage.number("导览：按钮太小了")
    await stage.says(li, "/inbox", dm=True)
    assert f"#{number}" in await stage.hears(li, "导览：按钮太小了")
    await stage.says(li, f"/resolve {number} 4.3 里按钮放大了一倍", dm=True)
    echo = await stage.hears(zhang, "4.3 里按钮放大了一倍")
    assert "按钮太小了" in echo
    assert echo.endswith("—— 小李")
    await stage.presses(zhang, "顺手多了")
    assert "张哥" in await stage.hears(None, "谢谢")
    await stage.becomes(number, "verified")


async def somebody_out_of_reach(stage: Stage) -> None:
    """Who never pressed Start is named in the group, without the news; pressing the button brings it."""
    zhang, li = stage.zhang, stage.li
    await stage.hides(zhang)
    said = await stage.says(zhang, "#反馈 够不着：座椅加热太慢了，等半天")
    await stage.is_marked(said)
    number = await stage.number("够不着：")
    await stage.says(li, f"/resolve {number} 4.3 里加热快了一倍", dm=True)
    mention = await stage.hears(None, "张哥")
    assert "4.3" not in mention
    assert await stage.heard(zhang) == []
    await stage.presses(zhang, "")
    await stage.hears(zhang, "4.3 里加热快了一倍")
    await stage.presses(zhang, "顺手多了")
    await stage.hears(None, "谢谢")
    assert sum("4.3 里加热快了一倍" in text for text in await stage.heard(zhang)) == 1
    await stage.becomes(number, "verified")


async def still_broken(stage: Stage) -> None:
    """「还不行」 reopens with the same owner, one sentence reaches them, and a second try is verified."""
    zhang, li = stage.zhang, stage.li
    await stage.says(zhang, "#反馈 没修好：横屏时按钮太小了")
    number = await stage.number("没修好：")
    await stage.says(li, f"/claim {number}", dm=True)
    await stage.says(li, f"/resolve {number} 4.3 里按钮放大了一倍", dm=True)
    await stage.hears(zhang, "4.3 里按钮放大了一倍")
    await stage.presses(zhang, "还不行")
    await stage.becomes(number, "in_review")
    await stage.says(zhang, "竖屏是好了，横屏还是那么小", dm=True)
    await stage.hears(li, "横屏还是那么小")
    await stage.says(li, f"/resolve {number} 4.3.1 横屏也放大了", dm=True)
    await stage.later(days=1)
    await stage.hears(zhang, "4.3.1 横屏也放大了")
    await stage.presses(zhang, "顺手多了")
    await stage.becomes(number, "verified")


async def silence(stage: Stage) -> None:
    """No answer is reminded once and then UNCONFIRMED, never counted as verified; a late answer still counts."""
    zhang, li = stage.zhang, stage.li
    await stage.says(zhang, "#反馈 不作声：雨刷太吵了，高速上听不清导航")
    number = await stage.number("不作声：")
    await stage.says(li, f"/resolve {number} 4.3 换了静音雨刷", dm=True)
    await stage.hears(zhang, "4.3 换了静音雨刷")
    await stage.later(hours=73)
    reminder = await stage.hears(zhang, "用着顺手些了吗")
    await stage.later(days=5)
    await stage.becomes(number, "unconfirmed")
    told = await stage.heard(zhang)
    assert len(told) == 2
    assert told[1] == reminder
    await stage.presses(zhang, "顺手多了")
    await stage.becomes(number, "verified")


async def a_hurt_member_becomes_an_advocate(stage: Stage) -> None:
    """A complaint is taken up by name, followed in the open, fixed at its root, called back about, and praised."""
    zhang, li = stage.zhang, stage.li
    await stage.says(li, "/inbox", dm=True)
    await stage.hears(li, "")
    await stage.says(zhang, "#吐槽 伤过：物流太差了，等了九天还没有到")
    number = await stage.number("伤过：")
    await stage.later(seconds=3)
    await stage.hears(li, "伤过：物流太差了")
    await stage.says(li, f"/claim {number}", dm=True)
    await stage.hears(None, "这件事小李来跟进")
    await stage.presses(zhang, "私聊说")
    await stage.says(zhang, "单号尾号 6021，客服一直不回", dm=True)
    await stage.hears(li, "单号尾号 6021")

    await stage.says(li, f"/case {number}", dm=True)
    await stage.hears(zhang, "公开跟进")
    assert not any("公开课" in text for text in await stage.heard(None))
    await stage.presses(zhang, "可以，写名字")
    await stage.hears(None, "张哥遇到的事，小李在跟进")
    await stage.says(li, f"/case {number} 联系上仓库了，今天补发", dm=True)
    await stage.hears(None, "联系上仓库了，今天补发")

    await stage.says(li, f"/resolve {number} 换了仓库，以后两天到", dm=True)
    await stage.hears(li, "根子在哪")
    await stage.presses(li, "物流")
    await stage.hears(zhang, "换了仓库，以后两天到")
    await stage.presses(zhang, "解决了")
    await stage.becomes(number, "verified")
    await stage.later(days=7, hours=1)
    await stage.hears(li, "回访一句")
    await stage.presses(li, "已回访")
    await stage.says(zhang, "#表扬 伤过，现在真的两天就到，服务好")
    await stage.says(li, "/immunity", dm=True)
    report = await stage.hears(li, "免疫报告")
    assert "张哥" not in report


async def the_unseen_critic(stage: Stage) -> None:
    """An anonymous critic is answered, told, and never seen."""
    zhang, li = stage.zhang, stage.li
    await stage.says(zhang, "#反馈 开场：雨刷有一点点响，别的都好")
    opening = await stage.number("开场：")
    await stage.says(zhang, "/private 化名", dm=True)
    await stage.hears(zhang, "只看到一个化名")
    await stage.says(zhang, "悄悄：门店的人把我晾了半个小时，还笑我", dm=True)
    number = await stage.number("悄悄：")
    receipt = await stage.hears(zhang, "您的化名是")
    alias = receipt.partition("您的化名是「")[2].partition("」")[0]
    await stage.says(li, f"/show {number}", dm=True)
    card = await stage.hears(li, "晾了半个小时")
    assert alias in card
    await stage.says(li, f"/resolve {number} 店长换了人，接待也重新练过", dm=True)
    echo = await stage.hears(zhang, "接待也重新练过")
    assert alias in echo
    await stage.presses(zhang, "顺手多了")
    await stage.becomes(number, "verified")
    await stage.later(minutes=16)
    for who in (None, li):
        about = [text for text in await stage.heard(who) if "晾了" in text or f"#{number}" in text]
        assert not [text for text in about if "张哥" in text and f"#{opening}" not in text]


async def eighteen_join_in(stage: Stage) -> None:
    """One voice becomes a topic: the card counts people, two voices are linked, and one answer reaches everybody."""
    zhang, yu, li = stage.zhang, stage.yu, stage.li
    await stage.says(zhang, "#反馈 一起说：雨天后视镜全是水，看不清")
    first = await stage.number("一起说：")
    await stage.says(li, f"/topic {first}")
    await stage.hears(None, "1 人遇到")
    crowd = stage.crowd(16)
    for number, who in enumerate(crowd):
        if number % 2:
            await stage.says(who, f"+1 {first}")
        else:
            await stage.presses(who, "我也遇到")
    await stage.presses(yu, "我也遇到")
    await stage.later(seconds=10)
    await stage.counts("18 人遇到")
    await stage.says(crowd[0], "#反馈 一起说的另一句：后视镜能不能加热")
    second = await stage.number("一起说的另一句：")
    await stage.says(li, f"/merge {second} {first}", dm=True)
    assert "现在有 2 条" in await stage.hears(li, "连起来了")
    await stage.says(li, f"/resolve {second} 4.4 起后视镜带加热", dm=True)
    assert "看不清" in await stage.hears(zhang, "4.4 起后视镜带加热")
    assert "能不能加热" in await stage.hears(crowd[0], "4.4 起后视镜带加热")
    for who in (yu, *crowd[1:]):
        assert "您也遇到的" in await stage.hears(who, "4.4 起后视镜带加热")
    assert sum("4.4" in text for text in await stage.heard(crowd[0])) == 1
    await stage.presses(zhang, "顺手多了")
    await stage.becomes(first, "verified")
    await stage.later(days=8)
    await stage.becomes(second, "unconfirmed")  # one member's word is no other's: it was never verified


async def a_praise_becomes_a_story(stage: Stage) -> None:
    """A praise is told in the very words its author agrees to, and is gone when they take it back."""
    zhang, li = stage.zhang, stage.li
    await stage.says(zhang, "#表扬 夸一句：座椅加热真舒服，冬天出门都不怕了")
    number = await stage.number("夸一句：")
    await stage.says(li, f"/story {number} 夸一句：冬天出门再也不怕冷", dm=True)
    await stage.hears(zhang, "夸一句：冬天出门再也不怕冷")
    assert not any("再也不怕冷" in text for text in await stage.heard(None))
    await stage.presses(zhang, "写我的名字")
    await stage.hears(li, "同意用")
    await stage.presses(li, "发布")
    assert "张哥" in await stage.hears(None, "夸一句：冬天出门再也不怕冷")
    await stage.hears(zhang, "您的故事发布了")
    await stage.says(li, "/story list", dm=True)
    await stage.hears(li, "故事库 1 条")
    await stage.says(zhang, f"/revoke {number}", dm=True)
    await stage.hears(zhang, f"#{number} 收回了")
    await stage.hears(None, "应作者的意思收回了")
    await stage.hears(li, "收回了")


async def a_defect_told_in_full(stage: Stage) -> None:
    """A defect is asked about in private, one question at a time; the facts stand beside the words, on the card."""
    zhang, li = stage.zhang, stage.li
    await stage.says(zhang, "/start", dm=True)
    await stage.says(zhang, "#bug 说清楚：倒车影像每次都黑屏")
    number = await stage.number("说清楚：")
    await stage.later(seconds=3)
    assert "说清楚" in await stage.hears(zhang, "是什么时候遇到的？")
    await stage.says(zhang, "下班路上", dm=True)
    await stage.hears(zhang, "在哪里、什么情况下？")
    await stage.presses(zhang, "都跳过")
    await stage.hears(zhang, "好，不问了")
    await stage.says(li, f"/show {number}", dm=True)
    card = await stage.hears(li, "情况 2/7")
    assert "#bug 说清楚：倒车影像每次都黑屏" in card
    assert "时间：下班路上\n次数：每次" in card


async def a_department_says_when(stage: Stage) -> None:
    """It is handed to a department, read on one page, accepted for a day, and the member hears which."""
    zhang, li = stage.zhang, stage.li
    await stage.says(zhang, "/start", dm=True)
    await stage.says(zhang, "#反馈 部门：后备箱关门的声音太响了")
    number = await stage.number("部门：")
    await stage.says(li, f"/route {number} 产品部", dm=True)
    await stage.hears(li, f"#{number} 交给产品部了")
    await stage.says(li, f"/insight {number} 尾门缓冲条太硬", dm=True)
    await stage.says(li, f"/insight {number}", dm=True)
    page = await stage.hears(li, "证据（1 条）")
    assert "尾门缓冲条太硬" in page
    assert "部门：后备箱关门的声音太响了" in page
    await stage.says(li, f"答复 {number} 接受 7天后 换软的缓冲条", dm=True)
    echo = await stage.hears(zhang, "换软的缓冲条")
    assert "后备箱" in echo
    assert "。 —— 小李" in echo  # the next word may follow in one message
    await stage.becomes(number, "planned")
    await stage.says(li, "/report", dm=True)
    await stage.hears(li, "按时答复")


STORIES: dict[str, Story] = {
    story.__name__: story
    for story in (
        the_guided_tour,
        somebody_out_of_reach,
        still_broken,
        silence,
        one_complaint_in_the_rain,
        a_hurt_member_becomes_an_advocate,
        the_unseen_critic,
        eighteen_join_in,
        a_praise_becomes_a_story,
        a_defect_told_in_full,
        a_department_says_when,
        wrong_turns,
        two_of_staff_at_once,
    )
}
HAVE_TWO = frozenset({"two_of_staff_at_once"})
"""Stories in which 小李 has a colleague."""
