"""Names where the platform gives none, and whose words a quote holds."""

import os
from datetime import UTC, datetime, timedelta

import pytest

from rituals.base import Question, RitualSettings
from storage.records import Platform, Role
from storage.staff import CONFIG, Grant
from tests.bot.adapters.wecom.conftest import GROUP, Begin, Community
from tests.wecom import NoAck, refusals

SAID = "希望能改投票的截止时间"


@pytest.fixture
def ritual_settings() -> tuple[RitualSettings, ...]:
    """Give a check-in and a poll, which tests begin themselves."""
    question = Question("周末去哪？", ("爬山", "桌游"))
    return (
        RitualSettings("morning", "checkin", "0 9 * * *", window=timedelta(hours=12)),
        RitualSettings("weekend", "poll", "0 9 * * *", window=timedelta(hours=12), questions=(question,)),
    )


async def name_of(c: Community, userid: str) -> str:
    async with c.database.read() as uow:
        member = await uow.members.find(Platform.WECOM, userid)
    assert member is not None
    return member.name


async def contributor_of(c: Community, number: int) -> tuple[str, str]:
    async with c.database.read() as uow:
        feedback = await uow.feedback.get(number)
        member = await uow.members.get(feedback.contributor_id)
    return member.external_id, feedback.on_behalf_of


async def test_a_name_comes_from_the_contacts_where_there_is_an_app(begin: Begin) -> None:
    c = await begin(app=True, names={})
    await c.wecom.says(c.yu, "@小助手 #反馈 座椅太硬了，坐不住", c.group)
    await c.wecom.sees(c.group, "#1")
    assert await name_of(c, "xiaoyu") == "小雨"


async def test_a_name_that_cannot_be_had_is_asked_for_once(begin: Begin) -> None:
    c = await begin(names={})
    await c.wecom.says(c.yu, "你好")
    await c.wecom.sees(c.yu, "怎么称呼您")
    await c.wecom.says(c.yu, "雨姐")
    await c.wecom.sees(c.yu, "好的，雨姐")
    await c.wecom.says(c.yu, "#反馈 座椅太硬了，坐不住")
    await c.wecom.sees(c.yu, "#1")
    assert await name_of(c, "xiaoyu") == "雨姐"
    assert sum("怎么称呼您" in shown.text for shown in c.wecom.seen(c.yu)) == 1


@pytest.mark.parametrize(
    ("words", "answer"), [("跳过", "没关系"), ("早上我发现座椅太硬了，坐久了腰疼", "记")]
)
async def test_what_is_no_name_is_not_taken_for_one(begin: Begin, words: str, answer: str) -> None:
    c = await begin(names={})
    await c.wecom.says(c.yu, "你好")
    await c.wecom.sees(c.yu, "怎么称呼您")
    seen = len(c.wecom.stage.shown)
    await c.wecom.says(c.yu, words)
    await c.wecom.sees(c.yu, answer, since=seen)
    assert await name_of(c, "xiaoyu") == ""


async def test_the_alias_table_is_used_when_nobody_else_says_a_name(begin: Begin) -> None:
    c = await begin(names={"xiaoyu": "雨总"})
    await c.wecom.says(c.yu, "你好")
    await c.wecom.sees(c.yu)
    await c.adapter.intake.idle()
    assert await name_of(c, "xiaoyu") == "雨总"
    assert not any("怎么称呼您" in shown.text for shown in c.wecom.seen(c.yu))


async def test_a_contacts_that_does_not_answer_delays_nobody(begin: Begin) -> None:
    c = await begin(app=True, names={"xiaoyu": "雨总"})
    c.wecom.fails("/cgi-bin/user/get", NoAck(accepted=False), times=None)
    c.wecom.fails("/cgi-bin/gettoken", refusals.BAD_SECRET, times=None)
    await c.wecom.says(c.yu, "@小助手 #反馈 座椅太硬了，坐不住", c.group)
    await c.wecom.sees(c.group, "#1")


async def test_a_quote_of_something_said_to_us_finds_its_author(begin: Begin) -> None:
    c = await begin()
    await c.wecom.says(c.zhang, f"@小助手 {SAID}", c.group)
    await c.wecom.says(c.yu, "@小助手 #反馈", c.group, quote=f"@小助手\u2005{SAID}")
    await c.wecom.sees(c.group, "#1")
    assert await contributor_of(c, 1) == ("zhangsan", "")


@pytest.mark.parametrize(
    ("answer", "contributor", "on_behalf_of"),
    [("我", "xiaoyu", ""), ("张哥", "zhangsan", ""), ("王师傅", "xiaoyu", "王师傅")],
)
async def test_a_quote_of_something_unheard_makes_us_ask_whose_it_is(
    begin: Begin, answer: str, contributor: str, on_behalf_of: str
) -> None:
    c = await begin()
    await c.wecom.says(c.zhang, "@小助手 在吗", c.group)
    await c.wecom.says(c.yu, "@小助手 #反馈", c.group, quote=SAID)
    await c.wecom.sees(c.group, "是谁说的")
    await c.wecom.says(c.yu, f"@小助手 {answer}", c.group)
    await c.wecom.sees(c.group, "#1")
    assert await contributor_of(c, 1) == (contributor, on_behalf_of)


