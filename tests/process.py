"""The real `huixiang run` as a process that tests start, kill and start again. Used by everything that goes live."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
STOPS_WITHIN_SECONDS = 5.0


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


class Bot:
    """One process of `huixiang run`, which may be killed and started again."""

    def __init__(self, config: Path, env: Mapping[str, str], log: Path) -> None:
        self._command = [sys.executable, "-m", "bot", "run", "--config", str(config)]
        self._env = {**{k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}, **env}
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; returns at once."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self._command, cwd=ROOT, env=self._env, stdout=log, stderr=log)

    def kill(self) -> None:
        """Kill it as a power cut would."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()
        self.process = None

    async def stop(self) -> None:
        """Ask it to stop; it must, in time and without a complaint."""
        if self.process is None:
            return
        process, self.process = self.process, None
        process.send_signal(signal.SIGTERM)
        try:
            code = await asyncio.to_thread(process.wait, STOPS_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError(f"it did not stop in {STOPS_WITHIN_SECONDS} s") from None
        assert code == 0, f"it ended with {code}:\n{self.log.read_text('utf-8')[-2000:]}"

    def lines(self) -> Iterator[dict[str, Any]]:
        """Yield what it logged. **Errors**: AssertionError for anything that is not one JSON object a line."""
        for line in self.log.read_text("utf-8").splitlines():
            try:
                yield json.loads(line)
            except ValueError:
                raise AssertionError(f"not a line of the log: {line!r}") from None

    def events(self) -> list[str]:
        """Return the events it logged."""
        return [line["event"] for line in self.lines()]
