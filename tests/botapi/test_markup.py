"""Telegram's HTML: what it becomes, and the complaints about what it cannot be."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.botapi.markup import MarkupError, finished, parse_html, plain, units

COMPLAINTS = {
    "好<b": "Unclosed start tag at byte offset 3",
    "好<b>": 'Can\'t find end tag corresponding to start tag "b"',
    "a<br>b": 'Unsupported start tag "br" at byte offset 1',
    "<b>x</i>": 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"',
    "x</b>": "Unexpected end tag at byte offset 1",
    "<b>x</b": "Unclosed end tag at byte offset 4",
    "<b><i>x</b></i>": 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"',
    "<span>x</span>": 'Tag "span" must have class "tg-spoiler" at byte offset 0',
    '<a href="x>y</a>': "Unclosed start tag at byte offset 0",
    "<i =x>y</i>": 'Empty attribute name in the tag "i" at byte offset 0',
}

MEANINGS: dict[str, tuple[str, list[tuple[str, int, int]]]] = {
    "<b>好</b>！": ("好！", [("bold", 0, 1)]),
    "<B>x</B>": ("x", [("bold", 0, 1)]),
    "😀<i>a</i>": ("😀a", [("italic", 2, 1)]),
    "<i>a<b>b</b></i>": ("ab", [("italic", 0, 2), ("bold", 1, 1)]),
    "<a href='https://e.x/?a=1&amp;b'>这里</a>": ("这里", [("text_link", 0, 2)]),
    '<a href="tg://user?id=42">张哥</a>': ("张哥", [("text_mention", 0, 2)]),
    "<blockquote expandable>x</blockquote>": ("x", [("expandable_blockquote", 0, 1)]),
    '<span class="tg-spoiler">x</span><tg-spoiler>y</tg-spoiler>': (
        "xy",
        [("spoiler", 0, 1), ("spoiler", 1, 1)],
    ),
    "&lt;b&gt; &amp;amp; &copy; &#20320;&#x597d;": ("<b> &amp; &copy; 你好", []),
    "<b></b>x": ("x", []),
}


@pytest.mark.parametrize("source", COMPLAINTS)
def test_a_mistake_is_named_with_its_place_in_bytes(source: str) -> None:
    with pytest.raises(MarkupError) as raised:
        parse_html(source)
    assert str(raised.value) == COMPLAINTS[source]


@pytest.mark.parametrize("source", MEANINGS)
def test_markup_becomes_text_and_entities_in_utf_16_units(source: str) -> None:
    shown = parse_html(source)
    entities = [(entity["type"], entity["offset"], entity["length"]) for entity in shown.entities]
    assert (shown.text, entities) == MEANINGS[source]


def test_texts_are_trimmed_and_their_entities_moved() -> None:
    shown = finished(parse_html("\n  <b> 早安 </b>\n"))
    assert (shown.text, shown.entities) == ("早安", [{"type": "bold", "offset": 0, "length": 2}])


def test_telegram_finds_tags_links_mentions_and_commands_by_itself() -> None:
    text = "/fb@huixiang_bot 😀 #反馈 ＃建议2 #123 a#b @zhangge https://example.com/x。 x@y"
    found = [(entity["type"], _cut(text, entity)) for entity in plain(text).entities]
    assert sorted(found) == sorted(
        [
            ("bot_command", "/fb@huixiang_bot"),
            ("hashtag", "#反馈"),
            ("hashtag", "＃建议2"),
            ("mention", "@zhangge"),
            ("url", "https://example.com/x"),
        ]
    )


@given(st.text(alphabet="<>&;/ab\"'= 好😀\n"))
def test_escaped_text_always_arrives_as_it_was(text: str) -> None:
    assert parse_html(f"<b>{html.escape(text)}</b>").text == text


@given(st.text(alphabet="<>&;/abi\"'= 好😀#x12"))
def test_any_source_is_either_parsed_within_its_bounds_or_refused(source: str) -> None:
    try:
        shown = parse_html(source)
    except MarkupError:
        return
    assert all(entity["offset"] + entity["length"] <= units(shown.text) for entity in shown.entities)


def _cut(text: str, entity: dict[str, int]) -> str:
    encoded = text.encode("utf-16-le")
    return encoded[2 * entity["offset"] : 2 * (entity["offset"] + entity["length"])].decode("utf-16-le")
