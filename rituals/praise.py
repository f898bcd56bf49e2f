"""After a praise under its own tag: its author is asked whether it may be told, where `[stories] ask` says so.

A KOS asks by `/story`; what follows is the same (handlers/storytelling.py).
"""

from __future__ import annotations

from datetime import timedelta

from rituals import voices
from rituals.base import Context
from storage.messages import Button, Message, Quote
from storage.records import STAFF, Feedback, FeedbackClass, Member
from storage.stories import Place
from storage.text.hints import HINTS
from storage.text.quotes import untagged

_ASK_AGAIN_AFTER = timedelta(days=30)
_ANSWER_WITHIN = timedelta(days=7)
_LONGEST = 600  # characters; longer ones are worded by a person
_ANSWERS = {"story.yes_named": "named", "story.yes_nameless": "nameless", "story.no": "refused"}


async def ask(feedback: Feedback, ctx: Context) -> None:
    """Ask about the very words, at most once in thirty days, and never a member who wants peace."""
    is_praise = (
        feedback.feedback_class is FeedbackClass.PRAISE
        and feedback.tag in HINTS[FeedbackClass.PRAISE].split()
    )
    if not (ctx.settings.stories.asks_by_itself and is_praise and feedback.is_open_voice):
        return
    wording = untagged(feedback.text)
    if feedback.on_behalf_of or not wording or len(wording) > _LONGEST:
        return
    author = await ctx.uow.members.get(feedback.contributor_id)
    wants_peace = author.wants_peace(ctx.now)
    lately = await ctx.uow.stories.last_asked(author.id)
    if author.is_former or wants_peace or (lately is not None and lately > ctx.now - _ASK_AGAIN_AFTER):
        return
    staff = [carer for carer in await voices.carers(feedback, ctx) if carer.role in STAFF]
    if not staff:
        return
    story = await ctx.uow.stories.ask(
        feedback.id, author.id, wording, ctx.settings.stories.places, by_id=staff[0].id, now=ctx.now
    )
    if story is None:
        return
    language = await ctx.language_of(author)
    words = ctx.say(
        language, "story.ask", who=author.address, wording=(Quote(wording),),
        places=await _places(feedback, author, language, ctx),
    )  # fmt: skip
    action = f"mystory:{feedback.id}:{story.version}"
    rows = tuple(
        (Button(ctx.label(language, text_id), action=f"{action}:{answer}"),)
        for text_id, answer in _ANSWERS.items()
    )
    message = Message(text=words, buttons=rows, about=f"#{feedback.id}")
    await ctx.tell(author, message, key=story.question_key, subject=story.subject)
    private = await ctx.private_chat(author)
    if not ctx.can(private).buttons:
        data = {"feedback": feedback.id, "version": story.version}
        await ctx.uow.expectations.put(private.id, author.id, "mystory", data, ctx.now + _ANSWER_WITHIN)


async def _places(feedback: Feedback, author: Member, language: str, ctx: Context) -> str:
    """Name the places it would be told in."""
    group = await voices.group_of(author, feedback, ctx)
    channels = ctx.settings.stories.channels or ctx.label(language, "story.channels")
    named = {
        Place.GROUP: ctx.label(language, "story.place_group", group=group.title) if group else "",
        Place.LIBRARY: ctx.label(language, "story.place_library"),
        Place.BRAND: ctx.label(language, "story.place_brand", channels=channels),
    }
    shown = [named[place] for place in ctx.settings.stories.places if named[place]]
    return ctx.label(language, "list.comma").join(shown)
