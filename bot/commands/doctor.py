"""`huixiang doctor`: one line a finding, and what to do for each that is not well."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from bot import doctor as doctoring
from bot import logs
from bot.adapters.base import Finding
from bot.app import App
from bot.commands.files import read_config
from bot.commands.outcome import say, text_ids
from bot.config import Config

_SIGNS = {True: "✓", False: "✗", None: "–"}
_UNSEALED = b"doctor"  # adapters that only look seal nothing


def doctor(path: Path) -> int:
    """Print every finding; 1 if any is not well."""
    config = read_config(path)
    logs.configure(config.secrets, level=logs.ERROR)
    findings = asyncio.run(_examine(config))
    for line in lines(findings):
        print(line)  # noqa: T201 - it is what the command is for
    failed = sum(finding.ok is False for finding in findings)
    print(summary(findings))  # noqa: T201 - the sum of it
    return 1 if failed else 0


async def _examine(config: Config) -> list[Finding]:
    app = App(config)
    adapters = app.build_adapters(_UNSEALED)
    try:
        return await doctoring.examine(config, app.database, adapters, datetime.now(UTC))
    finally:
        for adapter in adapters:
            await adapter.stop()
        await app.database.close()


def lines(findings: list[Finding]) -> Iterator[str]:
    """Yield a line for each finding, and one with what to do for each that is not well."""
    for finding in findings:
        detail = f": {_words(finding.detail, finding)}" if finding.detail else ""
        yield f"{_SIGNS[finding.ok]} {_words(finding.check, finding)}{detail}"
        if finding.ok is not True and finding.advice:
            yield f"    → {_words(finding.advice, finding)}"


def summary(findings: list[Finding]) -> str:
    """Return the line that sums it up, which says what a dash means where there is one."""
    failed = sum(finding.ok is False for finding in findings)
    if failed:
        return say("doctor.failed", count=failed)
    return say("doctor.open" if any(finding.ok is None for finding in findings) else "doctor.well")


def _words(text: str, finding: Finding) -> str:
    """Return the words for a text id, or the plain words that stand there."""
    params = dict(finding.params)
    if "platform" in params:
        params["platform"] = say(f"platform.{params['platform']}")
    return say(text, **params) if text in text_ids() else text
