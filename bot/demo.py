"""The demo: the real bot on a database of its own, with the local web chat and a clock that can be moved."""

from __future__ import annotations

import secrets
import shutil
from dataclasses import replace
from pathlib import Path

from bot.app import App
from bot.config import load
from bot.veil import KEY_BYTES

_CONFIG = Path(__file__).parent / "demo.toml"


def build(port: int, *, keep: bool = False) -> App:
    """Build the demo's app; it begins afresh unless what was said last time is to be kept."""
    config = load(_CONFIG)
    if not keep and config.community.data_dir.exists():
        shutil.rmtree(config.community.data_dir)
    keys = config.alias_keys or (_key(config.community.data_dir),)
    return App(replace(config, web=replace(config.web, port=port), alias_keys=keys), is_demo=True)


def _key(folder: Path) -> bytes:
    """Return the demo's own key of aliases; beside its database, where no real key should ever be."""
    path = folder / "alias.key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_bytes(secrets.token_bytes(KEY_BYTES))
    return path.read_bytes()
