"""Stories that only the page of the web chat can tell: everybody is there, a click comes twice, a vote is native."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from tests.bot.adapters.webchat.conftest import PNG
from tests.webchat.live import WebchatStage

PageStory = Callable[[WebchatStage], Awaitable[None]]


async def whoever_is_there_is_reached(stage: WebchatStage) -> None:
    """Who never wrote to us in private hears the news there, and nobody is called for it in the group."""
    await stage.says(stage.yu, "#反馈 够得着：座椅加热太慢了，等半天")
    number = await stage.number("够得着：")
    await stage.says(stage.li, f"/resolve {number} 4.3 里加热快了一倍", dm=True)
    await stage.hears(stage.yu, "4.3 里加热快了一倍")
    await stage.presses(stage.yu, "顺手多了")
    await stage.hears(None, "亲自确认过了")
    assert len(await stage.heard(None)) == 1


async def a_picture_comes_twice_and_is_reworded(stage: WebchatStage) -> None:
    """A double click is one feedback; the words are changed afterwards, and the card shows the new ones."""
    page, group = stage.web.page, stage.crew.group
    query = {"as": stage.zhang, "chat": group, "client_id": "twice", "text": "#反馈 两次：仪表盘反光"}
    first, second = await asyncio.gather(
        *(page.client.post("/webchat/api/upload", params=query, content=PNG) for _ in range(2))
    )
    assert first.json()["message"]["id"] == second.json()["message"]["id"]
    said = first.json()["message"]["id"]
    number = await stage.number("两次：")
    await stage.is_marked(said)
    reworded = "#反馈 两次：仪表盘在夕阳里反光"
    answer = await page.post("edit", who=stage.zhang, chat=group, message=said, text=reworded)
    assert answer.status_code == 200, answer.text
    assert await stage.number("夕阳里反光") == number
    await stage.says(stage.li, f"/show {number}", dm=True)
    await stage.hears(stage.li, "夕阳里反光")
    [count] = await stage.web.row("SELECT count(*) FROM feedback WHERE text LIKE '%两次：%'")
    assert count == 1


async def a_vote_is_changed(stage: WebchatStage) -> None:
    """A poll is one of the page's own: a vote counts, another takes its place, and one nobody offered is refused."""
    page, group = stage.web.page, stage.crew.group
    await stage.says(stage.li, "/poll 周末去哪儿？ | 山里 | 海边")

    def polls() -> list[int]:
        return [each["id"] for each in stage.web.in_chat(group) if "poll" in each]

    [poll] = await stage.web.until(polls, "no poll")
    for choices, status in (([0], 200), ([1], 200), ([7], 400)):
        answer = await page.post("vote", who=stage.zhang, chat=group, message=poll, choices=choices)
        assert answer.status_code == status, answer.text
    await stage.web.until(
        lambda: stage.web.shown[poll]["poll"]["votes"] == {stage.zhang: [1]}, "the vote is not shown"
    )
    await stage.web.row(
        "SELECT 1 FROM poll_answers p JOIN members m ON m.id = p.member_id WHERE m.external_id = ? AND p.choices = ?",
        stage.zhang, "[1]",
    )  # fmt: skip


PAGE_STORIES: dict[str, PageStory] = {
    story.__name__: story
    for story in (whoever_is_there_is_reached, a_picture_comes_twice_and_is_reworded, a_vote_is_changed)
}
