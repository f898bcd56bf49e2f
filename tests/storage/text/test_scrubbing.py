"""Tests of taking out of a text what points at a person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.text.scrubbing import scrub


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("打 13812345678 找我", "打 … 找我"),
        ("打 138-1234-5678 找我", "打 … 找我"),
        ("１３８１２３４５６７８", "…"),
        ("@小雨 看看", "… 看看"),
        ("见 https://example.com/a?b=1 第三张", "见 … 第三张"),
        ("写到 a.b@example.com", "写到 …"),
        ("车牌沪A12345 的车", "车牌… 的车"),
        ("车架 LSVAM4187C2184841", "车架 …"),
        ("和 #128 一样", "和 … 一样"),
        ("4.3 版里按了 3 次，等 20 分钟", "4.3 版里按了 3 次，等 20 分钟"),
        ("iPhone15 上按钮太小", "iPhone15 上按钮太小"),
    ],
)
def test_pointers_go_and_facts_stay(text: str, left: str) -> None:
    assert scrub(text) == left.replace("，", ",")


def test_names_go_wherever_they_stand_the_longer_first() -> None:
    assert scrub("张哥说张哥哥和 Li 都遇到，Lid 没有", ["张哥", "张哥哥", "Li"]) == "…说…和 … 都遇到,Lid 没有"


@given(st.text(max_size=40), st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.text(max_size=40))
def test_no_telephone_is_left_whatever_stands_around_it(before: str, number: str, after: str) -> None:
    assert number not in scrub(f"{before} {number} {after}")
