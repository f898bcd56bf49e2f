"""Make any text drawable: keep what the font has, measure it, and cut it into lines. Called by `charts`."""

import unicodedata
from functools import cache

ELLIPSIS = "…"
MISSING = "□"
"""Stands for letters that the font has not, so that a name is seen to be incomplete."""

SYMBOLS = "–—‘’“”•…‰′″※€™−←↑→↓✓"
NEWER_CHARACTERS = (
    "镕喆囧玥堃翀昇祎婳頔犇垚珺瑄嘚啰槑赟晞琤珣琀姮婻嫚嫄璟玘珅偲彧翾昉旸暲曈炘烜燚芃淏湉沄渼溍瀞禛稑竑絜"
    "纮虓衎詝谞贇赪钘飏䶮呣咗嚟囍嘢"
)
"""Of today's names and chats, what a standard of 1980 does not have. **Source**: written by hand."""

_FULL_WIDTH = {"W", "F", "A"}
_LATIN = (
    (0.34, " !'(),.:;I[]fijl{|}"),
    (0.41, "-/\\rt"),
    (0.49, '"*?sxz'),
    (0.57, "#$+0123456789<=>FJLVXY^_acegkvy~"),
    (0.63, "AESTZ`bdhnopqu"),
    (0.75, "&BCDGHKNOPQRU"),
    (0.95, "%@MWmw"),
)
_OTHER_LATIN = 0.85


def drawable(character: str) -> bool:
    """Tell whether the font has a character.

    **Source**: GB/T 2312-1980, Latin-1, and the two lists above. The font is cut to exactly these.
    """
    if (
        character in SYMBOLS
        or character in NEWER_CHARACTERS
        or "\xa0" < character <= "\xff"
        or " " <= character <= "~"
    ):
        return character != "\xad"
    try:
        return len(character.encode("gb2312")) == 2
    except UnicodeEncodeError:
        return False


def characters() -> str:
    """Return every drawable character, in order: what the font is made from."""
    return "".join(filter(drawable, map(chr, range(0x20, 0x10000))))


def clean(text: str) -> str:
    """Return a text in one line, without emoji, control characters and directions; unknown letters become □.

    A run of unknown letters becomes one □, since nobody reads twenty of them.
    """
    kept: list[str] = []
    for character in unicodedata.normalize("NFC", text):
        if character.isspace():
            kept.append(" ")
        elif drawable(character):
            kept.append(character)
        elif unicodedata.category(character)[0] in "LN" and kept[-1:] != [MISSING]:
            kept.append(MISSING)
    return " ".join("".join(kept).split())


def readable(text: str, otherwise: str) -> str:
    """Return the cleaned text, or another where nothing that can be read is left of it."""
    cleaned = clean(text)
    return cleaned if cleaned.replace(MISSING, "").strip() else otherwise


def width_in_ems(text: str) -> float:
    """Estimate how wide a line is drawn; never too little, by more than a hair.

    **Source**: the advance widths of Noto Sans SC Regular, Latin letters in seven classes.
    """
    return sum(map(_advance, text))


@cache
def _advance(character: str) -> float:
    if unicodedata.east_asian_width(character) in _FULL_WIDTH:
        return 1.0
    return next((ems for ems, characters in _LATIN if character in characters), _OTHER_LATIN)


def fit(text: str, ems: float) -> str:
    """Return the text, cut with … where it is wider than a line of so many ems."""
    if width_in_ems(text) <= ems:
        return text
    cut = text
    while cut and width_in_ems(cut) + 1 > ems:
        cut = cut[:-1]
    return cut.rstrip() + ELLIPSIS


def wrap(text: str, ems: float, most_lines: int) -> list[str]:
    """Return the text as lines of at most so many ems, the last one cut with … where it does not all fit.

    Latin words stay whole where one is not longer than half a line; Chinese breaks anywhere, but not before a
    mark that closes.
    """
    lines: list[str] = []
    rest = text
    while rest and len(lines) < most_lines - 1 and width_in_ems(rest) > ems:
        end = _break(rest, ems)
        lines.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [*lines, fit(rest, ems)] if rest else lines


def _break(text: str, ems: float) -> int:
    end, width = 0, 0.0
    for end, character in enumerate(text):  # noqa: B007
        width += _advance(character)
        if width > ems:
            break
    end = max(end, 1)
    at = end
    while at > end // 2 and not _may_break(text, at):
        at -= 1
    return at if _may_break(text, at) else end


def _may_break(text: str, at: int) -> bool:
    before, after = text[at - 1], text[at]
    if after in "，。！？；：、）」』》”’…,.!?;:)%":
        return False
    return before == " " or after == " " or not (before.isascii() and after.isascii())
