"""Lay pictures out as SVG: counts, widths and places here; shapes and colours in the templates beside."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import jinja2

from bot.pictures.words import fit, readable, width_in_ems, wrap
from storage.messages import Picture

WIDTH = 1000
MARGIN = 64
INNER = WIDTH - 2 * MARGIN

TITLE_SIZE, TITLE_LEADING = 42, 58
LABEL_SIZE, LABEL_LEADING = 30, 42
COUNT_SIZE = 27
CAPTION_SIZE, CAPTION_LEADING = 25, 38

MOST_ROWS = 31
"""A month of days; what stands beyond it is left out."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text and the height of its baseline."""

    text: str
    y: int


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of a poll or of a list of counts."""

    lines: tuple[Line, ...]
    value: str
    share: str
    y: int
    length: int
    leads: bool


@dataclass(frozen=True, slots=True)
class Point:
    """One value of a curve.

    The label is empty where there is no room for it; the place is "peak", "last" or nothing.
    """

    x: int
    y: int
    label: str
    value: str
    place: str


@dataclass(frozen=True, slots=True)
class Body:
    """What a template draws between the title and the caption, and where it ends."""

    bottom: int
    bars: tuple[Bar, ...] = ()
    points: tuple[Point, ...] = ()
    ticks: tuple[Line, ...] = ()
    left: int = MARGIN
    base: int = 0


def svg(picture: Picture) -> str:
    """Return a picture as SVG, 1000 units wide and as high as its words need.

    **Errors**: KeyError for a template that does not exist.
    """
    lay_out = LAYOUTS[picture.template]
    title = _lines(picture.title, MARGIN, TITLE_SIZE, TITLE_LEADING, 3)
    top = (title[-1].y if title else MARGIN - 52) + 52
    body = lay_out(_rows(picture), top)
    caption = _lines(picture.caption, body.bottom + 24, CAPTION_SIZE, CAPTION_LEADING, 2)
    height = (caption[-1].y if caption else body.bottom - 16) + MARGIN - 8
    return (
        _templates()
        .get_template(f"{picture.template}.svg")
        .render(
            width=WIDTH,
            height=height,
            margin=MARGIN,
            inner=INNER,
            right=WIDTH - MARGIN,
            name=" ".join(line.text for line in title),
            title=title,
            caption=caption,
            body=body,
            title_size=TITLE_SIZE,
            label_size=LABEL_SIZE,
            count_size=COUNT_SIZE,
            caption_size=CAPTION_SIZE,
        )
    )


def _rows(picture: Picture) -> list[tuple[str, int]]:
    return [
        (readable(label, f"#{number}"), max(value, 0))
        for number, (label, value) in enumerate(picture.rows[:MOST_ROWS], start=1)
    ]


def _lines(text: str, top: int, size: int, leading: int, most: int, width: int = INNER) -> tuple[Line, ...]:
    lines = wrap(readable(text, ""), width / size, most)
    return tuple(Line(line, top + size + number * leading) for number, line in enumerate(lines))


def _poll(rows: list[tuple[str, int]], top: int) -> Body:
    """Put each option above its bar, which is as long as its share of all votes."""
    votes = sum(value for _, value in rows)
    most = max((value for _, value in rows), default=0)
    bars, y = [], top
    for label, value in rows:
        lines = _lines(label, y, LABEL_SIZE, LABEL_LEADING, 2, INNER - 190)
        y = lines[-1].y + 18
        share = value / votes if votes else 0.0
        bars.append(
            Bar(
                lines=lines,
                value=f"{value:,}",
                share=f"{int(share * 100 + 0.5)}%",
                y=y,
                length=max(round(share * INNER), 20 if value else 0),
                leads=0 < value == most,
            )
        )
        y += 20 + 30
    return Body(bottom=y - 10, bars=tuple(bars))


def _counts(rows: list[tuple[str, int]], top: int) -> Body:
    """Put each label left of its bar; the longest bar is the largest count."""
    most = max((value for _, value in rows), default=0)
    labels = [fit(label, 12) for label, _ in rows]
    left = MARGIN + round(max(map(width_in_ems, labels), default=0) * COUNT_SIZE) + 20
    room = WIDTH - MARGIN - left - 110
    bars = []
    for number, (label, (_, value)) in enumerate(zip(labels, rows, strict=True)):
        y = top + 8 + number * 68
        bars.append(
            Bar(
                lines=(Line(label, y + 29),),
                value=f"{value:,}",
                share="",
                y=y,
                length=max(round(value / most * room), 8) if value else 0,
                leads=0 < value == most,
            )
        )
    return Body(bottom=top + 68 * len(rows), bars=tuple(bars), left=left)


def _curve(rows: list[tuple[str, int]], top: int) -> Body:
    """Put the values on one line over whole-numbered steps; the highest and the last one are named."""
    height, top = 340, top + 28
    base = top + height
    step = _step(max((value for _, value in rows), default=0))
    ceiling = step * max(-(-max((value for _, value in rows), default=1) // step), 1)
    ticks = tuple(
        Line(f"{value:,}", base - round(value / ceiling * height)) for value in range(0, ceiling + 1, step)
    )
    left = MARGIN + 16 * max(len(tick.text) for tick in ticks) + 16
    span = WIDTH - MARGIN - 70 - left - 20
    last = len(rows) - 1
    peak = max(range(len(rows)), key=lambda number: rows[number][1], default=0)
    every = max(-(-len(rows) // 8), 1)
    points = tuple(
        Point(
            x=left + 20 + (round(number / last * span) if last else span // 2),
            y=base - round(value / ceiling * height),
            label=fit(label, 5.0) if (last - number) % every == 0 else "",
            value=f"{value:,}",
            place="last" if number == last else "peak" if number == peak else "",
        )
        for number, (label, value) in enumerate(rows)
    )
    return Body(bottom=base + 64, points=points, ticks=ticks, left=left, base=base)


def _step(highest: int) -> int:
    """Return a round step that cuts 0…highest into four parts at most."""
    size = 1
    while True:
        for step in (size, 2 * size, 5 * size):
            if step * 4 >= highest:
                return step
        size *= 10


LAYOUTS: dict[str, Callable[[list[tuple[str, int]], int], Body]] = {
    "poll": _poll,
    "bars": _counts,
    "line": _curve,
}
"""Every template by its name: how its rows are laid out. The shapes are in the SVG file of the same name."""


@cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
