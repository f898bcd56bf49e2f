"""The SVG of a chart says what its picture says, safely and legibly."""

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.pictures.charts import INNER, LAYOUTS, MARGIN, WIDTH, svg
from storage.messages import Picture

SVG = "{http://www.w3.org/2000/svg}"


def words(picture: Picture) -> list[str]:
    return [node.text or "" for node in ET.fromstring(svg(picture)).iter(f"{SVG}text")]


def bars(picture: Picture) -> list[int]:
    """Give the lengths of the coloured bars."""
    rects = ET.fromstring(svg(picture)).iter(f"{SVG}rect")
    return [int(rect.attrib["width"]) for rect in rects if rect.attrib["fill"] in {"#0b7a75", "#8fc1bb"}]


def test_a_poll_shows_question_options_counts_shares_and_caption() -> None:
    picture = Picture(template="poll", title="去哪里？", rows=(("山里", 3), ("海边", 1)), caption="共 4 人")

    assert words(picture) == ["去哪里？", "山里", "75%", "3", "海边", "25%", "1", "共 4 人"]
    assert bars(picture) == [round(INNER * 0.75), round(INNER * 0.25)]


def test_a_poll_without_votes_shows_zeros_and_no_bar() -> None:
    picture = Picture(template="poll", title="去哪里？", rows=(("山里", 0), ("海边", 0)))

    assert words(picture).count("0%") == 2
    assert bars(picture) == []


def test_all_leading_options_share_the_leading_colour() -> None:
    text = svg(Picture(template="poll", title="平局", rows=(("甲", 2), ("乙", 2), ("丙", 1))))

    assert text.count('rx="10" fill="#0b7a75"') == 2
    assert text.count('rx="10" fill="#8fc1bb"') == 1


def test_what_a_member_wrote_cannot_become_markup() -> None:
    hostile = '</text><script>alert(1)</script>&"'
    picture = Picture(template="poll", title=hostile, rows=((hostile, 1),), caption=hostile)
    root = ET.fromstring(svg(picture))

    assert {node.tag.removeprefix(SVG) for node in root.iter()} == {"svg", "title", "rect", "g", "text"}
    assert hostile in words(picture)


def test_an_option_of_emoji_alone_is_named_by_its_number() -> None:
    assert "#2" in words(Picture(template="poll", title="?", rows=(("好", 1), ("😀", 2))))


def test_a_long_option_is_two_lines_and_an_ellipsis() -> None:
    _, first, second, *_ = words(Picture(template="poll", title="?", rows=(("长" * 100, 1),)))

    assert first == "长" * len(first)
    assert second == "长" * (len(first) - 1) + "…"


def test_counts_are_to_scale_and_the_longest_leads() -> None:
    longest, half = bars(Picture(template="bars", title="本周", rows=(("已验证", 10), ("处理中", 5))))

    assert abs(longest - 2 * half) <= 1


def test_a_curve_names_its_peak_and_its_last_value_and_at_most_nine_days() -> None:
    rows = tuple((f"11/{day}", 100 - abs(20 - day)) for day in range(1, 31))
    shown = words(Picture(template="line", title="打卡", rows=rows))

    assert {"100", "90"} <= set(shown)
    assert 4 <= len([word for word in shown if word.startswith("11/")]) <= 9
    assert "11/30" in shown


@given(
    template=st.sampled_from(sorted(LAYOUTS)),
    title=st.text(max_size=60),
    rows=st.lists(st.tuples(st.text(max_size=60), st.integers(-3, 10**9)), max_size=14),
    caption=st.text(max_size=60),
)
def test_every_text_gives_well_formed_svg_within_its_frame(
    template: str, title: str, rows: list[tuple[str, int]], caption: str
) -> None:
    picture = Picture(template=template, title=title, rows=tuple(rows), caption=caption)
    text = svg(picture)
    root = ET.fromstring(text)
    height = int(root.attrib["height"])

    assert text == svg(picture)
    for node in root.iter():
        if node.tag == f"{SVG}text":
            assert 0 <= int(node.attrib["x"]) <= WIDTH
            assert 0 < int(node.attrib["y"]) < height
        if node.tag == f"{SVG}rect" and node.attrib.get("x"):
            assert int(node.attrib["x"]) + int(node.attrib["width"]) <= WIDTH - MARGIN


@pytest.mark.parametrize("template", sorted(LAYOUTS))
def test_a_chart_uses_no_style_script_or_address_so_a_page_may_hold_it(template: str) -> None:
    text = svg(Picture(template=template, title="题", rows=(("甲", 1), ("乙", 2))))

    assert "style=" not in text
    assert "id=" not in text
    assert "href" not in text
    assert text.count("://") == 1
