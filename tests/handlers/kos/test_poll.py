"""Dialogues about /poll (handlers/kos/poll.py)."""

from __future__ import annotations

from typing import Any

import pytest

from storage.records import ChatKind, ChatState
from tests.talk import LI, PLATFORM, ZHANG, Talk


async def promised(talk: Talk) -> list[dict[str, Any]]:
    """Return what the clock is to begin."""
    async with talk.database.read() as uow:
        return [timer.data for timer in await uow.timers.list_due(talk.now) if timer.kind == "begin"]


async def test_in_the_group_a_poll_is_held_at_once(talk: Talk) -> None:
    said = talk.message(LI, "/poll 周末去哪儿？ | 山里 ｜ 海边 |")
    await talk.dispatcher(PLATFORM, [talk.taken(said)])
    (data,) = await promised(talk)
    group = await talk.group()
    assert data == {
        "ritual": "poll", "chat_id": group.id, "question": "周末去哪儿？", "options": ["山里", "海边"],
        "multiple": False, "by": data["by"],
    }  # fmt: skip


async def test_lines_are_options_too_and_several_may_be_allowed(talk: Talk) -> None:
    await talk.dispatcher(
        PLATFORM, [talk.taken(talk.message(LI, "/投票 想去哪些？（多选）\n山里\n海边\n湖边"))]
    )
    (data,) = await promised(talk)
    assert (data["question"], data["options"], data["multiple"]) == (
        "想去哪些？",
        ["山里", "海边", "湖边"],
        True,
    )


async def test_in_private_the_only_group_needs_no_name(talk: Talk) -> None:
    await talk.dispatcher(PLATFORM, [talk.taken(talk.message(LI, "投票 去哪儿？|山里|海边", dm=True))])
    assert len(await promised(talk)) == 1
    await talk.settle()
    assert talk.heard(LI) == ["发到「车主群」了，2 个选项。"]


async def test_in_private_one_of_several_groups_is_named(talk: Talk) -> None:
    async with talk.database.begin() as uow:
        other = await uow.chats.add(
            PLATFORM, "-1002", ChatKind.GROUP, title="车主群二", state=ChatState.SERVED, language="zh_CN",
            timezone="Asia/Shanghai",
        )  # fmt: skip
    await talk.says(LI, "/poll 去哪儿？|山里|海边", dm=True)
    assert talk.heard(LI) == ["发到哪个群？（车主群、车主群二）比如：/poll 车主群 周末去哪儿？ | 山里 | 海边"]
    await talk.dispatcher(
        PLATFORM, [talk.taken(talk.message(LI, "/poll 车主群二 去哪儿？|山里|海边", dm=True))]
    )
    (data,) = await promised(talk)
    assert (data["chat_id"], data["question"]) == (other.id, "去哪儿？")


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("/poll", "用竖线隔开问题和选项，比如：/poll 周末去哪儿？ | 山里 | 海边"),
        ("/poll 去哪儿？", "用竖线隔开问题和选项，比如：/poll 周末去哪儿？ | 山里 | 海边"),
        ("/poll | 山里 | 海边", "用竖线隔开问题和选项，比如：/poll 周末去哪儿？ | 山里 | 海边"),
        ("/poll 去哪儿？ | 山里", "选项要 2 到 10 个，现在有 1 个，比如：/poll 周末去哪儿？ | 山里 | 海边"),
        (
            f"/poll 去哪儿？{'|山' * 11}",
            "选项要 2 到 10 个，现在有 11 个，比如：/poll 周末去哪儿？ | 山里 | 海边",
        ),
        ("/poll 去哪儿？ | 山里 | | 海边", "有一个选项是空的，比如该写成：/poll 周末去哪儿？ | 山里 | 海边"),
        ("/poll 去哪儿？ | 山里 | 山里", "「山里」出现了两次。"),
        (f"/poll {'去' * 301} | 山里 | 海边", "问题最多 300 个字，现在有 301 个。"),
        (f"/poll 去哪儿？ | {'山' * 101} | 海边", f"选项最多 100 个字，「{'山' * 20}…」太长了。"),
    ],
)
async def test_a_malformed_poll_gets_one_line(talk: Talk, text: str, answer: str) -> None:
    await talk.says(LI, text)
    assert talk.heard() == [answer]
    assert await promised(talk) == []


async def test_the_group_sees_it_and_votes(talk: Talk) -> None:
    await talk.says(LI, "/poll 周末去哪儿？ | 山里 | 海边")
    poll = talk.last()
    assert poll.message.ballot is not None
    assert poll.message.ballot.options == ("山里", "海边")
    assert not poll.message.ballot.multiple


async def test_a_lone_word_with_a_number_is_a_vote_and_not_a_poll(talk: Talk) -> None:
    await talk.says(LI, "投票 2", dm=True)
    assert not any("竖线" in text for text in talk.heard(LI))


async def test_a_member_cannot_ask_the_group(talk: Talk) -> None:
    await talk.dispatcher(PLATFORM, [talk.taken(talk.message(ZHANG, "/poll 去哪儿？|山里|海边"))])
    assert await promised(talk) == []
