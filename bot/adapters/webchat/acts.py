"""What people do on the page: their message is written down, then given to the bot. Called by the API.

Each act carries a key of the page's own, so that a double click or a second try is one act.
"""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from bot.adapters.webchat import render
from bot.adapters.webchat.files import Files
from bot.adapters.webchat.people import TEXT_LIMIT, Person, WebchatSettings
from storage.db import Database
from storage.uow import UnitOfWork
from storage.webchat import WebchatMessage, WebchatUpdate

_MOST_EMOJI = 16  # characters; a flag or a family is one emoji of many code points


class RefusedError(Exception):
    """The page asked for what cannot be done: a status and one line, as a text id."""

    def __init__(self, status: int, text_id: str, /, **params: Any) -> None:
        super().__init__(text_id)
        self.status = status
        self.text_id = text_id
        self.params = params


class Acts:
    """The hands of the people in the web chat."""

    def __init__(
        self, settings: WebchatSettings, database: Database, files: Files, *, now: Callable[[], datetime],
        offer: Callable[[WebchatUpdate], Awaitable[str]],
    ) -> None:  # fmt: skip
        self._settings = settings
        self._database = database
        self._files = files
        self._now = now
        self._offer = offer

    async def say(
        self,
        person_id: str,
        chat: str,
        text: str,
        *,
        key: str,
        reply_to: int | None = None,
        photo: bytes = b"",
    ) -> WebchatMessage:
        """Post a message, with a picture if there is one."""
        person = self._enter(person_id, chat)
        if not photo or text:
            _check(text)
        body: dict[str, Any] = {"text": text}
        if photo:
            name = await asyncio.to_thread(self._files.save, photo)
            if name is None:
                raise RefusedError(415, "webchat.error.photo_kind")
            body["photo"] = name
        return await self._post(person, chat, body, key, "message", reply_to=reply_to)

    async def begin(self, person_id: str, payload: str, *, key: str) -> WebchatMessage:
        """Open somebody's private chat by a deep link."""
        person = self._enter(person_id, person_id)
        return await self._post(person, person.id, {"text": "/start"}, key, "start", data=payload)

    async def edit(self, person_id: str, chat: str, message_id: int, text: str, *, key: str) -> None:
        """Change the words of one's own message."""
        person = self._enter(person_id, chat)
        _check(text)

        async def alter(uow: UnitOfWork, message: WebchatMessage) -> dict[str, Any]:
            if message.author != person.id:
                raise RefusedError(403, "webchat.error.not_yours")
            if message.body["text"] == text:
                raise RefusedError(409, "webchat.error.unchanged")
            changed = message.body | {"text": text, "is_edited": True}
            await uow.webchat.change(message.id, changed, self._now())
            replied = await uow.webchat.find(changed["reply_to"]) if "reply_to" in changed else None
            about = {"id": message.id, "text": text, "photo": changed.get("photo", "")}
            return {"message": about, "reply": _quoted(replied)}

        await self._act(person, chat, message_id, key, "edit", alter)

    async def press(self, person_id: str, chat: str, message_id: int, data: str, *, key: str) -> str:
        """Press a button; return the short line shown to who pressed."""
        person = self._enter(person_id, chat)

        async def alter(uow: UnitOfWork, message: WebchatMessage) -> dict[str, Any]:
            del uow
            return {"message": {"id": message.id}, "data": data}

        return await self._act(person, chat, message_id, key, "press", alter)

    async def react(
        self, person_id: str, chat: str, message_id: int, emoji: str, *, key: str, is_on: bool
    ) -> None:
        """Give a reaction, or take it back."""
        person = self._enter(person_id, chat)
        if not 0 < len(emoji) <= _MOST_EMOJI or any(_is_plain(character) for character in emoji):
            raise RefusedError(400, "webchat.error.emoji")

        async def alter(uow: UnitOfWork, message: WebchatMessage) -> dict[str, Any]:
            body = render.react(message.body, person.id, emoji, is_on=is_on)
            if body.get("reactions", {}) != message.body.get("reactions", {}):
                await uow.webchat.change(message.id, body, self._now())
            return {"message": {"id": message.id}, "emoji": emoji if is_on else ""}

        await self._act(person, chat, message_id, key, "reaction", alter)

    async def vote(self, person_id: str, chat: str, message_id: int, choices: list[int], *, key: str) -> None:
        """Vote in a poll; no choices take the vote back."""
        person = self._enter(person_id, chat)

        async def alter(uow: UnitOfWork, message: WebchatMessage) -> dict[str, Any]:
            poll = message.body.get("poll")
            if poll is None or poll["is_closed"]:
                raise RefusedError(409, "webchat.error.poll_closed")
            chosen = sorted(set(choices))
            too_many = len(chosen) > 1 and not poll["multiple"]
            if too_many or any(not 0 <= choice < len(poll["options"]) for choice in chosen):
                raise RefusedError(400, "webchat.error.choice")
            await uow.webchat.change(message.id, render.vote(message.body, person.id, chosen), self._now())
            return {"message": {"id": message.id}, "choices": chosen}

        await self._act(person, chat, message_id, key, "vote", alter)

    def _enter(self, person_id: str, chat: str) -> Person:
        """Return who it is, if they exist and are in that chat."""
        person = self._settings.person(person_id)
        if person is None:
            raise RefusedError(404, "webchat.error.person")
        if not self._settings.may_enter(person_id, chat):
            raise RefusedError(403 if self._settings.kind_of(chat) else 404, "webchat.error.chat")
        return person

    async def _post(
        self, person: Person, chat: str, body: dict[str, Any], key: str, kind: str, *,
        reply_to: int | None = None, **extra: Any,
    ) -> WebchatMessage:  # fmt: skip
        now = self._now()
        key = f"{person.id}:{key}"
        async with self._database.begin() as uow:
            replied = await uow.webchat.find(reply_to) if reply_to is not None else None
            if reply_to is not None and (replied is None or replied.chat != chat):
                raise RefusedError(404, "webchat.error.message")
            if replied is not None:
                body["reply_to"] = replied.id
            message = await uow.webchat.add(chat, person.id, person.name, body, key=key, now=now)
            about = {"id": message.id, "text": message.body["text"], "photo": message.body.get("photo", "")}
            raw = self._raw(person, chat, kind) | {"message": about, "reply": _quoted(replied)} | extra
            update = await uow.webchat.add_update(raw, key=key, now=now)
        if not update.is_confirmed:
            await self._offer(update)
        return message

    async def _act(
        self, person: Person, chat: str, message_id: int, key: str, kind: str,
        alter: Callable[[UnitOfWork, WebchatMessage], Awaitable[dict[str, Any]]],
    ) -> str:  # fmt: skip
        key = f"{person.id}:{key}"
        async with self._database.begin() as uow:
            update = await uow.webchat.find_update(key)
            if update is None:
                message = await uow.webchat.find(message_id)
                if message is None or message.chat != chat:
                    raise RefusedError(404, "webchat.error.message")
                raw = self._raw(person, chat, kind) | await alter(uow, message)
                update = await uow.webchat.add_update(raw, key=key, now=self._now())
        return "" if update.is_confirmed else await self._offer(update)

    def _raw(self, person: Person, chat: str, kind: str) -> dict[str, Any]:
        where = {"id": chat, "kind": self._settings.kind_of(chat), "title": self._settings.title_of(chat)}
        who = {"id": person.id, "name": person.name}
        return {"kind": kind, "at": self._now().isoformat(), "chat": where, "from": who}


def _quoted(message: WebchatMessage | None) -> dict[str, Any] | None:
    if message is None:
        return None
    author = {"id": message.author, "name": message.author_name} if message.author else None
    return {
        "id": message.id, "from": author, "text": message.body["text"], "photo": message.body.get("photo", ""),
    }  # fmt: skip


def _check(text: str) -> None:
    if not text.strip():
        raise RefusedError(400, "webchat.error.empty")
    if len(text) > TEXT_LIMIT:
        raise RefusedError(413, "webchat.error.too_long", count=len(text), limit=TEXT_LIMIT)
    if any(unicodedata.category(character) in ("Cc", "Cs") and character not in "\n\t" for character in text):
        raise RefusedError(400, "webchat.error.control")


def _is_plain(character: str) -> bool:
    """Tell whether a character cannot be part of an emoji; keycaps (1️⃣, #️⃣) may begin with ASCII."""
    return (
        unicodedata.category(character)[0] in "LZC"
        and character != "\u200d"
        and not ("\U000e0020" <= character <= "\U000e007f")
    )
