"""Dialogues about being added, admitted, removed and moved (handlers/admins/presence.py, setup.py, whereami.py)."""

from __future__ import annotations

from handlers.events import EventKind
from storage.records import Chat, ChatState
from tests.handlers.admins.conftest import audited
from tests.talk import GROUP, LI, MIN, PLATFORM, YU, ZHANG, Person, Talk

STRANGE = "-2001"
OWNER = Person("-3001", "新群", is_person=False)


async def chat(talk: Talk, external_id: str = STRANGE) -> Chat:
    async with talk.database.read() as uow:
        found = await uow.chats.find(PLATFORM, external_id)
    assert found is not None
    return found


def said(talk: Talk) -> list[str]:
    return [shown.text for shown in talk.posts(chat=STRANGE)]


async def test_added_by_a_stranger_it_says_so_once_and_stays_silent(talk: Talk) -> None:
    await talk.happens(EventKind.BOT_ADDED, ZHANG, chat=STRANGE, title="新群")
    (hello,) = said(talk)
    assert "车友会" in hello
    assert "/setup" in hello
    await talk.happens(EventKind.BOT_ADDED, ZHANG, chat=STRANGE, title="新群")
    await talk.says(YU, "#反馈 按钮太小了", chat=STRANGE)
    await talk.says(YU, "/help", chat=STRANGE)
    await talk.says(LI, "/inbox", chat=STRANGE)
    assert said(talk) == []
    assert (await chat(talk)).state is ChatState.STRANGE
    assert [entry.action for entry in await audited(talk)] == ["chat.added", "chat.added"]


async def test_an_admin_admits_a_group_and_sees_what_will_run(talk: Talk) -> None:
    await talk.happens(EventKind.BOT_ADDED, MIN, chat=STRANGE, title="新群")
    said(talk)
    await talk.says(MIN, "/setup", chat=STRANGE)
    assert said(talk) == ["好，我开始在「新群」工作了。固定活动：morning, weekend。看时间发 /ritual next。"]
    admitted = await chat(talk)
    assert (admitted.state, admitted.rituals) == (ChatState.SERVED, ("morning", "weekend"))
    await talk.says(MIN, "/ritual next", chat=STRANGE)
    assert "10月13日周二 09:00" in said(talk)[0]
    assert (await audited(talk))[0].action == "chat.admitted"
    await talk.says(MIN, "/setup", chat=STRANGE)
    assert said(talk) == ["我已经在「新群」工作了。固定活动：morning, weekend"]


async def test_nobody_else_can_admit_a_group_and_learns_how_once_an_hour(talk: Talk) -> None:
    for who in (ZHANG, LI):
        await talk.says(who, "/setup", chat=STRANGE)
        await talk.says(who, "/setup", chat=STRANGE)
        (line,) = said(talk)
        assert who.external_id in line
    assert (await chat(talk)).state is ChatState.STRANGE


async def test_an_admin_who_speaks_as_the_group_is_asked_to_speak_as_themselves(talk: Talk) -> None:
    await talk.says(OWNER, "/setup", chat=STRANGE)
    (line,) = said(talk)
    assert "个人" in line or "身份" in line
    assert (await chat(talk)).state is ChatState.STRANGE


async def test_in_a_served_group_setup_is_refused_to_members(talk: Talk) -> None:
    await talk.says(ZHANG, "/setup")
    assert talk.heard() == ["这个操作只有工作人员可以用哦。"]


async def test_setup_in_private_points_to_the_group(talk: Talk) -> None:
    await talk.says(MIN, "/setup", dm=True)
    assert talk.heard(MIN) == ["请到要启用的群里发 /setup。"]


async def test_a_group_we_were_removed_from_is_left_and_served_again_when_we_are_back(talk: Talk) -> None:
    await talk.happens(EventKind.BOT_REMOVED, ZHANG)
    assert (await chat(talk, GROUP)).state is ChatState.LEFT
    await talk.happens(EventKind.BOT_REMOVED, ZHANG)
    await talk.happens(EventKind.BOT_ADDED, ZHANG, title="车主群")
    assert (await chat(talk, GROUP)).state is ChatState.SERVED
    assert talk.heard() == []


