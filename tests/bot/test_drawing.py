"""Pictures: painted in another process, kept, and painted again when that process dies."""

import os
import signal
import struct
from collections.abc import AsyncIterator

import pytest

from bot import drawing as module
from bot.drawing import Drawing, DrawingError, svg
from storage.messages import Picture

PNG = b"\x89PNG\r\n\x1a\n"

POLL = Picture(
    template="poll",
    title="这个周末，你最想去哪里？",
    rows=(("去山里住一晚", 18), ("城市骑行", 12), ("在家睡觉", 0)),
    caption="共 30 人参与",
)


@pytest.fixture
async def drawing() -> AsyncIterator[Drawing]:
    async with Drawing() as one:
        yield one


def size(png: bytes) -> tuple[int, int]:
    assert png.startswith(PNG)
    width, height = struct.unpack(">II", png[16:24])
    return int(width), int(height)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_a_picture_is_painted_by_another_process_which_starts_with_the_first_one(
    drawing: Drawing,
) -> None:
    assert drawing.painter_pid is None

    png = await drawing.png(POLL)

    assert size(png)[0] == 1000
    assert drawing.painter_pid not in {None, os.getpid()}


async def test_equal_pictures_give_the_same_bytes_from_two_painters(drawing: Drawing) -> None:
    first = await drawing.png(POLL)
    async with Drawing() as other:
        second = await other.png(POLL)
        assert other.painter_pid != drawing.painter_pid

    assert first == second


async def test_a_picture_already_painted_needs_no_painter(drawing: Drawing) -> None:
    first = await drawing.png(POLL)
    await drawing.close()

    assert await drawing.png(POLL) is first
    assert drawing.painter_pid is None


async def test_only_so_many_pictures_are_kept_and_the_oldest_goes_first(drawing: Drawing) -> None:
    pictures = [Picture(template="poll", title=f"{number}") for number in range(module.CACHED_PICTURES + 1)]
    painted = [await drawing.png(picture) for picture in pictures]

    assert await drawing.png(pictures[1]) is painted[1]
    assert await drawing.png(pictures[0]) is not painted[0]


async def test_a_painter_that_died_is_replaced(drawing: Drawing) -> None:
    await drawing.png(POLL)
    dead = drawing.painter_pid
    assert dead is not None
    os.kill(dead, signal.SIGKILL)

    png = await drawing.png(Picture(template="bars", title="又一张", rows=(("甲", 1),)))

    assert png.startswith(PNG)
    assert drawing.painter_pid not in {None, dead}


async def test_closing_ends_the_painter(drawing: Drawing) -> None:
    await drawing.png(POLL)
    painter = drawing.painter_pid
    assert painter is not None

    await drawing.close()

    assert not is_alive(painter)


async def test_closing_ends_even_a_painter_that_hangs(drawing: Drawing) -> None:
    await drawing.png(POLL)
    painter = drawing.painter_pid
    assert painter is not None
    os.kill(painter, signal.SIGSTOP)

    await drawing.close()

    assert not is_alive(painter)


async def test_what_cannot_be_painted_is_an_error_and_the_painter_lives_on(drawing: Drawing) -> None:
    await drawing.png(POLL)
    painter = drawing.painter_pid

    with pytest.raises(DrawingError):
        await drawing._ask("<svg")

    assert (await drawing.png(Picture(template="line", title="打卡", rows=(("周一", 3),)))).startswith(PNG)
    assert drawing.painter_pid == painter


@pytest.mark.parametrize("template", ["poll", "bars", "line"])
@pytest.mark.parametrize(
    "rows",
    [
        (),
        (("only", 1),),
        tuple((f"选项 {number}", number) for number in range(12)),
        tuple(("长" * 100, 0) for _ in range(12)),
        (("<&\"'>]]>", 3), ("</text><script>", 2), ("\x00\x08\ufffe", 1)),
        (("😀👨‍👩‍👧", 1), ("שלום עולם", 2), ("\u202egnp.exe", 3)),
        (("huge", 10**12), ("minus", -5)),
    ],
)
async def test_any_rows_can_be_painted(
    drawing: Drawing, template: str, rows: tuple[tuple[str, int], ...]
) -> None:
    picture = Picture(template=template, title='<&"😀שלום', rows=rows, caption='<&" 尾注')

    width, height = size(await drawing.png(picture))

    assert width == 1000
    assert 200 < height < 3000


def test_a_template_that_does_not_exist_is_refused() -> None:
    with pytest.raises(KeyError):
        svg(Picture(template="../secret", title="x"))
