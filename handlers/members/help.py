"""Intent `help`: what one may say here, built from the routing table, by what people want. Writes: outbox."""

from __future__ import annotations

from handlers.base import Context, Handler, Settings
from handlers.events import Event, EventKind, called
from storage.messages import Button, Message, Part, Strong
from storage.records import EVERYBODY, STAFF, Role

NAME = "help"
ROLES = EVERYBODY
COMMANDS: tuple[str, ...] = ("help", "帮助")
EXAMPLE = "/help"

GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("queue", ("inbox", "show", "claim", "reply", "draft", "note", "class")),
    ("moves", ("plan", "progress", "resolve", "decline", "reopen", "hold", "told")),
    ("same", ("similar", "merge", "unmerge", "split", "topic")),
    ("departments", ("route", "insight", "decide", "report")),
    ("hurt", ("case", "cause", "immunity")),
    ("people", ("who", "tag", "for", "fb", "beta", "story", "credit", "award", "circle")),
    ("group", ("poll", "ritual", "pause", "resume", "setup")),
    ("care", ("staff", "whereami", "doctor", "audit", "export", "unmask")),
    ("say", ("feedback", "details", "private", "vote")),
    ("see", ("mine", "me", "follow", "withdraw")),
    ("self", ("name", "city", "snooze")),
    ("data", ("mydata", "revoke", "forget")),
)  # every command but the two that need no explanation: a test holds it to the routing table
_SHOWN = 20
_ENDS = " \t\n。.!！?？~～,，呀啊呢"
_WHO = "?"  # what somebody wants explained who asks what we are
_WHO_ARE_YOU = frozenset({
    "你是谁", "你是什么", "你是什么东西", "你是机器人", "你是机器人吗", "你是真人吗", "你是人吗", "是真人吗",
    "who are you", "what are you", "are you a bot", "are you human", "are you real", "is this a bot",
})  # fmt: skip
_WHAT_NOW = frozenset({
    "你能干嘛", "你能干什么", "你能做什么", "你会什么", "你会做什么",
    "能干嘛", "能做什么",
    "怎么用", "怎么玩", "有什么用", "有什么功能", "功能", "菜单", "使用说明",
    "what can you do", "how does this work", "how do i use this", "menu", "commands", "help",
})  # fmt: skip


def match(event: Event, settings: Settings) -> str | None:
    """Return the command somebody wants explained, empty for all; None if it is something else. Pure."""
    del settings
    rest = called(event, COMMANDS)
    if rest is None and event.kind is EventKind.MESSAGE and event.is_private and not event.is_command:
        said = event.text.strip(_ENDS).casefold()
        return _WHO if said in _WHO_ARE_YOU else "" if said in _WHAT_NOW else None
    return None if rest is None else rest.strip().lstrip("/／").casefold()[:_SHOWN]


async def handle(event: Event, argument: str, ctx: Context) -> None:
    """Say what the sender may do, or explain one command; in a group only what everybody may."""
    if argument == _WHO:
        await ctx.reply(ctx.say("help.what_we_are", community=ctx.settings.community))
        return
    if not event.is_private and not argument and ctx.can(ctx.chat).deep_links:
        row = ((Button(ctx.label("start.open"), start="hello"),),)
        await ctx.reply(Message(text=ctx.say("help.in_group"), buttons=row))
        return
    role = ctx.sender.role if event.is_private else Role.MEMBER
    allowed = _allowed(role, ctx)
    if argument:
        meant = [handler for handler in allowed.values() if argument in handler.COMMANDS]
        lines = [part for handler in meant for part in ("\n", *_line(handler, ctx))]
        head = ctx.say(
            "help.one" if meant else "help.unknown", word=argument, community=ctx.settings.community
        )
        await ctx.reply((*head, *lines))
        return
    parts: list[Part] = [*ctx.say("help.head", community=ctx.settings.community)]
    for group, names in GROUPS:
        handlers = [allowed[name] for name in names if name in allowed]
        if not handlers:
            continue
        heading = Strong(ctx.label(f"help.group.{group}"))
        if role in STAFF:
            words = ctx.label("list.comma").join(_name(handler, ctx) for handler in handlers)
            parts += ["\n", heading, ctx.label("help.colon"), words]
        else:
            parts += ["\n\n", heading]
            parts += [part for handler in handlers for part in ("\n", *_line(handler, ctx))]
    await ctx.reply((*parts, "\n\n", *ctx.say("help.tail_staff" if role in STAFF else "help.tail")))


def _allowed(role: Role, ctx: Context) -> dict[str, Handler]:
    """Return the intents that are listed for a role, by name; what is not set up here is left out."""
    from handlers import HANDLERS

    absent = set() if ctx.settings.has_assistant else {"draft"}
    return {
        handler.NAME: handler
        for handler in HANDLERS
        if role in getattr(handler, "LISTED_FOR", handler.ROLES)
        and handler.COMMANDS
        and handler.EXAMPLE
        and handler.NAME not in absent
    }


def _line(handler: Handler, ctx: Context) -> tuple[Part, ...]:
    """Return an example of a command and what it does."""
    own = f"{handler.NAME}.example"
    known = own in ctx.texts.ids(ctx.language)
    example = Strong(ctx.label(own) if known else handler.EXAMPLE)
    return (example, ctx.label("help.dash"), *ctx.say(f"help.{handler.NAME}"))


def _name(handler: Handler, ctx: Context) -> str:
    """Return a command as it is typed, beside it the word that does the same where people speak Chinese."""
    latin = next(command for command in handler.COMMANDS if command.isascii())
    word = next((command for command in handler.COMMANDS if not command.isascii()), "")
    return f"/{latin} {word}" if word and ctx.language.startswith("zh") else f"/{latin}"
