"""Tests of the logs."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from bot import logs
from storage.errors import StorageBusyError

TOKEN = "123456789:AAHk-secret_secret_secret_secret_xyz"
HOOK = "b1f2c3d4-aaaa-bbbb-cccc-1234567890ab"


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def fail() -> None:
    """Fail as a repository does: because a library quotes its parameters."""
    try:
        int("张哥说按钮太小")
    except ValueError as error:
        raise StorageBusyError("OperationalError") from error


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_has_a_stable_event_and_its_fields() -> None:
    stream = io.StringIO()
    logs.configure(stream=stream)
    logs.get_logger("bot.relay").warning("delivery_retry", delivery=7, why="群 gone")
    (line,) = lines(stream)
    assert line["event"] == "delivery_retry"
    assert (line["delivery"], line["why"], line["level"], line["logger"]) == (
        7,
        "群 gone",
        "warning",
        "bot.relay",
    )
    assert line["at"].endswith("+00:00")


@pytest.mark.parametrize("stream", [io.StringIO(), Terminal()], ids=["json", "terminal"])
def test_no_secret_is_ever_written(stream: io.StringIO) -> None:
    logs.configure(["s3cret", 'pass"word'], stream=stream)
    log = logs.get_logger("bot.x")
    library = logging.getLogger("some.library")
    library.error("POST %s", f"https://api.telegram.org/bot{TOKEN}/getMe")
    library.error("hook https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=%s", HOOK)
    library.error("connecting to postgresql://me:hunter2@host/db")
    log.error("x", a="s3cret", b='pass"word', c={"token": TOKEN})
    log.error("failed", exc_info=StorageBusyError(f"no {TOKEN} s3cret"))
    text = stream.getvalue()
    for secret in (TOKEN, HOOK, "hunter2", "s3cret", "pass", "AAHk"):
        assert secret not in text
    assert text.count("[hidden]") >= 7


def test_a_librarys_exception_does_not_quote_its_parameters() -> None:
    stream = io.StringIO()
    logs.configure(stream=stream)
    try:
        fail()
    except StorageBusyError:
        logs.get_logger("bot.x").exception("handler_failed", update_id="1")
    (line,) = lines(stream)
    assert "张哥" not in stream.getvalue()
    assert line["trace"][0] == "StorageBusyError: OperationalError"
    assert "ValueError" in line["trace"]
    assert any("test_logs.py" in step for step in line["trace"])


def test_the_http_clients_requests_are_not_logged() -> None:
    stream = io.StringIO()
    logs.configure(stream=stream)
    logging.getLogger("httpx").info("HTTP Request: POST")
    logging.getLogger("httpcore.http11").debug("send_request_headers")
    logging.getLogger("httpx").warning("trouble")
    assert [line["message"] for line in lines(stream)] == ["trouble"]


def test_a_terminal_gets_words() -> None:
    stream = Terminal()
    logs.configure(stream=stream)
    logs.get_logger("bot.x").info("started", chats=2)
    assert stream.getvalue().endswith("info    started  chats=2\n")


def test_configuring_twice_writes_once() -> None:
    stream = io.StringIO()
    logs.configure(stream=stream)
    logs.configure(stream=stream)
    logs.get_logger("bot.x").info("started")
    assert len(lines(stream)) == 1
