"""Groups of customers: the text is ready, a KOS taps send in WeCom, and hears of it before and after."""

from datetime import timedelta

import pytest

from bot.adapters.base import Parcel, PermanentError
from bot.adapters.wecom.settings import GroupSettings
from storage.messages import Message
from storage.promises import DeliveryKind
from storage.records import ChatKind, ChatState, Platform
from tests.bot.adapters.wecom.conftest import Begin, Community

CUSTOMERS = "wrCUSTOMERS"


async def opened(begin: Begin) -> Community:
    """Begin with a group of customers for whom Li taps, and whom the bot has met."""
    c = await begin(
        app=True,
        groups=(GroupSettings(CUSTOMERS, assisted_by="LiKOS"),),
        assisted_every=timedelta(seconds=0.1),
    )
    c.wecom.group(CUSTOMERS, "客户一群", external=True)
    async with c.database.begin() as uow:
        await uow.chats.add(
            Platform.WECOM, CUSTOMERS, ChatKind.GROUP, title="客户一群", state=ChatState.SERVED, language="zh_CN",
            timezone="Asia/Shanghai",
        )  # fmt: skip
    await c.wecom.says(c.li, "/inbox")
    await c.wecom.sees(c.li)
    return c


def summary(text: str) -> Parcel:
    return Parcel(text, DeliveryKind.POST, CUSTOMERS, ChatKind.GROUP, Message(text=(text,)))


async def test_a_post_to_customers_waits_for_a_tap_and_is_followed(begin: Begin) -> None:
    c = await opened(begin)
    await c.adapter.send(summary("本周共创小结"))
    line = await c.wecom.sees(c.li, "客户一群")
    assert "第 1 条" in line.text
    (task,) = c.wecom.api.tasks.values()
    assert (task["sender"], task["body"]["text"]["content"]) == ("LiKOS", "本周共创小结")
    seen = len(c.wecom.stage.shown)
    task["status"] = 1
    await c.wecom.sees(c.li, "已经发出", since=seen)
    polls = len(c.wecom.api.calls)
    await c.wecom.stage.until(lambda: len(c.wecom.api.calls) >= polls, "")
    assert sum("已经发出" in shown.text for shown in c.wecom.seen(c.li)) == 1


async def test_a_post_to_customers_never_goes_another_way(begin: Begin) -> None:
    c = await opened(begin)
    c.wecom.api.ip_is_allowed = False
    with pytest.raises(PermanentError, match="企业可信IP"):
        await c.adapter.send(summary("本周共创小结"))
    assert not c.wecom.seen(c.wecom.stage.groups[CUSTOMERS])
