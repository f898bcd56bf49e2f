"""A text as numbers for the triage: dense hand-made features and hashed n-grams. Called by triage.py."""

import re
from dataclasses import dataclass
from functools import cache
from math import sqrt
from zlib import crc32

from storage.text.lexicon import Lexicon, lexicon, matches, units

BUCKETS = 1 << 16
"""Places the n-grams are hashed into; a power of two."""

GRAM_WEIGHT = 1.2
"""Length of the n-gram part of a text's vector; the smaller, the more the word lists decide."""

NEGATABLE = ("praise", "defect", "flaw", "complaint", "problem", "better", "wish")

PAIRED = """
how why where when what howmuch can softask ask want_act logistics order aftersale account feature_noun carpart
apps defect problem flaw complaint wish change update recur praise thanks better negator but people process
outcome ought rhetoric overdue
"""
"""Categories of the word lists whose meeting in one text is a feature of its own."""

SHAPES = """
chinese question question_end questions exclaim exclaims ends_ma ends_ne ends_ba ends_soft ends_le a_not_a if_then
can_ma emoji_good emoji_bad tiny short middle long very_long clauses cannot_do slow bother tag_question either few
always not_at_all times alike changed even ago opens_is opens_can opens_which opens_why
"""
"""Names of what `_shapes` looks for, in its order."""

MOODS = """
calm asks asks_only wishes_only trouble_only good_only good_and_trouble trouble_and_asks warm not_bad ours
ours_and_complaint ours_and_trouble outcome_only ought_asked rhetoric_only mine_overdue
"""
"""Names of what `_moods` concludes from the word lists, in its order."""

_CHINESE = re.compile(r"[\u3400-\u9fff]")
_A_NOT_A = re.compile(r"([\u4e00-\u9fff])[不没]\1")
_IF_THEN = re.compile(
    r"(如果|要是|若|假如|能).{0,18}(就|会|更)(更|好|完美|方便|棒|爽|香|舒服)|would be (nice|great)"
)
_CAN_MA = re.compile(r"(能|可以|会|有|是|支持|要|需要|用|算|行|对).{0,14}[吗么嘛](?!\w)")
_CANNOT_DO = re.compile(
    r"[\u4e00-\u9fff]不(到|了|上|下|出|开|动|住|起|来|去|掉|进|着|清|准|全|完|见|成|满|够)"
)
_SLOW = re.compile(r"(几|[0-9一二三四五六七八九十两半])多?(秒|分钟|个?小时|天|周|个月|下|次).{0,6}才")
_BOTHER = re.compile(r"还得|都得|又得|又要|只能|不得不|非得|非要|必须得|才能用|每次都要")
_TAG_QUESTION = re.compile(
    r"(行|能|可以|好|是|有|用|开|够|对|在|算|贵|远|送|退|要|到|货|班)(不|没|吗|么|没有)$"
)
_EITHER = re.compile(r"还是.{1,8}$")
_FEW = re.compile(r"几[天月号点个次公年周块折档人位桌层岁节级寸度格]|多[少久长大]")
_ALWAYS = re.compile(r"老(是|[^板人爸妈师公婆家款年乡虎旧车用友铁])|总是?[^结共部监]|动不动|天天")
_NOT_AT_ALL = re.compile(
    r"(一点|一点儿|丝毫|任何|完全|一次|再)(也|都)?(不|没|无)|零(故障|投诉|差评)|not a single"
)
_TIMES = re.compile(
    r"[0-9一二三四五六七八九十两几好多俩仨](次|遍|回|趟|个电话|把)|(three|four|five|several|[0-9]+) times|twice"
)
_ALIKE = re.compile(r"(跟|像|和|比|如).{1,10}(一样|似的|差不多|还|强|便宜|好|快|稳)|as (good|fast|quiet) as")
_CHANGED = re.compile(r"从.{1,8}(变成|变为|到|降到|升到|掉到|变)|from .{1,12} to ")
_EVEN = re.compile(r"连.{1,8}(都|也)|\beven (my|the|our|a)\b")
_AGO = re.compile(r"(以前|之前|原来|过去|当初|本来|used to).{1,16}(现在|如今|这回|这次|今天|后来|now)")
_TAIL = re.compile(r"[\s。.,,!?~…、;:)(]+$")
_PATTERNS = (
    _CANNOT_DO, _SLOW, _BOTHER, _TAG_QUESTION, _EITHER, _FEW, _ALWAYS, _NOT_AT_ALL,
    _TIMES, _ALIKE, _CHANGED, _EVEN, _AGO,
)  # fmt: skip
_ASKING = frozenset(
    place
    for place, name in enumerate(SHAPES.split())
    if name
    in {
        "question",
        "ends_ma",
        "ends_ne",
        "a_not_a",
        "can_ma",
        "tag_question",
        "either",
        "opens_is",
        "opens_which",
    }
)
_OPENINGS = tuple(
    frozenset(words.split())
    for words in (
        "is are am do does did will may should shall",
        "can could would",
        "which what what's where where's when who whose how",
        "why",
    )
)
_OURS = frozenset(
    (
        "logistics",
        "order",
        "aftersale",
        "account",
        "feature_noun",
        "carpart",
        "apps",
        "update",
        "people",
        "process",
    )
)
_PROMISED = frozenset(("logistics", "order", "aftersale", "account"))
_GOOD = frozenset("👍❤😍🥰😊😄😁😃👏💯🎉🌹💪🤩😘🥳✨🔥☺😆")
_BAD = frozenset("😡🤬😤😠💔👎😭🙄😒😞🤮😩😫😢🤦💩😓😰🐛")


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each kind of dense feature begins: a function of the word lists' names and the tuples above."""

    lists: Lexicon
    paired: dict[int, int]
    several: int
    start: int
    end: int
    negated: int
    shape: int
    mood: int
    pair: int
    size: int


