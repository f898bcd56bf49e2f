"""Intent `detail`: what a department asked back is told by who said it, or by staff. Writes: notes, routes, outbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from handlers.base import Context, NotAllowedError, Settings, UserError
from handlers.decisions import answer_buttons
from handlers.digressions import calls_off
from handlers.events import Event, EventKind, pressed
from handlers.orders import LONE_WORDS, LONGEST
from handlers.routing import department_name, department_of
from handlers.tags import clean
from storage.messages import Button, Message, Quote
from storage.points import Point
from storage.records import EVERYBODY, STAFF, TALKING, ChatKind
from storage.routes import Route, RouteState

NAME = "detail"
ROLES = EVERYBODY
COMMANDS: tuple[str, ...] = ()
EXAMPLE = ""
_WAIT_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Detail:
    """For which route, in which version, what."""

    route_id: int
    version: int
    text: str = ""


def match(event: Event, settings: Settings) -> Detail | None:
    """Return the detail, or None if the event is something else. Pure."""
    del settings
    awaited = event.awaited
    said = event.text.strip()
    is_sentence = bool(said or event.attachments) and said not in LONE_WORDS and not calls_off(said)
    if awaited is not None and awaited.intent == NAME and is_sentence:
        return Detail(awaited.data["route"], awaited.data["version"], said)
    arguments = pressed(event, NAME)
    if arguments is None or len(arguments) != 2 or not all(a.isascii() and a.isdecimal() for a in arguments):
        return None
    return Detail(int(arguments[0][:15]), int(arguments[1][:15]))


async def handle(event: Event, argument: Detail, ctx: Context) -> None:
    """Ask for the sentence after the button; pass it on when it comes."""
    route = await ctx.uow.routes.get(argument.route_id)
    points = await ctx.uow.points.list_of([route] if route else [])
    if route is None or route.id not in points:
        raise UserError("decide.gone")
    point = points[route.id]
    if ctx.sender.role not in STAFF and ctx.sender.id not in {voice.contributor_id for voice in point.voices}:
        raise NotAllowedError
    department = department_of(route, ctx)
    if route.version != argument.version or department is None or not point.open_voices:
        if event.awaited is not None:
            await ctx.uow.expectations.drop(ctx.chat.id, ctx.sender.id)
        raise UserError("detail.late", department=department_name(route, ctx))
    if event.kind is EventKind.PRESS:
        data = {"route": route.id, "version": route.version}
        await ctx.uow.expectations.put(ctx.chat.id, ctx.sender.id, NAME, data, ctx.now + _WAIT_FOR)
        cancel = Button(ctx.label("order.cancel"), action=f"drop:{NAME}")
        words = ctx.say("detail.ask", department=department.name)
        await ctx.reply(Message(text=words, buttons=((cancel,),)))
        return
    text = clean(argument.text)
    if not text:
        raise UserError("order.words_only")
    if len(text) > LONGEST:
        raise UserError("order.too_long", limit=LONGEST, length=len(text))
    await ctx.uow.expectations.drop(ctx.chat.id, ctx.sender.id)
    await _pass_on(route, point, text, ctx)
    await ctx.reply(ctx.say("detail.done", department=department.name))


async def _pass_on(route: Route, point: Point, text: str, ctx: Context) -> None:
    """Keep it beside the voice, ask the department again, and show it where its packet goes."""
    mine = [voice for voice in point.voices if voice.contributor_id == ctx.sender.id]
    voice = (mine or list(point.voices))[0]
    await ctx.uow.notes.add(voice.id, ctx.sender.id, text, ctx.now)
    await ctx.uow.feedback.add_attachments(voice.id, ctx.event.attachments)
    route = await ctx.uow.routes.answer(
        route, RouteState.ASKED, by_id=route.answered_by_id or ctx.sender.id, now=ctx.now, note=route.note
    )
    department = department_of(route, ctx)
    for place in department.places if department else ():
        external_id = await ctx.uow.chats.present_id(place.platform, place.external_id)
        chat = await ctx.uow.chats.find(place.platform, external_id)
        if chat is None or chat.platform not in TALKING:
            continue
        words = ctx.texts.text(chat.language, "detail.passed_on", name=point.name, text=(Quote(text),))
        buttons: tuple[tuple[Button, ...], ...] = ()
        if ctx.can(chat).buttons:
            buttons = (answer_buttons(ctx, route, point, chat.language),)
        await ctx.uow.outbox.put(
            chat.id, Message(text=words, buttons=buttons), key=f"route:{route.id}:{route.version}:detail:{chat.id}",
            now=ctx.now, subject=f"packet:{route.department}", is_unprompted=chat.kind is ChatKind.GROUP,
        )  # fmt: skip
