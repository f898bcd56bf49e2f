"""The dispatcher: once, in one transaction, and never stopped by one poisonous Update."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.adapters.base import Taken
from bot.dispatcher import Dispatcher
from bot.metrics import Metrics
from handlers.base import Context, NotUnderstoodError, Settings, UserError
from handlers.events import Event, called
from storage import tables
from storage.db import Database
from storage.records import EVERYBODY, STAFF, ChatKind, ChatState
from tests.conftest import FixedTriage
from tests.fakes import FakeAdapter, FakeClock
from tests.talk import GROUP, LI, YU, ZHANG, Talk


class Echo:
    """A handler for tests: repeats, refuses or breaks."""

    NAME = "echo"
    ROLES = EVERYBODY
    COMMANDS = ("echo", "回声")
    EXAMPLE = "/echo 早"

    def match(self, event: Event, settings: Settings) -> str | None:
        """Match /echo."""
        return called(event, self.COMMANDS)

    async def handle(self, event: Event, argument: str, ctx: Context) -> None:
        """Repeat the words, or fail."""
        await ctx.uow.audit.add("echo", by_id=ctx.sender.id, now=ctx.now, detail=argument)
        if argument == "broken":
            raise RuntimeError("a bug")
        if argument == "wordless":
            raise UserError("no.such.text")
        if not argument:
            raise NotUnderstoodError("error.not_allowed", example=self.EXAMPLE)
        await ctx.reply((argument,))


class StaffOnly(Echo):
    """The same, for staff."""

    NAME = "staffonly"
    ROLES = STAFF
    COMMANDS = ("staffonly", "内部")


@pytest.fixture
def metrics() -> Metrics:
    """Give the counters that the dispatcher counts with."""
    return Metrics()


@pytest.fixture
def talk(
    talk: Talk,
    database: Database,
    settings: Settings,
    clock: FakeClock,
    adapter: FakeAdapter,
    metrics: Metrics,
) -> Talk:
    """Give a talk whose only handlers are Echo and StaffOnly, with words for the errors."""
    from locales.catalog import Catalog

    words = {"error.not_allowed": "不行", "error.failed": "出错了", "error.conflict": "有人先改了"}
    talk.dispatcher = Dispatcher(
        database, settings=settings, texts=Catalog({"zh_CN": words, "en": words}), plans=talk.core.plans,
        triage=FixedTriage(), capabilities={(adapter.platform, k): c for k, c in adapter.capabilities.items()},
        now=clock.now, count=metrics.add, handlers=(Echo(), StaffOnly()),
    )  # fmt: skip
    return talk


async def count(talk: Talk, table: sa.Table) -> int:
    """Count the rows of a table."""
    async with talk.database.read() as uow:
        return int((await uow.connection.execute(sa.select(sa.func.count()).select_from(table))).scalar_one())


async def test_a_command_is_answered_as_a_reply_in_the_group(talk: Talk) -> None:
    said = await talk.says(ZHANG, "/echo 早")
    assert talk.last().text == "早"
    assert talk.last().message.reply_to == said.message_id


async def test_the_same_update_delivered_twice_or_in_parallel_is_handled_once(talk: Talk) -> None:
    taken = talk.taken(talk.message(ZHANG, "/echo 早"))
    await talk.take(taken, taken)
    await talk.take(taken)
    assert talk.heard() == ["早"]


async def test_every_new_update_of_a_batch_is_counted_and_no_repeat(talk: Talk, metrics: Metrics) -> None:
    batch = [talk.taken(talk.message(ZHANG, f"/echo {word}")) for word in ("一", "二", "三")]
    await talk.take(*batch, batch[0])
    await talk.take(*batch)
    assert metrics.value("updates", str(talk.adapter.platform)) == 3


async def test_updates_out_of_order_are_all_handled(talk: Talk) -> None:
    first, second = (talk.taken(talk.message(ZHANG, f"/echo {word}")) for word in ("一", "二"))
    await talk.take(second)
    await talk.take(first)
    assert talk.heard() == ["二", "一"]


async def test_an_update_that_cannot_be_parsed_is_kept_raw_and_holds_up_nothing(talk: Talk) -> None:
    await talk.take(Taken("bad", raw='{"x":', error="truncated"), talk.taken(talk.message(ZHANG, "/echo 早")))
    assert talk.heard() == ["早"]
    async with talk.database.read() as uow:
        [kept] = await uow.updates.list_quarantined()
    assert (kept.raw, kept.error) == ('{"x":', "truncated")


async def test_a_handler_that_breaks_is_undone_says_so_and_the_batch_goes_on(talk: Talk) -> None:
    await talk.take(*(talk.taken(talk.message(ZHANG, f"/echo {word}")) for word in ("broken", "早")))
    assert talk.heard() == ["出错了", "早"]
    assert await count(talk, tables.audit) == 1


async def test_an_error_without_words_holds_up_nothing(talk: Talk) -> None:
    await talk.take(*(talk.taken(talk.message(ZHANG, f"/echo {word}")) for word in ("wordless", "早")))
    assert talk.heard() == ["早"]


async def test_a_user_error_is_undone_and_becomes_one_line(talk: Talk) -> None:
    await talk.says(ZHANG, "/echo")
    assert talk.heard() == ["不行"]
    assert await count(talk, tables.audit) == 0


async def test_a_member_who_calls_a_staff_command_is_refused_without_side_effects(talk: Talk) -> None:
    await talk.says(YU, "/staffonly 早")
    assert talk.heard() == ["不行"]
    assert await count(talk, tables.audit) == 0
    await talk.says(LI, "/staffonly 早")
    assert talk.heard() == ["早"]


async def test_a_first_private_message_that_is_refused_still_gets_its_line(talk: Talk) -> None:
    await talk.says(ZHANG, "/echo", dm=True)
    assert talk.heard(ZHANG) == ["不行"]
    await talk.says(ZHANG, "/echo 早", dm=True)
    assert talk.heard(ZHANG) == ["早"]


async def test_a_members_own_words_may_begin_like_a_staff_command(talk: Talk) -> None:
    await talk.says(ZHANG, "内部 消息", dm=True)
    assert talk.heard(ZHANG) == []
    await talk.says(ZHANG, "/内部 消息", dm=True)
    assert talk.heard(ZHANG) == ["不行"]


async def test_ordinary_talk_is_counted_once_a_batch_and_never_stored(talk: Talk) -> None:
    chatter = [talk.taken(talk.message(who, "今天路上真堵，你们那边怎么样？")) for who in (ZHANG, YU, ZHANG)]
    await talk.take(*chatter)
    async with talk.database.read() as uow:
        rows = (await uow.connection.execute(sa.select(tables.activity.c.messages))).scalars().all()
    assert sorted(rows) == [1, 2]


async def test_a_first_ever_message_gets_one_reaction_and_a_second_none(talk: Talk) -> None:
    said = await talk.says(ZHANG, "大家好，我是新来的，请多多关照啊")
    await talk.says(ZHANG, "大家好，我是新来的，请多多关照啊")
    assert talk.adapter.reactions == [(said.chat, said.message_id, "🤝")]


async def test_who_is_at_home_in_one_group_is_a_first_voice_in_another_and_never_twice(talk: Talk) -> None:
    async with talk.database.begin() as uow:
        await uow.chats.add(
            talk.adapter.platform, "-1002", ChatKind.GROUP, title="露营群", state=ChatState.SERVED,
            language="zh_CN", timezone="Asia/Shanghai",
        )  # fmt: skip
    words = "大家好，我是新来的，请多多关照啊"
    first = [await talk.says(ZHANG, words, chat=chat) for chat in (GROUP, "-1002")]
    talk.clock.at += timedelta(hours=2)  # who was stored for certain is asked anew
    for chat in (GROUP, "-1002"):
        await talk.says(ZHANG, words, chat=chat)
    assert talk.adapter.reactions == [(said.chat, said.message_id, "🤝") for said in first]
    assert await count(talk, tables.acquaintances) == 2
    assert await count(talk, tables.activity) == 2


async def test_in_a_group_nobody_admitted_nothing_is_answered_counted_or_welcomed(talk: Talk) -> None:
    await talk.says(ZHANG, "/echo 早", chat="-999")
    await talk.says(ZHANG, "今天路上真堵，你们那边怎么样？", chat="-999")
    assert talk.adapter.parcels == []
    assert await count(talk, tables.activity) == 0


async def test_a_bot_that_talks_to_us_is_ignored(talk: Talk) -> None:
    await talk.says(replace(ZHANG, is_bot=True), "/echo 早")
    assert talk.heard() == []


async def test_nothing_is_stored_when_the_commit_fails_and_the_batch_can_be_offered_again(talk: Talk) -> None:
    from storage.errors import StorageBusyError

    class Full(Echo):
        async def handle(self, event: Event, argument: str, ctx: Context) -> None:
            await super().handle(event, argument, ctx)
            raise StorageBusyError("database or disk is full")

    ordinary = talk.dispatcher._handlers
    talk.dispatcher._handlers = (Full(),)
    taken = talk.taken(talk.message(ZHANG, "/echo 早"))
    with pytest.raises(StorageBusyError):
        await talk.take(taken)
    assert await count(talk, tables.updates) == 0
    talk.dispatcher._handlers = ordinary
    await talk.take(taken)
    assert talk.heard() == ["早"]


async def test_an_update_that_no_transaction_can_take_is_set_aside_and_the_rest_goes_on(talk: Talk) -> None:
    poisonous = talk.message(
        replace(ZHANG, name="\ud800"), "/echo 坏"
    )  # a lone surrogate fits in no database
    await talk.take(talk.taken(poisonous), talk.taken(talk.message(YU, "/echo 早")))
    assert talk.heard() == ["早"]
    async with talk.database.read() as uow:
        assert await uow.updates.count_quarantined() == 1


async def test_a_first_message_that_is_a_command_is_not_celebrated(talk: Talk) -> None:
    await talk.says(ZHANG, "/help")
    assert "🤝" not in {emoji for _, _, emoji in talk.adapter.reactions}


async def test_who_takes_another_name_is_known_by_the_last_one_in_a_batch(talk: Talk) -> None:
    renamed = replace(ZHANG, name="老张")
    await talk.says(ZHANG, "/echo 早")
    await talk.take(*(talk.taken(talk.message(who, "/echo 早")) for who in (ZHANG, renamed)))
    async with talk.database.read() as uow:
        found = await uow.members.find(talk.adapter.platform, ZHANG.external_id)
    assert found is not None
    assert found.name == "老张"


async def test_an_update_that_comes_again_stores_nobody_anew(talk: Talk) -> None:
    taken = talk.taken(talk.message(ZHANG, "/echo 早"))
    await talk.take(taken)
    async with talk.database.begin() as uow:
        await uow.connection.execute(sa.delete(tables.acquaintances))
        await uow.connection.execute(sa.delete(tables.activity))
        await uow.connection.execute(sa.delete(tables.audit))
        await uow.connection.execute(sa.delete(tables.members))
    await talk.take(taken)
    assert await count(talk, tables.members) == 0
