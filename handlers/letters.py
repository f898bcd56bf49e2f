"""Letters in hiding: claim codes of sealed threads, what waits for them, and words sent back. Used by two handlers."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import timedelta

from handlers.base import Context, UserError
from handlers.capture import MOST_CHARACTERS
from handlers.hidden import WORN, allow, dressed
from handlers.quotes import quote_of
from handlers.references import subject_of
from handlers.statuses import status_word
from handlers.tags import clean, weight
from storage.messages import Button, Message, Part, Quote, decode
from storage.records import CLOSED, Feedback, Member

ANSWER = "answer"
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Source: Crockford's base 32, without letters that look alike
_LOOK_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None, "－": None, "—": None})
_WRITTEN = re.compile(
    r"\s*(?:[@＠]\S+\s+)*(?:(?:取信|claim)(?:码|\s+code)?[\s:：]*)?"
    r"(?P<code>(?:[0-9A-Za-z]{4}[-－—\s]?){5}[0-9A-Za-z]{4})[\s。.]*",
    re.IGNORECASE,
)
_LOCATOR_LENGTH, _SECRET_LENGTH = 4, 20  # 100 secret bits
_GROUP = 4
_SHOWN = 5
_A_DAY = 30
_SENTENCE = 600  # characters of an answer that fit a message
_WAIT_FOR = timedelta(hours=24)


async def new_code(ctx: Context, member: Member) -> str:
    """Return a new claim code of a sealed thread; only its digest is kept."""
    code = "".join(secrets.choice(_ALPHABET) for _ in range(_LOCATOR_LENGTH + _SECRET_LENGTH))
    await ctx.uow.veils.add_claim(member.id, code[:_LOCATOR_LENGTH], _digest(code))
    return "-".join(code[i : i + _GROUP] for i in range(0, len(code), _GROUP))


def written(text: str) -> str | None:
    """Return the claim code that a text consists of, None if it is something else. Pure."""
    found = _WRITTEN.fullmatch(text)
    code = found["code"] if found else ""
    return code if any(c.isdigit() for c in code) and any(c.isalpha() for c in code) else None


async def claimed(ctx: Context, words: str) -> Member | None:
    """Return the sealed contributor a code claims, None if it claims nobody; compared in constant time."""
    code = words.upper().translate(_LOOK_ALIKE)
    found: Member | None = None
    for claim in await ctx.uow.veils.list_claims(code[:_LOCATOR_LENGTH]):
        if hmac.compare_digest(claim.digest, _digest(code)):
            found = await ctx.uow.members.get(claim.member_id)
    return found


def _digest(code: str) -> str:
    return hashlib.sha256(b"huixiang claim:" + code.encode()).hexdigest()


async def letters(ctx: Context, member: Member) -> Message:
    """Return what became of a sealed thread: where it stands, the newest letters, and the buttons that answer."""
    feedback = (await ctx.uow.feedback.list_of(member.id, limit=1))[0]
    kept = await ctx.uow.veils.list_letters(member.id, _SHOWN)
    status = status_word(ctx, feedback.status)
    text_id = "private.letters" if kept else "private.no_letters"
    parts: list[Part] = [
        *ctx.say(text_id, number=feedback.id, status=status, quote=quote_of(ctx, feedback, 24))
    ]
    rows: tuple[tuple[Button, ...], ...] = ()
    for delivery in reversed(kept):
        message = decode(delivery.content)
        parts += ["\n\n", *message.text]
        rows = message.buttons or rows
    buttons = list(dressed(rows, member.id))
    if feedback.status not in CLOSED:
        buttons.append((ctx.button("private.write_back", f"{WORN}:{member.id}:{ANSWER}:{feedback.id}"),))
    return Message(text=tuple(parts), buttons=tuple(buttons))


async def await_answer(ctx: Context, feedback: Feedback) -> None:
    """Wait for the words that a contributor adds to their own thread."""
    data = {"feedback": feedback.id}
    await ctx.uow.expectations.put(ctx.chat.id, ctx.sender.id, ANSWER, data, ctx.now + _WAIT_FOR)
    await ctx.reply(ctx.say("private.write", number=feedback.id))


async def answer(ctx: Context, feedback: Feedback, words: str) -> None:
    """Put a contributor's further words where staff read them, and tell who looks after it."""
    note = clean(words)
    if not weight(note):
        raise UserError("private.empty")
    if len(note) > MOST_CHARACTERS:
        raise UserError("capture.too_long", length=len(note), most=MOST_CHARACTERS)
    if not await allow(ctx, ANSWER, _A_DAY):
        raise UserError("private.enough")
    await ctx.uow.expectations.drop(ctx.chat.id, ctx.sender.id)
    await ctx.uow.notes.add(feedback.id, ctx.sender.id, note, ctx.now)
    if feedback.owner_id is not None:
        carers = [await ctx.uow.members.get(feedback.owner_id)]
    else:
        carers = await ctx.uow.members.list_staff()
    subject = subject_of(feedback.id)
    for carer in carers:
        if carer.id == ctx.sender.id:
            continue
        text = ctx.texts.text(
            await ctx.language_of(carer), "private.answered", number=feedback.id, who=ctx.sender.address,
            note=(Quote(note[:_SENTENCE]),),
        )  # fmt: skip
        key = f"{subject}:answer:{ctx.event.update_id}:member:{carer.id}"
        await ctx.tell(carer, Message(text=text, about=f"#{feedback.id}"), key=key, subject=subject)
    await ctx.reply(ctx.say("private.passed_on", number=feedback.id))
