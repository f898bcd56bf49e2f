"""Fixtures for the fake's own tests: the server with a small cast, and the platform's own packages for Node."""

import asyncio
import json
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.live import PATIENCE_SECONDS
from tests.wecom import Group, Person, WeCom

SCRIPTS = Path(__file__).parent / "node"


@dataclass(frozen=True, slots=True)
class Cast:
    """张哥 has spoken to the bot in private, 小雨 never did; somebody has called the bot in the group."""

    zhang: Person
    yu: Person
    group: Group


@dataclass(slots=True)
class Heard:
    """What a Node process printed, line by line."""

    process: asyncio.subprocess.Process
    lines: list[dict[str, Any]] = field(default_factory=list)

    async def until(self, what: str, **like: Any) -> dict[str, Any]:
        """Wait for a line with these values and return it. **Errors**: AssertionError if it ends first."""
        wanted = {"what": what, **like}
        for line in self.lines:
            if wanted.items() <= line.items():
                return line
        assert self.process.stdout is not None
        async with asyncio.timeout(PATIENCE_SECONDS):
            while raw := await self.process.stdout.readline():
                self.lines.append(json.loads(raw))
                if wanted.items() <= self.lines[-1].items():
                    return self.lines[-1]
        raise AssertionError(f"the process ended without {wanted}: {self.lines}")


@pytest.fixture
async def wecom() -> AsyncIterator[WeCom]:
    async with WeCom() as wecom:
        yield wecom


@pytest.fixture
def cast(wecom: WeCom) -> Cast:
    zhang, yu = wecom.person("zhangsan", "张哥"), wecom.person("xiaoyu", "小雨")
    wecom.stage.spoken.add("zhangsan")
    return Cast(zhang, yu, wecom.group("wrGROUP", "车主群", spoken=True, webhook_key="KEY"))


@pytest.fixture(scope="session")
def node(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with the platform's packages and our scripts; skips only where Node is absent."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("Node is not installed: the platform's own SDK cannot check the fake")
    folder = tmp_path_factory.mktemp("node")
    shutil.copytree(SCRIPTS, folder, dirs_exist_ok=True)
    done = subprocess.run(
        ["npm", "i", "--no-audit", "--no-fund"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, f"npm could not install the platform's packages: {done.stderr[-2000:]}"
    return folder


@asynccontextmanager
async def running(node: Path, script: str, *arguments: str) -> AsyncIterator[Heard]:
    """Run a script beside the platform's packages until the block ends."""
    process = await asyncio.create_subprocess_exec(
        "node", str(node / script), *arguments, cwd=node,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        yield Heard(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()
