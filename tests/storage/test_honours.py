"""Titles, rungs, boards, discoveries, betas, the circle: the same on both databases."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from storage.betas import TrialState
from storage.boards import Signal, ranked
from storage.circle import ASK_AGAIN_AFTER, Membership
from storage.contributions import Credit
from storage.db import Database
from storage.honours import LADDER, rung_after, rung_at
from storage.records import Member, Platform, Role, Status, Verdict
from storage.seasons import SeasonKind, season_of
from storage.titles import Honour
from storage.uow import UnitOfWork
from tests.fakes import at
from tests.storage.test_facts import voice
from tests.storage.test_outbox import NOON, group, member

DAY = timedelta(days=1)
SHANGHAI = ZoneInfo("Asia/Shanghai")


async def people(uow: UnitOfWork, *names: str) -> list[Member]:
    """Meet some people, at home in the group."""
    chat = await group(uow)
    met = await uow.members.meet(Platform.TELEGRAM, [(name, name, "") for name in names], NOON)
    for each in met.values():
        await uow.members.change(each.id, home_chat_id=chat.id)
    return [met[name] for name in names]


async def test_of_two_who_give_the_same_title_the_second_is_told(database: Database) -> None:
    async with database.begin() as uow:
        zhang = await member(uow)
        first = await uow.titles.grant(zhang.id, Honour.CREATIVE, NOON, reason="露营灯", by_id=zhang.id)
        assert first is not None
        assert await uow.titles.grant(zhang.id, Honour.CREATIVE, NOON) is None
        assert await uow.titles.revoke(zhang.id, Honour.CREATIVE, NOON, zhang.id)
        assert not await uow.titles.revoke(zhang.id, Honour.CREATIVE, NOON, zhang.id)
        assert await uow.titles.find(zhang.id, Honour.CREATIVE) is None
        assert await uow.titles.grant(zhang.id, Honour.CREATIVE, NOON) is not None


async def test_titles_are_listed_in_the_order_in_which_they_are_shown(database: Database) -> None:
    async with database.begin() as uow:
        zhang = await member(uow)
        await uow.titles.grant(zhang.id, Honour.HELPER, NOON)
        await uow.titles.grant(zhang.id, Honour.ADVISER, NOON + DAY, subject="feedback:1")
        assert [t.kind for t in await uow.titles.list_of(zhang.id)] == [Honour.ADVISER, Honour.HELPER]
        by_subject = await uow.titles.find_by_subject(zhang.id, "feedback:1")
        assert by_subject is not None
        assert by_subject.kind is Honour.ADVISER
        assert [t.kind for t in await uow.titles.list_given(NOON, NOON + DAY)] == [Honour.HELPER]
        assert [t.kind for t in await uow.titles.list_newest()] == [Honour.ADVISER, Honour.HELPER]


async def test_a_rung_is_reached_once_and_what_it_opens_is_ticked_off_once(database: Database) -> None:
    async with database.begin() as uow:
        zhang = await member(uow)
        assert await uow.ladder.reach(zhang.id, "常客", ("样书", "内测"), NOON)
        assert not await uow.ladder.reach(zhang.id, "常客", ("样书", "内测"), NOON)
        assert await uow.ladder.list_reached(zhang.id) == {"常客"}
        first, second = await uow.ladder.list_open()
        assert (first.unlock, second.unlock) == ("样书", "内测")
        assert await uow.ladder.hand_over(first.id, zhang.id, NOON)
        assert not await uow.ladder.hand_over(first.id, zhang.id, NOON)
        assert await uow.ladder.count_open() == 1
        done = await uow.ladder.find(first.id)
        assert done is not None
        assert done.done_by_id == zhang.id


async def test_a_board_counts_outcomes_of_members_only_in_its_time_and_group(database: Database) -> None:
    async with database.begin() as uow:
        zhang, yu, li, shy, alias = await people(uow, "张哥", "小雨", "小李", "害羞", "alias:蓝鲸")
        await uow.members.change(li.id, role=str(Role.KOS))
        await uow.members.change(shy.id, is_honoured=False)
        for each in (zhang, yu, li, shy, alias):
            await uow.contributions.add(each.id, Credit.FIRST_REPORT, "feedback:1", NOON)
        await uow.contributions.add(yu.id, Credit.VERIFICATION, "feedback:1", NOON)
        await uow.contributions.add(zhang.id, Credit.CAUSED_CHANGE, "feedback:1", NOON)
        await uow.contributions.add(zhang.id, Credit.DISCOVERY, "discovery:1", NOON - DAY)
        chat = await group(uow)
        board = await uow.boards.list_contributors(NOON, NOON + DAY, limit=10, chat_id=chat.id)
        assert board == [(yu.id, 2), (zhang.id, 1)]
        assert await uow.boards.list_contributors(NOON, NOON + DAY, limit=10, chat_id=chat.id + 1) == []
        assert await uow.boards.list_contributors(NOON + DAY, NOON + 2 * DAY, limit=10) == []


async def test_staff_are_counted_by_the_loops_their_contributors_closed(database: Database) -> None:
    async with database.begin() as uow:
        feedback = await voice(uow)
        (li,) = await people(uow, "小李")
        await uow.members.change(li.id, role=str(Role.KOS))
        assert await uow.boards.list_closers(NOON, NOON + DAY, limit=5) == []
        await uow.feedback.change(
            feedback, Status.RESOLVED, by_id=li.id, note="改好了", now=NOON, owner_id=li.id
        )
        resolved = await uow.feedback.get(feedback.id)
        await uow.feedback.change(resolved, Status.VERIFIED, by_id=feedback.contributor_id, note="", now=NOON)
        assert await uow.boards.list_closers(NOON, NOON + DAY, limit=5) == [(li.id, 1)]
        signals = await uow.boards.signals([feedback.contributor_id, li.id])
        assert signals == {feedback.contributor_id: Signal(1, 1, 0, 1, 1)}


def test_who_ties_shares_the_better_rank_and_the_next_one_is_left_out() -> None:
    standings = ranked([(1, 5), (2, 3), (3, 3), (4, 1)])
    assert [(s.rank, s.is_tied) for s in standings] == [(1, False), (2, True), (2, True), (4, False)]


async def test_a_discovery_is_kept_once_and_chosen_once(database: Database) -> None:
    async with database.begin() as uow:
        chat, zhang = await group(uow), await member(uow)
        said = {
            "chat_id": chat.id,
            "member_id": zhang.id,
            "message_id": "7",
            "text": "能当露营灯",
            "link": "",
        }
        found = await uow.discoveries.add(now=NOON, **said)
        assert found is not None
        assert await uow.discoveries.add(now=NOON, **said) is None
        assert await uow.discoveries.list_open(since=NOON) == [found]
        assert await uow.discoveries.list_open(since=NOON + DAY) == []
        assert await uow.discoveries.choose(found.id, zhang.id, NOON)
        assert not await uow.discoveries.choose(found.id, zhang.id, NOON)
        assert await uow.discoveries.list_open(since=NOON) == []
        assert await uow.discoveries.count_since(zhang.id, NOON - DAY) == 1


async def test_who_was_asked_to_try_stands_where_they_answered(database: Database) -> None:
    async with database.begin() as uow:
        feedback = await voice(uow)
        zhang, yu = await people(uow, "张哥", "小雨")
        beta = await uow.betas.add(feedback.id, zhang.id, "4.3 测试版", NOON, NOON.date())
        assert await uow.betas.find_last(feedback.id) == beta == await uow.betas.find(beta.id)
        await uow.betas.invite(beta.id, [zhang.id, yu.id], NOON)
        await uow.betas.invite(beta.id, [zhang.id], NOON)
        trial = await uow.betas.find_trial(beta.id, zhang.id)
        assert trial is not None
        assert trial.state is TrialState.INVITED
        await uow.betas.change(trial, NOON + DAY, state=TrialState.DONE, verdict=Verdict.BETTER)
        assert await uow.betas.count_by_state(beta.id) == {
            (TrialState.DONE, Verdict.BETTER): 1,
            (TrialState.INVITED, None): 1,
        }
        assert [t.member_id for t in await uow.betas.list_trials(beta.id)] == [zhang.id, yu.id]


async def test_the_circle_asks_again_only_after_a_while_and_never_who_is_in_it(database: Database) -> None:
    async with database.begin() as uow:
        zhang, li = await people(uow, "张哥", "小李")
        assert not await uow.circle.answer(zhang.id, Membership.ACCEPTED, NOON)
        assert await uow.circle.invite(zhang.id, li.id, NOON)
        assert not await uow.circle.invite(zhang.id, li.id, NOON)
        assert await uow.circle.answer(zhang.id, Membership.DECLINED, NOON)
        later = NOON + ASK_AGAIN_AFTER + DAY
        assert await uow.circle.invite(zhang.id, li.id, later)
        assert await uow.circle.answer(zhang.id, Membership.ACCEPTED, later)
        assert not await uow.circle.answer(zhang.id, Membership.ACCEPTED, later)
        assert not await uow.circle.invite(zhang.id, li.id, later + ASK_AGAIN_AFTER + DAY)
        assert await uow.circle.list_members() == [zhang.id]
        place = (await uow.circle.list_by_id([zhang.id]))[zhang.id]
        assert (place.state, place.by_id) == (Membership.ACCEPTED, li.id)


async def test_thanks_are_counted_both_ways_between_two_people(database: Database) -> None:
    async with database.begin() as uow:
        zhang, yu = await people(uow, "张哥", "小雨")
        await uow.contributions.add(zhang.id, Credit.THANKED_ANSWER, "thanks:1", NOON, by_id=yu.id)
        await uow.contributions.add(yu.id, Credit.THANKED_ANSWER, "thanks:2", NOON, by_id=zhang.id)
        await uow.contributions.add(zhang.id, Credit.USEFUL_DETAIL, "feedback:1", NOON, by_id=yu.id)
        assert await uow.contributions.count_thanks_between(zhang.id, yu.id, NOON) == 2
        assert await uow.contributions.count_thanks_to(zhang.id, NOON) == 1
        assert await uow.contributions.count_thanks_by(zhang.id, NOON) == 1
        assert await uow.contributions.count_thankers(zhang.id) == 1


@pytest.mark.parametrize(
    ("kind", "number", "start", "end"),
    [
        (SeasonKind.MONTH, 12, "2026-11-30 16:00", "2026-12-31 16:00"),
        (SeasonKind.QUARTER, 4, "2026-09-30 16:00", "2026-12-31 16:00"),
        (SeasonKind.YEAR, 1, "2025-12-31 16:00", "2026-12-31 16:00"),
    ],
)
def test_a_season_begins_and_ends_by_the_clocks_of_the_group(
    kind: SeasonKind, number: int, start: str, end: str
) -> None:
    season = season_of(at("2026-12-31 15:59"), kind, SHANGHAI)
    assert (season.year, season.number, season.start, season.end) == (2026, number, at(start), at(end))
    following = season_of(at("2026-12-31 16:00"), kind, SHANGHAI)
    assert following.year == 2027


def test_the_rung_is_the_highest_that_is_reached_and_the_next_one_is_above_it() -> None:
    assert rung_at(LADDER, 0).name == "rung.new_voice"
    assert rung_at(LADDER, 7).name == "rung.contributor"
    following = rung_after(LADDER, 7)
    assert following is not None
    assert following.name == "rung.adviser"
    assert rung_after(LADDER, 99) is None
