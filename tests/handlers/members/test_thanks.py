"""Dialogues of the intent `thanks`: a member thanks another, and nobody farms it."""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import datetime, timedelta

import hypothesis
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from handlers.base import Settings
from handlers.events import Event, EventKind, Replied, Sender
from handlers.members import thanks
from storage import tables
from storage.contributions import Credit
from storage.records import ChatKind, Platform
from storage.titles import Honour
from tests.fakes import at
from tests.handlers.kos.test_award import known, titles
from tests.talk import GROUP, LI, YU, ZHANG, Person, Talk


async def helps(talk: Talk, helper: Person, asker: Person, words: str = "谢谢！") -> None:
    """Let somebody answer in the group and be thanked."""
    answer = await talk.says(helper, "长按电源键十秒就能重启，记得先熄火")
    await talk.says(asker, words, reply_to=answer)


async def thanked(talk: Talk, who: Person) -> int:
    """Count the thanks that credited somebody."""
    member = await known(talk, who)
    async with talk.database.read() as uow:
        return (await uow.contributions.count(member.id)).get(Credit.THANKED_ANSWER, 0)


@pytest.mark.parametrize(
    "words",
    ["谢谢", "谢谢大佬！", "有用", "很有用，学到了", "感谢分享", "thanks!", "Thank you so much", "THX"],
)
async def test_thanks_as_a_reply_credit_who_helped_and_the_group_hears_nothing(
    talk: Talk, words: str
) -> None:
    await helps(talk, YU, ZHANG, words)
    assert await thanked(talk, YU) == 1
    assert talk.heard() == []


@pytest.mark.parametrize(
    "words",
    [
        "没有用",
        "谢谢，但是没用",
        "有用吗",
        "谢谢，不用了",
        "thanks but no",
        "有用？",
        "好的",
        "谢了个寂寞，还是老样子，一点都没改善过，别再跟我说这一套了",
    ],
)
async def test_what_is_no_thanks_credits_nobody(talk: Talk, words: str) -> None:
    await helps(talk, YU, ZHANG, words)
    assert await thanked(talk, YU) == 0


async def test_once_a_pair_a_day(talk: Talk) -> None:
    for _ in range(3):
        await helps(talk, YU, ZHANG)
    assert await thanked(talk, YU) == 1
    await talk.advance(days=1)
    await helps(talk, YU, ZHANG)
    assert await thanked(talk, YU) == 2


async def test_nobody_is_thanked_by_themselves_and_staff_get_no_members_credit(talk: Talk) -> None:
    await helps(talk, ZHANG, ZHANG)
    await helps(talk, LI, ZHANG)
    assert (await thanked(talk, ZHANG), await thanked(talk, LI)) == (0, 0)


@pytest.mark.parametrize("answer", ["谢谢", "感谢感谢！", "哈", "👍", "thanks a lot"])
async def test_what_helped_nobody_cannot_be_thanked_for(talk: Talk, answer: str) -> None:
    said = await talk.says(YU, answer)
    await talk.says(ZHANG, "谢谢", reply_to=said)
    async with talk.database.read() as uow:
        rows = await uow.connection.execute(sa.select(sa.func.count()).select_from(tables.contributions))
        assert rows.scalar() == 0


async def test_two_who_thank_each_other_every_day_get_three_lines_a_month_together(talk: Talk) -> None:
    for _ in range(10):
        await helps(talk, YU, ZHANG)
        await helps(talk, ZHANG, YU)
        await talk.advance(days=1)
    assert await thanked(talk, YU) + await thanked(talk, ZHANG) == 3
    await talk.advance(days=31)
    await helps(talk, YU, ZHANG)
    assert await thanked(talk, YU) + await thanked(talk, ZHANG) == 4


async def test_a_day_has_a_cap_for_who_is_thanked_and_for_who_thanks(talk: Talk) -> None:
    crowd = [Person(f"9{n}", f"路人{n}") for n in range(6)]
    for person in crowd:
        await helps(talk, YU, person)
    assert await thanked(talk, YU) == 3
    for person in crowd:
        await helps(talk, person, ZHANG)
    credited = [await thanked(talk, person) for person in crowd]
    assert sum(credited) == 3


async def test_thanked_by_five_different_people_is_a_title_told_once(talk: Talk) -> None:
    await talk.says(YU, "早")
    for number in range(6):
        await helps(talk, YU, Person(f"9{number}", f"路人{number}"))
        assert (await titles(talk, YU) == [Honour.HELPER]) is (number >= 4)
        await talk.advance(days=1)
    told = [text for text in talk.heard(YU) if "「热心用户」是您的了" in text]
    assert len(told) == 1
    assert talk.adapter.tags == {(GROUP, YU.external_id): "热心用户"}


@pytest.mark.parametrize(
    "sender",
    [
        Sender("77", "别的机器人", is_bot=True),
        Sender("-100", "频道", is_person=False),
        Sender("", ""),
        Sender("501", "张哥"),
        None,
    ],
    ids=["a bot", "a channel", "nobody", "oneself", "unknown"],
)
def test_only_another_person_can_be_thanked(sender: Sender | None, settings: Settings) -> None:
    event = Event(
        update_id="1", kind=EventKind.MESSAGE, platform=Platform.TELEGRAM, chat=GROUP, chat_kind=ChatKind.GROUP,
        sender=Sender("501", "张哥"), at=at("2026-10-12 02:00"), message_id="2", text="谢谢",
        reply_to=Replied("1", sender, "长按电源键"),
    )  # fmt: skip
    assert thanks.match(event, settings) is None


ACTS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 30)), max_size=20)
"""Who helps, who thanks, and how many hours pass before."""

_crowds = itertools.count(1)


@given(ACTS)
@hypothesis.settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_whatever_four_people_try_the_caps_hold(talk: Talk, acts: list[tuple[int, int, int]]) -> None:
    crowd = next(_crowds)  # new people each time, so that one attempt does not see another's ledger
    people = [Person(f"8{crowd:03}{n}", f"甲{crowd}-{n}") for n in range(4)]
    for helper, asker, hours in acts:
        talk.clock.at += timedelta(hours=hours)
        await helps(talk, people[helper], people[asker])
    lines = await ledger(talk, people)
    assert all(helper != asker for helper, asker, _ in lines)
    days = [(at + timedelta(hours=8)).date() for _, _, at in lines]
    assert max(Counter((h, a, d) for (h, a, _), d in zip(lines, days, strict=True)).values(), default=0) <= 1
    assert max(Counter((h, d) for (h, _, _), d in zip(lines, days, strict=True)).values(), default=0) <= 3
    assert max(Counter((a, d) for (_, a, _), d in zip(lines, days, strict=True)).values(), default=0) <= 3
    for helper, asker, now in lines:
        pair = [
            at for h, a, at in lines if {h, a} == {helper, asker} and now - timedelta(days=30) <= at <= now
        ]
        assert len(pair) <= 3


async def ledger(talk: Talk, people: list[Person]) -> list[tuple[int, int, datetime]]:
    """Return who was thanked by whom and when, of these people."""
    async with talk.database.read() as uow:
        found = [await uow.members.find(talk.adapter.platform, person.external_id) for person in people]
        ids = {member.id for member in found if member is not None}
        rows = await uow.connection.execute(sa.select(tables.contributions))
        return [(row.member_id, row.by_id, row.at) for row in rows if row.member_id in ids]
