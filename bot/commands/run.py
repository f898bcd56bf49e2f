"""`huixiang run` and `huixiang demo`: serve until told to stop."""

from __future__ import annotations

import asyncio
import gc
import signal
from pathlib import Path

import uvloop

from bot import logs
from bot.app import App
from bot.commands.files import read_config
from bot.commands.outcome import CommandError, say
from storage.errors import NewerDatabaseError


def run(path: Path) -> int:
    """Serve the groups of a config until SIGTERM or SIGINT."""
    config = read_config(path)
    logs.configure(config.secrets)
    return _serve(App(config))


def demo(port: int, *, keep: bool) -> int:
    """Serve the web chat on a database of its own, with a clock that can be moved.

    **Errors**: CommandError where a demo runs already.
    """
    from bot.demo import StillRunningError, build

    logs.configure()
    try:
        app = build(port, keep=keep)
    except StillRunningError as error:
        raise CommandError(say("cli.demo.runs", folder=str(error))) from None
    return _serve(app, greet=True)


def _serve(app: App, *, greet: bool = False) -> int:
    """Run an app to its end; say where its page is if asked to.

    **Errors**: CommandError for what a person can put right.
    """
    gc.freeze()
    gc.enable()
    try:
        uvloop.run(_until_stopped(app, greet=greet))
    except NewerDatabaseError as error:
        raise CommandError(say("cli.newer", detail=str(error))) from None
    except OSError as error:
        raise CommandError(say("cli.cannot_serve", detail=str(error))) from error
    return 0


async def _until_stopped(app: App, *, greet: bool) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop.set)
    greeting = asyncio.create_task(_greet(app)) if greet else None
    try:
        await app.run(stop)
    finally:
        if greeting is not None:
            greeting.cancel()


async def _greet(app: App) -> None:
    """Say where the page is, once it is there."""
    await app.ready.wait()
    print(say("cli.demo.ready", url=f"http://127.0.0.1:{app.web_port}/"), flush=True)  # noqa: T201 - for the person at the terminal
