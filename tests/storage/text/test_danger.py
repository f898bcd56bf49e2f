"""Tests of what must reach a person at once: danger in any words, and what only sounds like it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from storage.records import FeedbackClass
from storage.text.danger import SHIPPED, Danger, shipped
from storage.text.features import features
from storage.text.harms import harms, harms_in
from storage.text.lexicon import units
from storage.text.meaning import SIZE, Meaning
from storage.text.semantic import SemanticTriage
from storage.text.triage import Triage
from tests.meanings import needs_extra

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(scope="module")
def triage() -> Triage:
    return Triage.load()


def wide(half: str) -> list[tuple[str, bool]]:
    """Read 60 sentences of many trades: `test` is counted and never looked at."""
    lines = (DATA / "escalate_wide.jsonl").read_text(encoding="utf-8").splitlines()
    found = [json.loads(line) for line in lines]
    return [(row["text"], row["urgent"]) for row in found if row["half"] == half]


def families(text: str) -> set[str]:
    """Return the names of the families of words that a text holds, those denied aside."""
    places = harms()
    names = places.lists.names
    return {names[place].split()[0] for place in harms_in(units(text)) if place < len(names)}


@pytest.mark.parametrize("half", ["dev", "test"])
def test_danger_in_words_that_no_weight_learned_from_is_told(triage: Triage, half: str) -> None:
    found = [(triage.guess(text).urgent, urgent) for text, urgent in wide(half)]
    hits = sum(flag and urgent for flag, urgent in found)
    assert hits >= 0.75 * sum(urgent for _, urgent in found)
    assert hits >= 0.8 * sum(flag for flag, _ in found)


@pytest.mark.parametrize(
    ("happened", "only_said"),
    [
        ("充电的时候起火了，墙都黑了", "要是充电的时候起火怎么办"),
        ("桌角把孩子额头磕破了，流血不止", "桌角有没有防撞条，怕孩子磕到"),
        ("柜子倒下来砸到我脚，肿了", "柜子倒了，没有人受伤"),
        ("插座冒烟了，一股焦味", "插座多少钱一个"),
        ("我已经找律师了，等着收律师函", "我律师朋友也在用，说好用"),
        ("奶奶被困电梯里出不来", "电梯里的广告挺好看"),
        ("我不想活了", "累死我了哈哈"),
        ("the heater caught fire last night", "what happens if the heater catches fire?"),
        ("the shelf fell on my son's head and he is bleeding", "the shelf looks great, my son loves it"),
        ("my lawyer will contact you tomorrow", "my lawyer loves this notebook"),
    ],
)
def test_what_happened_is_urgent_and_what_is_asked_supposed_denied_or_joked_is_not(
    triage: Triage, happened: str, only_said: str
) -> None:
    assert triage.guess(happened).urgent
    assert not triage.guess(only_said).urgent


@pytest.mark.parametrize("text", ["吃完两口孩子嘴唇就紫了", "the crib rail broke and my baby hit her head"])
def test_danger_told_calmly_is_no_praise(triage: Triage, text: str) -> None:
    guess = triage.guess(text)
    assert guess.urgent
    assert guess.kind is not FeedbackClass.PRAISE


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("插座冒烟", {"appliance", "smoke"}),
        ("孩子手指夹断了", {"child", "body", "crush"}),
        ("my baby swallowed a magnet", {"child", "swallow", "foreign"}),
        ("去市监局举报", {"office", "report"}),
    ],
)
def test_families_of_words_are_found(text: str, named: set[str]) -> None:
    assert named <= families(text)


@pytest.mark.parametrize("text", ["火锅真好吃", "这款灭火器多少钱", "the smoke detector beeps"])
def test_a_word_that_only_looks_like_harm_hides_the_harm_in_it(text: str) -> None:
    assert families(text).isdisjoint({"flame", "smoke"})


def test_what_is_denied_is_no_harm(triage: Triage) -> None:
    assert "smoke" not in families("没有冒烟")
    assert not triage.guess("没有冒烟，也没人受伤").urgent


def test_meaning_of_the_right_model_alone_speaks_with_the_words() -> None:
    text = "那个东西又那样了"
    danger = replace_limits(shipped(), both=0.0)
    found = features(text)
    loud = [100.0 * value for value in shipped().column]
    assert not danger.is_urgent(text, found)
    assert danger.is_urgent(text, found, loud, danger.model)
    assert not danger.is_urgent(text, found, loud, "other+1")
    assert not danger.is_urgent(text, found, [-value for value in loud], danger.model)


def replace_limits(danger: Danger, both: float) -> Danger:
    """Return the same weights with another limit for both engines."""
    return danger.limited(replace(danger.limits, both=both, both_named=both))


def test_saved_weights_judge_the_same(tmp_path: Path) -> None:
    shipped().save(tmp_path / "copy.json")
    copy = Danger.load(tmp_path / "copy.json")
    for text, _ in wide("dev"):
        assert copy.score(text, features(text)) == pytest.approx(shipped().score(text, features(text)))


@pytest.mark.parametrize("content", ["[]", '{"format": 99}'])
def test_what_is_no_model_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "broken.json").write_text(content)
    with pytest.raises(ValueError, match="no weights of danger"):
        Danger.load(tmp_path / "broken.json")


def test_weights_made_for_other_word_lists_are_refused(tmp_path: Path) -> None:
    stored = json.loads(SHIPPED.read_text(encoding="utf-8"))
    stored["lists"] = stored["lists"][1:]
    (tmp_path / "old.json").write_text(json.dumps(stored), encoding="utf-8")
    with pytest.raises(ValueError, match="other word lists"):
        Danger.load(tmp_path / "old.json")


def test_the_shipped_weights_are_small_hold_no_text_and_belong_to_the_semantic_engine() -> None:
    assert SHIPPED.stat().st_size < 50_000
    stored = json.loads(SHIPPED.read_text(encoding="utf-8"))
    assert [name for name, value in stored.items() if isinstance(value, str)] == [
        "model",
        "weights",
        "column",
    ]
    assert stored["size"] == SIZE
    assert shipped().model == SemanticTriage.load().model


@needs_extra
def test_with_meaning_danger_is_told_as_well(triage: Triage) -> None:
    meaning, semantic = Meaning(), SemanticTriage.load()
    rows = wide("dev")
    vectors = meaning.vectors([text for text, _ in rows])
    flags = [
        semantic.guess(text, vector, triage).urgent for (text, _), vector in zip(rows, vectors, strict=True)
    ]
    hits = sum(flag and urgent for flag, (_, urgent) in zip(flags, rows, strict=True))
    assert hits >= 0.8 * sum(urgent for _, urgent in rows)
    assert hits >= 0.85 * sum(flags)
