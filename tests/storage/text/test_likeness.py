"""Tests of likeness by rare words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.text.frequencies import Frequencies
from storage.text.likeness import candidates, compare, nearest, rarest, why
from storage.text.signs import share

FREQUENCIES = Frequencies(
    {"导航": 40, "卡顿": 12, "隧道": 2, "座椅": 30, "加热": 8, "的": 95, "高速": 9}, texts=100
)

WORDS = st.lists(
    st.sampled_from(["导航", "卡顿", "隧道", "座椅", "加热", "的", "高速", "新词", "crash"]), max_size=9
)


def test_the_rarest_words_come_first_and_each_once() -> None:
    words = rarest(["的", "导航", "隧道", "导航", "卡顿", "漂移"], FREQUENCIES, count=3)
    assert words == ["漂移", "隧道", "卡顿"]


def test_common_words_are_looked_up_last_even_where_nobody_used_them_yet() -> None:
    assert rarest(["希望", "导航"], Frequencies({"导航": 7}, texts=7), count=1) == ["导航"]


def test_no_words_find_nothing() -> None:
    assert rarest([], FREQUENCIES) == []
    assert share(set(), set(), FREQUENCIES) == 0
    assert nearest([], {1: ["导航"]}, FREQUENCIES) == []


def test_a_shared_rare_word_counts_more_than_a_shared_frequent_one() -> None:
    text = {"导航", "隧道", "卡顿"}
    rare, frequent = {"隧道", "加热", "高速"}, {"导航", "加热", "高速"}
    assert share(text, rare, FREQUENCIES) > share(text, frequent, FREQUENCIES)


def test_a_short_text_inside_a_long_one_is_alike() -> None:
    long = {1: ["高速", "进", "隧道", "导航", "卡顿", "了", "三", "分钟"]}
    assert compare(["隧道", "导航", "卡顿"], long, FREQUENCIES)[0].is_alike
    assert not compare(["座椅", "加热", "高速", "异响"], long, FREQUENCIES)[0].is_alike


def test_one_everyday_word_in_common_proves_nothing() -> None:
    found = compare(["导航", "座椅", "加热", "慢"], {1: ["导航", "隧道", "卡顿", "黑屏"]}, FREQUENCIES)
    assert not found[0].is_alike


def test_texts_that_share_nothing_are_not_alike_however_short() -> None:
    assert not compare(["慢"], {1: ["吵"], 2: [], 3: ["的"]}, FREQUENCIES)[0].is_alike
    assert [one.is_alike for one in compare([], {1: ["吵"], 2: []}, FREQUENCIES)] == [False, False]


def test_another_number_tells_two_texts_apart() -> None:
    text = ["导航", "版本", "2.1", "卡顿"]
    same, other = compare(text, {1: text, 2: ["导航", "版本", "3.4", "卡顿"]}, FREQUENCIES)
    assert same.score > other.score
    assert (same.signs.other_number, other.signs.other_number) == (False, True)


@given(WORDS, WORDS)
def test_a_share_lies_between_nothing_and_all_and_is_the_same_both_ways(
    one: list[str], other: list[str]
) -> None:
    found = share(set(one), set(other), FREQUENCIES)
    assert 0 <= found <= 1 + 1e-9
    assert found == pytest.approx(share(set(other), set(one), FREQUENCIES))


@given(WORDS, WORDS)
def test_the_chance_of_being_the_same_is_one_between_none_and_certain(
    one: list[str], other: list[str]
) -> None:
    (found,) = compare(one, {1: other}, FREQUENCIES)
    assert 0 <= found.score <= 1
    assert found.words or found.signs.both or not found.is_alike


def test_candidates_share_most_weight_first_and_of_equals_the_newest() -> None:
    postings = {"隧道": [3, 4], "导航": [1, 3, 9], "座椅": [5]}
    assert candidates(["隧道", "导航"], postings, FREQUENCIES) == [3, 4, 9, 1]
    assert candidates(["隧道", "导航"], postings, FREQUENCIES, count=1) == [3]


def test_the_nearest_tell_why() -> None:
    texts = {1: ["座椅", "加热"], 2: ["隧道", "导航", "卡顿"], 3: ["导航", "的"]}
    found = nearest(["隧道", "里", "导航", "卡顿"], texts, FREQUENCIES)
    assert [one.item for one in found] == [2, 3]
    assert found[0].words == ("隧道", "卡顿", "导航")


def test_why_leaves_out_words_that_say_nothing_and_parts_of_a_shown_word() -> None:
    shared = ["希望", "方向", "方向盘", "的", "加热"]
    assert why(shared, shared) == ("方向盘", "加热")
    assert why(["导航"], ["座椅"]) == ()
