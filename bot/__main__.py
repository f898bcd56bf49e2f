"""The command line: huixiang run | demo | check | doctor | db | backup | export | retrain | keys.

Read with argparse: `run` must reach its first poll in half a second, and a friendlier library costs more than
that by itself where it shares a small machine. Every command is imported when it is called.
"""

from __future__ import annotations

import gc
import os
import sys

from bot.commands.arguments import parse
from bot.commands.outcome import CommandError


def main(argv: list[str] | None = None) -> int:
    """Run one command. **Shape**: 0 done, 1 something is wrong with what was asked about, 2 wrong input."""
    gc.disable()  # nothing of what is imported will ever be garbage; whoever serves enables it again
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        command, arguments = parse(sys.argv[1:] if argv is None else argv)
        return command(arguments)
    except CommandError as error:
        print(error, file=sys.stderr)
        return error.code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # whoever read us has left
        return 0
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
