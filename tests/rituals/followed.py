"""What the timers' tests follow: what 张哥 said and what became of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from storage.records import Feedback, FeedbackClass, Member, Platform, Status
from storage.uow import UnitOfWork
from tests.scene import Scene

SUBJECT = "feedback:1"


async def capture(scene: Scene, uow: UnitOfWork, text: str, *, chat_id: int = 0, **values: Any) -> Feedback:
    zhang = await scene.member(uow, "张哥")
    feedback = await uow.feedback.add(
        chat_id=chat_id or scene.chat_id, contributor_id=zhang.id, captured_by_id=zhang.id, message_id=text,
        text=text, now=scene.time.at, feedback_class=FeedbackClass.SUGGESTION, review_due=scene.time.at, **values,
    )  # fmt: skip
    assert feedback is not None
    return feedback


async def li(uow: UnitOfWork) -> Member:
    found = await uow.members.find(Platform.TELEGRAM, "601")
    assert found is not None
    return found


async def resolve(
    scene: Scene, uow: UnitOfWork, feedback: Feedback, after: Status = Status.RESOLVED
) -> Feedback:
    change = await uow.feedback.change(feedback, after, by_id=(await li(uow)).id, note="", now=scene.time.at)
    data = {"change": change.id, "member": feedback.contributor_id}
    for kind, days in (("verify_reminder", 3), ("unconfirmed", 7)):
        due = scene.time.at + timedelta(days=days)
        await uow.timers.put(f"{change.id}:{kind}", kind, due, subject=f"feedback:{feedback.id}", data=data)
    return await uow.feedback.get(feedback.id)


async def status(scene: Scene, feedback_id: int = 1) -> Status:
    async with scene.database.read() as uow:
        return (await uow.feedback.get(feedback_id)).status
