"""What the clock intends: the config's rituals, the chats that use them, and what staff changed in chat.

Built by `bot/app.py`, reloaded by the clock after each commit that wrote "plans", shown by `/ritual`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.logs import get_logger
from handlers.base import RitualInfo
from rituals import RITUALS
from rituals.base import RitualSettings
from rituals.calendar import Calendar, WorkCalendar, check_calendar
from rituals.schedule import Schedule, ScheduleError, check_cron
from storage.records import Chat
from storage.runs import EVERY_CHAT, Override
from storage.uow import UnitOfWork

SHOWN = 3
"""How many occurrences ahead `/ritual` and `huixiang check` show."""

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Plan:
    """One ritual in one chat, as it is in force."""

    chat: Chat
    settings: RitualSettings
    is_on: bool
    schedule: Schedule
    overridden: frozenset[str]

    @property
    def key(self) -> tuple[str, int]:
        """Return what tells it from other plans."""
        return self.settings.name, self.chat.id


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing in config or overrides that cannot be followed; the rest goes on without it.

    **Shape**: chat_id 0 means every chat; `what` is "ritual", "kind", "cron" or the key of an override.
    """

    ritual: str
    chat_id: int
    what: str
    why: str


class Plans:
    """Every plan in force. Satisfies the `Plans` protocols of handlers and of rituals."""

    def __init__(self, rituals: Iterable[RitualSettings], work: WorkCalendar) -> None:
        self.work = work
        self.problems: tuple[Problem, ...] = ()
        self._rituals = {ritual.name: ritual for ritual in rituals}
        self._plans: dict[tuple[str, int], Plan] = {}
        self._schedules: dict[tuple[str, Calendar, str], Schedule] = {}

    @property
    def all(self) -> Mapping[tuple[str, int], Plan]:
        """Return every plan by ritual and chat."""
        return self._plans

    async def reload(self, uow: UnitOfWork) -> None:
        """Read the chats and overrides again; a problem seen for the first time is logged."""
        # What was said later wins: a cron line said after a time of day replaces it whole.
        stored = sorted(await uow.runs.list_overrides(), key=lambda override: override.at)
        problems = [problem for override in stored if (problem := self._stray(override))]
        plans: dict[tuple[str, int], Plan] = {}
        for chat in await uow.chats.list_planned():
            added = [o.ritual for o in stored if (o.chat_id, o.key, o.value) == (chat.id, "on", "yes")]
            for name in dict.fromkeys([*chat.rituals, *added]):
                changed = [
                    override
                    for where in (EVERY_CHAT, chat.id)
                    for override in stored
                    if (override.ritual, override.chat_id) == (name, where)
                ]
                plan = self._plan(name, chat, changed, problems)
                if plan is not None:
                    plans[plan.key] = plan
        problems = list(dict.fromkeys(problems))
        for problem in problems:
            if problem not in self.problems:
                _log.warning(
                    "plan_problem", ritual=problem.ritual, chat_id=problem.chat_id, what=problem.what,
                    why=problem.why,
                )  # fmt: skip
        self._plans, self.problems = plans, tuple(problems)

    def find(self, ritual: str, chat_id: int) -> RitualSettings | None:
        """Return the settings in force for a ritual in a chat, None if it has no such ritual."""
        plan = self._plans.get((ritual, chat_id))
        return None if plan is None else plan.settings

    def unknown_years(self, now: datetime) -> tuple[int, ...]:
        """Return the years whose make-up working days a plan needs and nobody knows."""
        today = [
            now.astimezone(plan.chat.zone).date()
            for plan in self._plans.values()
            if plan.settings.calendar in ("workdays", "holidays")
        ]
        return self.work.unknown_years(max(today)) if today else ()

    def list_rituals(self, chat: Chat, now: datetime) -> tuple[RitualInfo, ...]:
        """List the rituals of a chat with their next three occurrences."""
        return tuple(
            RitualInfo(
                name=plan.settings.name,
                kind=plan.settings.kind,
                chat_id=chat.id,
                cron=plan.settings.cron,
                calendar=_shown(plan.settings.calendar),
                is_on=plan.is_on,
                overridden=plan.overridden,
                upcoming=tuple(slot.due for slot in plan.schedule.next(now, SHOWN)) if plan.is_on else (),
            )
            for plan in self._plans.values()
            if plan.chat.id == chat.id
        )

    def explain_cron(self, cron: str) -> str | None:
        """Return why a cron line is wrong, None if it is right."""
        try:
            check_cron(cron)
        except ScheduleError as error:
            return str(error)
        return None

    def _schedule(self, ritual: RitualSettings, chat: Chat) -> Schedule:
        """Return the schedule of a ritual in a chat; many chats share one, and most never change."""
        key = ritual.cron, ritual.calendar, chat.timezone
        if key not in self._schedules:
            self._schedules[key] = Schedule(ritual.cron, chat.zone, ritual.calendar, self.work)
        return self._schedules[key]

    def _stray(self, override: Override) -> Problem | None:
        if override.ritual in self._rituals:
            return None
        return Problem(override.ritual, override.chat_id, override.key, "the config has no such ritual")

    def _plan(
        self, name: str, chat: Chat, changed: Iterable[Override], problems: list[Problem]
    ) -> Plan | None:
        """Lay the overrides over the config; what cannot be followed becomes a Problem and is left out."""
        ritual = self._rituals.get(name)
        if ritual is None:
            problems.append(Problem(name, chat.id, "ritual", "the config has no such ritual"))
            return None
        if ritual.kind not in RITUALS:
            problems.append(Problem(name, chat.id, "kind", f"there is no ritual of kind {ritual.kind!r}"))
            return None
        is_on, followed = True, set[str]()
        for override in changed:
            try:
                if override.key == "on":
                    is_on = _yes(override.value)
                else:
                    ritual = _laid_over(ritual, override.key, override.value)
            except ValueError as error:
                problems.append(Problem(name, override.chat_id, override.key, str(error)))
            else:
                followed.add(override.key)
        try:
            schedule = self._schedule(ritual, chat)
            _check_close(ritual)
        except ValueError as error:
            problems.append(Problem(name, chat.id, "cron", str(error)))
            return None
        return Plan(chat, ritual, is_on, schedule, frozenset(followed))


