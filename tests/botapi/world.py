"""The fake's world: who exists, who pressed Start, what every chat holds now; methods change it.

Everything here is what Telegram itself would know; what tests make people do is in `script`.
"""

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.botapi import refusals
from tests.botapi.form import Upload
from tests.botapi.people import Chat, Person, Raw, member
from tests.botapi.refusals import RefusedError

_ACCOUNT_WIDE = "account"


@dataclass(slots=True)
class Query:
    """A pressed button that waits for its answer; `toast` is what the presser was shown."""

    asked_at: float
    person_id: int
    answered: bool = False
    toast: str = ""
    alert: bool = False


@dataclass(slots=True)
class Ballot:
    """A poll of the bot: where it is, and who chose what."""

    chat_id: int
    message_id: int
    votes: dict[int, list[int]] = field(default_factory=dict)


class World:
    """People, chats, messages, polls and files.

    **Shape**: `emit` takes what the bot should hear of; the server connects it to the queue.
    **Units**: `clock` is monotonic seconds; `now` gives aware UTC, and dates in messages come from it.
    """

    def __init__(self, bot: Person, clock: Callable[[], float], now: Callable[[], datetime]) -> None:
        self.bot = bot
        self.clock = clock
        self.now = now
        self.emit: Callable[[str, Raw], Raw | None] = lambda _kind, _content: None
        self.reads_all = True
        self.query_seconds = 15.0
        self.people: dict[int, Person] = {bot.id: bot}
        self.chats: dict[int, Chat] = {}
        self.polls: dict[str, Ballot] = {}
        self.queries: dict[str, Query] = {}
        self.files: dict[str, Upload] = {}
        self.commands: dict[str, list[Raw]] = {}
        self._message_ids: dict[int | str, int] = {}
        self._serial = 0

    def serial(self) -> int:
        """Return the next number for an id of anything but a message."""
        self._serial += 1
        return self._serial

    def date(self) -> int:
        """Return the date of now, as Telegram writes it."""
        return int(self.now().timestamp())

    def find_chat(self, chat_id: object) -> Chat:
        """Return a chat by id or @username, a private one made on first use.

        **Errors**: RefusedError "chat not found".
        """
        chat: Chat | None = None
        if isinstance(chat_id, int):
            chat = self.chats.get(chat_id)
            if chat is None and chat_id in self.people:
                chat = self._private(self.people[chat_id])
        elif isinstance(chat_id, str):
            chat = next((each for each in self.chats.values() if f"@{each.username}" == chat_id), None)
        if chat is None:
            raise RefusedError(refusals.CHAT_NOT_FOUND)
        return chat

    def writable(self, chat_id: object) -> Chat:
        """Return a chat the bot may write to now.

        **Errors**: RefusedError with what Telegram says if it may not.
        """
        chat = self.find_chat(chat_id)
        if chat.migrated_to is not None:
            raise RefusedError(refusals.migrated(chat.migrated_to))
        if chat.type == "private":
            self._check_person(self.people[chat.id])
            return chat
        status = chat.statuses.get(self.bot.id, "left")
        if status == "kicked":
            raise RefusedError(refusals.KICKED if chat.type == "supergroup" else refusals.KICKED_FROM_GROUP)
        if status == "left":
            raise RefusedError(refusals.NOT_A_MEMBER)
        if chat.muted and status != "administrator":
            raise RefusedError(refusals.NO_RIGHTS)
        return chat

    def next_message_id(self, chat: Chat) -> int:
        """Return a chat's next message id; private chats and basic groups share the account's numbers."""
        key: int | str = chat.id if chat.type in ("supergroup", "channel") else _ACCOUNT_WIDE
        self._message_ids[key] = self._message_ids.get(key, 0) + 1
        return self._message_ids[key]

    def post(self, chat: Chat, sender: Mapping[str, Any], **content: Any) -> Raw:
        """Put a message into a chat and return it."""
        message: Raw = {"message_id": self.next_message_id(chat), "from": dict(sender), "chat": chat.short()}
        message |= {"date": self.date()}
        message |= {name: value for name, value in content.items() if value is not None}
        chat.messages[message["message_id"]] = message
        return message

    def change_bot_status(self, chat: Chat, status: str, by: Raw) -> None:
        """Make the bot a member, an admin or neither of a chat, and let it hear of it."""
        old = self.member(chat, self.bot.id)
        chat.statuses[self.bot.id] = status
        change = {"old_chat_member": old, "new_chat_member": self.member(chat, self.bot.id)}
        self.emit("my_chat_member", {"chat": chat.short(), "from": by, "date": self.date(), **change})

    def person(self, person_id: int) -> Raw:
        """Return a User by id, a stranger's if nobody has it."""
        known = self.people.get(person_id)
        return known.user() if known else {"id": person_id, "is_bot": False, "first_name": f"#{person_id}"}

    def member(self, chat: Chat, person_id: int) -> Raw:
        """Return a ChatMember of a chat."""
        found = member(self.person(person_id), chat.statuses.get(person_id, "left"))
        return found | ({"can_manage_tags": chat.may_tag} if "can_manage_tags" in found else {})

    def keep_file(self, upload: Upload) -> str:
        """Keep a file and return its file_id."""
        digest = hashlib.sha256(upload.data).hexdigest()[:24]
        self.files[f"AgAC{digest}"] = upload
        return f"AgAC{digest}"

    def _private(self, person: Person) -> Chat:
        chat = Chat(person.id, "private", None, person.username, person.first_name, person.last_name)
        self.chats[person.id] = chat
        return chat

    @staticmethod
    def _check_person(person: Person) -> None:
        if person.is_bot:
            raise RefusedError(refusals.BOT_TO_BOT)
        if person.deactivated:
            raise RefusedError(refusals.DEACTIVATED)
        if person.blocked:
            raise RefusedError(refusals.BLOCKED)
        if not person.started:
            raise RefusedError(refusals.NEVER_STARTED)


def real_now() -> datetime:
    """Return the time of day."""
    return datetime.now(UTC)


real_clock = time.monotonic
