"""The page of the web chat and its JSON API, as one ASGI app. Built by `bot/app.py` into the site `/webchat`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot.adapters.webchat import asks, render
from bot.adapters.webchat.acts import RefusedError
from bot.adapters.webchat.adapter import WebchatAdapter
from bot.adapters.webchat.files import TYPES
from bot.adapters.webchat.moments import read_moment
from bot.adapters.webchat.people import PHOTO_LIMIT, Person
from bot.adapters.webchat.stream import Stream
from bot.adapters.webchat.tour import progress
from bot.web import TooLargeError, read_body
from locales.catalog import LANGUAGES, Catalog
from storage.errors import StorageBusyError
from storage.records import Platform, Role
from storage.uow import UnitOfWork

JSON_LIMIT = 1024 * 1024  # bytes; 100,000 escaped characters fit, so that they get a clear line
_RECENT = 200  # messages of each chat that a page shows at first
_HERE = Path(__file__).parent

Advance = Callable[[datetime], Awaitable[None]]
Retell = Callable[[UnitOfWork, str], Awaitable[None]]
_Ask = TypeVar("_Ask", bound=msgspec.Struct)


def build(
    adapter: WebchatAdapter, texts: Catalog, advance: Advance | None = None, retell: Retell | None = None
) -> Starlette:
    """Return the app. `advance` moves the clock, `retell` changes who lives there: in the demo only."""
    return Starlette(routes=_Api(adapter, texts, advance, retell).routes())


class _Api:
    def __init__(
        self, adapter: WebchatAdapter, texts: Catalog, advance: Advance | None, retell: Retell | None
    ) -> None:
        self._adapter = adapter
        self._settings = adapter.settings
        self._texts = texts
        self._advance = advance
        self._retell = retell

    def routes(self) -> list[Route | Mount]:
        acts: dict[str, Callable[[Request], Awaitable[Any]]] = {
            "say": self._say, "start": self._start, "edit": self._edit, "press": self._press, "react": self._react,
            "vote": self._vote, "upload": self._upload, "clock": self._clock, "language": self._language,
        }  # fmt: skip
        return [
            Route("/", self._page),
            Route("/api/state", self._state),
            Route("/api/texts", self._show_texts),
            Route("/api/stream", self._stream),
            *[Route(f"/api/{name}", self._answered(act), methods=["POST"]) for name, act in acts.items()],
            Route("/files/{name}", self._file),
            Mount("/static", StaticFiles(directory=_HERE / "static")),
        ]

    def _answered(self, act: Callable[[Request], Awaitable[Any]]) -> Callable[[Request], Awaitable[Response]]:
        """Wrap an act so that whatever is wrong with a request becomes one line in the page's language."""

        async def answer(request: Request) -> Response:
            try:
                return JSONResponse(await act(request) or {})
            except RefusedError as error:
                return self._line(request, error.status, error.text_id, error.params)
            except TooLargeError:
                return self._line(request, 413, "webchat.error.too_large", {})
            except StorageBusyError:
                return self._line(request, 503, "webchat.error.busy", {})
            except (msgspec.DecodeError, UnicodeDecodeError):
                return self._line(request, 400, "webchat.error.form", {})

        return answer

    def _line(self, request: Request, status: int, text_id: str, params: dict[str, Any]) -> Response:
        return JSONResponse({"error": self._texts.plain(_language(request), text_id, **params)}, status)

    async def _page(self, request: Request) -> Response:
        del request
        return FileResponse(_HERE / "templates" / "index.html", headers={"cache-control": "no-cache"})

    async def _state(self, request: Request) -> Response:
        since = request.query_params.get("since", "0")
        if not (since.isascii() and since.isdigit() and len(since) < asks.DIGITS):
            return self._line(request, 400, "webchat.error.form", {})
        chats = [group.id for group in self._settings.groups] + [p.id for p in self._settings.people]
        try:
            async with self._adapter.database.read() as uow:
                revision = await uow.webchat.last_revision()
                if int(since):
                    messages = await uow.webchat.list_since(int(since), _RECENT * len(chats))
                else:
                    messages = [m for chat in chats for m in await uow.webchat.list_recent(chat, _RECENT)]
                loops = await progress(uow)
                served = [await uow.chats.find(Platform.WEBCHAT, group.id) for group in self._settings.groups]
        except StorageBusyError:
            return self._line(request, 503, "webchat.error.busy", {})
        return JSONResponse(
            {
                "community": self._settings.community, "bot_names": self._settings.bot_names, "revision": revision,
                "people": [
                    {"id": p.id, "name": p.name, "role": p.role} for p in sorted(self._settings.people, key=_rank)
                ],
                "groups": [
                    {"id": g.id, "title": g.title, "count": len(self._settings.people) + len(self._settings.away)}
                    for g in self._settings.groups
                ],
                "zone": self._settings.timezone, "now": self._adapter.now().isoformat(),
                "can_move_clock": self._advance is not None,
                "language": next((chat.language for chat in served if chat), self._settings.language),
                "messages": [render.view(message) for message in messages], "loops": loops,
            },
            headers={"cache-control": "no-store"},
        )  # fmt: skip

    async def _show_texts(self, request: Request) -> Response:
        language = _language(request)
        texts = self._texts.raw(language, "webchat.")
        return JSONResponse({"language": language, "texts": texts}, headers={"vary": "accept-language"})

    async def _stream(self, request: Request) -> Response:
        last = request.headers.get("last-event-id") or request.query_params.get("since", "0")
        since = int(last) if last.isascii() and last.isdigit() and len(last) < asks.DIGITS else 0
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        stream = Stream(self._adapter.database, self._adapter.news, now=self._adapter.now)
        return StreamingResponse(stream.events(since), media_type="text/event-stream", headers=headers)

    async def _file(self, request: Request) -> Response:
        path = self._adapter.files.find(request.path_params["name"])
        if path is None:
            return Response(status_code=404)
        forever = {"cache-control": "private, max-age=31536000, immutable"}
        return FileResponse(path, media_type=TYPES[path.suffix[1:]], headers=forever)

    async def _say(self, request: Request) -> dict[str, Any]:
        ask = await _asked(request, asks.Say)
        said = await self._adapter.acts.say(
            ask.as_, ask.chat, ask.text, key=ask.client_id, reply_to=ask.reply_to
        )
        return {"message": render.view(said)}

    async def _start(self, request: Request) -> dict[str, Any]:
        ask = await _asked(request, asks.Start)
        said = await self._adapter.acts.begin(ask.as_, ask.data, key=ask.client_id)
        return {"message": render.view(said)}

    async def _edit(self, request: Request) -> None:
        ask = await _asked(request, asks.Edit)
        await self._adapter.acts.edit(ask.as_, ask.chat, ask.message, ask.text, key=ask.client_id)

    async def _press(self, request: Request) -> dict[str, Any]:
        ask = await _asked(request, asks.Press)
        toast = await self._adapter.acts.press(ask.as_, ask.chat, ask.message, ask.data, key=ask.client_id)
        return {"toast": toast}

    async def _react(self, request: Request) -> None:
        ask = await _asked(request, asks.React)
        await self._adapter.acts.react(
            ask.as_, ask.chat, ask.message, ask.emoji, key=ask.client_id, is_on=ask.is_on
        )

    async def _vote(self, request: Request) -> None:
        ask = await _asked(request, asks.Vote)
        await self._adapter.acts.vote(ask.as_, ask.chat, ask.message, ask.choices, key=ask.client_id)

    async def _upload(self, request: Request) -> dict[str, Any]:
        ask = msgspec.convert(dict(request.query_params), asks.Upload, strict=False)
        photo = await read_body(request.headers, request.stream(), PHOTO_LIMIT)
        if not photo:
            raise RefusedError(415, "webchat.error.photo_kind")
        said = await self._adapter.acts.say(
            ask.as_, ask.chat, ask.text, key=ask.client_id, reply_to=ask.reply_to, photo=photo
        )
        return {"message": render.view(said)}

    async def _clock(self, request: Request) -> dict[str, Any]:
        ask = await _asked(request, asks.Clock)
        if self._advance is None:
            raise RefusedError(403, "webchat.error.clock_fixed")
        moment = read_moment(ask.to, self._adapter.now(), ZoneInfo(self._settings.timezone))
        if moment is None:
            raise RefusedError(400, "webchat.error.clock")
        await self._advance(moment)
        self._adapter.news.tell()
        return {"now": self._adapter.now().isoformat()}

    async def _language(self, request: Request) -> None:
        """Let the bot speak the page's language in every chat; in the demo only, where nobody else listens."""
        ask = await _asked(request, asks.Language)
        if self._advance is None:
            raise RefusedError(403, "webchat.error.language_fixed")
        if ask.to not in LANGUAGES:
            raise RefusedError(400, "webchat.error.form")
        people = [(person.id, person.name, person.id) for person in self._settings.people]
        chats = [group.id for group in self._settings.groups] + [
            person.id for person in self._settings.people
        ]
        async with self._adapter.database.begin() as uow:
            for chat in (await uow.chats.known(Platform.WEBCHAT, chats)).values():
                await uow.chats.change(chat.id, language=ask.to)
            members = await uow.members.meet(Platform.WEBCHAT, people, self._adapter.now())
            for member in members.values():
                await uow.members.change(member.id, language=ask.to)
            if self._retell is not None:
                await self._retell(uow, ask.to)


def _rank(person: Person) -> int:
    """Put members before staff: a visitor begins as one of them."""
    return list(Role).index(person.role)


async def _asked(request: Request, shape: type[_Ask]) -> _Ask:
    """Read a JSON body. **Errors**: TooLargeError, msgspec.DecodeError, RefusedError for another content type."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise RefusedError(415, "webchat.error.form")
    return msgspec.json.decode(await read_body(request.headers, request.stream(), JSON_LIMIT), type=shape)


def _language(request: Request) -> str:
    """Return the language the page asks for; Chinese if it does not ask for English first."""
    return "en" if request.headers.get("accept-language", "").strip().lower().startswith("en") else "zh_CN"
