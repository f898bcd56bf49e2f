"""The real demo as a process that tests start and stop. Used by the browser tests' fixtures."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
STOPPED_WITHIN_SECONDS = 5


class Demo:
    """`huixiang demo` in a folder of its own; it keeps its port over restarts."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[str] | None = None
        self._port = "0"
        self.address = ""

    def start(self, *words: str) -> None:
        """Start it; returns once its page is there."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bot", "demo", "--port", self._port, *words],
            cwd=self._folder,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        greeting = self._process.stdout.readline()
        link = re.search(r"http://127\.0\.0\.1:(\d+)/", greeting)
        assert link is not None, f"the demo did not start: {greeting}"
        self.address, self._port = link[0], link[1]

    def stop(self) -> None:
        """Stop it, and see that it stopped in time, cleanly and without a complaint in its log."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            _, log = process.communicate(timeout=STOPPED_WITHIN_SECONDS)
        finally:
            process.kill()
        assert process.returncode == 0
        complaints = [line for line in log.splitlines() if json.loads(line)["level"] in ("warning", "error")]
        assert not complaints, "\n".join(complaints)
