"""What is not to be seen any more: promises taken back before they left, and words dropped from those that did."""

from __future__ import annotations

import sqlalchemy as sa

from storage import tables
from storage.messages import Message, encode
from storage.promises import CANCELLED, DeliveryKind, DeliveryState
from storage.repository import Repository

_t = tables.deliveries
_NOT_GONE = (str(DeliveryState.PENDING), str(DeliveryState.WAITING))
_KEPT_AS = encode(Message(text=("…",)))


class RetractionRepository(Repository):
    """Queries that undo what the outbox holds."""

    async def take_back(self, key: str) -> bool:
        """Take back one promise and every change of it; False if it left already, or was never made.

        A relay that has leased it finds it changed, and does not send it.
        """
        one = sa.select(_t.c.id).where(_t.c.key == key).scalar_subquery()
        await self._run(
            sa.update(_t)
            .where(_t.c.of_id == one, _t.c.kind == str(DeliveryKind.EDIT), _t.c.state.in_(_NOT_GONE))
            .values(state=str(DeliveryState.DEAD), error=CANCELLED, content=_KEPT_AS)
        )
        return bool(
            await self._run(
                sa.update(_t)
                .where(_t.c.key == key, _t.c.state.in_(_NOT_GONE))
                .values(state=str(DeliveryState.DEAD), error=CANCELLED, content=_KEPT_AS)
            )
        )

    async def overwrite(self, key: str, message: Message) -> None:
        """Let one promise that is just leaving say something else, should it have to be sent again."""
        await self._run(
            sa.update(_t)
            .where(_t.c.key == key, _t.c.state == str(DeliveryState.SENDING))
            .values(content=encode(message))
        )

    async def take_back_about(self, subject: str) -> int:
        """Take back whatever was to be said about a subject and has not left."""
        await self._uow.letters.let_go(_t.c.subject == subject)
        return await self._run(
            sa.update(_t)
            .where(_t.c.subject == subject, _t.c.state.in_(_NOT_GONE))
            .values(state=str(DeliveryState.DEAD), error=CANCELLED, content=_KEPT_AS)
        )

    async def blank(self, subject: str) -> int:
        """Drop the words of whatever was said about a subject; nobody can read them here again."""
        return await self._run(
            sa.update(_t)
            .where(_t.c.subject == subject, _t.c.state.not_in([*_NOT_GONE, str(DeliveryState.SENDING)]))
            .values(content=_KEPT_AS)
        )
