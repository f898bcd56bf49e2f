"""Assistant: fetches the drafts that staff asked for from an OpenAI-compatible endpoint. Built and run by `bot/app.py`.

Off unless `[assistant]` names one. Nobody waits for it: what is wanted is a row, and the draft arrives as a message to
who asked, marked as a draft. What leaves holds no name, id, link or number of a person, and no voice in hiding.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from bot.background import Rounds
from bot.config.assistant import AssistantSettings
from bot.logs import get_logger
from locales.catalog import Catalog
from storage.db import Database
from storage.drafting import Wanted
from storage.messages import Message, Quote
from storage.records import Feedback, Member
from storage.text.scrubbing import scrub
from storage.uow import UnitOfWork

if TYPE_CHECKING:
    import ssl

    import httpx

TIMEOUT_SECONDS = 5.0
"""How long a draft may take. **Source**: issue 4."""

_STALE = timedelta(minutes=5)  # asked for while nobody fetched: who asked has gone on long since
_AT_ONCE = 4
_MOST_BYTES = 100_000
_MOST_CHARACTERS = 600
_MOST_VOICES, _VOICE_CHARACTERS = 8, 500
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")

_log = get_logger(__name__)
_PROMPTS = {
    ("reply", "zh_CN"): "你替品牌社群的客服起草一条回复。两句话以内，点明具体的事，口气像朋友，不承诺日期，"
    "不编造事实，不写称呼和署名，不说官话。只输出回复本身。",
    (
        "reply",
        "en",
    ): "Draft an answer for the staff of a brand's community. At most two sentences; name the thing; "
    "warm and plain; promise no date, invent no fact, no salutation, no signature. Output the answer alone.",
    ("insight", "zh_CN"): "下面是几位用户对同一件事的原话。用一句技术性的话说清问题：现象、条件、影响。"
    "不超过 60 字，不编造，不提任何人。只输出这一句。",
    (
        "insight",
        "en",
    ): "These are several users' words about one thing. State the problem in one technical sentence: "
    "what happens, when, to what effect. At most 40 words, invent nothing, mention nobody. Output it alone.",
}


class AssistantError(Exception):
    """No draft came; the text says why and holds nothing of what was asked."""


class Assistant:
    """Fetches what is wanted, a few at once."""

    def __init__(
        self, database: Database, settings: AssistantSettings, texts: Catalog, *, now: Callable[[], datetime],
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:  # fmt: skip
        self._database = database
        self._settings = settings
        self._texts = texts
        self._now = now
        self._timeout_seconds = timeout_seconds
        self._tls: ssl.SSLContext | None = None
        self._rounds = Rounds(database, "drafting")

    async def run(self) -> None:
        """Fetch until cancelled."""
        await self._rounds.run(self.catch_up, "assistant")

    async def catch_up(self) -> None:
        """Fetch everything that is wanted. **Errors**: StorageBusyError."""
        async with self._database.begin() as uow:
            await uow.drafting.give_back(self._now())
        while True:
            async with self._database.begin() as uow:
                wanted = await uow.drafting.take(_AT_ONCE, self._now())
            if not wanted:
                return
            await asyncio.gather(*(self._fetch(one) for one in wanted))

    async def _fetch(self, wanted: Wanted) -> None:
        """Bring one draft, or one line that says there is none."""
        async with self._database.read() as uow:
            prompt = await _prompt(uow, wanted)
            feedback = await uow.feedback.get(wanted.feedback_id)
        draft = ""
        try:
            if self._now() - wanted.asked_at > _STALE:
                raise AssistantError("asked for too long ago")  # noqa: TRY301
            if not prompt:
                raise AssistantError("nothing that may leave")  # noqa: TRY301
            kind = "insight" if wanted.topic_id else "reply"
            draft = await self._ask(_PROMPTS[kind, wanted.language], prompt)
        except AssistantError as error:
            _log.warning("assistant_failed", why=str(error), wanted_id=wanted.id)
        async with self._database.begin() as uow:
            member = await uow.members.get(wanted.by_id)
            await self._bring(uow, wanted, feedback, member, draft)

    async def _bring(
        self, uow: UnitOfWork, wanted: Wanted, feedback: Feedback, member: Member, draft: str
    ) -> None:
        home = await uow.chats.get(feedback.chat_id)
        chat = await uow.outbox.private_chat(member, timezone=home.timezone, language=wanted.language)
        number = f"T{wanted.topic_id}" if wanted.topic_id else f"#{feedback.id}"
        text_id = "draft.failed" if not draft else "draft.insight" if wanted.topic_id else "draft.reply"
        words = self._texts.text(
            wanted.language, text_id, number=number, id=feedback.id, draft=(Quote(draft),)
        )
        await uow.outbox.put(
            chat.id, Message(text=words), key=wanted.key, now=self._now(),
            subject=f"feedback:{feedback.id}", member_id=member.id,
        )  # fmt: skip

    async def _ask(self, system: str, prompt: str) -> str:
        """Return a draft. **Errors**: AssistantError."""
        import httpx

        if self._tls is None:
            self._tls = await asyncio.to_thread(
                httpx.create_ssl_context
            )  # up to 90 ms that nobody shall wait for
        headers = {"Authorization": f"Bearer {self._settings.key}"} if self._settings.key else {}
        body = {
            "model": self._settings.model,
            "messages": [{"role": "system", "content": system}, {"role": "user", "content": prompt}],
            "max_tokens": 300,
            "temperature": 0.3,
        }
        try:
            async with (
                asyncio.timeout(self._timeout_seconds),
                httpx.AsyncClient(
                    timeout=self._timeout_seconds, follow_redirects=False, verify=self._tls
                ) as client,
                client.stream(
                    "POST", f"{self._settings.base_url}/chat/completions", json=body, headers=headers
                ) as answer,
            ):
                content = await _read(answer)
                status = answer.status_code
        except TimeoutError:
            raise AssistantError(f"no answer within {self._timeout_seconds:g} s") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise AssistantError(type(error).__name__) from None
        if status != httpx.codes.OK:
            raise AssistantError(f"HTTP {status}")
        return _draft_of(content)


async def _read(answer: httpx.Response) -> bytes:
    content = b""
    async for chunk in answer.aiter_bytes():
        content += chunk
        if len(content) > _MOST_BYTES:
            raise AssistantError("an endless answer")
    return content


def _draft_of(content: bytes) -> str:
    try:
        found: Any = msgspec.json.decode(content)["choices"][0]["message"]["content"]
    except (msgspec.DecodeError, LookupError, TypeError):
        raise AssistantError("an answer of another shape") from None
    draft = _CONTROL.sub("", found).strip() if isinstance(found, str) else ""
    if not draft:
        raise AssistantError("an empty answer")
    return draft[:_MOST_CHARACTERS]


async def _prompt(uow: UnitOfWork, wanted: Wanted) -> str:
    """Return what may leave of what was said: open voices only, and nothing that points at a person."""
    if wanted.topic_id is None:
        said = [await uow.feedback.get(wanted.feedback_id)]
    else:
        said = await uow.topics.list_feedback(wanted.topic_id)
    voices = [each for each in said if each.is_open_voice][:_MOST_VOICES]
    people = await uow.members.list_by_id(
        {each for one in voices for each in (one.contributor_id, one.captured_by_id, one.owner_id) if each}
    )
    staff = await uow.members.list_staff()
    names = {*_names((*people.values(), *staff)), *(each.on_behalf_of for each in voices)}
    return "\n".join(f"- {scrub(each.text, names)[:_VOICE_CHARACTERS]}" for each in voices)


def _names(people: Iterable[Member]) -> Iterable[str]:
    for member in people:
        yield from (member.name, member.username, member.salutation, member.external_id)
