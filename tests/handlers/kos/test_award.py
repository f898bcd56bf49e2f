"""Dialogues about /award (handlers/kos/award.py): titles, the best find, what a rung opened."""

from __future__ import annotations

from storage.contributions import Credit
from storage.records import Member
from storage.titles import Honour
from tests.handlers.conftest import open_private
from tests.talk import GROUP, LI, MIN, YU, ZHANG, Captured, Person, Talk


async def known(talk: Talk, who: Person) -> Member:
    """Return somebody's record."""
    async with talk.database.read() as uow:
        member = await uow.members.find(talk.adapter.platform, who.external_id)
    assert member is not None
    return member


async def titles(talk: Talk, who: Person) -> list[Honour]:
    """Return what somebody holds."""
    member = await known(talk, who)
    async with talk.database.read() as uow:
        return [title.kind for title in await uow.titles.list_of(member.id)]


async def test_a_title_is_told_to_its_holder_and_the_group_and_stands_beside_the_name(talk: Talk) -> None:
    await talk.says(YU, "早", dm=False)
    await open_private(talk, YU)
    await talk.says(LI, "/award @yu 创意生活家 拿它当露营灯", dm=True)
    assert talk.heard(LI) == ["好，小雨是「创意生活家」了，已经告诉 TA。"]
    assert talk.heard(YU) == ["小雨，小李把「创意生活家」给了您：拿它当露营灯。谢谢您。"]
    assert talk.heard()[-1] == "恭喜小雨，从今天起是我们的「创意生活家」：拿它当露营灯。"
    assert talk.adapter.tags == {(GROUP, YU.external_id): "创意生活家"}
    assert await titles(talk, YU) == [Honour.CREATIVE]


async def test_as_a_reply_the_author_is_meant(talk: Talk) -> None:
    await open_private(talk, LI)
    said = await talk.says(YU, "我拿它当露营灯，特别好使")
    await talk.says(LI, "/award 创意", reply_to=said)
    assert await titles(talk, YU) == [Honour.CREATIVE]


async def test_the_reason_keeps_its_punctuation_and_a_name_may_have_spaces(talk: Talk) -> None:
    anna = Person("505", "Anna Li", "anna")
    await talk.says(anna, "早")
    await open_private(talk, anna)
    await talk.says(LI, "/award Anna Li 创意：露营灯，还有投影", dm=True)
    assert talk.heard(anna) == ["Anna Li，小李把「创意生活家」给了您：露营灯，还有投影。谢谢您。"]


async def test_by_the_number_of_a_feedback_its_contributor_is_meant(talk: Talk, captured: Captured) -> None:
    feedback = await captured()
    await talk.says(LI, f"授予 #{feedback.id} 顾问", dm=True)
    assert await titles(talk, ZHANG) == [Honour.ADVISER]


async def test_of_two_kos_who_give_the_same_title_the_second_is_told_who_was_faster(
    talk: Talk, captured: Captured
) -> None:
    await captured()
    first = talk.taken(talk.message(LI, "/award @zhang 热心", dm=True))
    second = talk.taken(talk.message(MIN, "/award @zhang 热心", dm=True))
    await talk.take(first, second)
    assert talk.heard(LI) == ["好，张哥是「热心用户」了，已经告诉 TA。"]
    assert talk.heard(MIN) == ["张哥已经是「热心用户」了，小李给的。"]
    assert len(talk.heard(ZHANG)) == 1


async def test_a_title_taken_back_is_gone_from_beside_the_name_and_nobody_is_told(
    talk: Talk, captured: Captured
) -> None:
    await captured()
    await talk.says(LI, "/award @zhang 热心", dm=True)
    talk.heard(ZHANG)
    talk.heard()
    await talk.says(LI, "/award 收回 @zhang 热心", dm=True)
    assert talk.heard(LI)[-1] == "收回了张哥的「热心用户」，没有通知任何人。"
    assert (talk.heard(ZHANG), talk.heard()) == ([], [])
    assert talk.adapter.tags == {(GROUP, ZHANG.external_id): ""}
    await talk.says(LI, "/award revoke @zhang helper", dm=True)
    assert talk.heard(LI) == ["张哥没有「热心用户」。"]


async def test_what_is_wrong_gets_one_line_and_nothing_is_given(talk: Talk, captured: Captured) -> None:
    await captured()
    example = "/award @小雨 创意生活家 拿它当露营灯"
    for text, answer in (
        ("/award @zhang 大师", f"没看懂是哪个头衔：顾问、发现、热心、创意，比如：{example}"),
        ("/award 999 顾问", "没有 #999 这一条，看看编号？"),
        (
            "/award @nobody 顾问",
            f"没找到「@nobody」，名字要写全，比如：{example}",
        ),
        ("/award 顾问", f"说的是谁？写名字或 @用户名，也可以回复 TA 的消息，比如：{example}"),
        ("/award @li 顾问", "小李是我们自己人，头衔留给成员。"),
    ):
        await talk.says(LI, text, dm=True)
        assert talk.heard(LI) == [answer]
    assert await titles(talk, ZHANG) == []


async def test_who_wants_no_honours_gets_no_title_even_from_staff(talk: Talk, captured: Captured) -> None:
    await captured()
    await talk.says(ZHANG, "/me", dm=True)
    await talk.presses(ZHANG, "不要荣誉")
    await talk.says(LI, "/award @zhang 顾问", dm=True)
    assert talk.heard(LI) == ["张哥选了不要荣誉。"]
    assert await titles(talk, ZHANG) == []


