"""Timer `reach`: the ladder for an echo that could not be delivered in private (PRODUCT §9).

First a named mention in the group, which says nothing of what it is about and has a button that opens
the private chat; after three days of silence, or at once where no group is known or the news is bad,
staff are asked to tell the person themselves. The weekly digest is the last rung. Each attempt is a
Delivery and an audit line. Followers, who may be hundreds, are called together, once a day and unnamed.
"""

from __future__ import annotations

from datetime import timedelta

from rituals import voices
from rituals.base import Context
from storage.manners import after_quiet, local_day
from storage.messages import Button, Message
from storage.promises import Delivery, DeliveryState
from storage.records import STAFF, Chat, Feedback, Member, Status
from storage.timers import Timer

STAFF_AFTER = timedelta(hours=72)
_STAFF_RUNG = 3


async def climb(timer: Timer, ctx: Context) -> None:
    """Take the next rung for a Delivery that still waits."""
    number = voices.number_of(timer.subject, "delivery")
    delivery = None if number is None else await ctx.uow.promises.find_by_id(number)
    if delivery is None or delivery.state is not DeliveryState.WAITING or delivery.member_id is None:
        return
    about = voices.number_of(delivery.subject, "feedback")
    feedback = None if about is None else await ctx.uow.feedback.find(about)
    member = await ctx.uow.members.get(delivery.member_id)
    if feedback is None or (member.role in STAFF and member.id != feedback.contributor_id):
        return  # what staff did not get is in their inbox, and no group is told of it
    if not feedback.is_open_voice and member.id == feedback.contributor_id:
        return  # nobody could seek them: it waits until the person behind comes back
    group = await voices.group_of(member, feedback, ctx)
    if member.id != feedback.contributor_id:
        await _call_followers(delivery, group, ctx)
        return
    is_bad_news = feedback.status is Status.DECLINED  # nobody is named in a group for that
    if timer.data.get("rung") == _STAFF_RUNG or group is None or is_bad_news:
        await _tell_staff(delivery, feedback, member, ctx)
        return
    await _mention(delivery, member, group, ctx)
    await ctx.uow.timers.put(
        f"reach:{delivery.id}:staff", "reach", ctx.now + STAFF_AFTER, subject=timer.subject,
        data={"rung": _STAFF_RUNG},
    )  # fmt: skip


async def _call_followers(delivery: Delivery, group: Chat | None, ctx: Context) -> None:
    """Say once a day in the group that what people follow has news; hundreds may follow, and nobody is named."""
    if group is None:
        return
    today = local_day(ctx.now, group.zone)[0].astimezone(group.zone).date()
    await ctx.uow.outbox.put(
        group.id, Message(text=ctx.say(group.language, "reach.followers")),
        key=f"reach:{group.id}:followers:{today}", now=ctx.now, subject=f"delivery:{delivery.id}",
        due=after_quiet(ctx.settings.manners, ctx.now, group.zone), is_unprompted=True,
    )  # fmt: skip


async def _mention(delivery: Delivery, member: Member, group: Chat, ctx: Context) -> None:
    """Name the member in the group, at most once a day however much waits: opening the chat brings it all."""
    today = local_day(ctx.now, group.zone)[0].astimezone(group.zone).date()
    await ctx.uow.outbox.put(
        group.id,
        invitation(delivery, member, group, ctx),
        key=f"reach:{member.id}:{today}",
        now=ctx.now,
        due=after_quiet(ctx.settings.manners, ctx.now, group.zone),
        subject=f"delivery:{delivery.id}",
        is_unprompted=True,
    )
    await ctx.uow.audit.add(
        "reach", by_id=None, now=ctx.now, subject=delivery.subject, detail=f"delivery {delivery.id}: mention"
    )


def invitation(delivery: Delivery, member: Member, group: Chat, ctx: Context) -> Message:
    """Return the mention that invites somebody to open their private chat; it tells nobody what waits there."""
    who = voices.mentions([member], 1, group.language, ctx)
    if not ctx.can(group).deep_links:
        return Message(text=ctx.say(group.language, "reach.own_by_hand", who=who))
    button = Button(ctx.label(group.language, "reach.button"), start=f"d{delivery.id}")
    return Message(text=ctx.say(group.language, "reach.own", who=who), buttons=((button,),))


async def _tell_staff(delivery: Delivery, feedback: Feedback, member: Member, ctx: Context) -> None:
    key = f"reach:{delivery.id}:staff"
    await voices.tell_carers(feedback, "reach.staff", ctx, key=key, who=member.shown_name)
    await ctx.uow.audit.add(
        "reach", by_id=None, now=ctx.now, subject=delivery.subject, detail=f"delivery {delivery.id}: staff"
    )
