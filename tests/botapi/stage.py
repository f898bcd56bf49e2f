"""What all that tests do is built on: finding people, chats and messages, and letting the bot hear.

People are named by `Person` or id, places by `Person`, `Chat` or id, messages by their raw form or `Shown`,
so that the same methods serve tests in this process and, through `control`, in another.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.botapi.calls import CallLog
from tests.botapi.intake import Intake
from tests.botapi.markup import finished, plain
from tests.botapi.people import GROUP_ANONYMOUS_BOT, Chat, Person, Raw
from tests.botapi.world import World

_FIRST_PERSON = 5_100_000_000
_FIRST_GROUP = 4_200_000_000
_FIRST_SUPERGROUP = 1_002_300_000_000
_ADMINS = frozenset({"administrator", "creator"})


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as people see it now.

    **Shape**: `buttons` are rows of labels; `reactions` are pairs of a name and an emoji; `photo` is a file_id;
    `raw` is the Message.
    """

    chat_id: int
    message_id: int
    author: str
    text: str
    buttons: tuple[tuple[str, ...], ...]
    reactions: tuple[tuple[str, str], ...]
    reply_to: int | None
    thread: int | None
    edited: bool
    photo: str | None
    poll: Raw | None
    raw: Raw


Who = Person | int
Where = Person | Chat | int
What = Shown | Mapping[str, Any]


class Stage:
    """The world with its queue and its log."""

    def __init__(self, world: World, intake: Intake, log: CallLog) -> None:
        self.world = world
        self.intake = intake
        self.log = log
        world.emit = intake.put
        intake.date = world.date

    def person(
        self,
        name: str,
        *,
        id: int | None = None,
        username: str | None = None,
        language_code: str | None = "zh-hans",
        started: bool = False,
        is_bot: bool = False,
    ) -> Person:
        """Let somebody exist; `started` if they pressed Start in the bot's private chat long ago."""
        number = _FIRST_PERSON + self.world.serial() if id is None else id
        person = Person(number, name, None, username, language_code, is_bot, started)
        self.world.people[number] = person
        return person

    def group(
        self,
        title: str,
        *members: Who,
        id: int | None = None,
        type: str = "supergroup",
        bot: str = "administrator",
        admins: tuple[Who, ...] = (),
        forum: bool = False,
    ) -> Chat:
        """Let a group (or `type="channel"`) exist with these members; `bot` is the bot's status in it."""
        number = -((_FIRST_GROUP if type == "group" else _FIRST_SUPERGROUP) + self.world.serial())
        chat = Chat(number if id is None else id, type, title, is_forum=forum)
        chat.statuses = {self._person(who).id: "member" for who in members}
        chat.statuses |= {self._person(who).id: "administrator" for who in admins}
        chat.statuses[self.world.bot.id] = bot
        self.world.chats[chat.id] = chat
        if forum:
            self.world.next_message_id(chat)  # the General topic is message 1, and no thread id names it
        return chat

    def _person(self, who: Who) -> Person:
        return who if isinstance(who, Person) else self.world.people[who]

    def _chat(self, where: Where) -> Chat:
        return (
            where
            if isinstance(where, Chat)
            else self.world.find_chat(where.id if isinstance(where, Person) else where)
        )

    def _message(self, what: What) -> tuple[Chat, Raw]:
        if isinstance(what, Shown):
            chat_id, message_id = what.chat_id, what.message_id
        else:
            chat_id, message_id = what["chat"]["id"], what["message_id"]
        chat = self.world.find_chat(chat_id)
        return chat, chat.messages[message_id]

    def _is_admin(self, chat: Chat) -> bool:
        return chat.type == "private" or chat.statuses.get(self.world.bot.id) == "administrator"

    def _is_there(self, chat: Chat) -> bool:
        return chat.type == "private" or chat.statuses.get(self.world.bot.id, "left") not in (
            "left",
            "kicked",
        )

    def _hears(self, chat: Chat, message: Raw) -> bool:
        """Tell whether the bot receives a message: in groups privacy mode may hide it."""
        if not self._is_there(chat):
            return False
        if self.world.reads_all or self._is_admin(chat) or chat.type not in ("group", "supergroup"):
            return True
        text: str = message.get("text", "")
        to_bot = message.get("reply_to_message", {}).get("from", {}).get("id") == self.world.bot.id
        service = not any(part in message for part in ("text", "photo", "caption"))
        return text.startswith("/") or f"@{self.world.bot.username}" in text or to_bot or service

    def _post(self, chat: Chat, sender: Raw, kind: str = "message", **content: Any) -> Raw:
        message = self.world.post(chat, sender, **content)
        if self._hears(chat, message):
            self.intake.put(kind, message)
        return message

    def _place(self, chat: Chat, reply_to: What | None, thread: int | None) -> Raw:
        """Return what a message carries of the message it answers and of its topic, as clients send it."""
        replied = self._message(reply_to)[1] if reply_to is not None else None
        if replied is not None and chat.is_forum:
            thread = replied.get("message_thread_id", thread)
        elif replied is not None and chat.type == "supergroup":
            root = replied.get("message_thread_id", replied["message_id"])
            return {"reply_to_message": _flat(replied), "message_thread_id": root}
        if thread is not None and replied is None:
            replied = chat.messages.get(thread)
        return {
            "reply_to_message": None if replied is None else _flat(replied),
            "message_thread_id": thread,
            "is_topic_message": True if thread is not None else None,
        }

    @staticmethod
    def _body(text: str, name: str = "text") -> Raw:
        shown = finished(plain(text))
        entities = "entities" if name == "text" else f"{name}_entities"
        return {name: shown.text or None, entities: shown.entities or None}

    def _sender(self, chat: Chat, who: Who, as_chat: Where | None) -> tuple[Raw, Raw]:
        """Return the `from` of a message and what else says who wrote it."""
        if as_chat is None:
            return self._person(who).user(), {}
        voice = self._chat(as_chat)
        if voice is chat:
            return GROUP_ANONYMOUS_BOT, {"sender_chat": chat.short()}
        channel = {"id": 136817688, "is_bot": True, "first_name": "Channel", "username": "Channel_Bot"}
        return channel, {"sender_chat": voice.short()}


def _flat(message: Raw) -> Raw:
    return {name: value for name, value in message.items() if name != "reply_to_message"}
