"""Messages become HTML that Telegram accepts, and nothing a member typed becomes markup."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.telegram.render import (
    CAPTION_LIMIT,
    TEXT_LIMIT,
    Place,
    Rendered,
    defused,
    render,
    split,
    units,
)
from bot.seal import unseal
from storage.messages import (
    Ballot,
    Button,
    Link,
    Mention,
    Message,
    Part,
    Picture,
    Quote,
    Strong,
    Text,
    plain,
)
from tests.bot.adapters.telegram.updates import GROUP, KEY
from tests.botapi.markup import parse_html

THERE = Place(GROUP, "huixiang_bot", KEY, is_private=False)
PRIVATE = Place("4101", "huixiang_bot", KEY, is_private=True)


def rendered(*text: Part) -> Rendered:
    return render(Message(text=text), THERE)


def test_nothing_a_member_typed_becomes_markup() -> None:
    (piece,) = rendered(
        "谢谢 <b>&", Quote("<a href='x'>"), Strong("1 < 2"), Mention("42", "<张>"), Link("<说明>", "https://x.cn/?a=1&b=2")
    ).pieces  # fmt: skip
    assert piece.html == (
        "谢谢 &lt;b&gt;&amp;「&lt;a href='x'&gt;」<b>1 &lt; 2</b>"
        '<a href="tg://user?id=42">&lt;张&gt;</a><a href="https://x.cn/?a=1&amp;b=2">&lt;说明&gt;</a>'
    )
    assert piece.plain == "谢谢 <b>&「<a href='x'>」1 < 2<张><说明>"


@pytest.mark.parametrize("name", ["@everyone", "大家看 @zhangge", "(@li_li)"])
def test_mentions_in_plain_words_notify_nobody(name: str) -> None:
    (piece,) = rendered(Quote(name), " ", name, Strong(name)).pieces
    assert "@\u2060" in piece.html
    assert "@e" not in piece.html
    assert "@z" not in piece.html
    assert "@l" not in piece.html


def test_an_address_of_e_mail_is_left_alone() -> None:
    assert defused("写信到 a.b@example.com") == "写信到 a.b@example.com"


def test_a_link_that_is_no_address_stays_words() -> None:
    (piece,) = rendered(Link("点我", "javascript:alert(1)")).pieces
    assert piece.html == "点我"


def test_a_long_quote_stands_apart() -> None:
    (piece,) = rendered("他说：", Quote("一" * 100)).pieces
    assert piece.html == f"他说：<blockquote>{'一' * 100}</blockquote>"


def test_control_characters_and_lone_surrogates_do_not_reach_telegram() -> None:
    (piece,) = rendered("a\0b\x1bc\ud800\nd\te").pieces
    assert piece.html == "abc?\nd\te"


def test_a_long_text_is_cut_at_a_paragraph() -> None:
    first, second = "一" * 3000, "二" * 3000
    pieces = rendered(f"{first}\n\n{second}").pieces
    assert [piece.html for piece in pieces] == [first, second]


PARTS = st.one_of(
    st.text(max_size=200),
    st.builds(Strong, st.text(max_size=50)),
    st.builds(Quote, st.text(max_size=200)),
    st.builds(Mention, st.just("42"), st.text(min_size=1, max_size=20)),
    st.builds(Link, st.text(max_size=20), st.just("https://example.com/?a=1&b=2")),
)


@given(text=st.lists(PARTS, max_size=6).map(tuple), limit=st.integers(60, 300))
def test_splitting_keeps_every_word_within_the_limit(text: Text, limit: int) -> None:
    chunks = split(text, limit)
    for chunk in chunks:
        (piece,) = render(Message(text=chunk), THERE).pieces
        assert units(piece.plain) <= limit
        parse_html(piece.html)
    kept = "".join(plain(chunk) for chunk in chunks)
    letters = [c for c in plain(text) if c.isalnum() and c.isascii()]
    assert [c for c in kept if c.isalnum() and c.isascii()] == letters


@given(st.text(min_size=1, max_size=40), st.integers(1, 400))
def test_no_length_of_any_text_breaks_a_message(text: str, times: int) -> None:
    for piece in render(Message(text=(Strong(text * times), Quote(text * times))), THERE).pieces:
        shown = parse_html(piece.html)
        assert len(shown.text) <= TEXT_LIMIT


def test_an_edit_is_cut_short_instead_of_split() -> None:
    (piece,) = render(Message(text=("一" * 5000,)), THERE, is_edit=True).pieces
    assert piece.plain.endswith("一…")
    assert units(piece.plain) <= TEXT_LIMIT
    assert render(Message(text=("  " * 5000,)), THERE, is_edit=True).pieces == ()


def test_a_photo_has_a_short_caption_and_the_rest_follows() -> None:
    message = Message(text=("一" * 2000,), picture=Picture("poll", "周末话题"))
    first, second = render(message, THERE, is_photo=True).pieces
    assert units(first.plain) <= CAPTION_LIMIT
    assert first.plain + second.plain == "一" * 2000


def test_a_picture_that_could_not_be_drawn_is_said_in_words() -> None:
    picture = Picture("poll", "去哪？", (("山", 3), ("海", 5)), "8 人投票")
    (piece,) = render(Message(text=("海边赢了",), picture=picture), THERE).pieces
    assert piece.plain == "海边赢了\n去哪？：山 3，海 5"
    (alone,) = render(Message(picture=picture), THERE).pieces
    assert alone.plain == "去哪？：山 3，海 5"


def test_a_picture_without_words_is_named_by_its_title() -> None:
    found = render(Message(picture=Picture("poll", "周末话题")), THERE, is_photo=True)
    assert [piece.plain for piece in found.pieces] == ["周末话题"]


def test_the_action_of_a_button_is_sealed_for_its_chat() -> None:
    found = render(Message(text=("看",), buttons=((Button("认领", action="claim:128:3"),),)), THERE)
    data = found.keys[0][0].data
    assert unseal(KEY, f"chat:{GROUP}", data) == "claim:128:3"
    assert unseal(KEY, "chat:-1", data) is None
    assert len(data.encode()) <= 64


def test_a_deep_link_is_for_the_only_one_named() -> None:
    button = ((Button("打开私聊", start="d7"),),)
    one = render(Message(text=(Mention("42", "张哥"), "有新消息"), buttons=button), THERE)
    many = render(Message(text=(Mention("42", "张哥"), Mention("43", "小雨")), buttons=button), THERE)
    private = render(Message(text=("看",), buttons=button), PRIVATE)
    for found, whom in ((one, "42"), (many, ""), (private, "4101")):
        address, _, payload = found.keys[0][0].url.partition("?start=")
        assert address == "https://t.me/huixiang_bot"
        assert unseal(KEY, f"member:{whom}", payload) == "d7"


def test_buttons_that_open_nothing_are_left_out() -> None:
    rows = (
        (Button("坏", url="javascript:1"),),
        (Button("好", url="https://example.com"), Button(" ", action="a")),
    )
    found = render(Message(text=("看",), buttons=rows), THERE)
    assert [[key.label for key in row] for row in found.keys] == [["好", "…"]]


def test_an_action_that_does_not_fit_is_an_error() -> None:
    with pytest.raises(ValueError, match="cannot be sealed"):
        render(Message(text=("看",), buttons=((Button("x", action="a" * 60),),)), THERE)


def test_a_ballot_fits_telegrams_poll() -> None:
    ballot = Ballot("周末去哪？" * 100, ("露营\0", "在家" * 100), multiple=True)
    question = render(Message(ballot=ballot), THERE).question
    assert question is not None
    assert units(question.question) == 300
    assert question.options[0] == "露营"
    assert units(question.options[1]) == 100
    assert question.multiple
