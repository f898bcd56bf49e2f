"""Words nobody listens to: staff's commands said by a member in private get one clear line."""

from __future__ import annotations

import pytest

from handlers import HANDLERS
from storage.records import Role
from tests.talk import LI, YU, ZHANG, Person, Talk

STAFFS = [
    word
    for handler in HANDLERS
    if Role.MEMBER not in getattr(handler, "LISTED_FOR", handler.ROLES)
    for word in handler.COMMANDS
    if not word.isascii() and word not in ("投票", "我在哪", "启用")
]


@pytest.mark.parametrize("word", STAFFS)
async def test_a_staff_word_from_a_member_gets_one_clear_line(talk: Talk, word: str) -> None:
    await talk.says(ZHANG, "/start", dm=True)
    await talk.says(YU, "#反馈 声音太小了")
    talk.heard(ZHANG)
    line = f"「{word}」是同事处理反馈时用的。看您提的发「我的」，想说什么直接写给我就好。"
    for said in (f"{word} 1", f"{word}1", f"{word} #1", f"{word}1号", f"{word} T1"):
        await talk.says(ZHANG, said, dm=True)
        assert talk.heard(ZHANG) == [line], said


@pytest.mark.parametrize(
    "said", ["解决 得太慢了，等了一周", "排期 什么时候能出来啊", "答复 2 天了还没有", "公开课 讲得很好"]
)
async def test_a_members_own_words_that_begin_like_one_are_theirs(talk: Talk, said: str) -> None:
    await talk.says(ZHANG, "/start", dm=True)
    talk.heard(ZHANG)
    await talk.says(ZHANG, said, dm=True)
    [asked] = talk.heard(ZHANG)
    assert asked.startswith(f"「{said}」")


async def test_thanks_alone_are_thanks(talk: Talk) -> None:
    await talk.says(ZHANG, "/start", dm=True)
    talk.heard(ZHANG)
    await talk.says(ZHANG, "感谢", dm=True)
    assert not any("同事" in heard for heard in talk.heard(ZHANG))


@pytest.mark.parametrize(
    ("who", "said", "answer"),
    [
        (LI, "/reslove 1 好了", "不认识 /reslove，是不是 /resolve？"),
        (ZHANG, "/reslove 1 好了", "不认识 /reslove。发 /help 看看我能做什么。"),  # which is not theirs
        (ZHANG, "/mien", "不认识 /mien，是不是 /mine？"),
        (LI, "导出", "这个操作只有管理员可以用。"),
    ],
)
async def test_a_word_mistyped_or_not_theirs_gets_its_line(
    talk: Talk, who: Person, said: str, answer: str
) -> None:
    await talk.says(who, said, dm=True)
    assert talk.heard(who)[-1] == answer


@pytest.mark.parametrize("said", ["inbox", "Show 13", "resolve T1 done"])
async def test_staff_who_forget_the_slash_are_told_where_it_goes(talk: Talk, said: str) -> None:
    await talk.says(LI, said, dm=True)
    assert talk.heard(LI) == [f"前面加个斜杠就行：/{said[0].lower()}{said[1:]}"]


async def test_a_members_own_words_that_begin_like_an_order_of_staff_are_kept(talk: Talk) -> None:
    await talk.says(ZHANG, "beta 2 keeps crashing in the rain", dm=True)
    assert "记成反馈吗" in talk.heard(ZHANG)[-1]


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("#8 修好了", "要对 8 做什么？把那个词放在前面，比如：查看 8、备注 8 修好了"),
        ("T1", "要对 T1 做什么？把那个词放在前面，比如：查看 T1、备注 T1 …"),
    ],
)
async def test_staff_who_say_the_number_first_are_asked_what_about_it(
    talk: Talk, said: str, line: str
) -> None:
    await talk.says(LI, said, dm=True)
    assert talk.heard(LI) == [line]
