"""Reads the arguments: which command, and what it needs. A wrong argument is answered with one line."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn, TypeAlias

from bot.commands.outcome import WRONG_INPUT, CommandError, say

Command: TypeAlias = Callable[[argparse.Namespace], int]
_HELP = frozenset({"-h", "--help", "help"})
_LAST_PORT = 65_535


def parse(argv: list[str]) -> tuple[Command, argparse.Namespace]:
    """Return the command and its arguments. **Errors**: CommandError."""
    wants_help = not argv or not _HELP.isdisjoint(argv)
    parser = _parser(say if wants_help else str)
    if not argv or argv == ["help"]:
        argv = ["--help"]
    if argv[0] not in _COMMANDS and not argv[0].startswith("-"):
        nearest = difflib.get_close_matches(argv[0], _COMMANDS, 1, 0.5)
        if nearest:
            text = say("cli.unknown.near", word=argv[0], nearest=nearest[0])
        else:
            text = say("cli.unknown", word=argv[0], commands=", ".join(_COMMANDS))
        raise CommandError(text, WRONG_INPUT)
    found = parser.parse_args(argv)
    return _COMMANDS[found.command], found


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, with an example."""

    def error(self, message: str) -> NoReturn:
        raise CommandError(say("cli.wrong", detail=message, command=self.prog), WRONG_INPUT)


def _parser(words: Callable[[str], str]) -> argparse.ArgumentParser:
    """Build the parser; the words are looked up only for help, since they cost a start."""
    parser = _Parser(prog="huixiang", description=words("cli.about"), allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, help_id: str, *, config: bool = True) -> argparse.ArgumentParser:
        about = words(help_id)
        command = commands.add_parser(name, help=about, description=about, allow_abbrev=False)
        if config:
            default = Path("config.toml")
            command.add_argument(
                "--config", type=Path, default=default, metavar="FILE", help=words("cli.config")
            )
        return command

    add("run", "cli.run")
    demo = add("demo", "cli.demo", config=False)
    demo.add_argument("--port", type=_port, default=8080, metavar="PORT", help=words("cli.demo.port"))
    demo.add_argument("--keep", action="store_true", help=words("cli.demo.keep"))
    add("check", "cli.check")
    add("doctor", "cli.doctor")
    database = add("db", "cli.db")
    database.add_argument("--migrate", action="store_true", help=words("cli.db.migrate"))
    add("backup", "cli.backup").add_argument("file", type=Path, metavar="FILE", help=words("cli.backup.file"))
    export = add("export", "cli.export")
    export.add_argument("file", type=Path, metavar="FILE", help=words("cli.export.file"))
    kinds = ("feedback", "topics", "insights", "stories")
    export.add_argument("--what", choices=kinds, default=kinds[0], help=words("cli.export.what"))
    add("retrain", "cli.retrain")
    add("keys", "cli.keys").add_argument(
        "verb", choices=("new", "list", "rotate"), metavar="new|list|rotate", help=words("cli.keys.verb")
    )
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > _LAST_PORT:
        raise argparse.ArgumentTypeError(say("cli.port", found=text))
    return int(text)


def _run(arguments: argparse.Namespace) -> int:
    from bot.commands.run import run

    return run(arguments.config)


def _demo(arguments: argparse.Namespace) -> int:
    from bot.commands.run import demo

    return demo(arguments.port, keep=arguments.keep)


def _check(arguments: argparse.Namespace) -> int:
    from bot.commands.check import check

    return check(arguments.config)


def _doctor(arguments: argparse.Namespace) -> int:
    from bot.commands.doctor import doctor

    return doctor(arguments.config)


def _db(arguments: argparse.Namespace) -> int:
    from bot.commands.database import show

    return show(arguments.config, upgrade=arguments.migrate)


def _backup(arguments: argparse.Namespace) -> int:
    from bot.commands.database import backup

    return backup(arguments.config, arguments.file)


def _export(arguments: argparse.Namespace) -> int:
    from bot.commands.export import export

    return export(arguments.config, arguments.file, arguments.what)


def _retrain(arguments: argparse.Namespace) -> int:
    from bot.commands.retrain import retrain

    return retrain(arguments.config)


def _keys(arguments: argparse.Namespace) -> int:
    from bot.commands.keys import keys

    return keys(arguments.config, arguments.verb)


_COMMANDS: dict[str, Command] = {
    "run": _run, "demo": _demo, "check": _check, "doctor": _doctor, "db": _db, "backup": _backup, "export": _export,
    "retrain": _retrain, "keys": _keys,
}  # fmt: skip