async def test_a_stranger_that_removed_us_stays_a_stranger(talk: Talk) -> None:
    for kind in (EventKind.BOT_ADDED, EventKind.BOT_REMOVED, EventKind.BOT_ADDED):
        await talk.happens(kind, ZHANG, chat=STRANGE, title="新群")
    assert (await chat(talk)).state is ChatState.STRANGE
    assert len(said(talk)) == 1


async def test_a_group_that_moved_keeps_everything_under_its_new_id(talk: Talk) -> None:
    before = await talk.group()
    await talk.happens(EventKind.MIGRATED, ZHANG, text="-100777")
    after = await chat(talk, "-100777")
    assert (after.id, after.state) == (before.id, ChatState.SERVED)
    await talk.says(MIN, "/whereami", chat="-100777")
    assert "-100777" in talk.posts(chat="-100777")[0].text
    async with talk.database.read() as uow:
        assert await uow.chats.present_id(PLATFORM, GROUP) == "-100777"
        assert await uow.chats.present_id(PLATFORM, "-100777") == "-100777"


async def test_a_move_that_is_told_from_either_side_happens_once(talk: Talk) -> None:
    before = await talk.group()
    await talk.happens(EventKind.MIGRATED, ZHANG, text="-100777")
    await talk.happens(EventKind.MIGRATED, ZHANG, text="-100777")
    after = await chat(talk, "-100777")
    assert (after.id, after.state) == (before.id, ChatState.SERVED)
    await talk.says(ZHANG, "#反馈 搬家以后按钮还是太小", chat="-100777")
    assert [where for where, _, _ in talk.adapter.reactions] == ["-100777"]


async def test_whereami_gives_an_admin_the_lines_of_the_config(talk: Talk) -> None:
    await talk.happens(EventKind.BOT_ADDED, MIN, chat=STRANGE, title="新群")
    said(talk)
    await talk.says(MIN, "/whereami", chat=STRANGE)
    (text,) = said(talk)
    assert '[[chats]]\nplatform = "telegram"\nid = -2001\nname = "新群"' in text
    assert "还没有服务" in text
    assert "管理员" in text


async def test_whereami_tells_the_first_admin_their_number_in_private(talk: Talk) -> None:
    async with talk.database.begin() as uow:
        await uow.staff.declare([], talk.now)  # nobody is admin yet
    await talk.says(ZHANG, "/whereami", dm=True)
    await talk.says(ZHANG, "/whereami", dm=True)
    (text,) = talk.heard(ZHANG)
    assert '[[staff]]\nplatform = "telegram"\nid = 501\nrole = "admin"\nname = "张哥"' in text


async def test_whereami_answers_at_once_in_private_who_just_asked_in_the_group(talk: Talk) -> None:
    await talk.says(ZHANG, "/whereami", chat=STRANGE)
    assert "[[chats]]" in talk.last(chat=STRANGE).text
    await talk.says(ZHANG, "/whereami", dm=True)
    assert talk.last(ZHANG).text == "您：Telegram 编号 501，成员。"  # an admin is there, who can add them


async def test_whereami_is_refused_to_members_of_a_served_group(talk: Talk) -> None:
    await talk.says(ZHANG, "/whereami")
    assert talk.heard() == ["这个操作只有工作人员可以用哦。"]
    await talk.says(MIN, "/whereami")
    assert "「车主群」：Telegram 的群，编号 -1001，正在服务。" in talk.heard()[0]


async def test_help_lists_what_admins_may_say_to_admins_only(talk: Talk) -> None:
    await talk.says(MIN, "/help", dm=True)
    (admins,) = talk.heard(MIN)
    await talk.says(ZHANG, "/help", dm=True)
    (members,) = talk.heard(ZHANG)
    for command in ("/setup", "/ritual", "/staff", "/doctor", "/whereami", "/pause", "/resume", "/audit"):
        assert command in admins
        assert command not in members
