"""What the config says of privacy, retention and stories, and what is said of mistakes there."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.commands.check import effective
from bot.config import Config, ConfigError, load
from storage.stories import Place

BASE = "[telegram]\n"
ENVIRON = {"HUIXIANG_TELEGRAM_TOKEN": "123456:AA-bb_cc"}


def read(folder: Path, text: str) -> Config:
    file = folder / "config.toml"
    file.write_text(BASE + text, "utf-8")
    return load(file, ENVIRON)


def test_nothing_written_keeps_closed_feedback_and_audit_for_ever(tmp_path: Path) -> None:
    config = read(tmp_path, "")
    kept = config.for_rituals.retention
    assert (kept.closed_feedback, kept.audit) == (None, None)
    assert (kept.deliveries, kept.activity) == (timedelta(days=90), timedelta(days=400))
    assert config.for_handlers.privacy.deletes_words is False
    assert config.for_handlers.stories.places == (Place.GROUP, Place.LIBRARY)


def test_periods_are_read_and_shown_by_check(tmp_path: Path) -> None:
    config = read(tmp_path, '[retention]\nclosed_feedback = "730d"\ndeliveries = "never"\n')
    kept = config.for_rituals.retention
    assert (kept.closed_feedback, kept.deliveries) == (timedelta(days=730), None)
    lines = list(effective(config))
    assert 'closed_feedback = "730d"' in lines
    assert 'deliveries = "never"' in lines
    assert any(line.startswith('activity = "400d"') for line in lines)


def test_forgetting_may_take_the_words_and_stories_may_go_to_the_brand(tmp_path: Path) -> None:
    config = read(
        tmp_path,
        '[privacy]\nforget = "delete"\n[stories]\nplaces = ["library", "brand"]\nchannels = "公众号"\nask = "tagged"\n',
    )
    assert config.for_handlers.privacy.deletes_words
    assert config.for_rituals.stories.asks_by_itself
    assert (config.for_handlers.stories.places, config.for_handlers.stories.channels) == (
        (Place.LIBRARY, Place.BRAND),
        "公众号",
    )


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('[retention]\nupdates = "2d"\n', "retention.updates"),
        ('[retention]\naudit = "soon"\n', "retention.audit"),
        ('[retention]\ndeliveries = "0d"\n', "retention.deliveries"),
        ('[retention]\nfeedback = "9d"\n', "retention.feedback"),
        ('[privacy]\nforget = "maybe"\n', "privacy.forget"),
        ('[stories]\nplaces = ["everywhere"]\n', "stories.places"),
    ],
)
def test_a_mistake_is_named_by_its_key(tmp_path: Path, text: str, key: str) -> None:
    with pytest.raises(ConfigError) as wrong:
        read(tmp_path, text)
    assert [mistake.key for mistake in wrong.value.mistakes] == [key]
