"""Intent `export`, 导出: an admin wants voices, topics, insights or stories as a file. Writes: audit, outbox.

The file itself is made by the bot when the answer is sent; what it may hold is said in `bot/exports.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

from handlers.asides import aside
from handlers.base import Context, NotUnderstoodError, Settings
from handlers.events import Event, called
from storage.messages import Document, Message
from storage.records import ADMINS, ChatKind

NAME = "export"
ROLES = ADMINS
COMMANDS: tuple[str, ...] = ("export", "导出")
EXAMPLE = "/export csv 话题"
_FORMS = {"csv": "csv", "表格": "csv", "md": "md", "markdown": "md", "html": "html", "网页": "html"}
_WHAT = {
    "feedback": "feedback", "反馈": "feedback", "topics": "topics", "topic": "topics", "话题": "topics",
    "insights": "insights", "insight": "insights", "洞察": "insights", "stories": "stories", "story": "stories",
    "故事": "stories",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wish:
    """What, in which form; the word that is neither, if there is one."""

    what: str = "feedback"
    form: str = "csv"
    unknown: str = ""


def match(event: Event, settings: Settings) -> Wish | None:
    """Return the wish, or None if the event is something else. Pure."""
    del settings
    rest = called(event, COMMANDS)
    if rest is None:
        return None
    words = rest.casefold().split()
    forms, kinds = [_FORMS[w] for w in words if w in _FORMS], [_WHAT[w] for w in words if w in _WHAT]
    unknown = next((word for word in words if word not in _FORMS and word not in _WHAT), "")
    return Wish(kinds[0] if kinds else "feedback", forms[0] if forms else "csv", unknown)


async def handle(event: Event, argument: Wish, ctx: Context) -> None:
    """Send the file in private, or say where it will lie."""
    del event
    if argument.unknown:
        raise NotUnderstoodError(
            "export.how", word=argument.unknown[:20], example=ctx.label(f"{NAME}.example")
        )
    name = f"{argument.what}-{ctx.now:%Y%m%d-%H%M%S}.{argument.form}"
    await ctx.uow.audit.add(
        "export", by_id=ctx.sender.id, now=ctx.now, detail=f"{argument.what} {argument.form}"
    )
    files = ctx.capabilities[ctx.chat.platform, ChatKind.PRIVATE].files
    text = ctx.say("export.sent" if files else "export.kept", name=name)
    await aside(ctx, Message(text=text, document=Document(name, export=argument.what)))
