"""A stage for journeys: one text, played in memory over the talk or before a real process over HTTP."""

from __future__ import annotations

from typing import Any, Protocol

from bot.adapters.base import UnreachableError
from tests.talk import LI, MIN, YU, ZHANG, Person, Said, Talk


class Stage(Protocol):
    """What journeys need: people who speak, press and look; time that passes."""

    zhang: Any
    yu: Any
    li: Any
    colleague: Any

    def crowd(self, count: int) -> list[Any]: ...
    async def says(self, who: Any, text: str, *, dm: bool = False) -> Any: ...
    async def presses(self, who: Any, label: str) -> None: ...
    async def hears(self, who: Any | None, containing: str) -> str: ...
    async def heard(self, who: Any | None) -> list[str]: ...
    async def is_marked(self, said: Any) -> None: ...
    async def counts(self, text: str) -> None: ...
    async def number(self, text: str) -> int: ...
    async def becomes(self, number: int, status: str) -> None: ...
    async def hides(self, who: Any) -> None: ...
    async def later(self, **by: float) -> None: ...


class TalkStage:
    """The talk as journeys see it: whatever follows has happened when a call returns."""

    def __init__(self, talk: Talk) -> None:
        self.talk = talk
        self.zhang, self.yu, self.li, self.colleague = ZHANG, YU, LI, MIN

    def crowd(self, count: int) -> list[Person]:
        """Let so many more people be in the group."""
        return [Person(f"8{number:03}", f"车友{number}", f"crowd{number}") for number in range(count)]

    async def says(self, who: Person, text: str, *, dm: bool = False) -> Said:
        """Let somebody say something, in the group or in private."""
        return await self.talk.says(who, text, dm=dm)

    async def presses(self, who: Person, label: str) -> None:
        """Let somebody press the newest button they can see whose label contains this; a link to us opens the chat."""
        for shown in reversed(self.talk.adapter.shown):
            if any(button.start and label in button.label for row in shown.message.buttons for button in row):
                self.talk.adapter.unreachable.pop(who.external_id, None)
        await self.talk.presses(who, label)

    async def hears(self, who: Person | None, containing: str) -> str:
        """Return the newest message with these words in somebody's private chat, or in the group."""
        heard = await self.heard(who)
        found = [text for text in heard if containing in text]
        assert found, f"nobody said {containing!r}, only {heard}"
        return found[-1]

    async def heard(self, who: Person | None) -> list[str]:
        """Return all that is there of us."""
        where = who.external_id if who else (await self.talk.group()).external_id
        return [shown.text for shown in self.talk.adapter.shown if shown.chat == where]

    async def counts(self, text: str) -> None:
        """Look whether the counter in the group says this."""
        await self.hears(None, text)

    async def is_marked(self, said: Said) -> None:
        """Look whether a message in the group bears our reaction."""
        assert (said.chat, said.message_id) in {
            (chat, message) for chat, message, _ in self.talk.adapter.reactions
        }

    async def number(self, text: str) -> int:
        """Return the number under which a text was captured."""
        async with self.talk.database.read() as uow:
            rows = await uow.connection.exec_driver_sql("SELECT id, text FROM feedback")
            return int(next(number for number, stored in rows if text in stored))

    async def becomes(self, number: int, status: str) -> None:
        """Look whether a feedback has a status."""
        async with self.talk.database.read() as uow:
            assert str((await uow.feedback.get(number)).status) == status

    async def hides(self, who: Person) -> None:
        """Let somebody never have pressed Start."""
        self.talk.adapter.unreachable[who.external_id] = UnreachableError(
            "bot can't initiate conversation with a user"
        )

    async def later(self, **by: float) -> None:
        """Let time pass."""
        await self.talk.advance(**by)
