"""Draw charts for chats and the console: SVG from templates, PNG painted in a process of its own.

Painting holds the interpreter's lock for up to a fifth of a second a chart, which would stop the event loop
even from a thread; so a small child process does it, started with the first picture, replaced when it dies.
"""

import asyncio
import hashlib
import struct
import sys
from collections import OrderedDict
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from bot.logs import get_logger
from storage.messages import Picture

FONT = Path(__file__).parent / "pictures" / "fonts" / "NotoSansSC-Regular.otf"
PAINTER = Path(__file__).parent / "pictures" / "paint.py"

CACHED_PICTURES = 64
"""How many PNGs are kept: about 4 MB, and a week of a dozen groups' results."""

PATIENCE = timedelta(seconds=15)
"""How long one chart may take before its painter counts as stuck; the slowest takes 0.3 s."""

FAREWELL = timedelta(milliseconds=500)
"""How long a painter may take to end by itself when asked to."""

_log = get_logger(__name__)


class DrawingError(Exception):
    """A picture could not be painted; the caller sends its words alone."""


def svg(picture: Picture) -> str:
    """Return a picture as SVG; equal pictures give equal text.

    **Errors**: KeyError for a template that does not exist.
    """
    from bot.pictures import charts  # so late because the template engine is not needed to start

    return charts.svg(picture)


class Drawing:
    """Paints pictures, one at a time, and keeps the latest ones.

    Use it as an async context, or call `close` when done.
    """

    def __init__(self) -> None:
        self._painter: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()
        self._painted: OrderedDict[str, bytes] = OrderedDict()

    @property
    def painter_pid(self) -> int | None:
        """Return the process that paints, or None before the first picture."""
        return self._painter.pid if self._painter else None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def png(self, picture: Picture) -> bytes:
        """Return a picture as PNG, 1000 pixels wide.

        **Errors**: DrawingError when it cannot be painted, even by a fresh painter.
        """
        text = svg(picture)
        key = hashlib.sha256(text.encode()).hexdigest()
        async with self._turn:
            if key not in self._painted:
                self._painted[key] = await self._paint(text)
                if len(self._painted) > CACHED_PICTURES:
                    self._painted.popitem(last=False)
            self._painted.move_to_end(key)
            return self._painted[key]

    async def close(self) -> None:
        """End the painter; a later picture would start another."""
        painter, self._painter = self._painter, None
        if painter is None:
            return
        if painter.stdin is not None:
            painter.stdin.close()
        try:
            async with asyncio.timeout(FAREWELL.total_seconds()):
                await painter.wait()
        except TimeoutError:
            await _kill(painter)

    async def _paint(self, text: str) -> bytes:
        try:
            return await self._ask(text)
        except (OSError, EOFError, TimeoutError) as error:
            _log.warning("painter_replaced", error=type(error).__name__)
        try:
            return await self._ask(text)
        except (OSError, EOFError, TimeoutError) as error:
            raise DrawingError(f"the painter failed twice: {type(error).__name__}") from error

    async def _ask(self, text: str) -> bytes:
        painter = self._painter or await self._start()
        try:
            async with asyncio.timeout(PATIENCE.total_seconds()):
                status, body = await _exchange(painter, text.encode())
        except BaseException:
            # Half an answer may still be in the pipe: this painter can't be asked again.
            self._painter = None
            await _kill(painter)
            raise
        if status:
            raise DrawingError(body.decode(errors="replace"))
        return body

    async def _start(self) -> asyncio.subprocess.Process:
        # A session of its own: Ctrl-C in a terminal is for us, and we end the painter in our own time.
        self._painter = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            str(PAINTER),
            str(FONT),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        return self._painter


async def _exchange(painter: asyncio.subprocess.Process, request: bytes) -> tuple[int, bytes]:
    if painter.stdin is None or painter.stdout is None:
        raise EOFError
    painter.stdin.write(struct.pack(">I", len(request)) + request)
    await painter.stdin.drain()
    status, length = struct.unpack(">BI", await painter.stdout.readexactly(5))
    return status, await painter.stdout.readexactly(length)


async def _kill(painter: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        painter.kill()
    if painter.stdin is not None:
        painter.stdin.close()
    await painter.wait()
