"""Power cuts on the local web chat: killed in the middle of what people do, nothing is lost and nothing doubled."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest

from tests.webchat.live import Web, WebchatStage, on_the_page

pytestmark = pytest.mark.process

AT_ONCE_SECONDS = (0.004, 0.02)
"""How long after an act the power goes: while it is handled, and before its answer is delivered."""


async def test_what_is_under_way_when_the_power_goes_is_done_once(tmp_path: Path) -> None:
    async with on_the_page(tmp_path, settings="[manners]\ndms_per_day = 9\n") as (web, client):
        crew = web.crew(crowd=len(AT_ONCE_SECONDS))
        await web.start(client)
        stage = WebchatStage(web, crew)

        for moment, (who, seconds) in enumerate(zip(crew.crowd, AT_ONCE_SECONDS, strict=True)):
            words = f"#反馈 断电{moment}：按钮太小了，戴着手套按不准"
            said = {"as": who, "chat": crew.group, "text": words, "client_id": f"cut{moment}"}
            await _cut_off(web, client, "say", said, seconds)
            answer = await client.post(
                "/webchat/api/say", json=said
            )  # the page sends it again, as the same act
            assert answer.status_code == 200, answer.text
            await stage.is_marked(answer.json()["message"]["id"])
            [count] = await web.row("SELECT count(*) FROM feedback WHERE text LIKE ?", f"%断电{moment}：%")
            assert count == 1

        number, who = await stage.number("断电0："), crew.crowd[0]
        order = {
            "as": crew.li,
            "chat": crew.li,
            "text": f"/resolve {number} 4.3 里放大了",
            "client_id": "order",
        }
        await _cut_off(web, client, "say", order, AT_ONCE_SECONDS[0])
        await client.post("/webchat/api/say", json=order)
        await stage.hears(who, "4.3 里放大了")
        [asked] = [each for each in web.in_chat(who) if each.get("buttons") and "4.3 里放大了" in str(each)]
        better = next(each for row in asked["buttons"] for each in row if "顺手多了" in each["label"])
        press = {"as": who, "chat": who, "message": asked["id"], "data": better["data"], "client_id": "press"}
        await _cut_off(web, client, "press", press, AT_ONCE_SECONDS[0])
        await client.post("/webchat/api/press", json=press)
        await stage.becomes(number, "verified")
        await stage.hears(None, "亲自确认过了")

        assert sum("亲自确认过了" in text for text in await stage.heard(None)) == 1
        assert sum("4.3 里放大了" in text for text in await stage.heard(who)) == 1
        assert sum(f"#{number} 已解决" in text for text in await stage.heard(crew.li)) <= 1


async def _cut_off(
    web: Web, client: httpx.AsyncClient, act: str, ask: dict[str, object], seconds: float
) -> None:
    """Do something, let the power go so much later, and come back."""
    doing = asyncio.ensure_future(client.post(f"/webchat/api/{act}", json=ask))
    await asyncio.sleep(seconds)
    cut = asyncio.ensure_future(web.power_cut(client))
    await asyncio.gather(doing, return_exceptions=True)
    await cut
