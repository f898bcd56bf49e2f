"""Who lives in the demo's community before a visitor comes, and what they have said in the last weeks.

Told by `bot/moving_in.py` to a new demo's database. Every sentence is ours. 小雨, whom a visitor can be, is one of
those who spoke: so whatever is asked of her can be answered.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from storage.records import FeedbackClass

YU = "小雨"
_NAMES = (
    "老周", "阿琴", "胡师傅", "小满", "大刘", "文文", "老陈", "阿Ken", "米粒", "贺姐", "阿泽", "林一", "豆豆", "老吴",
    "静静", "阿光", "小北", "秋姐", "老魏", "可可",
)  # fmt: skip
NEIGHBOURS = {f"n{number:02}": name for number, name in enumerate(_NAMES, 1)}
"""Who nobody is on the page: their id and name."""


@dataclass(frozen=True, slots=True)
class Saying:
    """What somebody said in the group some days ago; with a class it is a feedback, and `key` names it."""

    days: int
    at: time
    who: str
    words: str
    key: str = ""
    feedback_class: FeedbackClass | None = None
    negative: bool = False


CHARGE, CAMP, RAIN, MIRROR, SEAT, WAIT, FOB = "charge", "camp", "rain", "mirror", "seat", "wait", "fob"
LATE = ("late1", "late2", "late3", "late4", "late5")
"""Those who waited for a parcel: five, so that a report may speak of them."""
FOUND = "found"
"""What somebody found out: no feedback, a discovery."""

_SERVICE, _SUGGESTION, _PRAISE = FeedbackClass.SERVICE, FeedbackClass.SUGGESTION, FeedbackClass.PRAISE

SAYINGS = (
    Saying(25, time(19, 2), "米粒", "#吐槽 订的雨刷十天了还在路上", "late1", _SERVICE, negative=True),
    Saying(25, time(20, 31), "豆豆", "#吐槽 商城发货太慢，一问就是在催", "late2", _SERVICE, negative=True),
    Saying(24, time(20, 15), "阿Ken", "#吐槽 订的脚垫等了九天还没到，问了也没人理", "late3", _SERVICE, negative=True),
    Saying(24, time(21, 40), "静静", "#吐槽 座套等了半个月，等来的是别人的", "late4", _SERVICE, negative=True),
    Saying(23, time(12, 11), "老吴", "#吐槽 物流三天没动静，打电话也没人接", "late5", _SERVICE, negative=True),
    Saying(16, time(18, 42), "胡师傅", "#建议 充电口盖子能不能做成按一下就开，戴手套抠不动", CHARGE, _SUGGESTION),
    Saying(9, time(21, 5), YU, "#表扬 上周露营全靠这车的外放电，煮了一锅热汤，旁边的人都来蹭", CAMP, _PRAISE),
    Saying(8, time(11, 30), "小满", "周末去了趟水库，风景真好"),
    Saying(6, time(8, 51), "老周", "#反馈 下雨天右边后视镜全是水珠，变道看不清后面", RAIN, _SUGGESTION, negative=True),
    Saying(6, time(9, 4), "大刘", "老周说的那个我也碰到过，右边那面"),
    Saying(5, time(19, 20), "阿琴", "#反馈 暴雨里后视镜加热一直没反应，得停车擦", MIRROR, _SUGGESTION, negative=True),
    Saying(5, time(19, 33), "文文", "雨天我都把车窗降一条缝看"),
    Saying(4, time(22, 10), "小满", "#发现 后备箱那盏灯能拆下来，挂帐篷里正好", FOUND),
    Saying(3, time(12, 28), "老陈", "#反馈 副驾座椅记忆老是记不住，换人开就乱了", SEAT, _SUGGESTION),
    Saying(2, time(17, 46), "贺姐", "谁有推荐的洗车店呀"),
    Saying(1, time(16, 12), YU, "#吐槽 约了保养等了两个小时没人理，心凉", WAIT, _SERVICE, negative=True),
    Saying(1, time(17, 40), "文文", "#反馈 备用钥匙在哪里补办，要带什么材料", FOB, _SERVICE),
    Saying(1, time(18, 2), "老陈", "今天路上堵，大家慢点开"),
)  # fmt: skip
VOICES = sum(saying.feedback_class is not None for saying in SAYINGS)
"""How many voices they have raised: a visitor's first has the next number."""

