"""Finding somebody who was forgotten in what was said to others, and saying "former member" instead.

Called by the timer `forget` (rituals/forget.py), some thousand rows a transaction.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import msgspec
import sqlalchemy as sa

from storage import tables
from storage.messages import Button, Link, Mention, Message, Part, Picture, Quote, Strong, decode, encode
from storage.promises import DeliveryKind, DeliveryState
from storage.records import Platform
from storage.repository import Repository

_d = tables.deliveries
_UNDER_WAY = tuple(map(str, (DeliveryState.PENDING, DeliveryState.WAITING, DeliveryState.SENDING)))

SWEPT = ("deliveries", "audit", "notes", "quarantine", "webchat_messages", "webchat_updates")
"""Tables in which other people's rows may name somebody, in the order they are gone over."""

ROWS_A_STEP = 2_000
_POSTED = _d.c.kind.in_((str(DeliveryKind.POST), str(DeliveryKind.EDIT)))


@dataclass(frozen=True)
class Needles:
    """What names somebody who was forgotten, and what is said instead (`word`, and `alias` for their id)."""

    platform: str
    external_id: str
    names: tuple[str, ...]
    word: str
    alias: str

    @property
    def in_json(self) -> tuple[str, ...]:
        """Return how they may stand in a Message as the outbox keeps it."""
        names = (json.dumps(name, ensure_ascii=False)[1:-1] for name in self.names)
        return (f'"external_id":{json.dumps(self.external_id)}', *names)

    @property
    def escaped(self) -> tuple[str, ...]:
        """Return how their names may stand in JSON that is all ASCII."""
        return tuple({json.dumps(name)[1:-1] for name in self.names} | set(self.names))

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        """A name in Latin letters must stand alone: `li` is not in `like`."""
        forms = (
            rf"@?(?<![0-9A-Za-z_]){re.escape(name)}(?![0-9A-Za-z_])" if name.isascii() else re.escape(name)
            for name in sorted(self.names, key=len, reverse=True)
        )  # fmt: skip
        return re.compile("|".join(forms) or r"(?!)")

    def replaced(self, text: str) -> str:
        """Return a text without their names."""
        return self._pattern.sub(self.word, text).replace(self.external_id, self.alias)

    def replaced_in(self, value: Any) -> Any:
        """Return a JSON value without their names and their id."""
        if value == self.external_id:
            return self.alias
        if isinstance(value, str):
            return self._pattern.sub(self.word, value)
        if isinstance(value, list):
            return [self.replaced_in(each) for each in value]
        if isinstance(value, dict):
            return {self.replaced_in(key): self.replaced_in(each) for key, each in value.items()}
        return value

    def reworded(self, message: Message, *, is_sent: bool) -> Message:
        """Return a message that notifies them no more; what was sent does not name them either.

        What is still on its way to others keeps its plain words: a name may be a common word as well.
        """
        text = tuple(self._part(part, is_sent=is_sent) for part in message.text)
        if not is_sent:
            return msgspec.structs.replace(message, text=text)
        buttons = tuple(tuple(self._button(button) for button in row) for row in message.buttons)
        picture = message.picture and self._picture(message.picture)
        return msgspec.structs.replace(message, text=text, buttons=buttons, picture=picture)

    def _part(self, part: Part, *, is_sent: bool) -> Part:
        if isinstance(part, Mention):
            return self.word if part.external_id == self.external_id else part
        if not is_sent:
            return part
        if isinstance(part, Strong | Quote | Link):
            return msgspec.structs.replace(part, text=self._pattern.sub(self.word, part.text))
        return self._pattern.sub(self.word, part)

    def _button(self, button: Button) -> Button:
        return msgspec.structs.replace(button, label=self._pattern.sub(self.word, button.label))

    def _picture(self, picture: Picture) -> Picture:
        rows = tuple((self._pattern.sub(self.word, label), count) for label, count in picture.rows)
        title, caption = (self._pattern.sub(self.word, words) for words in (picture.title, picture.caption))
        return msgspec.structs.replace(picture, rows=rows, title=title, caption=caption)


