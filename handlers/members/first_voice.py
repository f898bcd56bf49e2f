"""A member's first ever message in a group gets one reaction, never a text. Called by the dispatcher."""

from __future__ import annotations

from datetime import datetime

from storage.records import Capabilities, Chat, Member
from storage.uow import UnitOfWork

# A handshake suits trouble as well as joy: many a first voice complains. Source: Telegram's emoji for reactions.
WELCOME = "🤝"


async def first_voice(
    uow: UnitOfWork, chat: Chat, member: Member, message_id: str, capabilities: Capabilities, now: datetime
) -> None:
    """Welcome a first voice where reactions exist; elsewhere silence is better than a line to everybody.

    The first group somebody speaks in becomes their home: its hours and language are theirs.
    """
    if member.home_chat_id is None:
        await uow.members.change(member.id, home_chat_id=chat.id)
    if capabilities.reactions and message_id:
        key = f"first:{chat.id}:{member.id}"
        await uow.outbox.react(chat.id, message_id, WELCOME, key=key, now=now)
