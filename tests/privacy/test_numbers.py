"""No number tells by trying: to an ordinary member what others said in hiding is as if it were not there."""

from __future__ import annotations

import itertools
import re

import pytest
import sqlalchemy as sa

from handlers import HANDLERS
from storage import tables
from storage.modes import Mode
from storage.records import Role
from tests.talk import GROUP, LI, MIN, Person, Talk

HIDDEN = Person("5550117", "权大鹏", "quandapeng")
FIRST = 4711  # numbers in hiding are as long as those that nobody has
NOBODYS = "8642"
AFTER = {"/decide": "接受 12月1日", "答复": "接受 12月1日", "/details": "还有异响", "补充": "还有异响"}
OPEN_TO_ALL = [h for h in HANDLERS if Role.MEMBER in h.ROLES]
MEMBERS = [word if not word.isascii() else f"/{word}" for h in OPEN_TO_ALL for word in h.COMMANDS]
STAFFS = [f"/{h.COMMANDS[0]}" for h in HANDLERS if h.COMMANDS and Role.MEMBER not in h.ROLES]
WORDS = (
    "+1 {}",
    "我也遇到 {}",
    "没遇到 {}",
    "-1 {}",
    "撤回+1 {}",
    "/start talk{}",
    "/start d{}",
    "/start mine{}",
)
"""What else takes a number: words without a command, and what links bring along."""

SAID = (*(f"{word} {{}} {AFTER.get(word, '')}".strip() for word in (*MEMBERS, *STAFFS)), *WORDS)
_STRANGERS = itertools.count(1)


@pytest.fixture
async def hidden(talk: Talk) -> dict[str, str]:
    """Give what was said so that nobody else may know of it: by its number, and by its topic's."""
    numbers = {}
    await talk.says(HIDDEN, "#反馈 车门的声音有点大")
    async with talk.database.begin() as uow:
        f, t = tables.feedback, tables.topics
        row = (await uow.connection.execute(sa.select(f))).mappings().one()
        await uow.connection.execute(sa.insert(f).values({**row, "id": FIRST - 1, "message_id": "before"}))
        topic = await uow.topics.add("", None, talk.now)
        row = (await uow.connection.execute(sa.select(t).where(t.c.id == topic.id))).mappings().one()
        await uow.connection.execute(sa.insert(t).values({**row, "id": FIRST - 1}))
    for who in (LI, MIN, HIDDEN):
        await talk.says(who, "/start", dm=True)
    for kind, opening in (("alias", "/private 化名"), ("sealed", "/private 密封"), ("named", "/feedback")):
        words = f"椅子第{len(numbers) + 1}排晃得厉害"
        if kind == "named":
            await talk.says(HIDDEN, f"{opening} {words}", dm=True)
        else:
            await talk.says(HIDDEN, opening, dm=True)
            await talk.says(HIDDEN, words, dm=True)
        async with talk.database.read() as uow:
            newest = (await uow.feedback.list_after(FIRST - 1, 100))[-1]
        assert newest.mode is Mode(kind)
        assert words in newest.text
        numbers[kind] = str(newest.id)
        await talk.advance(minutes=20)
    await talk.says(LI, f"/merge {numbers['sealed']} {numbers['alias']}", dm=True)
    await talk.says(LI, f"/resolve {numbers['sealed']} 换了椅子", dm=True)
    await talk.advance(minutes=20)
    return {**numbers, "topic": f"T{FIRST}"}


async def answers(talk: Talk, said: str, *, dm: bool) -> list[tuple[str, str, tuple[str, ...]]]:
    """Return all that everybody is shown when a stranger says this, without the number and the stranger."""
    each = next(_STRANGERS)
    stranger = Person(f"66{each:05}", f"车友{each:05}")
    before, reactions = len(talk.adapter.shown), len(talk.adapter.reactions)
    await talk.says(stranger, said, dm=dm)
    found = [(each.chat, each.text, tuple(each.labels)) for each in talk.adapter.shown[before:]]
    found += [("reaction", emoji, ()) for _, _, emoji in talk.adapter.reactions[reactions:]]
    known = re.compile(rf"{stranger.name}|{stranger.external_id}|{NOBODYS}|{FIRST // 100}\d\d")
    return [(known.sub("…", chat), known.sub("…", text), labels) for chat, text, labels in found]


@pytest.mark.parametrize("dm", [True, False], ids=["in private", "in the group"])
async def test_a_number_in_hiding_is_answered_like_one_that_nobody_has(
    talk: Talk, hidden: dict[str, str], *, dm: bool
) -> None:
    told = []
    before = await state(talk)
    for said in SAID:
        if not dm and not said.isascii() and said not in WORDS:
            continue  # a word without a slash calls nobody in a group
        numbers = ("alias",) if said.split()[0] in STAFFS else tuple(hidden)
        missing = await answers(talk, said.format(NOBODYS), dm=dm)
        for kind in numbers:
            if kind == "topic":
                missing = await answers(talk, said.format(f"T{NOBODYS}"), dm=dm)
            found = await answers(talk, said.format(hidden[kind]), dm=dm)
            if found != missing:
                told.append(
                    f"{said.format(hidden[kind])} ({kind}): {found}\n    but a number nobody has: {missing}"
                )
    assert not told, "\n".join(told)
    assert await state(talk) == before


async def state(talk: Talk) -> list[object]:
    """Return what is kept of these voices, and who is told of them."""
    async with talk.database.read() as uow:
        voices = [
            each for each in await uow.feedback.list_after(FIRST - 1, 100) if FIRST <= each.id < FIRST + 3
        ]
        people = [await uow.followers.list_of(each.id) for each in voices]
        return [[(each.status, each.version, each.text) for each in voices], people]


async def test_a_reply_to_what_is_told_of_a_topic_does_not_name_the_hidden_voice_in_it(
    talk: Talk, hidden: dict[str, str]
) -> None:
    curious = Person("660001", "好奇")
    await talk.says(curious, "#反馈 我的椅子也晃", chat=GROUP)
    async with talk.database.read() as uow:
        own = (await uow.feedback.list_after(FIRST - 1, 100))[-1]
    await talk.says(LI, f"/merge {own.id} T4711", dm=True)
    other = Person("660002", "也好奇")
    for word in ("/follow", "/unfollow", "/withdraw", "/revoke", "/details", "+1", "-1", "/follow"):
        await talk.says(other, f"{word} T4711", dm=True)
    await talk.says(LI, "/topic T4711 椅子晃", dm=True)
    await talk.says(LI, "/topic T4711")
    card = talk.last()
    for word in ("/follow", "/withdraw", "/revoke", "/details", "+1"):
        await talk.says(other, word, reply_to=card)
    seen = "\n".join(each.text for each in talk.adapter.shown if each.chat in (other.external_id, GROUP))
    assert not re.search(rf"#(?:{'|'.join(hidden.values())})\b", seen), seen
    assert "T4711" in seen
