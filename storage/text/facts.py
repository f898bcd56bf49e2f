"""What a text tells by itself about a defect, so that nobody is asked for it: when, which version, how often. Pure.

Simple patterns only: what they miss is asked for, and what they find is shown to staff beside the words it came from.
"""

from __future__ import annotations

import re

_PART = "(?:早上|上午|中午|下午|晚上|夜里|凌晨|早|晚)?"
_WHEN = re.compile(
    rf"\d{{1,2}}月\d{{1,2}}[日号]{_PART}|[今昨前][天日早晚]{_PART}"
    r"|(?:上|这|本)?(?:周|星期|礼拜)[一二三四五六日天末](?:早上|上午|中午|下午|晚上)?|(?:刚才|刚刚)"
    r"|(?:早上|上午|中午|下午|晚上|夜里|凌晨)\s*\d{1,2}\s*[点:：]\s*半?\d{0,2}|(?<![\d.])\d{1,2}[:：]\d{2}(?!\d)"
    r"|\b(?:this (?:morning|afternoon|evening)|last (?:night|week)|yesterday|today|tonight|just now"
    r"|(?:last |on )?(?:mon|tues|wednes|thurs|fri|satur|sun)day|\d{1,2}(?::\d{2})?\s?[ap]m)\b",
    re.IGNORECASE,
)
# A number with a point is a version, unless a unit follows: 4.3 is one, 4.3 米 and 4.3% are none.
_VERSION = re.compile(
    r"(?:(?:系统版本|版本|固件|系统|version|firmware|app|ios|android|ota)\s*(?:号|是|为|:|：)?\s*)?"
    r"(?<![\d.])[vV]?\d{1,4}\.\d{1,4}(?:\.\d{1,4}){0,3}(?![\d.])(?!\s*(?:%|％|[米元块万度分秒寸斤吨升]|公里|小时|厘米|毫米"
    r"|千米|英寸|[kKcCmM]?[mM](?![a-zA-Z])|kg|km|kwh|gb|mb|inch|hours?|usd))",
    re.IGNORECASE,
)
_TIMES = re.compile(
    r"每次|每回|每天|总是|一直|老是|经常|偶尔|有时候?|时不时|头一次|第[一二三四五六七八九十\d]+次|[一二两三四五六七八九十\d]+[次回](?!性)"
    r"|\b(?:every ?time|always|often|sometimes|once|twice|(?:\d+|two|three|several|many) times)\b",
    re.IGNORECASE,
)
_PATTERNS = {"when": _WHEN, "version": _VERSION, "times": _TIMES}


def find_facts(text: str) -> dict[str, str]:
    """Return what a text tells, by the key of the field that would ask for it."""
    found = {key: pattern.search(text) for key, pattern in _PATTERNS.items()}
    return {key: match.group().strip() for key, match in found.items() if match and match.group().strip()}
