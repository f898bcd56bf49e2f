"""The demo: the real bot on a database of its own, with the local web chat and a clock that can be moved."""

from __future__ import annotations

import fcntl
import secrets
import shutil
from dataclasses import replace
from pathlib import Path

from bot.app import App
from bot.config import load
from bot.neighbours import NEIGHBOURS
from bot.veil import KEY_BYTES

_CONFIG = Path(__file__).parent / "demo.toml"


class StillRunningError(Exception):
    """Another demo runs on this folder: beginning afresh would take its database away."""


def build(port: int, *, keep: bool = False) -> App:
    """Build the demo's app; it begins afresh unless what was said last time is to be kept.

    **Errors**: StillRunningError.
    """
    config = load(_CONFIG)
    if _is_served(config.community.data_dir / "huixiang.db.lock"):
        raise StillRunningError(str(config.community.data_dir))
    if not keep and config.community.data_dir.exists():
        shutil.rmtree(config.community.data_dir)
    keys = config.alias_keys or (_key(config.community.data_dir),)
    webchat = config.webchat and replace(config.webchat, away=NEIGHBOURS)
    web = replace(config.web, port=port)
    return App(replace(config, web=web, webchat=webchat, alias_keys=keys), is_demo=True)


def _is_served(lock: Path) -> bool:
    """Tell whether a process holds the lead of the demo's database (storage/leadership.py)."""
    if not lock.exists():
        return False
    with lock.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _key(folder: Path) -> bytes:
    """Return the demo's own key of aliases; beside its database, where no real key should ever be."""
    path = folder / "alias.key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_bytes(secrets.token_bytes(KEY_BYTES))
    return path.read_bytes()
