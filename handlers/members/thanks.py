"""Intent `thanks`: a member thanks another who helped. Writes: members, credit, titles.

Nothing is said in the group: the thanks are theirs. What could be farmed is capped.
"""

from __future__ import annotations

import re

from handlers.addressed import SHORT_REPLY
from handlers.base import Context, Settings
from handlers.capture import has_media
from handlers.events import Event, EventKind, Replied, Sender
from handlers.hidden import hides
from handlers.honours import credit, give, tell_earned, tell_title
from handlers.tags import weight
from storage.contributions import Credit
from storage.manners import local_day
from storage.records import EVERYBODY, STAFF, Member
from storage.titles import Honour

NAME = "thanks"
ROLES = EVERYBODY
COMMANDS: tuple[str, ...] = ()
EXAMPLE = ""

_THANKS = re.compile(
    r"(?:谢谢|多谢|感谢|谢啦|谢了|太谢|非常感谢|有用|很有用|真有用|太有用|有帮助|很有帮助|管用|真管用|学到了"
    r"|thanks|thank you|thank u|thx|very helpful|helpful|useful|that helped|that worked)(?![a-z])",
    re.IGNORECASE,
)
_LEAST_WEIGHT = 4  # two Chinese characters, or a short word: 重启, "F12 key"
_NOT_MEANT = re.compile(
    r"[?？]|没用|没有用|没解决|不用了?|不管用|但|可是|吗|\b(?:but|not|no)\b", re.IGNORECASE
)


def match(event: Event, settings: Settings) -> Sender | None:
    """Return who is thanked, None if it is something else or they are nobody to be thanked. Pure."""
    del settings
    replied = event.reply_to
    if event.kind is not EventKind.MESSAGE or event.is_private or event.is_command or replied is None:
        return None
    helper, said = replied.sender, event.text.strip()
    if replied.by_us or helper is None or helper.is_bot or not helper.is_person or not helper.external_id:
        return None
    if helper.external_id == event.sender.external_id or not event.sender.is_person:
        return None
    if not _is_answer(replied):
        return None
    if len(said) > SHORT_REPLY or not _THANKS.match(said) or _NOT_MEANT.search(said):
        return None
    return helper


def _is_answer(replied: Replied) -> bool:
    """Tell whether a message may have helped anybody: it says something, and not just thanks. Pure."""
    says_something = weight(replied.text) >= _LEAST_WEIGHT or has_media(replied.attachments)
    return says_something and not (len(replied.text) <= SHORT_REPLY and _THANKS.match(replied.text.strip()))


async def handle(event: Event, argument: Sender, ctx: Context) -> None:
    """Credit the helper, unless a cap is reached; with enough different people it is a title."""
    del event
    people = [(argument.external_id, argument.name, argument.username)]
    helper = (await ctx.uow.members.meet(ctx.chat.platform, people, ctx.now))[argument.external_id]
    if helper.id == ctx.sender.id or helper.role in STAFF or hides(helper):
        return
    if await _is_capped(ctx, helper):
        return
    day = ctx.now.astimezone(ctx.chat.zone).date()
    subject = f"thanks:{day}:{ctx.sender.id}"  # once a pair a day: the ledger has it once
    earned = await credit(ctx, helper, Credit.THANKED_ANSWER, subject, by_id=ctx.sender.id)
    if earned is None:
        return
    if await ctx.uow.contributions.count_thankers(helper.id) >= ctx.settings.honours.helper_after:
        title = await give(ctx, helper, Honour.HELPER, subject=f"helper:{helper.id}")
        if title is not None:
            await tell_title(ctx, helper, title, "honours.helper")
    await tell_earned(ctx, helper, earned)


async def _is_capped(ctx: Context, helper: Member) -> bool:
    """Tell whether more would be farming: of the helper's day, the thanker's day, or these two people's month."""
    caps = ctx.settings.honours
    start, _ = local_day(ctx.now, ctx.chat.zone)
    ledger = ctx.uow.contributions
    return (
        await ledger.count_thanks_to(helper.id, start) >= caps.thanks_per_day
        or await ledger.count_thanks_by(ctx.sender.id, start) >= caps.thanks_per_day
        or await ledger.count_thanks_between(helper.id, ctx.sender.id, ctx.now - caps.pair_window)
        >= caps.thanks_per_pair
    )
