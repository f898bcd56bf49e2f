"""What is known of a defect, and how it is told, for the dialogues about it."""

from __future__ import annotations

from storage.reports import Fact
from tests.talk import ZHANG, Talk


async def facts(talk: Talk, number: int = 1) -> dict[str, str]:
    async with talk.database.read() as uow:
        found: dict[str, Fact] = await uow.reports.list_facts(number)
    return {key: fact.value or ("-" if fact.is_skipped else "") for key, fact in found.items()}


async def tell_six(talk: Talk) -> None:
    """Let 张哥 answer all but the last question."""
    for words in ("昨天晚上", "下雨天的地库", "4.2", "挂了倒挡"):
        if words == "挂了倒挡":
            await talk.presses(ZHANG, "再说几句")
        await talk.says(ZHANG, words, dm=True)
    await talk.presses(ZHANG, "有时候")
    await talk.says(ZHANG, "滴一声，然后全黑", dm=True)
