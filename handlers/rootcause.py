"""Why it hurt: the question that follows a resolution, and its buttons. Used by the intents `resolve` and `cause`."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.base import Context
from handlers.quotes import quote_of
from handlers.references import subject_of
from storage.complaints import CAUSES
from storage.messages import Button, Message
from storage.records import STAFF, Change, ChatKind, Feedback

CAUSE = "cause"
SKIP = "-"
_ACROSS = 3


async def ask(ctx: Context, moved: Sequence[tuple[Feedback, Change]]) -> None:
    """Ask whoever resolved something negative, in private and once, why it hurt; they may pass."""
    hurting = next((pair for pair in moved if pair[0].negative), None)
    if hurting is None or ctx.sender.role not in STAFF:
        return
    feedback, change = hurting
    private = await ctx.own_chat()
    language = ctx.sender.language or private.language
    await ctx.uow.outbox.put(
        private.id, await question(ctx, feedback, language), key=f"{subject_of(feedback.id)}:change:{change.id}:cause",
        now=ctx.now, subject=subject_of(feedback.id), member_id=ctx.sender.id,
    )  # fmt: skip


async def question(ctx: Context, feedback: Feedback, language: str, *, is_fixed: bool = True) -> Message:
    """Return the question, with what was named so far marked; it never says fixed of what is not."""
    chosen = await ctx.uow.causes.find(feedback.id)
    names = ctx.settings.complaints.causes
    words = ctx.texts.text(
        language, "cause.question" if is_fixed else "cause.question_open",
        number=feedback.id, quote=quote_of(ctx, feedback, 24, language),
    )  # fmt: skip
    private = ctx.capabilities.get((ctx.sender.platform, ChatKind.PRIVATE))
    if private is None or not private.buttons:
        said = ctx.texts.plain(language, "list.comma").join(word(ctx, name, language) for name in names)
        words = (*words, *ctx.texts.text(language, "cause.by_hand", number=feedback.id, names=said))
    buttons = [
        Button(
            ctx.texts.plain(language, "cause.chosen", name=word(ctx, name, language))
            if name == chosen
            else word(ctx, name, language),
            action=f"{CAUSE}:{feedback.id}:{name}",
        )
        for name in names
    ]
    rows = [tuple(buttons[start : start + _ACROSS]) for start in range(0, len(buttons), _ACROSS)]
    if chosen is None:
        rows.append(
            (Button(ctx.texts.plain(language, "cause.skip"), action=f"{CAUSE}:{feedback.id}:{SKIP}"),)
        )
    return Message(text=words, buttons=tuple(rows), about=f"#{feedback.id}")


def word(ctx: Context, name: str, language: str) -> str:
    """Return what a cause is called: our word for those we know, else the config's own."""
    return ctx.texts.plain(language, f"cause.{name}") if name in CAUSES else name


def find(ctx: Context, said: str) -> str | None:
    """Return the cause that somebody names, by its name or a word for it; None if it is none."""
    wanted = said.strip().casefold()
    for name in ctx.settings.complaints.causes:
        if wanted in {name.casefold(), *(word(ctx, name, each).casefold() for each in ("zh_CN", "en"))}:
            return name
    return None