def at_time(cron: str, time: str) -> str:
    """Return a cron line moved to a time of day such as "08:30".

    **Errors**: ValueError for anything but a time of day.
    """
    hour, colon, minute = time.strip().replace("：", ":").partition(":")
    digits = f"{hour}{minute}"
    if not (colon and digits.isascii() and digits.isdigit() and len(minute) == 2 and 1 <= len(hour) <= 2):
        raise ValueError(f'{time!r} is not a time of day: write "08:30"')
    moved = " ".join([str(int(minute)), str(int(hour)), *cron.split()[2:]])
    check_cron(moved)
    return moved


def _laid_over(ritual: RitualSettings, key: str, value: str) -> RitualSettings:
    if key == "time":
        return replace(ritual, cron=at_time(ritual.cron, value))
    if key == "cron":
        check_cron(value)
        return replace(ritual, cron=value)
    if key == "calendar":
        check_calendar(value)
        return replace(ritual, calendar=value)
    raise ValueError(f"{key!r} cannot be changed: on, time, cron or calendar can")


def _yes(value: str) -> bool:
    if value not in ("yes", "no"):
        raise ValueError(f'{value!r} is neither "yes" nor "no"')
    return value == "yes"


def _check_close(ritual: RitualSettings) -> None:
    """Refuse a window or closing time that could never end."""
    if ritual.close:
        check_cron(ritual.close)
    elif ritual.window is not None and ritual.window <= timedelta(0):
        raise ScheduleError("a window must be longer than nothing")


def _shown(calendar: object) -> str:
    return calendar if isinstance(calendar, str) else "dates"
