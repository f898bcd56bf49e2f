"""Reading [[feedback.facets]]: what a right file gives, and every mistake of a wrong one."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import ConfigError, load
from storage.resonances import Facet

TOKEN = {"HUIXIANG_TELEGRAM_TOKEN": "123456:AA-bb_cc"}
TELEGRAM = "[telegram]\n"
VERSION = "[[feedback.facets]]\nkey = '版本'\nquestion = '哪个版本？'\nchoices = ['4.1', '4.2']\n"
WRONG = {
    "a facet without choices": ("[[feedback.facets]]\nkey = '版本'\nquestion = '？'", "feedback.facets[1].choices"),
    "a facet of one choice": (
        "[[feedback.facets]]\nkey = '版本'\nquestion = '？'\nchoices = ['4.1']", "feedback.facets[1].choices",
    ),
    "a choice twice": (
        "[[feedback.facets]]\nkey = '版本'\nquestion = '？'\nchoices = ['4.1', '4.1']", "feedback.facets[1].choices",
    ),
    "a facet without a question": (
        "[[feedback.facets]]\nkey = '版本'\nchoices = ['4.1', '4.2']", "feedback.facets[1].question",
    ),
    "a key that fills a button": (VERSION.replace("版本", "版" * 17, 1), "feedback.facets[1].key"),
    "a facet twice": (VERSION * 2, "feedback.facets[2].key"),
    "six facets": (
        "".join(VERSION.replace("版本", f"版本{n}", 1) for n in range(6)), "feedback.facets[6].key",
    ),
    "a translation without its question": (VERSION + "en = { name = 'version' }", "feedback.facets[1].en.question"),
    "a setting that means nothing": (VERSION + "kind = 'x'", "feedback.facets[1].kind"),
}  # fmt: skip


def written(tmp_path: Path, text: str) -> Path:
    """Write a config."""
    file = tmp_path / "config.toml"
    file.write_text(TELEGRAM + text, "utf-8")
    return file


def test_facets_are_read_in_their_order(tmp_path: Path) -> None:
    more = VERSION.replace("版本", "型号", 1)
    config = load(written(tmp_path, VERSION + more), TOKEN)
    assert config.for_handlers.facets == (
        Facet("版本", "哪个版本？", ("4.1", "4.2")),
        Facet("型号", "哪个版本？", ("4.1", "4.2")),
    )
    assert load(written(tmp_path, ""), TOKEN).for_handlers.facets == ()


def test_a_facet_may_be_called_otherwise_in_another_language(tmp_path: Path) -> None:
    english = "en = { name = 'version', question = 'Which version?' }\n"
    (facet,) = load(written(tmp_path, VERSION + english), TOKEN).for_handlers.facets
    assert (facet.name_in("en"), facet.question_in("en")) == ("version", "Which version?")
    assert (facet.name_in("zh_CN"), facet.question_in("zh_CN")) == ("版本", "哪个版本？")


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said_with_its_key(case: str, tmp_path: Path) -> None:
    text, key = WRONG[case]
    with pytest.raises(ConfigError) as caught:
        load(written(tmp_path, text), TOKEN)
    assert key in {mistake.key for mistake in caught.value.mistakes}
