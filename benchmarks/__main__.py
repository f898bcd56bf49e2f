"""`make bench`: measure, print a table, write JSON. `python -m benchmarks [NAME …] [--out FILE]`."""

from __future__ import annotations

import argparse
import asyncio
import json
import platform
import sys
import time
from pathlib import Path
from types import ModuleType

from benchmarks import delivery, intake, killed, likeness, startup, topics, wecom

BENCHES: dict[str, ModuleType] = {
    "startup": startup,
    "intake": intake,
    "killed": killed,
    "delivery": delivery,
    "likeness": likeness,
    "topics": topics,
    "wecom": wecom,
}


def main() -> None:
    """Run the named benches, or all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"which of {', '.join(BENCHES)}; default: all"
    )
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results/latest.json"))
    options = parser.parse_args()
    if unknown := set(options.names) - set(BENCHES):
        parser.error(f"no bench named {', '.join(sorted(unknown))}")
    results: dict[str, object] = {
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "python": platform.python_version(),
    }  # fmt: skip
    for name in options.names or BENCHES:
        bench = BENCHES[name]
        print(f"\n== {name}: {(bench.__doc__ or '').splitlines()[0]}", flush=True)
        found = results[name] = asyncio.run(bench.run())
        print("\n".join(bench.lines(found)), flush=True)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"\nwritten to {options.out}", file=sys.stderr)


if __name__ == "__main__":
    main()
