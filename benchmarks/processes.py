"""The processes a bench starts and measures: the fake Bot API server, our bot, a bare one. Called by every bench."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.botapi.control import Remote

ROOT = Path(__file__).parent.parent
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE_KIB = os.sysconf("SC_PAGESIZE") // 1024
GROUP = -1001000000001


class Measured:
    """A process under measurement. **Units**: CPU in seconds, memory in MiB, moments on the monotonic clock."""

    def __init__(self, process: asyncio.subprocess.Process, started_at: float) -> None:
        self.process = process
        self.started_at = started_at

    @property
    def cpu(self) -> float:
        """Return the CPU time used so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    @property
    def memory(self) -> float:
        """Return the resident memory, without the children's."""
        return int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * _PAGE_KIB / 1024

    async def kill(self) -> None:
        """Kill it as a power cut would."""
        self.process.kill()
        await self.process.wait()

    async def stop(self) -> None:
        """Ask it to stop and wait."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
            await self.process.wait()


async def start(*command: str, env: Mapping[str, str] | None = None, log: Path | None = None) -> Measured:
    """Start a Python program of ours."""
    # A program runs from compiled files, as it does where people install it.
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    started_at = time.monotonic()
    output = log.open("ab") if log else asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, cwd=ROOT, env={**inherited, **(env or {})}, stdout=output, stderr=output
    )
    return Measured(process, started_at)


class Server:
    """The fake Bot API server in a process of its own."""

    def __init__(self, url: str, token: str, remote: Remote) -> None:
        self.url, self.token, self.remote = url, token, remote

    async def stats(self) -> dict[str, Any]:
        """Return its counts."""
        found: dict[str, Any] = await self.remote.do("stats")
        return found

    async def until(self, name: str, value: int, *, seconds: float = 120) -> dict[str, Any]:
        """Wait until a count reaches a value; return the counts."""
        async with asyncio.timeout(seconds):
            while True:
                stats = await self.stats()
                if stats[name] >= value:
                    return stats
                await asyncio.sleep(0.02)

    async def calls(self, method: str) -> list[dict[str, Any]]:
        """Return the calls of a method."""
        found: list[dict[str, Any]] = await self.remote.do("calls", method=method)
        return found


@asynccontextmanager
async def bot_api(*options: str) -> AsyncIterator[Server]:
    """Run the fake server."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.botapi", *options, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    url, token = (await process.stdout.readline()).decode().split()
    remote = Remote(url)
    try:
        yield Server(url, token, remote)
    finally:
        await remote.close()
        process.send_signal(signal.SIGTERM)
        await process.wait()


def configure(folder: Path, server: Server) -> list[str]:
    """Write a config for our bot and return the command that runs it; the token goes by the environment."""
    path = folder / "config.toml"
    path.write_text(
        f"""
[community]
name = "车友会"
data_dir = "{folder}/data"
[storage]
url = "sqlite:///{folder}/data/huixiang.db"
[web]
port = 0
[telegram]
api_base_url = "{server.url}"
[manners]
quiet_hours = "00:00-00:00"
[[chats]]
platform = "telegram"
id = {GROUP}
name = "车主群"
rituals = []
""",
        encoding="utf-8",
    )
    os.environ["HUIXIANG_TELEGRAM_TOKEN"] = server.token
    return ["-m", "bot", "run", "--config", str(path)]
