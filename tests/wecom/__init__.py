"""The project's own fake of 企业微信, strict where the platform is, for tests and benches.

It speaks the aibot's long connection, posts encrypted callbacks, answers the HTTP side (always 200, only
`errcode` tells), enforces rates, breaks on demand, and knows what each person would see:

    async with WeCom() as wecom:                      # WeCom(ack_seconds=0.3, limits=Limits(...))
        zhang, group = wecom.person("zhangsan", "张哥"), wecom.group("wrGROUP", "车主群")
        ...                                           # start the bot: wecom.ws_url, wecom.url
        await wecom.connected()
        await wecom.says(zhang, "@小助手 #反馈 按钮太小了", group)
        await wecom.sees(group, "收到 #1")
        card = await wecom.sees(zhang, "顺手多了")     # the newest message with these words
        await wecom.clicks(zhang, card, "顺手多了")    # votes, rates (👍 👎), opens, shows, speaks
        wecom.fails("aibot_send_msg", refusals.BAD_CHAT, chat="wrGROUP")   # NoAck(), LateAck(6), Cut(1011), …
        await wecom.socket.drop(1000)                 # 1001, 1011, 0 to abort
        wecom.assert_clean()                          # no broken rule, no 45009, nothing dropped silently

In a group the bot hears only what calls it by `@name`, and nothing at all while it is not connected. The
callback mode is on as soon as `wecom.callback_url` is set. `tests/wecom/test_official.py` checks the fake with
the platform's own Node SDK. Another process talks to `python -m tests.wecom` through `Remote`.
"""

from tests.wecom import refusals
from tests.wecom.control import Remote
from tests.wecom.faults import Cut, Garbage, LateAck, NoAck
from tests.wecom.limits import Limits, Rate
from tests.wecom.server import WeCom
from tests.wecom.stage import Group, Person, Shown

__all__ = [
    "Cut",
    "Garbage",
    "Group",
    "LateAck",
    "Limits",
    "NoAck",
    "Person",
    "Rate",
    "Remote",
    "Shown",
    "WeCom",
    "refusals",
]