@dataclass(frozen=True, slots=True)
class Features:
    """A text as numbers. Shape: `dense` places below Layout.size, each worth 1; `grams` below BUCKETS."""

    dense: list[int]
    grams: list[int]
    gram_value: float
    categories: frozenset[str]
    negated: frozenset[str]


@cache
def layout() -> Layout:
    """Lay the dense features out, once a process."""
    lists = lexicon()
    count = len(lists.names)
    paired = {lists.names.index(name): place for place, name in enumerate(PAIRED.split())}
    mood = 5 * count + len(SHAPES.split())
    pair = mood + len(MOODS.split())
    size = pair + len(paired) * len(paired)
    return Layout(lists, paired, count, 2 * count, 3 * count, 4 * count, 5 * count, mood, pair, size)


def features(text: str) -> Features:
    """Turn a text into what the model weighs. Pure."""
    places = layout()
    lists = places.lists
    found = units(text)
    chinese = any("\u3400" <= unit <= "\u9fff" for unit in found)
    dense: set[int] = set()
    present: set[int] = set()
    negated: set[int] = set()
    last = len(found) - 4
    for match in matches(found, lists):
        for category in match.categories:
            if match.negated and lists.names[category] in NEGATABLE:
                negated.add(category)
                continue
            if category in present:
                dense.add(places.several + category)
            present.add(category)
            if match.start <= 2:
                dense.add(places.start + category)
            if match.end > last:
                dense.add(places.end + category)
    dense.update(present)
    dense.update(places.negated + category for category in negated)
    shapes = _shapes(found, chinese=chinese)
    here = {lists.names[category] for category in present}
    denied = {lists.names[category] for category in negated}
    dense.update(places.shape + shape for shape in shapes)
    dense.update(places.mood + mood for mood in _moods(here, denied, asking=not _ASKING.isdisjoint(shapes)))
    ranks = sorted(places.paired[category] for category in present if category in places.paired)
    width = len(places.paired)
    for index, first in enumerate(ranks):
        base = places.pair + first * width
        dense.update(base + second for second in ranks[index + 1 :])
    grams = _grams(found, lists, chinese=chinese)
    return Features(
        dense=sorted(dense),
        grams=grams,
        gram_value=GRAM_WEIGHT / sqrt(len(grams)) if grams else 0.0,
        categories=frozenset(here),
        negated=frozenset(denied),
    )


def _grams(found: list[str], lists: Lexicon, *, chinese: bool) -> list[int]:
    """Hash runs of one to three units; names and numbers, which differ by product, are one unit each."""
    plain: list[str] = []
    for unit in found:
        if unit.isdigit():
            plain.append("0")
        elif chinese and unit.isascii() and unit.isalpha() and unit not in lists.latin:
            plain.append("x")
        else:
            plain.append(unit)
    result: set[int] = set()
    one = two = 0  # what the unit before ended: a run of one, a run of two
    for unit in plain:
        letters = unit.encode()
        one, two, three = crc32(letters), crc32(letters, one), crc32(letters, two)
        result.update((one, two, three))
    return [value % BUCKETS for value in result]


def _moods(here: set[str], denied: set[str], *, asking: bool) -> list[int]:
    asks = asking or bool(here & {"how", "where", "when", "howmuch", "ask"})
    wishes = "wish" in here
    trouble = bool(here & {"defect", "flaw", "complaint", "problem"}) or "praise" in denied
    not_bad = bool(denied & {"defect", "flaw", "complaint", "problem"})
    good = bool(here & {"praise", "thanks", "better"})
    ours = not here.isdisjoint(_OURS)
    flags = (
        not (asks or wishes or trouble or good),
        asks,
        asks and not (wishes or trouble or good),
        wishes and not (asks or trouble or good),
        trouble and not (asks or wishes or good),
        good and not (asks or wishes or trouble),
        good and trouble,
        trouble and asks,
        "intens" in here and not (asks or wishes or trouble),
        not_bad and not (trouble or asks or wishes),
        ours,
        ours and "complaint" in here,
        ours and trouble,
        "outcome" in here and not (asks or wishes or trouble or good),
        "ought" in here and asks,
        "rhetoric" in here and not good,
        "overdue" in here and not (wishes or here.isdisjoint(_PROMISED)),
    )
    return [place for place, flag in enumerate(flags) if flag]


def _shapes(found: list[str], *, chinese: bool) -> list[int]:
    joined = ("" if chinese else " ").join(found)
    stripped = _TAIL.sub("", joined)
    marks = joined.count("?")
    exclaims = joined.count("!")
    length = len(found)
    clauses = sum(1 for unit in found if unit in ",.;!?。、~")
    flags: tuple[bool, ...] = (
        chinese,
        marks > 0,
        joined.endswith("?"),
        marks > 1,
        exclaims > 0,
        exclaims > 1,
        stripped.endswith(("吗", "么", "嘛", "不", "没", "没有")),
        stripped.endswith("呢"),
        stripped.endswith("吧"),
        stripped.endswith(("啊", "呀", "哦", "哈", "哇", "啦", "呗")),
        stripped.endswith("了"),
        _A_NOT_A.search(joined) is not None,
        _IF_THEN.search(joined) is not None,
        _CAN_MA.search(joined) is not None,
        not _GOOD.isdisjoint(joined),
        not _BAD.isdisjoint(joined),
        length <= 5,
        5 < length <= 12,
        12 < length <= 25,
        25 < length <= 50,
        length > 50,
        clauses > 2,
        *(pattern.search(stripped) is not None for pattern in _PATTERNS),
        *(bool(found) and found[0] in words for words in _OPENINGS),
    )
    return [place for place, flag in enumerate(flags) if flag]