async def test_without_the_index_every_quote_is_asked_about(begin: Begin) -> None:
    c = await begin(remember_for=timedelta(0))
    await c.wecom.says(c.zhang, f"@小助手 {SAID}", c.group)
    await c.wecom.says(c.yu, "@小助手 #反馈", c.group, quote=SAID)
    await c.wecom.sees(c.group, "是谁说的")
    async with c.database.read() as uow:
        assert (await uow.connection.exec_driver_sql("SELECT count(*) FROM said")).scalar() == 0


async def test_pictures_are_fetched_and_opened_with_their_own_keys(begin: Begin) -> None:
    c = await begin()
    pictures = [os.urandom(5000), os.urandom(31)]
    await c.wecom.says(c.zhang, "@小助手 #反馈 截图如下，按钮太小", c.group, images=pictures)
    await c.wecom.shows(c.yu, pictures[0])
    folder = c.adapter.settings.data_dir / "media"
    await c.wecom.stage.until(
        lambda: folder.exists() and len(list(folder.glob("*-[0-9]"))) == 3, "not fetched"
    )
    assert sorted(path.read_bytes() for path in folder.iterdir()) == sorted([*pictures, pictures[0]])


async def begun(c: Community, ritual: str) -> None:
    """Have a ritual begun now."""
    async with c.database.begin() as uow:
        chat = await uow.chats.find(Platform.WECOM, GROUP)
        assert chat is not None
        await uow.timers.put(
            f"now:{ritual}", "begin", datetime.now(UTC), data={"ritual": ritual, "chat_id": chat.id}
        )
    await c.wecom.sees(c.group, "打卡" if ritual == "morning" else "周末去哪")


async def test_a_check_in_counts_in_the_group_and_in_private(begin: Begin) -> None:
    c = await begin()
    await begun(c, "morning")
    await c.wecom.says(c.zhang, "@小助手 打卡", c.group)
    await c.wecom.says(c.yu, "@小助手 在吗", c.group)
    await c.wecom.sees(c.group, "我在")
    await c.wecom.says(c.yu, "打卡")
    await c.wecom.sees(c.yu, "第 2 位")
    await c.wecom.says(c.yu, "打卡")
    await c.wecom.sees(c.yu, "已经打过卡")


async def test_a_good_morning_in_private_brings_the_card_that_checks_in(begin: Begin) -> None:
    c = await begin()
    await begun(c, "morning")
    await c.wecom.says(c.yu, "@小助手 在吗", c.group)
    await c.wecom.sees(c.group, "我在")
    await c.wecom.says(c.yu, "早")
    card = await c.wecom.sees(c.yu, "今天的打卡开着")
    assert card.labels == ["打卡"]
    await c.wecom.clicks(c.yu, card, "打卡")
    await c.wecom.stage.until(lambda: c.wecom.stage.updates, "the card was never updated")
    async with c.database.read() as uow:
        assert len(list(await uow.connection.exec_driver_sql("SELECT 1 FROM checkins"))) == 1


async def test_a_poll_is_numbered_in_the_group_and_a_card_in_private(begin: Begin) -> None:
    c = await begin()
    await begun(c, "weekend")
    post = await c.wecom.sees(c.group, "周末去哪")
    assert "2. 桌游" in post.text
    await c.wecom.says(c.zhang, "@小助手 投票 2", c.group)
    await c.wecom.sees(c.group, "桌游")
    await c.wecom.says(c.yu, "@小助手 在吗", c.group)
    await c.wecom.sees(c.group, "我在")
    await c.wecom.says(c.yu, "投票")
    card = await c.wecom.sees(c.yu, "周末去哪")
    await c.wecom.votes(c.yu, card, "爬山")
    await c.wecom.stage.until(lambda: c.wecom.stage.updates, "never updated")
    async with c.database.read() as uow:
        votes = await uow.connection.exec_driver_sql("SELECT choices FROM poll_answers ORDER BY choices")
        assert [row[0] for row in votes] == ["[0]", "[1]"]


async def test_a_quote_of_our_own_words_is_a_reply_to_them(begin: Begin) -> None:
    c = await begin()
    await begun(c, "weekend")
    post = await c.wecom.sees(c.group, "周末去哪")
    await c.wecom.says(c.zhang, "@小助手 投票 1", c.group, quote=post)
    await c.wecom.sees(c.group, "爬山", since=1)
    await c.wecom.says(c.yu, "@小助手 #反馈", c.group, quote=post)
    await c.wecom.sees(c.group, "按钮太小了", since=2)


async def test_whereami_tells_the_id_of_a_group_that_is_not_served_yet(begin: Begin) -> None:
    c = await begin()
    async with c.database.begin() as uow:
        admin = Grant(Platform.WECOM, "minadmin", CONFIG, Role.ADMIN, "阿敏")
        await uow.staff.declare([admin], datetime.now(UTC))
    stranger = c.wecom.group("wrNEW", "新群")
    await c.wecom.says(c.wecom.person("MinAdmin", "阿敏"), "@小助手 ／whereami", stranger)
    await c.wecom.sees(stranger, "wrNEW")
