"""Every kind of parcel is seen on the page as it was meant, once."""

from __future__ import annotations

import asyncio

import pytest

from bot.adapters.base import ChatGoneError, Parcel, PermanentError, UnreachableError
from bot.adapters.webchat.adapter import WebchatAdapter
from storage.messages import Ballot, Button, Link, Mention, Message, Picture, Quote, Strong
from storage.promises import DeliveryKind
from storage.records import ChatKind
from tests.bot.adapters.webchat.conftest import OWNERS, PNG, Page, ScriptedIntake
from tests.fakes import FakeClock


def parcel(message: Message, *, key: str = "k1", target: str = "", png: bytes | None = None) -> Parcel:
    kind = DeliveryKind.EDIT if target else DeliveryKind.POST
    return Parcel(key, kind, OWNERS, ChatKind.GROUP, message, target=target, png=png)


async def test_words_keep_their_emphasis_as_parts_and_member_text_stays_plain(
    page: Page, webchat: WebchatAdapter
) -> None:
    text = (
        "你好 ",
        Mention("zhang", "张哥"),
        Strong("重要"),
        Quote("<b>原话</b>"),
        Link("看", "https://e.example"),
    )

    receipt = await webchat.send(parcel(Message(text=text)))

    shown = (await page.messages())[int(receipt.message_id)]
    assert (shown["author"], shown["chat"]) == ("", OWNERS)
    assert shown["parts"] == [
        "你好 ",
        {"mention": "zhang", "name": "张哥"},
        {"strong": "重要"},
        {"quote": "<b>原话</b>"},
        {"link": "看", "url": "https://e.example"},
    ]


async def test_the_same_parcel_sent_twice_is_one_message(page: Page, webchat: WebchatAdapter) -> None:
    first = await webchat.send(parcel(Message(text=("早",))))
    again = await webchat.send(parcel(Message(text=("早",))))

    assert first == again
    assert len(await page.messages()) == 1


async def test_a_poll_has_an_id_and_its_options(page: Page, webchat: WebchatAdapter) -> None:
    receipt = await webchat.send(parcel(Message(ballot=Ballot("去哪？", ("山", "海"), multiple=True))))

    poll = (await page.messages())[int(receipt.message_id)]["poll"]
    assert receipt.poll_id == f"p{receipt.message_id}"
    assert poll == {
        "question": "去哪？",
        "options": ["山", "海"],
        "multiple": True,
        "is_closed": False,
        "votes": {},
    }


async def test_a_picture_is_served_and_described(page: Page, webchat: WebchatAdapter) -> None:
    picture = Picture("poll", "去哪？", (("山", 3), ("海", 5)), caption="海边赢了")

    receipt = await webchat.send(parcel(Message(picture=picture), png=PNG))

    shown = (await page.messages())[int(receipt.message_id)]
    assert (shown["parts"], shown["alt"]) == (["海边赢了"], "去哪？：山 3，海 5")
    assert (await page.client.get(f"/webchat/files/{shown['picture']}")).content == PNG


async def test_a_picture_that_could_not_be_drawn_is_said_in_words(
    page: Page, webchat: WebchatAdapter
) -> None:
    receipt = await webchat.send(parcel(Message(picture=Picture("poll", "去哪？", (("山", 3),)))))

    assert (await page.messages())[int(receipt.message_id)]["parts"] == ["去哪？：山 3"]


async def test_an_edit_brings_new_words_and_buttons_and_keeps_what_people_gave(
    page: Page, webchat: WebchatAdapter
) -> None:
    button = ((Button("打卡", action="checkin:1"),),)
    sent = await webchat.send(parcel(Message(text=("早，0 人",), buttons=button)))
    number = int(sent.message_id)
    await page.post("react", who="yu", chat=OWNERS, message=number, emoji="👍")

    await webchat.send(parcel(Message(text=("早，1 人",)), target=sent.message_id))

    shown = (await page.messages())[number]
    assert (shown["parts"], shown["reactions"]) == (["早，1 人"], {"👍": ["yu"]})
    assert "buttons" not in shown


async def test_an_edit_of_a_poll_keeps_its_votes(page: Page, webchat: WebchatAdapter) -> None:
    poll = Message(ballot=Ballot("去哪？", ("山", "海")))
    sent = await webchat.send(parcel(poll))
    await page.post("vote", who="yu", chat=OWNERS, message=int(sent.message_id), choices=[1])

    await webchat.send(parcel(poll, target=sent.message_id))

    assert (await page.messages())[int(sent.message_id)]["poll"]["votes"] == {"yu": [1]}


async def test_an_edit_that_changes_nothing_wakes_no_page(page: Page, webchat: WebchatAdapter) -> None:
    sent = await webchat.send(parcel(Message(text=("早",))))
    before = (await page.state())["revision"]

    await webchat.send(parcel(Message(text=("早",)), target=sent.message_id))

    assert (await page.state())["revision"] == before


async def test_the_bot_reacts_once_however_often_it_is_sent(page: Page, webchat: WebchatAdapter) -> None:
    said = await page.say("zhang", "#反馈 按钮太小")
    reaction = Parcel(
        "r", DeliveryKind.REACTION, OWNERS, ChatKind.GROUP, Message(), emoji="👀", target=str(said)
    )

    await webchat.send(reaction)
    await webchat.send(reaction)

    assert (await page.messages())[said]["reactions"] == {"👀": [""]}


@pytest.mark.parametrize("target", ["999", "", "x", "²"])
async def test_what_is_not_there_cannot_be_edited(webchat: WebchatAdapter, target: str) -> None:
    edit = Parcel("e", DeliveryKind.EDIT, OWNERS, ChatKind.GROUP, Message(text=("x",)), target=target)

    with pytest.raises(PermanentError):
        await webchat.send(edit)


async def test_nothing_is_sent_to_who_is_not_here(webchat: WebchatAdapter) -> None:
    with pytest.raises(ChatGoneError):
        await webchat.send(Parcel("k", DeliveryKind.POST, "elsewhere", ChatKind.GROUP, Message()))
    with pytest.raises(UnreachableError):
        await webchat.send(Parcel("k", DeliveryKind.POST, "nobody", ChatKind.PRIVATE, Message()))


async def test_an_update_that_cannot_be_read_goes_to_quarantine_and_holds_nobody_up(
    page: Page, webchat: WebchatAdapter, intake: ScriptedIntake, clock: FakeClock
) -> None:
    await webchat.stop()
    async with webchat.database.begin() as uow:
        await uow.webchat.add_update({"kind": "of a later version"}, key="x", now=clock.at)

    await webchat.start(intake)
    await page.say("zhang", "#反馈 还听得见吗")
    async with asyncio.timeout(5):
        while len(intake.taken) < 2:
            intake.heard.clear()
            await intake.heard.wait()

    assert sorted(bool(taken.error) for taken in intake.taken) == [False, True]


async def test_the_doctor_hears_of_groups_that_are_not_here(
    webchat: WebchatAdapter, clock: FakeClock
) -> None:
    findings = await webchat.examine([OWNERS, "elsewhere"], clock.at)

    assert [finding.ok for finding in findings] == [True, False]
    assert findings[1].advice
