"""Likeness of texts by their rare words: the pure part. The postings and their SQL live in a repository.

A new text is looked up by its few rarest words, since what everybody says finds everything; a found text is scored by
the share of weight that both have in common, so the score hardly depends on how many there are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp, log

from storage.text.thesaurus import THING, TROUBLE, is_notion, is_pair

RAREST = 8
"""Words looked up. Source: measured, all of them take 100 times as long at 100,000 texts and find hardly more."""

SHOWN = 5
"""Words shown as the reason."""

_COMMON = """
的 了 是 我 你 您 他 她 它 我们 你们 咱 咱们 大家 吗 呢 吧 啊 呀 哦 嗯 哈 好 好的 行 那 这 那个 这个 有 在 和 也
就 都 还 还是 要 想 去 能 可以 会 请 请问 帮 帮我 麻烦 谢谢 谢 感谢 你好 一下 一个 什么 怎么 怎么办 哪 哪里 多少
一 个 家 下 上 给 看 看看 知道 告诉 推荐 希望 建议 不 没 没有 很 太 真 真的 再 又 把 被 让 对 到 从 为 跟 与 或
但 但是 如果 因为 所以 最 更 比较 呗 嘛 么 啥 咋 先 然后 最后 现在 已经 一直 老 老是 总是 经常 每次 时候 有点
问题 反馈 出现 感觉 觉得 自己 用 使用 时
the a an is are was were be been am i you he she it we they my your our me us this that these those to of in on at
for with and or but so if when not no do does did can could would should please thank thanks hi hello have has had
there just very really too also get got app want need it's i'm don't
"""

COMMON = frozenset(_COMMON.split())
"""Words that say little whatever their frequency; a young community has too few texts for its own to tell."""

COMMON_WEIGHT = 0.15

NEIGHBOURS = 11
"""How many after the nearest tell how crowded its surroundings are."""

USUAL_AROUND, LEAST_AROUND, MOST_AROUND = 0.37, 0.24, 0.5
"""Mean cosine of those neighbours: what is taken for each that is missing, and the bounds of what is believed."""


@dataclass(frozen=True, slots=True)
class Scale:
    """What each sign of likeness weighs, a shared word or the cosine weighing 1; alike from `limit` on.

    **Source**: benchmarks/train_likeness.py for the signs; what notions weigh is less than it finds, since
    the thesaurus knows the things it was made with better than any others.
    """

    words: float
    notions: float
    both: float
    clash: float
    around: float
    limit: float


BY_WORDS = Scale(1.0, 0.3, 0.3, -0.1, 0.0, 0.46)
TOGETHER = Scale(0.08, 0.03, 0.08, 0.0, -0.7, 0.45)
MOST = BY_WORDS.words + BY_WORDS.notions + BY_WORDS.both
STEEPNESS = 12.0


@dataclass(frozen=True, slots=True)
class Frequencies:
    """In how many texts each word occurs, of how many texts. Shape: a word that is not in `texts_with` is in none."""

    texts_with: Mapping[str, int]
    texts: int

    def idf(self, word: str) -> float:
        """Return how much a word tells: above zero, most for a word nobody used yet."""
        told = log(1 + (self.texts + 1) / (self.texts_with.get(word, 0) + 1))
        return told * COMMON_WEIGHT if word in COMMON else told


@dataclass(frozen=True, slots=True)
class Signs:
    """What two texts share besides their meaning: words, notions, a thing with its trouble; or that things differ."""

    words: float = 0.0
    notions: float = 0.0
    is_both: bool = False
    is_clash: bool = False

    @classmethod
    def of(cls, tokens: Iterable[str], others: Iterable[str], frequencies: Frequencies) -> Signs:
        """Compare two texts, given their words."""
        mine, theirs = set(tokens), set(others)
        my_notions, their_notions = set(filter(is_notion, mine)), set(filter(is_notion, theirs))
        shared = my_notions & their_notions
        alone = [{one for one in found if not is_pair(one)} for found in (my_notions, their_notions)]
        things = [{one for one in found if one[0] == THING} for found in alone]
        is_thing, is_trouble = bool(things[0] & things[1]), any(one[0] == TROUBLE for one in shared)
        return cls(
            _share(mine - my_notions, theirs - their_notions, frequencies),
            _share(alone[0], alone[1], frequencies) if shared else 0.0,
            is_thing and is_trouble,
            bool(things[0] and things[1]) and not is_thing,
        )

    def weigh(self, scale: Scale, around: float = USUAL_AROUND) -> float:
        """Return what these signs weigh together."""
        return (
            scale.words * self.words
            + scale.notions * self.notions
            + scale.both * self.is_both
            + scale.clash * self.is_clash
            + scale.around * (around - USUAL_AROUND)
        )


@dataclass(frozen=True, slots=True)
class Likeness:
    """One found text.

    Shape: `score` from 0 to 1; `words` shared, the most telling first; `is_alike`: enough to be offered as the same
    thing; `by_meaning`: what it says is near, whatever its words.
    """

    item: int
    score: float
    words: tuple[str, ...]
    is_alike: bool = False
    by_meaning: bool = False
    signs: Signs = Signs()


def rarest(tokens: Iterable[str], frequencies: Frequencies, count: int = RAREST) -> list[str]:
    """Choose the words that tell most, each once, the rarest first; of equals the longer, then the earlier."""
    words = list(dict.fromkeys(tokens))
    words.sort(key=lambda word: (word in COMMON, frequencies.texts_with.get(word, 0), -len(word)))
    return words[:count]


def score(tokens: Iterable[str], others: Collection[str], frequencies: Frequencies) -> float:
    """Return how much two texts have in common: the weight of shared words over that of the text with less.

    Shape: from 0 (no word in common) to 1 (one holds all that the other says); a text that says less than one
    rare word counts as if it said that much, so that a shared everyday word proves nothing.
    """
    return _share(set(tokens), set(others), frequencies)


def _share(mine: set[str], theirs: set[str], frequencies: Frequencies) -> float:
    least = 0.8 * log(2 + frequencies.texts)
    smaller = min(sum(map(frequencies.idf, mine)), sum(map(frequencies.idf, theirs)))
    return sum(map(frequencies.idf, mine & theirs)) / max(smaller, least)


def candidates(
    words: Sequence[str], postings: Mapping[str, Collection[int]], frequencies: Frequencies, count: int = 20
) -> list[int]:
    """Return the items that share most of the looked-up words' weight, best first, of equals the newest first."""
    sums: dict[int, float] = {}
    for word in words:
        weight = frequencies.idf(word)
        for item in postings.get(word, ()):
            sums[item] = sums.get(item, 0.0) + weight
    return sorted(sums, key=lambda item: (-sums[item], -item))[:count]


