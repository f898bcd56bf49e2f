"""What can be the answer to a question about a defect, and what is said beside it."""

from __future__ import annotations

import pytest

from handlers.digressions import Digression, digression


@pytest.mark.parametrize(
    "said",
    [
        "昨天晚上八点多", "大概上周五吧？", "昨天？", "是不是下雨的时候？", "怎么按都没反应", "不知道怎么就黑屏了",
        "怎么弄都不行",
        "滴一声，然后全黑", "4.2", "3", "每次都这样", "没有", "有", "高速上，下着雨", "点了更新，然后就投诉不了了",
        "有没有声音没注意",
        "about ten last night", "when it rained", "What I did: I pressed the update button.", "maybe twice?", "是",
        "没问题的时候少",
    ],
)  # fmt: skip
def test_what_may_be_an_answer_is_one(said: str) -> None:
    assert digression(said) is None


@pytest.mark.parametrize(
    ("said", "is_what"),
    [
        ("谢谢", Digression.CHAT),
        ("ＯＫ！", Digression.CHAT),
        ("在吗", Digression.CHAT),
        ("🙏🙏", Digression.CHAT),
        ("Hello!", Digression.CHAT),
        ("one moment", Digression.CHAT),
        ("多久能修好？", Digression.MATTER),
        ("你们周末上班吗", Digression.MATTER),
        ("为什么每次都要我来说", Digression.MATTER),
        ("请问发票怎么开", Digression.MATTER),
        ("你们几点下班？", Digression.MATTER),
        ("另外座椅也有异响", Digression.MATTER),
        ("转人工", Digression.MATTER),
        ("我要投诉你们", Digression.MATTER),
        ("When will it be fixed?", Digression.MATTER),
        ("By the way, the seat squeaks", Digression.MATTER),
        ("这不是回答。", Digression.TAKEN_WRONG),
        ("That's not an answer", Digression.TAKEN_WRONG),
    ],
)
def test_what_is_said_beside_a_question_is_told_apart(said: str, is_what: Digression) -> None:
    assert digression(said) is is_what
