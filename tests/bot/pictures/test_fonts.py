"""The vendored font is the one that its README describes, and it has every character that charts may draw."""

import hashlib
import re

from fontTools.ttLib import TTFont

from bot.drawing import FONT
from bot.pictures.words import characters, width_in_ems


def test_font_and_licence_are_the_files_whose_hashes_are_written_down() -> None:
    readme = (FONT.parent / "README.md").read_text("utf-8")
    listed = dict(re.findall(r"^\| `([\w.-]+)` \| `([0-9a-f]{64})` \|$", readme, re.MULTILINE))

    assert set(listed) == {"NotoSansSC-Regular.otf", "OFL.txt"}
    for name, digest in listed.items():
        assert hashlib.sha256((FONT.parent / name).read_bytes()).hexdigest() == digest, name


def test_the_licence_is_the_open_font_license() -> None:
    text = (FONT.parent / "OFL.txt").read_text("utf-8")

    assert "SIL OPEN FONT LICENSE Version 1.1" in text
    assert "Adobe" in (FONT.parent / "README.md").read_text("utf-8")


def test_the_font_is_small_and_draws_every_character_within_the_width_reckoned_for_it() -> None:
    font = TTFont(FONT)
    glyphs, advances = font.getBestCmap(), font["hmtx"].metrics

    assert FONT.stat().st_size < 2_000_000
    assert [character for character in characters() if ord(character) not in glyphs] == []
    too_wide = [
        character
        for character in characters()
        if advances[glyphs[ord(character)]][0] / font["head"].unitsPerEm > width_in_ems(character) + 0.02
    ]
    assert too_wide == []