async def test_a_member_cannot_give_titles(talk: Talk) -> None:
    await talk.says(YU, "/award @zhang 顾问", dm=True)
    assert talk.heard(YU) == ["这个操作只有工作人员可以用哦。"]


async def test_a_discovery_is_chosen_by_one_tap_and_only_once(talk: Talk) -> None:
    for person in (YU, LI, MIN):
        await open_private(talk, person)
    said = await talk.says(YU, "#发现 座椅放倒正好放得下露营垫")
    assert (GROUP, said.message_id, "✍") in talk.adapter.reactions
    for kos in (LI, MIN):
        await talk.says(kos, "/award", dm=True)
    hers = talk.last(MIN)
    assert talk.last(LI).labels == ["最佳发现：小雨 座椅放倒正好放得下…"]
    assert await talk.presses(LI, "最佳发现") == "选好了，这就告诉小雨。"
    assert talk.heard(YU)[0].startswith("小雨，您的发现「座椅放倒正好放得下露营垫」被小李选为「最佳发现」。")
    assert talk.last().text == "最佳发现：小雨的「座椅放倒正好放得下露营垫」。谢谢分享！"
    assert talk.last().message.reply_to == said.message_id
    assert await titles(talk, YU) == [Honour.BEST_FIND]
    assert await talk.presses(MIN, "最佳发现", on=hers) == "小李已经选过它了。"
    member = await known(talk, YU)
    async with talk.database.read() as uow:
        assert await uow.contributions.count(member.id) == {Credit.DISCOVERY: 1}


async def test_a_reply_without_a_tag_can_be_made_the_best_find(talk: Talk) -> None:
    for person in (YU, LI, MIN):
        await open_private(talk, person)
    said = await talk.says(YU, "我拿它给孩子讲星座，投到天花板上")
    await talk.says(LI, "/award 发现", reply_to=said)
    assert talk.heard(LI) == ["选好了，这就告诉小雨。"]
    assert await titles(talk, YU) == [Honour.BEST_FIND]
    assert talk.last().text.startswith("最佳发现：小雨的「我拿它给孩子讲星座")
    await talk.says(MIN, "/award 最佳发现", reply_to=said)
    assert talk.heard()[-1] == "这个发现已经选过了。"
    member = await known(talk, YU)
    async with talk.database.read() as uow:
        assert await uow.contributions.count(member.id) == {Credit.DISCOVERY: 1}


async def test_what_a_rung_opened_is_listed_for_staff_in_the_morning_and_ticked_off_once(talk: Talk) -> None:
    for person in (YU, LI, MIN):
        await open_private(talk, person)
    await talk.says(YU, "#发现 座椅放倒正好放得下露营垫")
    await talk.says(LI, "/award", dm=True)
    await talk.presses(LI, "最佳发现")
    assert talk.heard(YU)[0].endswith("小雨，您现在是「常客」了，为您开放：产品资料。我们的人会来找您。")
    talk.heard(LI)
    await talk.advance(hours=23)  # 09:00
    assert talk.heard(LI) == ["有要亲手交付的 1 样在等人，点开就能选、能勾。"]
    await talk.presses(LI, "看看")
    await talk.says(MIN, "/award", dm=True)
    hers = talk.last(MIN)
    assert await talk.presses(LI, "已交付：小雨 产品资料") == "记下了，小雨的交付好了。"
    assert await talk.presses(MIN, "已交付", on=hers) == "小李已经交付了。"
    await talk.advance(minutes=1)
    assert hers.text.startswith("没有等着选的发现，也没有要交付的。")


async def test_old_buttons_of_what_is_not_there_say_so(talk: Talk) -> None:
    await talk.says(LI, "/award", dm=True)
    for action, toast in (("award:find:99", "没有这个发现。"), ("award:done:99", "没有这一样。")):
        assert await talk.presses_action(LI, action, on=talk.last(LI)) == toast


async def test_the_list_says_who_holds_what_and_why(talk: Talk, captured: Captured) -> None:
    await captured()
    await talk.says(LI, "/award list", dm=True)
    await talk.says(LI, "/award @zhang 创意 露营灯", dm=True)
    await talk.says(LI, "/award 名单", dm=True)
    heard = talk.heard(LI)
    assert heard[0].startswith("还没有人有头衔。")
    assert heard[-1] == "头衔名单\n· 张哥：创意生活家，10月12日 · 露营灯"


async def test_who_speaks_under_an_alias_gets_no_public_title(talk: Talk, captured: Captured) -> None:
    whale = Person("alias:7f", "安静的蓝鲸")
    feedback = await captured(who=whale)
    for text in (f"/award {feedback.id} 顾问", "/award @安静的蓝鲸 热心"):
        await talk.says(LI, text, dm=True)
        assert talk.heard(LI) == ["这位没有留名，公开的头衔会暴露 TA。"]
    assert await titles(talk, whale) == []
    assert talk.adapter.tags == {}


async def test_who_verifies_under_an_alias_is_credited_without_title_rung_or_tag(
    talk: Talk, captured: Captured
) -> None:
    whale = Person("alias:7f", "安静的蓝鲸")
    feedback = await captured(who=whale)
    await talk.says(LI, f"/resolve {feedback.id} 改好了", dm=True)
    await talk.says(LI, f"/told {feedback.id} better", dm=True)
    assert await titles(talk, whale) == []
    assert talk.adapter.tags == {}
    member = await known(talk, whale)
    async with talk.database.read() as uow:
        assert (await uow.contributions.count(member.id))[Credit.FIRST_REPORT] == 1
        assert await uow.ladder.list_reached(member.id) == set()
        assert await uow.ladder.count_open() == 0