class RewordingRepository(Repository):
    """Queries over rows of others that may name somebody."""

    async def last_rows(self) -> dict[str, int]:
        """Return the number of each table's last row: what comes later may be of somebody who came back."""
        return {
            name: int(await self._scalar(sa.select(sa.func.coalesce(sa.func.max(table.c.id), 0))))
            for name, table in ((name, tables.metadata.tables[name]) for name in SWEPT)
        }

    async def reword(self, table: str, after: int, until: int, needles: Needles) -> int | None:
        """Go over the next rows of a table that may name somebody; return where to go on, None at the end."""
        rows = tables.metadata.tables[table]
        if after >= until:
            return None
        last = min(after + ROWS_A_STEP, until)
        within = sa.and_(rows.c.id > after, rows.c.id <= last)
        match table:
            case "deliveries":
                await self._reword_deliveries(within, needles)
            case "audit":
                await self._reword_audit(within, needles)
            case "notes":
                await self._drop_notes(within, needles)
            case "quarantine":
                await self._drop_quarantined(within, needles)
            case "webchat_messages":
                await self._reword_webchat(within, needles)
            case _:
                await self._drop_webchat_updates(within, needles)
        return last

    def _names(self, column: sa.ColumnElement[Any], words: Sequence[str]) -> sa.ColumnElement[bool]:
        """Tell whether a text holds any of these, letter by letter."""
        find = sa.func.strpos if self._is_postgres else sa.func.instr
        return sa.or_(sa.false(), *(find(column, word) > 0 for word in words))

    async def _reword_deliveries(self, within: sa.ColumnElement[bool], needles: Needles) -> None:
        named = self._names(_d.c.content, needles.in_json)
        query = sa.select(_d.c.id, _d.c.content, _d.c.state).where(within, named, _POSTED)
        # What was set under a message or beside a name needs its place no more, and would say whose.
        pointing = _d.c.kind.in_((str(DeliveryKind.REACTION), str(DeliveryKind.TAG)))
        settled = sa.and_(pointing, _d.c.state.not_in(_UNDER_WAY))
        await self._run(sa.update(_d).where(within, settled).values(target="", receipt=""))
        for row in await self._all(query):
            message = needles.reworded(decode(row["content"]), is_sent=row["state"] not in _UNDER_WAY)
            await self._run(sa.update(_d).where(_d.c.id == row["id"]).values(content=encode(message)))

    async def _reword_audit(self, within: sa.ColumnElement[bool], needles: Needles) -> None:
        a = tables.audit
        named = self._names(a.c.detail, (*needles.names, needles.external_id))
        for row in await self._all(sa.select(a.c.id, a.c.detail).where(within, named)):
            detail = needles.replaced(row["detail"])
            await self._run(sa.update(a).where(a.c.id == row["id"]).values(detail=detail))

    async def _drop_notes(self, within: sa.ColumnElement[bool], needles: Needles) -> None:
        n = tables.notes
        await self._run(sa.delete(n).where(within, self._names(n.c.text, needles.names)))

    async def _drop_quarantined(self, within: sa.ColumnElement[bool], needles: Needles) -> None:
        q = tables.quarantine
        words = (*needles.in_json, needles.external_id)
        await self._run(
            sa.delete(q).where(within, q.c.platform == needles.platform, self._names(q.c.raw, words))
        )

    async def _reword_webchat(self, within: sa.ColumnElement[bool], needles: Needles) -> None:
        if needles.platform != Platform.WEBCHAT:
            return
        m = tables.webchat_messages
        await self._run(sa.delete(m).where(within, m.c.chat == needles.external_id))
        await self._run(
            sa.update(m)
            .where(within, m.c.author == needles.external_id)
            .values(
                author=needles.alias,
                author_name=needles.word,
                key=sa.literal(f"{needles.alias}:") + sa.cast(m.c.id, sa.Text),
            )
        )
        body = sa.cast(m.c.body, sa.Text)
        for row in await self._all(
            sa.select(m.c.id, m.c.body).where(
                within, self._names(body, (*needles.escaped, f'"{needles.external_id}"'))
            )
        ):
            fresh = needles.replaced_in(row["body"])
            await self._run(sa.update(m).where(m.c.id == row["id"]).values(body=fresh))

    async def _drop_webchat_updates(self, within: sa.ColumnElement[bool], needles: Needles) -> None:
        if needles.platform != Platform.WEBCHAT:
            return
        u = tables.webchat_updates
        words = (*needles.escaped, f'"{needles.external_id}"')
        named = self._names(sa.cast(u.c.raw, sa.Text), words)
        await self._run(sa.delete(u).where(within, u.c.is_confirmed, named))
