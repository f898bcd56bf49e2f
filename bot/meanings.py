"""MeaningIndexer: brings the index of meaning up to date in the background, and guesses better by it.

A capture guesses by words alone, which takes no time; half a second later its meaning is known, and as long as no
person has said what it is, the better guess takes the first one's place. Run by `bot/app.py`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from bot.background import Rounds
from bot.late_meaning import LateMeaning
from bot.late_triage import LateTriage
from bot.logs import get_logger
from handlers.guesses import Guess
from handlers.tags import without_tags
from storage.db import Database
from storage.hurts import hurts_late
from storage.records import Feedback, FeedbackClass
from storage.service import ServiceSettings
from storage.text.hints import NEGATIVE_HINTS
from storage.text.meaning import Codes, MeaningMissingError
from storage.uow import UnitOfWork

BATCH = 16
"""How many texts are embedded at once: some 150 ms of one core, in a thread."""

GATHER_SECONDS = 0.5
"""How long is waited after a capture: the timer `heard` looks two seconds after it, and should see the better guess."""

FRESH = timedelta(seconds=2)
"""How long nobody has been told yet that a voice hurts. **Source**: the timer `heard`, handlers/capture.py."""

LATE = timedelta(hours=1)
"""How old a voice may be for staff to hear only now that it hurts: another model must not call up last year's."""

_log = get_logger(__name__)


class MeaningIndexer:
    """Embeds feedback that was captured or edited since, and all of it after a change of the model."""

    def __init__(
        self, database: Database, meaning: LateMeaning, triage: LateTriage, tags: Mapping[str, str],
        service: ServiceSettings,
        *, now: Callable[[], datetime], gather_seconds: float = GATHER_SECONDS,
    ) -> None:  # fmt: skip
        """`tags` are left out of what is embedded, and hint at a class."""
        self._database = database
        self._meaning = meaning
        self._triage = triage
        self._tags = tags
        self._service = service
        self._now = now
        self._rounds = Rounds(database, "feedback", gather_seconds=gather_seconds)

    async def run(self) -> None:
        """Index until cancelled; end with one line in the log where the extra is absent or fails."""
        if not self._meaning.is_there:
            _log.info("semantic_absent")
            return
        try:
            await self._rounds.run(self.catch_up, "index meanings")
        except MeaningMissingError as error:
            self._meaning.give_up(error)

    async def catch_up(self) -> int:
        """Index all that is pending; return how much it was. **Errors**: StorageBusyError, MeaningMissingError."""
        if self._meaning.codes is None:
            await self._open()
        total = 0
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            done = await self._index_some()
            total += done
            if not done:
                return total
            await asyncio.sleep(loop.time() - began if done == BATCH else 0)  # half the time is others'

    async def _open(self) -> None:
        """Read the index, or begin it anew for another model."""
        async with self._database.begin() as uow:
            await uow.meanings.name_model(self._meaning.name)
        try:
            codes = Codes()
        except ImportError as error:
            raise MeaningMissingError(str(error)) from error
        is_all = False
        while not is_all:
            async with self._database.read() as uow:
                is_all = await uow.meanings.refresh(codes)
            await asyncio.sleep(0)
        if len(codes):  # there is something to ask for: whoever asks first shall not wait for the model
            await asyncio.to_thread(self._meaning.vectors, [])
        self._meaning.codes = codes

    async def _index_some(self) -> int:
        async with self._database.read() as uow:
            pending = await uow.meanings.list_pending(BATCH)
            found = await uow.moves.list_by_id([number for number, _ in pending])
        if not pending:
            return 0
        vectors, guesses = await asyncio.to_thread(self._understand, found)
        async with self._database.begin() as uow:
            await uow.meanings.put_all(vectors)
            for feedback in found:
                guess = guesses.get(feedback.id)
                if guess is not None:
                    await self._better(uow, feedback, guess)
        return len(pending)

    def _understand(self, found: list[Feedback]) -> tuple[dict[int, bytes], dict[int, Guess | None]]:
        texts = [without_tags(feedback.text, self._tags) for feedback in found]
        vectors = self._meaning.vectors(texts)
        guesses: dict[int, Guess | None] = {}
        words = self._triage.load()
        for feedback, text, vector in zip(found, texts, vectors, strict=True):
            if feedback.is_guess:
                hint = self._tags.get(feedback.tag) or None
                guesses[feedback.id] = self._meaning.guess(text, vector, words, hint)
        return {each.id: vector for each, vector in zip(found, vectors, strict=True)}, guesses

    async def _better(self, uow: UnitOfWork, feedback: Feedback, guess: Guess) -> None:
        """Put the better guess in the first one's place; a question's clock starts, or ends, with it."""
        kind = FeedbackClass(guess.kind)
        negative = guess.negative or feedback.tag in NEGATIVE_HINTS
        if feedback.negative and not negative:
            # Staff may have been told already; and what they made of a complaint hurts, whatever a guess says.
            negative = self._now() - feedback.created_at > FRESH or (
                await uow.complaints.find_by_feedback(feedback.id) is not None
            )
        changed = await uow.corrections.guess_again(
            feedback.id, feedback.text, kind, is_unsure=not guess.sure, negative=negative,
            urgent=guess.urgent or feedback.urgent, now=self._now(),
        )  # fmt: skip
        if changed is None:
            return
        age = self._now() - feedback.created_at
        if (changed.negative or changed.urgent) and not (feedback.negative or feedback.urgent) and age < LATE:
            await hurts_late(uow, changed, self._now())
        if kind is feedback.feedback_class:
            return
        if kind is FeedbackClass.SERVICE:
            await uow.service.start(changed, feedback.created_at, self._service)
        elif feedback.feedback_class is FeedbackClass.SERVICE:
            await uow.service.stop(changed)
