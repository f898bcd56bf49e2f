"""Looking behind an alias: two admins, a reason, and word to the contributor."""

from __future__ import annotations

import pytest

from storage.records import Role
from storage.staff import CONFIG, Grant
from tests.handlers.members.test_private import only_feedback, say_hidden
from tests.talk import LI, MIN, PLATFORM, ZHANG, Person, Talk

BO = Person("702", "阿博", "bo")


@pytest.fixture
async def two_admins(talk: Talk) -> None:
    """Have two admins who were met."""
    async with talk.database.begin() as uow:
        staff = [Grant(PLATFORM, p.external_id, CONFIG, role, p.name) for p, role in
                 ((LI, Role.KOS), (MIN, Role.ADMIN), (BO, Role.ADMIN))]  # fmt: skip
        await uow.staff.declare(staff, talk.now)
    for admin in (MIN, BO):
        await talk.says(admin, "/start", dm=True)
        talk.heard(admin)


@pytest.mark.usefixtures("two_admins")
async def test_two_admins_with_a_reason_see_the_name_and_the_contributor_is_told(talk: Talk) -> None:
    feedback = await say_hidden(talk)
    talk.heard(ZHANG)
    await talk.says(MIN, f"/unmask {feedback.id} 里面提到有人受伤，要联系本人", dm=True)
    assert "张哥" not in "".join(talk.heard(MIN))
    await talk.presses(BO, "同意揭开")
    assert "张哥" in "".join(talk.heard(BO))
    assert "张哥" in "".join(talk.heard(MIN))
    assert "有人受伤" in "".join(talk.heard(ZHANG))
    async with talk.database.read() as uow:
        entries = await uow.audit.list_last(5)
    assert [entry.action for entry in entries][:2] == ["unmask", "unmask.ask"]
    assert "张哥" not in "".join(entry.detail for entry in entries)


@pytest.mark.usefixtures("two_admins")
async def test_the_second_admin_is_asked_in_their_own_language(talk: Talk) -> None:
    feedback = await say_hidden(talk)
    async with talk.database.begin() as uow:
        bo = await uow.members.find(PLATFORM, BO.external_id)
        assert bo is not None
        await uow.members.change(bo.id, language="en")
    await talk.says(MIN, f"/unmask {feedback.id} 里面提到有人受伤，要联系本人", dm=True)
    assert all(label.isascii() for label in talk.last(BO).labels)


@pytest.mark.usefixtures("two_admins")
async def test_one_admin_alone_sees_nothing_however_often_they_ask(talk: Talk) -> None:
    feedback = await say_hidden(talk)
    for _ in range(3):
        await talk.says(MIN, f"/unmask {feedback.id} 里面提到有人受伤，要联系本人", dm=True)
    assert "张哥" not in "".join(talk.heard(MIN))


@pytest.mark.usefixtures("two_admins")
async def test_who_agrees_a_day_later_has_to_give_a_reason_of_their_own(talk: Talk) -> None:
    feedback = await say_hidden(talk)
    await talk.says(MIN, f"/unmask {feedback.id} 里面提到有人受伤，要联系本人", dm=True)
    await talk.advance(hours=25)
    talk.heard(BO)
    await talk.says(BO, f"/unmask {feedback.id}", dm=True)
    assert "理由" in talk.heard(BO)[-1]


@pytest.mark.usefixtures("two_admins")
async def test_what_is_sealed_cannot_be_lifted_by_anybody(talk: Talk) -> None:
    feedback = await say_hidden(talk, how="密封着说")
    await talk.says(MIN, f"/unmask {feedback.id} 里面提到有人受伤，要联系本人", dm=True)
    assert "谁也揭不开" in talk.heard(MIN)[-1]


@pytest.mark.usefixtures("two_admins")
async def test_a_kos_cannot_even_ask(talk: Talk) -> None:
    feedback = await say_hidden(talk)
    await talk.says(LI, f"/unmask {feedback.id} 里面提到有人受伤，要联系本人", dm=True)
    async with talk.database.read() as uow:
        assert await uow.unmaskings.find_open(feedback.id, talk.now) is None
    assert (await only_feedback(talk)).id == feedback.id


@pytest.mark.usefixtures("two_admins")
async def test_a_second_admin_who_refuses_ends_it_and_the_first_is_told(talk: Talk) -> None:
    feedback = await say_hidden(talk)
    talk.heard(ZHANG)
    await talk.says(MIN, f"/unmask {feedback.id} 里面提到有人受伤，要联系本人", dm=True)
    talk.heard(MIN)
    asked = talk.last(BO)
    await talk.presses(BO, "不同意")
    assert talk.heard(MIN) == [f"阿博不同意揭开 #{feedback.id} 的化名，这回就不揭开。"]
    assert talk.last(BO).text == f"好，#{feedback.id} 的化名不揭开，已经告诉阿敏。"
    await talk.presses_action(BO, f"unmask:{feedback.id}:yes:1", on=asked)
    assert "这次的申请已经过去了" in talk.toast
    await talk.says(MIN, f"/unmask {feedback.id}", dm=True)
    assert "理由" in talk.heard(MIN)[-1]
    assert "张哥" not in "".join(talk.heard(BO))
    assert talk.heard(ZHANG) == []
    async with talk.database.read() as uow:
        entries = await uow.audit.list_last(5)
    assert [entry.action for entry in entries][:2] == ["unmask.refuse", "unmask.ask"]


@pytest.mark.usefixtures("two_admins")
async def test_nobody_agrees_to_another_reason_than_the_one_they_read(talk: Talk) -> None:
    feedback = await say_hidden(talk)
    await talk.says(MIN, f"/unmask {feedback.id} 里面提到有人受伤，要联系本人", dm=True)
    first = talk.last(BO)
    await talk.advance(hours=25)
    await talk.says(MIN, f"/unmask {feedback.id} 领导想知道是谁说的", dm=True)
    talk.heard(MIN)
    await talk.presses(BO, "同意揭开", on=first)
    assert "张哥" not in "".join(talk.heard(MIN))
    await talk.presses(BO, "同意揭开")
    assert "张哥" in "".join(talk.heard(MIN))
