"""How much a word tells, by how many texts hold it. Called by likeness.py, signs.py and the repositories."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from math import log

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


@dataclass(frozen=True, slots=True)
class Frequencies:
    """In how many texts each word occurs, of how many texts. Shape: a word that is not in `texts_with` is in none."""

    texts_with: Mapping[str, int]
    texts: int

    @classmethod
    def of(cls, texts: Collection[Iterable[str]]) -> Frequencies:
        """Count the words of some texts."""
        return cls(Counter(word for words in texts for word in set(words)), len(texts))

    def idf(self, word: str) -> float:
        """Return how much a word tells: above zero, most for a word nobody used yet."""
        told = log(1 + (self.texts + 1) / (self.texts_with.get(word, 0) + 1))
        return told * COMMON_WEIGHT if word in COMMON else told
