"""What a new voice is like: its contributor is asked once whether it is the same thing; staff hear of what is back.

A step after each capture puts the timer `alike`; by then the words are indexed in the background. Nothing is merged.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from rituals import voices
from rituals.base import Context
from storage.meanings import Sense
from storage.messages import Button, Message
from storage.nearness import nearest
from storage.records import OPEN, ChatKind, Feedback, FeedbackClass, Status
from storage.timers import Timer

KIND = "alike"
_WAITS = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=10))
"""How long is waited for the index, before each look."""

OFFERED = 2
"""How many a member is asked about: more would be a list, not a question."""

_LOOKED_AT = 5
_SAME = "same"  # the intent of who answers
_ANSWER_WITHIN = timedelta(hours=2)
_VERIFIED = frozenset({Status.VERIFIED})


async def begin(feedback: Feedback, ctx: Context) -> None:
    """Promise to look when the voice is indexed."""
    await _look_later(feedback, 0, ctx)


async def look(timer: Timer, ctx: Context) -> None:
    """Ask the contributor about what is open and alike, and tell the owner of what is verified and alike."""
    number = voices.number_of(timer.subject, "feedback")
    feedback = None if number is None else await ctx.uow.feedback.find(number)
    if feedback is None or feedback.status not in OPEN or feedback.topic_id is not None:
        return
    words = await ctx.uow.likeness.find_words(feedback.id)
    codes = ctx.meaning.codes
    vector = None if codes is None else await ctx.uow.meanings.find(feedback.id)
    is_last = int(timer.data["look"]) + 1 == len(_WAITS)
    if words is None or (codes is not None and vector is None and not is_last):
        await _look_later(feedback, int(timer.data["look"]) + 1, ctx)
        return
    sense = None if codes is None or vector is None else Sense(vector, codes)
    await _alert(feedback, await _alike(feedback, words, sense, _VERIFIED, ctx), ctx)
    await _ask(feedback, await _alike(feedback, words, sense, OPEN, ctx), ctx)


async def _look_later(feedback: Feedback, look: int, ctx: Context) -> None:
    if look < len(_WAITS):
        subject = f"feedback:{feedback.id}"
        key = f"{subject}:{KIND}:{look}"
        await ctx.uow.timers.put(key, KIND, ctx.now + _WAITS[look], subject=subject, data={"look": look})


async def _alike(
    feedback: Feedback, words: list[str], sense: Sense | None, statuses: Iterable[Status], ctx: Context
) -> list[Feedback]:
    found = await nearest(ctx.uow, words, sense, _LOOKED_AT, statuses, apart_from=feedback.id)
    near = [one.item for one in found if one.is_alike]
    by_id = {each.id: each for each in await ctx.uow.moves.list_by_id(near)} if near else {}
    return [by_id[item] for item in near if item in by_id]


async def _ask(feedback: Feedback, others: list[Feedback], ctx: Context) -> None:
    """Ask in private; only about what others said openly in a group, and each topic once."""
    if feedback.on_behalf_of or not feedback.is_open_voice:
        return
    chats = await ctx.uow.chats.list_by_id({other.chat_id for other in others})
    offered: dict[object, Feedback] = {}
    for other in others:
        is_public = other.is_open_voice and chats[other.chat_id].kind is ChatKind.GROUP
        is_earlier = other.id < feedback.id  # who said it first is not asked about who said it after
        if is_earlier and is_public and other.contributor_id != feedback.contributor_id:
            offered.setdefault(other.topic_id or f"#{other.id}", other)
    known = await ctx.uow.resonances.list_of(feedback.contributor_id, [other.id for other in others])
    said = {each.feedback_id for each in known}
    asked = [other for other in offered.values() if other.id not in said][:OFFERED]
    if not asked:
        return
    member = await ctx.uow.members.get(feedback.contributor_id)
    language = await ctx.language_of(member)
    lines = "".join(
        ctx.label(language, "alike.one", number=other.id, quote=voices.quote(other, language, ctx))
        for other in asked
    )
    words = ctx.say(
        language,
        "alike.question",
        quote=voices.quote(feedback, language, ctx),
        lines=lines,
        number=asked[0].id,
    )
    same = tuple(
        Button(ctx.label(language, "alike.same", number=other.id), action=f"same:{feedback.id}:{other.id}")
        for other in asked
    )
    other_ids = ":".join(str(other.id) for other in asked)
    differs = Button(ctx.label(language, "alike.differs"), action=f"differs:{feedback.id}:{other_ids}")
    message = Message(text=words, buttons=(same, (differs,)), about=f"#{feedback.id}")
    subject = f"feedback:{feedback.id}"
    await ctx.tell(member, message, key=f"{subject}:alike", subject=subject)
    private = await ctx.private_chat(member)
    if await ctx.uow.expectations.find(private.id, member.id, ctx.now) is None:
        data = {"feedback": feedback.id, "others": [other.id for other in asked]}
        await ctx.uow.expectations.put(private.id, member.id, _SAME, data, ctx.now + _ANSWER_WITHIN)


async def _alert(feedback: Feedback, verified: list[Feedback], ctx: Context) -> None:
    """Tell who looks after what was verified that it may be back; once for each time that it was verified."""
    if not verified or feedback.feedback_class is FeedbackClass.PRAISE:
        return  # who was hurt and now praises has nothing that came back
    old = verified[0]
    subject, version = f"feedback:{old.id}", old.version
    if old.topic_id is not None:
        together = await ctx.uow.topics.list_feedback(old.topic_id)
        subject = f"topic:{old.topic_id}"
        version = max(each.version for each in together if each.status is Status.VERIFIED)
    for carer in await voices.carers(old, ctx):
        language = await ctx.language_of(carer)
        words = ctx.say(
            language, "alike.regression", number=feedback.id, quote=voices.quote(feedback, language, ctx),
            old=old.id, was=voices.quote(old, language, ctx),
        )  # fmt: skip
        row = (
            Button(f"#{feedback.id}", action=f"show:{feedback.id}"),
            Button(
                ctx.label(language, "alike.reopen", number=old.id), action=f"reopen:{old.id}:{old.version}"
            ),
        )
        message = Message(text=words, buttons=(row,), about=f"#{feedback.id}")
        await ctx.tell(
            carer,
            message,
            key=f"{subject}:regression:{version}:{carer.id}",
            subject=f"feedback:{feedback.id}",
        )
