"""What is sent: markdown that nobody can forge, cut by bytes, and cards within every limit."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.adapters.base import Parcel
from bot.adapters.wecom import cards, markdown
from bot.adapters.wecom.cards import CardError
from bot.adapters.wecom.parse import RATINGS, button_scope
from bot.adapters.wecom.render import Piece, Shape, render
from bot.seal import unseal
from storage.messages import Ballot, Button, Link, Mention, Message, Picture, Quote, Strong
from storage.promises import DeliveryKind
from storage.records import ChatKind
from tests.wecom.cards import check as their_check

KEY = b"k" * 32
AIBOT, APP = Shape(20480, cards=True, ratings=True), Shape(2048, cards=False)
WEBHOOK = Shape(4096, cards=False, mentions=True)


def say(text_id: str, /, **params: object) -> str:
    return f"{text_id} {params['labels']}" if "labels" in params else text_id


def pieces(
    message: Message, *, shape: Shape = AIBOT, private: bool = True, png: bytes | None = None
) -> list[Piece]:
    kind = ChatKind.PRIVATE if private else ChatKind.GROUP
    parcel = Parcel("key", DeliveryKind.POST, "zhangsan" if private else "wrG", kind, message, png=png)
    return render(parcel, shape, KEY, say)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("**粗**", "＊＊粗＊＊"),
        ("<@all>", "＜@all>"),
        ("`x`", "｀x｀"),
        ("# 标题", "＃ 标题"),
        ("> 引用", "＞ 引用"),
        (">引用", "＞引用"),
        ("[点我](http://x)", "[点我］(http://x)"),
        ("_斜_", "＿斜＿"),
        ("snake_case", "snake_case"),
        ("#反馈 好", "#反馈 好"),
        ("1 < 2", "1 ＜ 2"),
        ("~~删~~", "～～删～～"),
        ("a\n## b", "a\n＃＃ b"),
    ],
)
def test_member_text_is_no_markup(text: str, shown: str) -> None:
    assert markdown.escape(text) == shown
    assert pieces(Message(text=(text,)))[0].text == shown.strip()


@settings(deadline=None)
@given(st.text(max_size=80))
def test_nothing_a_member_types_mentions_emphasises_or_links(text: str) -> None:
    escaped = markdown.escape(text)
    assert not set("*`<") & set(escaped)
    assert "](" not in escaped
    assert "~~" not in escaped


def test_parts_become_markdown_and_people_are_named() -> None:
    text = (
        Strong("好"),
        " ",
        Quote("a*b"),
        " ",
        Mention("zhangsan", "张*哥"),
        " ",
        Link("看 这", "https://x/(a)"),
    )
    assert pieces(Message(text=text))[0].text == "**好** 「a＊b」 @张＊哥 [看 这](https://x/%28a%29)"
    assert "<@zhangsan>" in pieces(Message(text=text), shape=WEBHOOK, private=False)[0].text


@settings(deadline=None)
@given(st.text("字a\n。 🎉", max_size=400), st.integers(8, 90))
def test_a_cut_text_loses_only_white_space_and_keeps_every_limit(text: str, limit: int) -> None:
    cut = markdown.split(text, limit)
    assert all(0 < len(piece.encode()) <= limit for piece in cut)
    assert "".join("".join(cut).split()) == "".join(text.split())


def test_a_text_is_cut_between_paragraphs() -> None:
    paragraphs = ["一" * 300, "二" * 300, "三" * 300]
    assert markdown.split("\n\n".join(paragraphs), 2048) == ["\n\n".join(paragraphs[:2]), paragraphs[2]]


def test_each_route_cuts_by_its_own_bytes() -> None:
    message = Message(text=("好" * 3000,))
    assert [len(pieces(message, shape=shape)) for shape in (AIBOT, WEBHOOK, APP)] == [1, 3, 5]


BUTTONS = ((Button("顺手多了", action="verify:1:2:better"), Button("还不行", action="verify:1:2:still")),)
MARKED = (
    (
        Button("顺手多了", action="verify:1:2:better", opinion="good"),
        Button("还不行", action="verify:1:2:still", opinion="bad"),
    ),
)


def test_a_short_message_with_buttons_is_one_card() -> None:
    (piece,) = pieces(Message(text=("好些了吗？",), buttons=BUTTONS, about="#1"))
    assert piece.card is not None
    their_check(piece.card, used=set())
    assert piece.card["sub_title_text"] == "好些了吗？"
    sealed = [button["key"] for button in piece.card["button_list"]]
    assert [unseal(KEY, button_scope("zhangsan"), key) for key in sealed] == [b.action for b in BUTTONS[0]]


def test_a_message_that_may_be_rated_goes_before_its_card() -> None:
    words, card = pieces(Message(text=("好些了吗？",), buttons=MARKED))
    up, down = words.rating.split(RATINGS)
    assert unseal(KEY, button_scope("zhangsan"), up) == "verify:1:2:better"
    assert unseal(KEY, button_scope("zhangsan"), down) == "verify:1:2:still"
    assert card.card is not None
    assert len(words.rating.encode()) <= 256


def test_many_buttons_are_dealt_to_several_cards_and_long_labels_cut() -> None:
    row = tuple(Button(f"一个很长很长很长的按钮 {n}", action=f"show:{n}") for n in range(8))
    found = pieces(Message(text=("字" * 200,), buttons=(row,)))
    assert [len(p.card["button_list"]) for p in found if p.card] == [6, 2]
    used: set[str] = set()
    for piece in found[1:]:
        assert piece.card is not None
        their_check(piece.card, used=used)


def test_in_a_group_there_are_no_cards_but_links_and_where_to_write() -> None:
    row = (Button("看", url="https://x"), Button("私聊", start="d1"), Button("按", action="show:1"))
    (piece,) = pieces(Message(text=("给您的消息",), buttons=(row,)), shape=WEBHOOK, private=False)
    assert piece.text == "给您的消息\n[看](https://x)\nwecom.write_to_me"


def test_in_a_group_buttons_stay_away_unless_the_config_has_seen_them_arrive() -> None:
    message = Message(text=("好些了吗？",), buttons=BUTTONS)
    assert [piece.text for piece in pieces(message, private=False)] == ["好些了吗？"]
    (card,) = pieces(message, shape=Shape(20480, cards=True, group_cards=True), private=False)
    assert card.card is not None


def test_a_private_message_without_cards_says_what_can_be_answered() -> None:
    (piece,) = pieces(Message(text=("好些了吗？",), buttons=BUTTONS), shape=APP)
    assert piece.text == "好些了吗？\nwecom.answer_there 顺手多了 / 还不行"


def test_a_ballot_is_a_vote_card_in_private_and_numbers_in_a_group() -> None:
    ballot = Message(ballot=Ballot("周末去哪？", ("爬山", "桌游"), multiple=True))
    (card,) = pieces(ballot)
    assert card.card is not None
    their_check(card.card, used=set())
    assert card.card["checkbox"]["mode"] == 1
    (words,) = pieces(ballot, shape=WEBHOOK, private=False)
    assert words.text == "**周末去哪？**\n1. 爬山\n2. 桌游\nwecom.how_to_vote_several"


def test_a_ballot_too_long_for_its_card_is_said_in_words_first() -> None:
    words, card = pieces(Message(ballot=Ballot("周" * 40, ("一个特别特别特别长的选项",))))
    assert "周" * 40 in words.text
    assert card.card is not None
    their_check(card.card, used=set())


def test_a_picture_follows_its_words_or_is_told_in_words() -> None:
    message = Message(text=("结果",), picture=Picture("poll", "周末去哪", (("爬山", 3),), "3 人投票"))
    assert [(p.text, p.png) for p in pieces(message, png=b"png")] == [("结果\n3 人投票", None), ("", b"png")]
    assert pieces(message)[0].text == "结果\n周末去哪：爬山 3"


def test_an_english_picture_is_told_with_english_stops() -> None:
    picture = Picture("poll", "Where to", (("Hills", 3), ("Sea", 5)))
    assert pieces(Message(picture=picture))[0].text == "Where to: Hills 3, Sea 5"


CARD = cards.buttons("标题", "正文", [("好", "a"), ("不好", "b")], "task_1")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"main_title": {"title": "字" * 27}}, "title has 27 characters, at most 26"),
        ({"main_title": {"title": "好", "desc": "字" * 31}}, "description has 31"),
        ({"sub_title_text": "字" * 113}, "sub title has 113"),
        ({"main_title": {}, "sub_title_text": ""}, "says nothing"),
        ({"task_id": "中文"}, "task id"),
        ({"task_id": "t" * 129}, "task id"),
        ({"task_id": ""}, "task id"),
        ({"button_list": []}, "0 buttons"),
        ({"button_list": [{"text": "x", "key": str(n)} for n in range(7)]}, "7 buttons"),
        ({"button_list": [{"text": "x", "key": "a"}, {"text": "y", "key": "a"}]}, "key of its own"),
        ({"button_list": [{"text": "x"}]}, "key of its own"),
        ({"button_list": [{"text": "字" * 11, "key": "a"}]}, "button 1 has 11"),
        ({"button_list": [{"text": "x", "key": "k" * 1025}]}, "1025 bytes"),
    ],
)
def test_a_card_over_a_limit_is_refused_before_it_is_sent(change: dict[str, object], why: str) -> None:
    cards.check(CARD)
    with pytest.raises(CardError, match=why):
        cards.check({**CARD, **change})


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ([], "0 options"),
        ([{"id": str(n), "text": "x"} for n in range(21)], "21 options"),
        ([{"id": "a", "text": "x"}, {"id": "a", "text": "y"}], "id of its own"),
        ([{"id": "a", "text": "字" * 12}], "12"),
        ([{"id": "i" * 129, "text": "x"}], "129 bytes"),
    ],
)
def test_a_vote_card_over_a_limit_is_refused_before_it_is_sent(options: list[object], why: str) -> None:
    card = cards.ballot("去哪？", ("爬山",), "task_1", "提交", multiple=False)
    cards.check(card)
    with pytest.raises(CardError, match=why):
        cards.check({**card, "checkbox": {**card["checkbox"], "option_list": options}})
