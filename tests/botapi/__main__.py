"""Run the fake as a process: `python -m tests.botapi --port 0 --limits`; prints its URL and token."""

import argparse
import asyncio
import signal
import sys

from tests.botapi import BotApi, Limits


async def _serve(options: argparse.Namespace) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    limits = Limits() if options.limits else None
    async with BotApi(
        port=options.port,
        limits=limits,
        latency_seconds=options.latency,
        allowed_updates=options.allowed_updates,
    ) as api:
        sys.stdout.write(f"{api.url} {api.token}\n")
        sys.stdout.flush()
        await stop.wait()


def main() -> None:
    """Serve until a signal comes."""
    parser = argparse.ArgumentParser(prog="python -m tests.botapi")
    parser.add_argument("--port", type=int, default=0, help="0 for any free one")
    parser.add_argument("--limits", action="store_true", help="enforce Telegram's rate limits, strictly")
    parser.add_argument("--latency", type=float, default=0.0, metavar="SECONDS", help="added to every answer")
    parser.add_argument("--allowed-updates", nargs="+", metavar="KIND", help="what an earlier bot asked for")
    asyncio.run(_serve(parser.parse_args()))


if __name__ == "__main__":
    main()
