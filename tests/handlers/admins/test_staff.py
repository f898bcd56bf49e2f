"""Dialogues about /staff (handlers/admins/staff.py)."""

from __future__ import annotations

import pytest

from storage.records import Role
from tests.handlers.admins.conftest import audited
from tests.talk import LI, MIN, PLATFORM, YU, ZHANG, Person, Talk

BOT = Person("900", "某机器人", "somebot", is_bot=True)


async def role(talk: Talk, who: Person) -> Role:
    async with talk.database.begin() as uow:
        return (await uow.members.meet(PLATFORM, [(who.external_id, who.name, who.username)], talk.now))[
            who.external_id
        ].role


async def test_staff_are_listed_in_private_with_where_their_role_comes_from(talk: Talk) -> None:
    await talk.says(MIN, "/staff", dm=True)
    (text,) = talk.heard(MIN)
    assert text.splitlines() == [
        "工作人员：",
        "小李 · KOS · Telegram 601 · 配置",
        "阿敏 · 管理员 · Telegram 701 · 配置",
    ]


async def test_somebody_is_made_kos_by_a_reply_and_told(talk: Talk) -> None:
    said = await talk.says(YU, "早")
    talk.heard()
    await talk.says(MIN, "/staff kos 雨姐", reply_to=said)
    assert talk.heard() == ["小雨现在是 KOS 了。"]
    assert await role(talk, YU) is Role.KOS
    assert talk.heard(YU) == ["您现在是车友会的 KOS，发 /help 看看能做什么。"]
    await talk.says(MIN, "/staff list", dm=True)
    assert "小雨 · 雨姐 · KOS · Telegram 502 · 群里添加" in talk.heard(MIN)[0]
    assert (await audited(talk))[0].action == "staff.add"


@pytest.mark.parametrize("whom", ["@yu", "yu", "小雨", "502"])
async def test_somebody_is_made_admin_by_name_or_number(talk: Talk, whom: str) -> None:
    await talk.says(YU, "早")
    await talk.says(MIN, f"/staff add {whom} admin")
    assert await role(talk, YU) is Role.ADMIN


async def test_a_number_nobody_has_met_may_be_given_a_role(talk: Talk) -> None:
    await talk.says(MIN, "/人员 添加 502 客服", dm=True)
    assert talk.heard(MIN) == ["502 现在是 KOS 了。"]
    assert await role(talk, YU) is Role.KOS


async def test_staff_of_the_config_can_be_removed_in_chat(talk: Talk) -> None:
    await talk.says(LI, "早")
    await talk.says(MIN, "/staff remove 小李", dm=True)
    assert talk.heard(MIN) == ["小李不再是工作人员了。"]
    assert await role(talk, LI) is Role.MEMBER
    await talk.says(MIN, "/staff", dm=True)
    assert "小李 · 成员 · Telegram 601 · 群里移除" in talk.heard(MIN)[0]


@pytest.mark.parametrize("order", ["/staff remove 阿敏", "/staff add 701 kos"])
async def test_somebody_always_stays_admin(talk: Talk, order: str) -> None:
    await talk.says(MIN, order, dm=True)
    assert talk.heard(MIN) == ["至少要留一位管理员，先添加另一位再改。"]
    assert await role(talk, MIN) is Role.ADMIN


@pytest.mark.parametrize(
    ("order", "answer"),
    [
        ("/staff 小雨", "要添加还是移除谁？"),
        ("/staff add 小雨", "什么角色？"),
        ("/staff add kos", "谁？"),
        ("/staff remove", "谁？"),
        ("/staff add @nobody kos", "我还不认识「@nobody」"),
        ("/staff remove 502", "502 不是工作人员"),
        (f"/staff add 502 kos {'长' * 31}", "称呼最多 30 个字"),
    ],
)
async def test_a_careless_order_gets_one_line(talk: Talk, order: str, answer: str) -> None:
    await talk.says(MIN, order, dm=True)
    (line,) = talk.heard(MIN)
    assert line.startswith(answer)
    assert await role(talk, YU) is Role.MEMBER


async def test_a_bot_is_never_staff(talk: Talk) -> None:
    said = talk.message(BOT, "hello")
    await talk.says(MIN, "/staff kos", reply_to=said)
    assert talk.heard() == ["这条不是以个人身份发的，没法设为工作人员。"]


async def test_others_change_nobody(talk: Talk) -> None:
    for who in (ZHANG, LI):
        await talk.says(who, "/staff add 502 admin")
    assert await role(talk, YU) is Role.MEMBER
