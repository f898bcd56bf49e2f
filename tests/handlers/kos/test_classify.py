"""Dialogues about `/class`: a person says what a voice is."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from storage import tables
from storage.records import FeedbackClass, Status
from tests.talk import LI, Captured, Talk


@pytest.mark.parametrize(
    ("word", "chosen"),
    [
        ("服务", FeedbackClass.SERVICE),
        ("service", FeedbackClass.SERVICE),
        ("建议", FeedbackClass.SUGGESTION),
        ("Suggestion", FeedbackClass.SUGGESTION),
        ("表扬。", FeedbackClass.PRAISE),
    ],
)
async def test_a_person_says_what_it_is_and_the_guess_is_kept_for_training(
    talk: Talk, captured: Captured, word: str, chosen: FeedbackClass
) -> None:
    feedback = await captured()
    await talk.says(LI, f"/class {feedback.id} {word}", dm=True)
    async with talk.database.read() as uow:
        now = await uow.feedback.get(feedback.id)
        rows = (await uow.connection.execute(sa.select(tables.corrections))).mappings().all()
    assert (now.feedback_class, now.is_guess) == (chosen, False)
    assert [(row["guessed"], row["chosen"]) for row in rows] == [("suggestion", str(chosen))]


async def test_one_tap_confirms_the_guess_and_the_card_shows_it(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await talk.says(LI, f"/show {feedback.id}", dm=True)
    card = talk.last(LI)
    assert await talk.presses(LI, "建议") == f"#{feedback.id} 归为「建议」。"
    assert "服务" not in card.labels  # what is judged need not be asked again
    assert f"#{feedback.id} 建议 ·" in card.text


async def test_an_unknown_class_gets_an_example(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    for text in (f"/class {feedback.id} 投诉", f"归类 {feedback.id}"):
        await talk.says(LI, text, dm=True)
        assert talk.heard(LI) == ["归到哪一类？服务、建议或表扬，比如：/class 128 建议"]


@pytest.mark.parametrize(
    "action",
    [
        "class",
        "class:x:0:praise",
        "class:1:0:wrong",
        "claim:" + "9" * 30 + ":0",
        "resolve:1",
        "note:²:0",
        "show:",
        "drop",
    ],
)
async def test_a_forged_button_does_nothing(talk: Talk, captured: Captured, action: str) -> None:
    feedback = await captured()
    await talk.says(LI, f"/show {feedback.id}", dm=True)
    await talk.presses_action(LI, action, on=talk.last(LI))
    async with talk.database.read() as uow:
        now = await uow.feedback.get(feedback.id)
        assert await uow.audit.list_last() == []
    assert (now.is_guess, now.owner_id, now.status) == (True, None, Status.RECEIVED)
