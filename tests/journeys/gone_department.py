"""The story of a department that leaves the config between the question and its answer; on every platform."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from tests.stage import Stage

Leave = Callable[[], Awaitable[None]]


def departments(*, member: str = "", is_left: bool = False) -> str:
    """Return the config's departments; of the product's somebody is a member, until it is left out."""
    product = f'[[departments]]\nkey = "product"\nname = "产品部"\nfile = "packets"\nmembers = ["{member}"]\n'
    rest = '[[departments]]\nkey = "logistics"\nname = "物流部"\nfile = "parcels"\n'
    return rest if is_left else product + rest


async def a_department_that_is_gone(stage: Stage, theirs: Any, leave: Leave) -> None:
    """Its own person answers once; after it is gone they get one clear line, and what it had is answered elsewhere."""
    zhang, li, [fan] = stage.zhang, stage.li, stage.crowd(1)
    await stage.says(zhang, "#反馈 还在时：后备箱关门的声音太响了")
    answered = await stage.number("还在时：")
    await stage.says(fan, "#反馈 撤掉后：充电口盖子戴着手套打不开")
    left = await stage.number("撤掉后：")
    for number in (answered, left):
        await stage.says(li, f"/route {number} 产品部", dm=True)
        await stage.hears(li, f"#{number} 交给产品部了")
    await stage.says(theirs, f"答复 {answered} 接受 7天后 换软的缓冲条", dm=True)
    await stage.hears(theirs, f"#{answered} 记下了")
    await stage.hears(zhang, "换软的缓冲条")
    await stage.becomes(answered, "planned")

    await leave()
    await stage.says(theirs, f"/decide {left} 接受 7天后 换大一号的拉手", dm=True)
    await stage.hears(theirs, "只有")
    await stage.says(li, "/route", dm=True)
    assert f"#{left}" in await stage.hears(li, "product")
    await stage.says(li, f"/route {left} 物流部", dm=True)
    await stage.hears(li, f"#{left} 交给物流部了")
    await stage.says(li, f"/resolve {left} 换了大一号的拉手", dm=True)
    await stage.hears(fan, "换了大一号的拉手")
    await stage.becomes(left, "resolved")
    assert not any("大一号" in text and "7天" in text for text in await stage.heard(fan))
