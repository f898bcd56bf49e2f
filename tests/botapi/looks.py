"""What people see: the messages that are in a chat now, the toasts they were shown, and waiting for them."""

from collections.abc import Callable
from typing import Any

from tests.botapi.calls import Call
from tests.botapi.people import Chat, Raw
from tests.botapi.stage import Shown, Stage, Where, Who


class Looks(Stage):
    """Lets tests see what people see."""

    def sees(self, where: Where) -> list[Shown]:
        """Return what is in a chat now, oldest first."""
        chat = self._chat(where)
        return [self._shown(chat, message) for message in chat.messages.values()]

    def heard(self, where: Where) -> list[Shown]:
        """Return what of the bot is in a chat now, oldest first."""
        return [
            shown for shown in self.sees(where) if shown.raw.get("from", {}).get("id") == self.world.bot.id
        ]

    def toasts(self, who: Who) -> list[str]:
        """Return what somebody was shown for the buttons they pressed, oldest first."""
        person = self._person(who)
        return [
            query.toast
            for query in self.world.queries.values()
            if query.answered and query.person_id == person.id
        ]

    def unanswered(self) -> list[str]:
        """Return the ids of pressed buttons whose presser still sees a clock on them."""
        return [query_id for query_id, query in self.world.queries.items() if not query.answered]

    async def hears(
        self, where: Where, containing: str = "", *, after: Shown | None = None, seconds: float = 5.0
    ) -> Shown:
        """Wait until the bot's message with this text is in a chat, and return the newest such.

        **Shape**: `after` leaves out everything up to a message. **Errors**: AssertionError after `seconds`.
        """
        floor = after.message_id if after is not None else 0

        def newest() -> Shown | None:
            fits = (
                shown for shown in self.heard(where) if containing in shown.text and shown.message_id > floor
            )
            return max(fits, key=lambda shown: shown.message_id, default=None)

        found: Shown = await self.until(
            newest, seconds, f"{containing!r} in {self._chat(where).title or where}"
        )
        return found

    async def called(
        self, method: str, *, chat: Where | None = None, count: int = 1, seconds: float = 5.0
    ) -> Call:
        """Wait until a method was carried out `count` times, and return the last of these calls."""
        chat_id = self._chat(chat).id if chat is not None else None

        def last() -> Call | None:
            calls = list(self.log.of(method, chat_id, ok=True))
            return calls[count - 1] if len(calls) >= count else None

        found: Call = await self.until(last, seconds, f"{method} x {count}")
        return found

    async def polled(self, *, seconds: float = 10.0) -> None:
        """Wait until the bot listens: it has polled or set a webhook."""
        await self.until(lambda: self.intake.polls or self.intake.webhook_url, seconds, "listening")

    async def consumed(self, *, seconds: float = 10.0) -> None:
        """Wait until the bot has confirmed every update there is."""
        await self.until(lambda: not self.waiting(), seconds, "confirming all updates")

    async def until(self, condition: Callable[[], Any], seconds: float = 5.0, what: str = "it") -> Any:
        """Wait for a condition, looked at whenever the bot did something; return its value.

        **Errors**: AssertionError after `seconds`, with the last calls.
        """
        return await self.log.until(condition, seconds, what)

    def waiting(self) -> int:
        """Return how many updates the bot has not yet confirmed."""
        return self.intake.waiting()

    def _shown(self, chat: Chat, message: Raw) -> Shown:
        number = message["message_id"]
        photo = message.get("photo")
        author = message.get("sender_chat", {}).get("title") or message.get("from", {}).get("first_name", "")
        return Shown(
            chat_id=chat.id,
            message_id=number,
            author=author,
            text=message.get("text") or message.get("caption") or message.get("poll", {}).get("question", ""),
            buttons=_labels(message),
            reactions=tuple(
                (str(self.world.person(who)["first_name"]), str(reaction.get("emoji", reaction["type"])))
                for who, reactions in chat.reactions.get(number, {}).items()
                for reaction in reactions
            ),
            reply_to=message.get("reply_to_message", {}).get("message_id"),
            thread=message.get("message_thread_id"),
            edited="edit_date" in message,
            photo=photo[-1]["file_id"] if photo else None,
            poll=message.get("poll"),
            raw=message,
        )


def _labels(message: Raw) -> tuple[tuple[str, ...], ...]:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return tuple(tuple(button["text"] for button in row) for row in rows)
