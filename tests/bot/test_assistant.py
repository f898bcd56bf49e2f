"""Tests of the drafts that an endpoint outside writes: what leaves, what comes back, and what when nothing comes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

import pytest

from bot.assistant import Assistant
from bot.config.assistant import AssistantSettings
from handlers.base import Settings
from storage.modes import Mode
from tests.logbook import capture_logs
from tests.talk import LI, YU, Captured, Talk

KEY = "sk-a-secret"
PATIENCE_SECONDS = 60.0  # a machine under load is slow, and only one test is about that
SAID = (
    "#反馈 我是张哥，@小雨 也遇到：按钮太小，订单 E2026101288 电话 138 1234 5678，车牌沪A12345，"
    "邮箱 zhang@example.com，截图 https://example.com/u/501?id=9"
)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Give settings with an assistant."""
    return replace(settings, has_assistant=True)


class Endpoint:
    """A local server that answers as told and keeps what it was sent."""

    def __init__(
        self, content: object = "按钮在改了，改好第一时间告诉您。", *, status: int = 200, delay: float = 0
    ) -> None:
        self.sent: list[tuple[str, str]] = []
        self.hung_up = asyncio.Event()
        self.busy: set[asyncio.Task[None]] = set()
        self.status = status
        self.delay = delay
        self.body = json.dumps({"choices": [{"message": {"content": content}}]}).encode()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one request."""
        task = asyncio.current_task()
        assert task is not None
        self.busy.add(task)
        try:
            await self._answer_one(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # who asked has hung up, which is theirs to do
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()
            self.busy.discard(task)

    async def _answer_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        lines = head.lower().split("\r\n")
        length = next(int(line.split(":")[1]) for line in lines if line.startswith("content-length"))
        self.sent.append((head, (await reader.readexactly(length)).decode()))
        with suppress(TimeoutError):
            async with asyncio.timeout(self.delay):
                await self.hung_up.wait()
        start = f"HTTP/1.1 {self.status} X\r\nContent-Length: {len(self.body)}\r\n\r\n"
        writer.write(start.encode() + self.body)
        await writer.drain()

    async def stop(self) -> None:
        """Hang up on whoever still waits."""
        self.hung_up.set()
        await asyncio.gather(*self.busy, return_exceptions=True)


@asynccontextmanager
async def assistant(
    talk: Talk, endpoint: Endpoint, timeout_seconds: float = PATIENCE_SECONDS
) -> AsyncIterator[Assistant]:
    """Give an assistant whose endpoint listens on this machine."""
    server = await asyncio.start_server(endpoint.answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    found = AssistantSettings(f"http://127.0.0.1:{port}/v1", "small-model", KEY)
    try:
        yield Assistant(
            talk.database, found, talk.core.texts, now=lambda: talk.now, timeout_seconds=timeout_seconds
        )
    finally:
        server.close()
        await endpoint.stop()


async def fetch(talk: Talk, endpoint: Endpoint, timeout_seconds: float = PATIENCE_SECONDS) -> None:
    async with assistant(talk, endpoint, timeout_seconds) as found:
        await found.catch_up()
    await talk.settle()


async def test_a_tap_asks_and_the_draft_arrives_marked_as_one(talk: Talk, captured: Captured) -> None:
    feedback = await captured("#反馈 按钮太小了")
    await talk.says(LI, f"/show {feedback.id}", dm=True)
    await talk.presses(LI, "更多")
    await talk.presses(LI, "写个草稿")
    assert talk.last(LI).text == "正在写草稿，几秒后发给你。"
    await fetch(talk, Endpoint())
    draft = talk.last(LI).text
    assert draft.startswith(f"草稿（没有发出去）· #{feedback.id}")
    assert "按钮在改了" in draft
    assert f"/reply {feedback.id}" in draft
    assert all("按钮在改了" not in shown.text for shown in talk.adapter.shown if shown.chat != LI.external_id)


async def test_what_leaves_holds_no_name_id_link_or_number(talk: Talk, captured: Captured) -> None:
    feedback = await captured(SAID)
    await captured("我是小雨", YU)
    await talk.says(LI, f"/draft {feedback.id}", dm=True)
    endpoint = Endpoint()
    await fetch(talk, endpoint)
    ((head, body),) = endpoint.sent
    assert head.startswith("POST /v1/chat/completions HTTP/1.1")
    assert f"Bearer {KEY}" in head
    sent = json.loads(body)
    assert sent["model"] == "small-model"
    prompt = sent["messages"][1]["content"]
    assert "按钮太小" in prompt
    for secret in (
        "张哥", "小雨", "小李", "zhang", "501", "601", "E2026", "138", "5678", "沪A", "12345", "@", "http", "example",
        f"#{feedback.id}",
    ):  # fmt: skip
        assert secret not in prompt, secret
        assert secret not in sent["messages"][0]["content"]
    assert KEY not in body


async def test_a_double_tap_is_one_draft(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    for _ in range(2):
        await talk.says(LI, f"/draft {feedback.id}", dm=True)
    endpoint = Endpoint()
    await fetch(talk, endpoint)
    assert len(endpoint.sent) == 1


@pytest.mark.parametrize(("minutes", "answer"), [(2, "草稿（没有发出去）"), (20, "#1 的草稿没写成")])
async def test_a_draft_that_a_process_took_and_never_brought_comes_from_the_next(
    talk: Talk, captured: Captured, minutes: int, answer: str
) -> None:
    feedback = await captured()
    await talk.says(LI, f"/draft {feedback.id}", dm=True)
    async with talk.database.begin() as uow:
        await uow.drafting.take(1, talk.now)
    endpoint = Endpoint()
    await fetch(talk, endpoint)
    assert endpoint.sent == [], "somebody else has it"
    await talk.advance(minutes=minutes)
    await fetch(talk, endpoint)
    assert talk.last(LI).text.startswith(answer)
    before = talk.last(LI)
    await talk.advance(minutes=minutes)
    await fetch(talk, endpoint)
    assert talk.last(LI) == before, "it came once"


@pytest.mark.parametrize(
    ("endpoint", "seconds", "why"),
    [
        (Endpoint(status=500), PATIENCE_SECONDS, "HTTP 500"),
        (Endpoint(status=302), PATIENCE_SECONDS, "HTTP 302"),
        (Endpoint(content=None), PATIENCE_SECONDS, "an empty answer"),
        (Endpoint(content=" "), PATIENCE_SECONDS, "an empty answer"),
        (Endpoint(delay=60), 0.2, "no answer within 0.2 s"),
    ],
    ids=["error", "redirect", "nothing", "blank", "late"],
)
async def test_where_no_draft_comes_who_asked_reads_one_line(
    talk: Talk, captured: Captured, endpoint: Endpoint, seconds: float, why: str
) -> None:
    feedback = await captured()
    await talk.says(LI, f"/draft {feedback.id}", dm=True)
    with capture_logs() as logs:
        await fetch(talk, endpoint, seconds)
    assert talk.last(LI).text == f"#{feedback.id} 的草稿没写成：助手没有及时回答。稍后再试，或者直接写。"
    warned = [line for line in logs if line["level"] not in {"debug", "info"}]
    assert [(line["event"], line["why"]) for line in warned] == [("assistant_failed", why)]
    assert KEY not in str(logs)


async def test_a_voice_in_hiding_is_never_handed_out(talk: Talk, captured: Captured) -> None:
    feedback = await captured(mode=Mode.ALIAS)
    await talk.says(LI, f"/draft {feedback.id}", dm=True)
    assert talk.last(LI).text == f"#{feedback.id} 是悄悄话，不会交给外面的助手。"
    endpoint = Endpoint()
    await fetch(talk, endpoint)
    assert endpoint.sent == []


async def test_a_topic_gets_one_sentence_out_of_its_open_voices(talk: Talk, captured: Captured) -> None:
    first, second = await captured("按钮太小了"), await captured("图标点不准", YU)
    await talk.says(LI, f"/merge {first.id} {second.id}", dm=True)
    await talk.says(LI, "/draft T1", dm=True)
    endpoint = Endpoint("按键触控区过小，老年用户误触。")
    await fetch(talk, endpoint)
    assert talk.last(LI).text.startswith("草稿（没有发出去）· T1 的问题，一句话")
    prompt = json.loads(endpoint.sent[0][1])["messages"][1]["content"]
    assert ("按钮太小了" in prompt, "图标点不准" in prompt) == (True, True)


async def test_an_answer_and_its_topics_sentence_are_two_wishes_in_one_breath(
    talk: Talk, captured: Captured
) -> None:
    first, second = await captured("按钮太小了"), await captured("图标点不准", YU)
    await talk.says(LI, f"/merge {second.id} {first.id}", dm=True)
    for what in (f"{first.id}", "T1"):
        await talk.says(LI, f"/draft {what}", dm=True)
    endpoint = Endpoint()
    await fetch(talk, endpoint)
    assert len(endpoint.sent) == 2


async def test_a_topics_draft_becomes_the_insight_by_one_message_and_never_by_itself(
    talk: Talk, captured: Captured
) -> None:
    first, second = await captured("按钮太小了"), await captured("图标点不准", YU)
    await talk.says(LI, f"/merge {first.id} {second.id}", dm=True)
    await talk.says(LI, "/draft T1", dm=True)
    sentence = "按键触控区过小，老年用户误触。"
    await fetch(talk, Endpoint(sentence))
    command = talk.last(LI).text.split("\n")[-1].split("：")[1]
    assert command == "/insight T1 你的一句话"
    await talk.says(LI, "/insight T1", dm=True)
    assert sentence not in talk.last(LI).text
    await talk.says(LI, command.replace("你的一句话", sentence), dm=True)
    await talk.says(LI, "/insight T1", dm=True)
    assert sentence in talk.last(LI).text


async def test_without_an_assistant_it_is_said_how_to_get_one(talk: Talk, captured: Captured) -> None:
    talk.dispatcher._settings = replace(talk.dispatcher._settings, has_assistant=False)
    await captured()
    await talk.says(LI, "/draft 1", dm=True)
    assert talk.last(LI).text == "没有配置草稿助手，管理员可以在 [assistant] 里打开。"
