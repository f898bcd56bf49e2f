"""What somebody says beside the question they were asked: small talk, or a matter of its own. Pure; used by several.

Where in doubt it is an answer: who is taken wrongly at their word says so with one tap.
"""

from __future__ import annotations

import enum
import re
import unicodedata

_ENDS = " \t\n。.!！~～,，、…"
_CHAT = frozenset({
    "谢谢", "谢谢你", "谢谢您", "谢谢啦", "谢啦", "谢了", "多谢", "感谢", "辛苦", "辛苦了", "加油", "收到", "明白",
    "了解",
    "知道了", "好", "好的", "好吧", "好嘞", "行", "可以", "嗯", "嗯嗯", "嗯呢", "哦", "哦哦", "噢", "哈哈",
    "哈哈哈", "晚安",
    "拜拜", "再见", "你好", "您好", "哈喽", "在吗", "你在吗", "在么", "在不在", "等一下", "等等", "稍等", "等会",
    "等会儿",
    "一会儿",
    "一会儿说", "晚点", "晚点说", "回头说", "在忙", "忙着呢", "在开车", "开车呢",
    "thanks", "thank you", "thanks a lot", "thx", "ty", "cheers", "great", "cool", "ok", "okay", "sure", "fine", "yes",
    "yep", "got it", "i see", "hi", "hello", "hey", "bye", "later", "wait", "one moment", "hold on", "not now",
})  # fmt: skip
# What only a question of one's own sounds like; "昨天吧？" stays a guess, and so an answer.
_QUESTION = re.compile(
    r"吗[？?。!！\s]*$|请问|想问|问一下|能不能|可不可以|什么时候能|多久能|多少钱"
    r"|^\s*(?:为什么|为啥|怎么(?:还|这么|那么|用|办|设置)|咋)|^\s*你们.*[?？]\s*$"
    r"|(?:为什么|为啥|怎么(?!了)|咋|多久|哪里能|哪儿能).*[?？呢]\s*$"
    r"|^\s*(?:how|why|what|when|where|who|which|can|could|do|does|did|is|are|will|would|should|may)\b.*[?？]\s*$",
    re.IGNORECASE | re.DOTALL,
)
_LEAST_QUESTION = 5  # characters: shorter ones doubt an answer
_SOUNDS_ASKED = re.compile(r"怎么(?:也|都|按|点|弄|试)|不知(?:道)?怎么|不知(?:道)?为什么|怎么回事")
_OWN_MATTER = re.compile(
    r"\s*(?:还有(?:个|一个|一件|件)(?:事|问题)|还有[，,]|另外|对了|顺便|话说|换个话题"
    r"|我要投诉|投诉|转人工|人工|找个?真?人|找客服"
    r"|by the way|btw|another thing|also,|complaint"
    r"|(?:(?:i (?:want|need|would like) to|can i|let me) )?(?:talk|speak) to (?:a|some)"
    r"|(?:i (?:want|need) |get me )?(?:a human|a real person|an agent))",
    re.IGNORECASE,
)
_TAKEN_WRONG = frozenset({
    "这不是回答", "不是回答", "这不是答案", "不是答案", "不是在回答", "我不是在回答", "搞错了", "弄错了", "记错了",
    "误会了", "that's not an answer", "that was not an answer", "that was no answer", "not an answer", "no answer",
})  # fmt: skip
_ASKS = re.compile(
    r"(?:[?？]|吗[。!！~～]?|多少|怎么办)\s*$|^\s*(?:转人工|人工|找个?真?人|找客服|我?要?投诉)|有没有人|有人(?:吗|在)|没人管|管不管"
    r"|(?:talk|speak) to (?:a|some)|\b(?:a human|a real person|an agent)\b",
    re.IGNORECASE,
)
_CALLED_OFF = frozenset({
    "算了", "算了吧", "先算了", "取消", "不说了", "先不说了", "不写了", "先不写了", "不用了", "不发了", "先不发",
    "先不动",    "cancel", "/cancel", "stop", "never mind", "nevermind", "forget it", "not now",
})  # fmt: skip
# Whoever calls for a person in one word; short, and no less urgent.
CALLS = re.compile(r"\s*(?:人工|真人|客服|投诉|人呢)(?:服务|客服)?[\s。.!！?？~～]*")
_CALLED = re.compile(r"^\s*[@＠]\S+\s*")  # who is called by name first


class Digression(enum.Enum):
    """What it is instead of an answer."""

    CHAT = enum.auto()  # thanks, a greeting, "one moment": the question stands
    MATTER = enum.auto()  # a question or a complaint of its own
    TAKEN_WRONG = enum.auto()  # what was said before was no answer


def digression(said: str) -> Digression | None:
    """Return what a sentence is instead of an answer, None if it can be one. Pure."""
    words = unicodedata.normalize("NFKC", said).replace("’", "'").strip(_ENDS).casefold()
    if words in _TAKEN_WRONG:
        return Digression.TAKEN_WRONG
    if words in _CHAT or not any(unicodedata.category(character)[0] in "LN" for character in said):
        return Digression.CHAT
    if _OWN_MATTER.match(said):
        return Digression.MATTER
    if len(words) >= _LEAST_QUESTION and _QUESTION.search(said) and not _SOUNDS_ASKED.search(said):
        return Digression.MATTER
    return None


def calls_off(said: str) -> bool:
    """Tell whether a sentence takes back the wish to write one: it is told to nobody. Pure."""
    words = unicodedata.normalize("NFKC", said).strip(_ENDS).casefold()
    return words in _CALLED_OFF


def asks_for_somebody(text: str) -> bool:
    """Tell whether a text wants an answer rather than to be kept. Pure."""
    said = _CALLED.sub("", text)
    return bool(CALLS.fullmatch(said)) or (
        bool(_ASKS.search(said)) and digression(said) is not Digression.CHAT
    )
