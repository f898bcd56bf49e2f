"""Lets the demo's neighbours speak the language of the page. Called by the app when a visitor changes it."""

from __future__ import annotations

from datetime import datetime

from bot.moving_in import GROUP
from bot.neighbours import ENGLISH
from storage.consents import Purpose, Scope
from storage.records import Platform
from storage.stories import StoryState
from storage.uow import UnitOfWork

_MOST = 2_000  # messages of the group; the neighbours spoke first
_CHINESE = {english: chinese for chinese, english in ENGLISH.items()}


async def retell(uow: UnitOfWork, language: str, now: datetime) -> None:
    """Put into a language whatever the neighbours said, and what was made of it."""
    words = ENGLISH if language == "en" else _CHINESE
    group = await uow.chats.find(Platform.WEBCHAT, GROUP)
    if group is None:
        return
    for message in await uow.webchat.list_recent(GROUP, _MOST):
        said = words.get(str(message.body["text"]))
        if said is None or not message.key.startswith("demo."):
            continue
        await uow.webchat.change(message.id, message.body | {"text": said}, now)
        voice = await uow.feedback.find_by_message(group.id, str(message.id))
        found = await uow.discoveries.find_by_message(group.id, str(message.id))
        if voice is not None:
            await uow.feedback.edit_text(voice, said, now)
            await _retell_about(uow, voice.id, words, now)
        if found is not None:
            await uow.discoveries.reword(found.id, said)
    for topic in await uow.topics.list_latest(_MOST):
        if topic.title in words:
            await uow.topics.rename(topic, words[topic.title], now)


async def _retell_about(uow: UnitOfWork, feedback_id: int, words: dict[str, str], now: datetime) -> None:
    """Put into a language what was told of a voice, written about it, and made of it."""
    for key, fact in (await uow.reports.list_facts(feedback_id)).items():
        if fact.value in words:
            await uow.reports.put(feedback_id, key, words[fact.value], fact.at)
    point = await uow.points.find(feedback_id)
    insight = await uow.insights.find(point) if point is not None else None
    if point is not None and insight is not None and insight.sentence in words and insight.by_id is not None:
        await uow.insights.put(point, by_id=insight.by_id, now=now, sentence=words[insight.sentence])
    story = await uow.stories.find(feedback_id)
    if story is None or story.state is not StoryState.PUBLISHED or story.wording not in words:
        return
    wording = words[story.wording]
    voice = await uow.feedback.get(feedback_id)
    subject = f"feedback:{feedback_id}"
    await uow.consents.give(voice.contributor_id, Purpose.STORY, subject, Scope.NAMED, now, wording=wording)
    await uow.stories.change(story, now, wording=wording)
