"""Tests of the notions of a text: what people call the same thing and the same trouble."""

from __future__ import annotations

import pytest

from storage.text.frequencies import Frequencies
from storage.text.likeness import compare, nearest
from storage.text.thesaurus import Thesaurus, is_notion, is_pair, shipped
from storage.text.tokens import fold

SMALL = Thesaurus(
    [
        "# a comment",
        "",
        "[things]",
        "wiper: 雨[刮刷] | wiper wind_blade",
        "[states]",
        "noise: 异响 吱 | squeak loud",
    ]
)  # fmt: skip


def test_a_thing_and_its_trouble_are_found_in_whatever_words_and_together_are_one_more() -> None:
    assert SMALL.notions("雨刷一动就吱吱叫") == ["≈wiper", "~noise", "≈wiper~noise"]
    assert SMALL.notions("the wipers squeaked") == ["≈wiper", "~noise", "≈wiper~noise"]
    assert SMALL.notions("wind blade") == ["≈wiper"]
    assert SMALL.notions("cloud") == []


@pytest.mark.parametrize(("one", "other"), [("≈wiper", False), ("≈wiper~noise", True), ("~noise", False)])
def test_pairs_are_told_from_single_notions(one: str, *, other: bool) -> None:
    assert is_notion(one)
    assert is_pair(one) is other


@pytest.mark.parametrize("word", ["~", "≈", "雨刮", "c++", ""])
def test_words_that_people_write_are_no_notions(word: str) -> None:
    assert not is_notion(word)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("雨刮异响", "雨刷吱吱叫"), ("app闪退", "软件一打开就崩"), ("按钮太小", "图标点不准"),
        ("退款没到账", "钱还没退回来，等了半个月"),
        ("黑屏", "倒车没画面"),
        ("the app crashes", "application quits on launch"), ("parcel missing", "包裹里少了一件"),
    ],
)  # fmt: skip
def test_the_shipped_notions_bring_together_what_shares_no_word(one: str, other: str) -> None:
    assert set(shipped().notions(fold(one))) & set(shipped().notions(fold(other)))


def test_latin_words_are_found_whole_only() -> None:
    assert "≈update" not in shipped().notions("the total is wrong")
    assert "≈cruise" not in shipped().notions("accessories")


def test_words_alone_find_a_shared_thing_with_its_trouble_and_claim_no_shared_word() -> None:
    asked = ["雨刮", "异响", *SMALL.notions("雨刮异响")]
    texts = {1: ["雨刷", "叫", *SMALL.notions("雨刷吱吱叫")], 2: ["雨刷", "贵", *SMALL.notions("雨刷贵")]}
    frequencies = Frequencies({"≈wiper": 2, "~noise": 1, "≈wiper~noise": 1}, 2)
    (found,) = nearest(asked, texts, frequencies)
    assert (found.item, found.words) == (1, ())


def test_other_things_with_the_same_trouble_count_less() -> None:
    frequencies = Frequencies({}, 50)
    asked = ["吱", "≈wiper", "~noise", "≈wiper~noise"]
    same, other = compare(asked, {1: ["≈wiper", "~noise", "吱"], 2: ["≈door", "~noise", "吱"]}, frequencies)
    assert same.score > other.score
