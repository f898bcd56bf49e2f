"""What several commands do with files: read the config, and make a file that must not be there yet."""

from __future__ import annotations

from pathlib import Path

from bot.commands.outcome import WRONG_INPUT, CommandError, language, say
from bot.config import Config, ConfigError, load


def read_config(path: Path, *, is_complete: bool = True) -> Config:
    """Read the config. **Errors**: CommandError that lists every mistake."""
    try:
        return load(path, language=language(), is_complete=is_complete)
    except ConfigError as error:
        head = say("cli.mistakes", count=len(error.mistakes), file=str(path))
        raise CommandError(f"{error}\n{head}", WRONG_INPUT) from None


def check_new(path: Path) -> None:
    """Refuse to write over anything. **Errors**: CommandError."""
    if path.exists() or path.is_symlink():
        raise CommandError(say("cli.exists", file=str(path)), WRONG_INPUT)
    if not path.parent.is_dir():
        raise CommandError(say("cli.no_folder", folder=str(path.parent)), WRONG_INPUT)
