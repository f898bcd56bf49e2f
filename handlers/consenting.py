"""How far somebody lets their words be shown, and our question that ends in the answer. Used by `mycase`, `mystory`."""

from __future__ import annotations

from handlers.base import Context
from handlers.events import EventKind
from storage.consents import Scope
from storage.messages import Button, Message, Text, decode

_WORDS = {
    "可以": Scope.NAMED, "同意": Scope.NAMED, "写名字": Scope.NAMED, "署名": Scope.NAMED, "yes": Scope.NAMED,
    "named": Scope.NAMED, "匿名": Scope.NAMELESS, "不写名字": Scope.NAMELESS, "不具名": Scope.NAMELESS,
    "nameless": Scope.NAMELESS,
    "不用": Scope.REFUSED, "不用了": Scope.REFUSED, "不": Scope.REFUSED, "no": Scope.REFUSED,
}  # fmt: skip
_ENDS = " 。.!！~～"


def read_scope(text: str) -> Scope | None:
    """Return how far a sentence lets something be shown, None if it is about something else. Pure."""
    return _WORDS.get(text.strip(_ENDS).lower())


async def settle(ctx: Context, question: str, words: Text, row: tuple[Button, ...], *, about: str) -> None:
    """Let our question, by its key, end in the answer with the way back; where it cannot be edited, say it anew."""
    rows = (row,) if row else ()
    asked = await ctx.uow.promises.find(question)
    is_pressed = (
        asked is not None and ctx.event.kind is EventKind.PRESS and asked.receipt == ctx.event.message_id
    )
    if (
        asked is None
        or not is_pressed
        or not ctx.can(ctx.chat).edits
        or not await ctx.uow.promises.is_alone(asked)
    ):
        await ctx.reply(Message(text=words, buttons=rows, about=about))
        return
    said = decode(asked.content)
    message = Message(text=(*said.text, "\n\n", *words), buttons=rows, about=said.about)
    await ctx.uow.outbox.edit(asked.key, message, now=ctx.now)
