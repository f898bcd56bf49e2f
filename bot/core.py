"""Dispatcher, relay and clock over one database and some adapters: what `bot/app.py` runs and tests talk to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from bot.adapters.base import Adapter
from bot.clock import RitualClock
from bot.dispatcher import Dispatcher
from bot.drawing import Drawing
from bot.exports import Exporter
from bot.plans import Plans
from bot.postman import Postman
from bot.relay import Relay
from handlers.base import Settings as HandlerSettings
from handlers.guesses import Meaning, Triage, Words
from handlers.veil import NoVeil, Veil
from locales.catalog import Catalog
from rituals.base import RitualSettings
from rituals.base import Settings as RitualsSettings
from rituals.calendar import WorkCalendar
from storage.db import Database
from storage.records import Capabilities, ChatKind, Platform


@dataclass(frozen=True, slots=True)
class CoreSettings:
    """What the core needs of the config."""

    handlers: HandlerSettings
    rituals: RitualsSettings
    ritual_settings: tuple[RitualSettings, ...] = ()
    work_calendar: WorkCalendar = field(default_factory=WorkCalendar)
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    data_dir: Path | None = None


class Core:
    """The same whatever the platforms are."""

    def __init__(
        self, database: Database, adapters: Sequence[Adapter], settings: CoreSettings, *, triage: Triage, owner: str,
        now: Callable[[], datetime], count: Callable[..., None], words: Words | None = None,
        meaning: Meaning | None = None, veil: Veil | None = None,
    ) -> None:  # fmt: skip
        """`owner` names this process among those that share the database; `count` takes a metric and its labels."""
        self.database = database
        self.adapters = {adapter.platform: adapter for adapter in adapters}
        capabilities: dict[tuple[Platform, ChatKind], Capabilities] = {
            (adapter.platform, kind): can
            for adapter in adapters
            for kind, can in adapter.capabilities.items()
        }
        self.texts = Catalog(settings.texts)
        self.drawing = Drawing()
        self.plans = Plans(settings.ritual_settings, settings.work_calendar)
        self.clock = RitualClock(
            database,
            self.plans,
            settings=settings.rituals,
            texts=self.texts,
            capabilities=capabilities,
            now=now,
            meaning=meaning,
        )
        postman = Postman(veil or NoVeil(), self.texts)
        self.relay = Relay(
            database,
            self.adapters,
            self.drawing,
            owner=owner,
            now=now,
            count=count,
            postman=postman,
            exporter=Exporter(database, settings.data_dir) if settings.data_dir else None,
        )
        self.dispatcher = Dispatcher(
            database, settings=settings.handlers, texts=self.texts, plans=self.plans, triage=triage,
            capabilities=capabilities, now=now, count=count, words=words, meaning=meaning, veil=veil,
        )  # fmt: skip