def nearest(
    tokens: Sequence[str], texts: Mapping[int, Collection[str]], frequencies: Frequencies, count: int = 5
) -> list[Likeness]:
    """Rank found texts, given their words, by likeness; those with nothing in common are left out."""
    found = compare(tokens, texts, frequencies)
    found.sort(key=lambda one: (-one.score, -one.item))
    return [one for one in found[:count] if one.words or one.signs.is_both]


def compare(
    tokens: Sequence[str], texts: Mapping[int, Collection[str]], frequencies: Frequencies
) -> list[Likeness]:
    """Score texts, given their words, by the words and notions they share."""
    result = []
    for item, others in texts.items():
        signs = Signs.of(tokens, others, frequencies)
        worth = signs.weigh(BY_WORDS)
        words = why(tokens, others, frequencies)
        result.append(
            Likeness(item, max(0.0, worth / MOST), words, is_alike=worth >= BY_WORDS.limit, signs=signs)
        )
    return result


def fused(by_words: Likeness, cosine: float | None, around: float = USUAL_AROUND) -> Likeness:
    """Judge by meaning and words what was judged by words; a text without a vector keeps its words' judgement. Pure.

    **Shape**: `around` is what `crowd` returns.
    """
    if cosine is None:
        return by_words
    together = cosine + by_words.signs.weigh(TOGETHER, around)
    worth = 1 / (1 + exp(-STEEPNESS * (together - TOGETHER.limit)))
    is_alike = together >= TOGETHER.limit
    return replace(by_words, score=worth, is_alike=is_alike, by_meaning=is_alike or not by_words.words)


def crowd(cosines: Iterable[float]) -> float:
    """Return how crowded it is around a text, given its nearest cosines: where all is near, it proves little. Pure."""
    after = sorted(cosines, reverse=True)[1 : 1 + NEIGHBOURS]
    mean = (sum(after) + USUAL_AROUND * (NEIGHBOURS - len(after))) / NEIGHBOURS
    return min(MOST_AROUND, max(LEAST_AROUND, mean))


def why(
    tokens: Iterable[str], others: Collection[str], frequencies: Frequencies | None = None, count: int = SHOWN
) -> tuple[str, ...]:
    """Return the words two texts share, the most telling first; parts of a shown word are not shown again."""
    shared = {word for word in set(tokens) & set(others) if word not in COMMON and not is_notion(word)}
    shown: list[str] = []
    weights = {word: frequencies.idf(word) if frequencies else float(len(word)) for word in shared}
    for word in sorted(shared, key=lambda word: (-weights[word], -len(word), word)):
        if any(word in longer for longer in shared if longer != word):
            continue
        shown.append(word)
    return tuple(shown[:count])
