"""The story of everything that goes wrong at once: whoever errs hears one clear line, and nothing is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from tests.stage import Stage


async def wrong_turns(stage: Stage) -> None:
    """Wrong numbers, merges into itself and in a circle, no such department, double taps, consent taken back."""
    zhang, yu, li = stage.zhang, stage.yu, stage.li
    await stage.says(zhang, "#反馈 绕远路：下雨天导航老是重启")
    first = await stage.number("绕远路：")
    await stage.says(yu, "#反馈 也绕了：导航一下雨就没声音")
    second = await stage.number("也绕了：")

    for asked, told in (
        ("/resolve 987654 修好了", "没有 #987654 这一条"),
        (f"/merge {first} {first}", f"#{first} 不能和自己合并"),
        (f"/route {first} 财务部", "财务部"),
        (f"/merge {first} {second}", "现在有 2 条"),
        (f"/merge {second} {first}", "已经都在"),
    ):
        await stage.says(li, asked, dm=True)
        await stage.hears(li, told)

    await stage.says(li, f"/resolve {first} 4.3 里导航不再重启", dm=True)
    await stage.hears(zhang, "4.3 里导航不再重启")
    await asyncio.gather(stage.presses(zhang, "顺手多了"), stage.presses(zhang, "顺手多了"))
    await stage.hears(None, "亲自确认过了")
    await stage.becomes(first, "verified")
    await stage.hears(yu, "4.3 里导航不再重启")

    [fan] = stage.crowd(1)
    await stage.says(fan, "#表扬 想好了：导航现在又快又准")
    praise = await stage.number("想好了：")
    await stage.says(li, f"/story {praise} 想好了：再也没有迷过路", dm=True)
    await stage.hears(fan, "再也没有迷过路")
    await asyncio.gather(stage.presses(fan, "写我的名字"), stage.says(fan, f"/revoke {praise}", dm=True))
    await stage.hears(fan, "收回")
    await stage.says(li, f"/story {praise} 发布", dm=True)
    await stage.hears(li, "收回")
    heard = await stage.heard(None)
    assert sum("亲自确认过了" in text for text in heard) == 1
    assert not any("迷过路" in text for text in heard)
    await stage.later(days=8)
    await stage.becomes(second, "unconfirmed")  # one member's word is no other's: it was never verified


async def two_of_staff_at_once(stage: Stage) -> None:
    """Two take up one voice, then answer it, in the same moment: one of them does, the other is told, nobody twice."""
    zhang, both = stage.zhang, (stage.li, stage.colleague)
    await stage.says(zhang, "#反馈 两位都看：希望氛围灯能按时间自己变暗")
    number = await stage.number("两位都看：")

    await asyncio.gather(*(stage.says(who, f"/claim {number}", dm=True) for who in both))
    first, second = await whoever_hears(stage, both, "归你跟进了"), await whoever_hears(stage, both, "已经由")
    assert first != second

    await asyncio.gather(*(stage.says(who, f"/resolve {number} 日落后自己变暗", dm=True) for who in both))
    first, second = (
        await whoever_hears(stage, both, "已解决"),
        await whoever_hears(stage, both, "现在是「待验证」"),
    )
    assert first != second
    await stage.hears(zhang, "日落后自己变暗")
    assert sum("日落后自己变暗" in text for text in await stage.heard(zhang)) == 1


async def whoever_hears(stage: Stage, people: Sequence[Any], words: str) -> Any:
    """Return the first of some people who hears these words. **Errors**: AssertionError if nobody does."""
    listening = {asyncio.ensure_future(stage.hears(who, words)): who for who in people}
    pending = set(listening)
    try:
        while pending:
            done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            for each in done:
                if each.exception() is None:
                    return listening[each]
    finally:
        for each in listening:
            each.cancel()
    raise AssertionError(f"nobody hears {words!r}")
