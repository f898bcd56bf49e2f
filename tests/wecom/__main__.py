"""Run the fake as a process: `python -m tests.wecom --port 0 --ws-port 0`; prints its two addresses."""

import argparse
import asyncio
import signal
import sys

from tests.wecom import Limits, WeCom


async def _serve(options: argparse.Namespace) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    limits = Limits.within(options.minute)
    async with WeCom(
        port=options.port, ws_port=options.ws_port, ack_seconds=options.ack, limits=limits
    ) as wecom:
        sys.stdout.write(f"{wecom.url} {wecom.ws_url}\n")
        sys.stdout.flush()
        await stop.wait()


def main() -> None:
    """Serve until a signal comes."""
    parser = argparse.ArgumentParser(prog="python -m tests.wecom")
    parser.add_argument("--port", type=int, default=0, help="of HTTP; 0 for any free one")
    parser.add_argument("--ws-port", type=int, default=0, help="of the long connection; 0 for any free one")
    parser.add_argument("--ack", type=float, default=0.0, metavar="SECONDS", help="how late every ack comes")
    parser.add_argument(
        "--minute", type=float, default=60.0, metavar="SECONDS", help="how long a minute of the rates is"
    )
    asyncio.run(_serve(parser.parse_args()))


if __name__ == "__main__":
    main()
