"""Raw updates of a busy group, as Telegram sends them. Used by the intake benches."""

from __future__ import annotations

import random
from typing import Any

from benchmarks.processes import GROUP

PEOPLE = 300
_WORDS = "今天路上有点堵周末去哪里玩新车保养油耗还是挺不错的你们觉得呢下雨记得关窗充电桩排队了"


def group_messages(count: int, one_in: int, first_id: int = 1) -> list[dict[str, Any]]:
    """Make `count` group messages, one in `one_in` of them a feedback (0: none), each by somebody else."""
    rng = random.Random(20261121)
    return [
        _message(rng, first_id + n, n // one_in % PEOPLE if one_in and n % one_in == 0 else None)
        for n in range(count)
    ]


def everybody(first_id: int = 1) -> list[dict[str, Any]]:
    """Make one message of each person, so that nobody is new afterwards."""
    rng = random.Random(1)
    return [_message(rng, first_id + n, None, person=n) for n in range(PEOPLE)]


def last_words(first_id: int, count: int = 10) -> list[dict[str, Any]]:
    """Make a feedback of each of the last people, who say none in `group_messages` of ordinary length."""
    rng = random.Random(2)
    return [_message(rng, first_id + n, PEOPLE - 1 - n) for n in range(count)]


def _message(
    rng: random.Random, number: int, critic: int | None, person: int | None = None
) -> dict[str, Any]:
    is_feedback = critic is not None
    drawn = rng.randrange(PEOPLE) if critic is None else critic
    person = drawn if person is None else person
    words = "".join(rng.choice(_WORDS) for _ in range(rng.randrange(16, 32)))
    text = f"#反馈 第 {number} 条：{words}" if is_feedback else words
    message: dict[str, Any] = {
        "message_id": number,
        "from": {
            "id": 700_000_000 + person, "is_bot": False, "first_name": f"车友{person}", "username": f"driver{person}",
            "language_code": "zh-hans",
        },
        "chat": {"id": GROUP, "title": "车主群", "type": "supergroup"},
        "date": 1_790_000_000 + number,
        "text": text,
    }  # fmt: skip
    if is_feedback:
        message["entities"] = [{"offset": 0, "length": 3, "type": "hashtag"}]
    return {"update_id": 900_000_000 + number, "message": message}
