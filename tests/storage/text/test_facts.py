"""What a text tells by itself: a time, a version, how often; and what only looks like it."""

from __future__ import annotations

import pytest

from storage.text.facts import find_facts


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("昨晚八点充电充到一半停了", "when", "昨晚"),
        ("10月12号上午开始就这样", "when", "10月12号上午"),
        ("周五晚上高速上断了", "when", "周五晚上"),
        ("the camera went black yesterday", "when", "yesterday"),
        ("it rebooted at 9:30", "when", "9:30"),
        ("升到 4.2.1 以后就卡", "version", "4.2.1"),
        ("系统版本 V3.0 打不开", "version", "系统版本 V3.0"),
        ("on iOS 17.5 the app crashes", "version", "iOS 17.5"),
        ("每次倒车都黑屏", "times", "每次"),
        ("已经第三次了", "times", "第三次"),
        ("it happened twice", "times", "twice"),
    ],
)
def test_a_simple_word_is_found(text: str, key: str, value: str) -> None:
    assert find_facts(text)[key] == value


@pytest.mark.parametrize(
    "text",
    ["按钮太小了", "车位只有 2.5 米宽", "涨了 3.5%", "差了 1.5 公里", "0.5 小时就没电", "it weighs 1.5 kg"],
)
def test_what_tells_nothing_tells_nothing(text: str) -> None:
    assert find_facts(text) == {}
