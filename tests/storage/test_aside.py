"""What waits is done in a thread, and nobody leaves before it is done."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from storage.aside import Aside


@pytest.fixture
def aside() -> Iterator[Aside]:
    made = Aside()
    yield made
    made.close()


async def test_the_loop_goes_on_while_something_waits(aside: Aside) -> None:
    gate = threading.Event()
    waiting = asyncio.create_task(aside.do(gate.wait))
    await asyncio.sleep(0)
    assert not waiting.done()
    gate.set()
    await waiting


async def test_what_fails_there_is_raised_here(aside: Aside) -> None:
    def fail() -> None:
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        await aside.do(fail)


async def test_who_is_cancelled_leaves_only_when_it_is_done(aside: Aside) -> None:
    gate, ended = threading.Event(), []

    def work() -> None:
        gate.wait()
        ended.append(True)

    waiting = asyncio.create_task(aside.do(work))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.sleep(0)
    assert not waiting.done()
    gate.set()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert ended == [True]