TOPIC = "雨天后视镜看不清"
PARCELS = "配件发货太慢"
INSIGHT = "右侧后视镜没有疏水层，加热要手动开，雨大时三分钟就糊"
FACTS = {"when": "雨天早晚高峰", "where": "高架，60 码左右", "version": "4.2", "times": "每次下雨都这样"}
"""What 老周 told of the mirror when he was asked."""

STORY = "露营那晚全靠它的外放电，一锅热汤把旁边的人都招来了。"

ENGLISH = {
    "#吐槽 订的雨刷十天了还在路上": "#feedback the wipers I ordered have been on their way for ten days",
    "#吐槽 商城发货太慢，一问就是在催": "#feedback the shop ships far too slowly, and all they say is that they ask",
    "#吐槽 订的脚垫等了九天还没到，问了也没人理": "#feedback nine days for floor mats, and nobody answers me",
    "#吐槽 座套等了半个月，等来的是别人的": "#feedback two weeks for seat covers, and then they were somebody else's",
    "#吐槽 物流三天没动静，打电话也没人接": "#feedback my parcel has not moved for three days and nobody picks up",
    "#建议 充电口盖子能不能做成按一下就开，戴手套抠不动": (
        "#feedback could the charging lid open with one push? with gloves on I cannot"
    ),
    "#表扬 上周露营全靠这车的外放电，煮了一锅热汤，旁边的人都来蹭": (
        "#feedback last week's camping ran on this car's power socket: one pot of soup, and everybody came over"
    ),
    "周末去了趟水库，风景真好": "went to the reservoir at the weekend, what a view",
    "#反馈 下雨天右边后视镜全是水珠，变道看不清后面": (
        "#feedback in the rain the right mirror is all drops, I cannot see behind me when I change lanes"
    ),
    "老周说的那个我也碰到过，右边那面": "I had what 老周 says, too: the right one",
    "#反馈 暴雨里后视镜加热一直没反应，得停车擦": (
        "#feedback in heavy rain the mirror heating does nothing, I have to stop and wipe"
    ),
    "雨天我都把车窗降一条缝看": "when it rains I open the window a little to see",
    "#发现 后备箱那盏灯能拆下来，挂帐篷里正好": (
        "#discovery the lamp of the boot comes off, and is just right for a tent"
    ),
    "#反馈 副驾座椅记忆老是记不住，换人开就乱了": (
        "#feedback the passenger seat forgets its place whenever somebody else drives"
    ),
    "谁有推荐的洗车店呀": "does anybody know a good car wash?",
    "#吐槽 约了保养等了两个小时没人理，心凉": (
        "#feedback I had an appointment and waited two hours, nobody even looked at me"
    ),
    "#反馈 备用钥匙在哪里补办，要带什么材料": (
        "#feedback where do I get a spare key, and what must I bring?"
    ),
    "今天路上堵，大家慢点开": "the roads are full today, drive carefully",
    TOPIC: "Mirrors cannot be seen through in the rain",
    PARCELS: "Parts are shipped too slowly",
    INSIGHT: "the right mirror has no coating and must be heated by hand; in heavy rain it blurs in three minutes",
    "雨天早晚高峰": "rush hour, in the rain",
    "高架，60 码左右": "on the ring road, at about 60",
    "每次下雨都这样": "whenever it rains",
    STORY: "That night the whole camp ran on its socket: one pot of soup brought everybody over.",
}
"""What they say to a visitor who reads English."""
