"""`make bench`: measure, print a table, write JSON. `python -m benchmarks [NAME …] [--out FILE]`.

What the file holds of other benches stays there; `measured` says when each was.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any

import uvloop

from benchmarks import commands, delivery, intake, killed, likeness, startup, topics, wecom

BENCHES: dict[str, ModuleType] = {
    "startup": startup,
    "intake": intake,
    "killed": killed,
    "delivery": delivery,
    "likeness": likeness,
    "commands": commands,
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
    results = _former(options.out)
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    results |= {"at": now, "python": platform.python_version()}
    for name in options.names or BENCHES:
        bench = BENCHES[name]
        print(f"\n== {name}: {(bench.__doc__ or '').splitlines()[0]}", flush=True)
        found = results[name] = uvloop.run(bench.run())  # the loop the bot runs on
        results["measured"][name] = now
        print("\n".join(bench.lines(found)), flush=True)
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"\nwritten to {options.out}", file=sys.stderr)


def _former(path: Path) -> dict[str, Any]:
    """Return what was measured before."""
    results: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    results.setdefault("measured", {})
    return results


if __name__ == "__main__":
    main()
