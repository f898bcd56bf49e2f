"""The demo: the real bot on a database of its own, with the local web chat and a clock that can be moved."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from bot.app import App
from bot.config import load

_CONFIG = Path(__file__).parent / "demo.toml"


def build(port: int, *, keep: bool = False) -> App:
    """Build the demo's app; it begins afresh unless what was said last time is to be kept."""
    config = load(_CONFIG)
    if not keep and config.community.data_dir.exists():
        shutil.rmtree(config.community.data_dir)
    return App(replace(config, web=replace(config.web, port=port)), is_demo=True)
