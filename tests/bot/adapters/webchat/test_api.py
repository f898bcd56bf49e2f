"""What people do on the page reaches the bot once, and what is wrong gets one clear line."""

from __future__ import annotations

import asyncio

from bot.adapters.base import Chatter, Parcel
from bot.adapters.webchat.adapter import WebchatAdapter
from handlers.events import EventKind
from storage.messages import Ballot, Button, Message
from storage.promises import DeliveryKind
from storage.records import ChatKind, ChatState, Platform
from tests.bot.adapters.webchat.conftest import OWNERS, PNG, Page, ScriptedIntake
from tests.fakes import FakeClock, at


async def post(webchat: WebchatAdapter, message: Message, chat: str = OWNERS, key: str = "k1") -> int:
    kind = ChatKind.GROUP if chat == OWNERS else ChatKind.PRIVATE
    receipt = await webchat.send(Parcel(key, DeliveryKind.POST, chat, kind, message))
    return int(receipt.message_id)


async def test_a_tagged_message_in_the_group_becomes_an_event(page: Page, intake: ScriptedIntake) -> None:
    number = await page.say("zhang", "#反馈 按钮太小了")

    (event,) = intake.events
    assert event.kind is EventKind.MESSAGE
    assert (event.chat, event.chat_kind, event.text) == (OWNERS, ChatKind.GROUP, "#反馈 按钮太小了")
    assert (event.sender.external_id, event.sender.name) == ("zhang", "张哥")
    assert (event.message_id, event.link) == (str(number), f"/webchat/#m{number}")
    assert (await page.messages())[number]["text"] == "#反馈 按钮太小了"


async def test_ordinary_talk_is_only_counted(page: Page, intake: ScriptedIntake) -> None:
    await page.say("yu", "今天下班路上看到一辆一样颜色的车")

    assert isinstance(intake.taken[0].content, Chatter)


async def test_a_command_in_private_is_called_by_its_word(page: Page, intake: ScriptedIntake) -> None:
    await page.say("li", "/resolve 12 新版本里改好了", chat="li")
    await page.say("li", "待办", chat="li")

    first, second = intake.events
    assert (first.word, first.rest, first.is_command) == ("resolve", "12 新版本里改好了", True)
    assert (second.word, second.is_command) == ("待办", False)


async def test_a_mention_calls_the_bot_in_the_group(page: Page, intake: ScriptedIntake) -> None:
    await page.say("li", "@回响 待办 现在有哪些还没有人看过的呢")

    (event,) = intake.events
    assert (event.word, event.mentions_us) == ("待办", True)


async def test_the_same_submission_twice_is_one_message_and_one_event(
    page: Page, intake: ScriptedIntake
) -> None:
    first, second = await asyncio.gather(
        page.say("zhang", "#反馈 一次", client_id="x"), page.say("zhang", "#反馈 一次", client_id="x")
    )
    third = await page.say("zhang", "#反馈 一次", client_id="x")

    assert first == second == third
    assert len(intake.events) == 1
    assert len((await page.state())["messages"]) == 1


async def test_a_message_that_was_not_taken_can_be_sent_again_and_is_taken_once(
    page: Page, intake: ScriptedIntake
) -> None:
    intake.is_busy = True
    refused = await page.post("say", who="zhang", chat=OWNERS, text="#反馈 在吗", client_id="x")
    intake.is_busy = False
    taken = await page.post("say", who="zhang", chat=OWNERS, text="#反馈 在吗", client_id="x")

    assert refused.status_code == 503
    assert "再发一次" in refused.json()["error"]
    assert taken.status_code == 200
    assert [event.text for event in intake.events] == ["#反馈 在吗"]


async def test_what_a_stop_left_unconfirmed_is_offered_again_on_start(
    page: Page, webchat: WebchatAdapter, intake: ScriptedIntake
) -> None:
    intake.is_busy = True
    await page.post("say", who="zhang", chat=OWNERS, text="#反馈 停电了")
    await webchat.stop()
    intake.is_busy = False

    await webchat.start(intake)
    async with asyncio.timeout(5):
        await intake.heard.wait()

    assert [event.text for event in intake.events] == ["#反馈 停电了"]


async def test_a_press_carries_its_action_and_brings_the_toast_back(
    page: Page, webchat: WebchatAdapter, intake: ScriptedIntake
) -> None:
    number = await post(webchat, Message(text=("早",), buttons=((Button("打卡", action="checkin:7"),),)))
    data = (await page.messages())[number]["buttons"][0][0]["data"]
    intake.toast = "记上了"

    answer = await page.post("press", who="zhang", chat=OWNERS, message=number, data=data)

    assert answer.json() == {"toast": "记上了"}
    assert [(event.kind, event.action) for event in intake.events] == [(EventKind.PRESS, "checkin:7")]


async def test_a_forged_button_reaches_the_bot_without_an_action(
    page: Page, webchat: WebchatAdapter, intake: ScriptedIntake
) -> None:
    button = ((Button("顺手多了", action="verify:1:2:better"),),)
    private = await post(webchat, Message(text=("好了吗",), buttons=button), chat="zhang")
    number = await post(webchat, Message(text=("早",), buttons=button), key="k2")
    data = (await page.messages())[private]["buttons"][0][0]["data"]

    await page.post("press", who="zhang", chat=OWNERS, message=number, data=data)
    await page.post("press", who="zhang", chat=OWNERS, message=number, data="AAAAAAAAAAAAverify:1:2:better")
    await page.post("press", who="zhang", chat=OWNERS, message=number, data="")

    assert [event.action for event in intake.events] == [None, None, None]


async def test_nobody_presses_in_somebody_elses_private_chat(page: Page, webchat: WebchatAdapter) -> None:
    number = await post(webchat, Message(text=("秘密",)), chat="zhang")

    foreign = await page.post("press", who="yu", chat="zhang", message=number, data="x")
    elsewhere = await page.post("press", who="yu", chat=OWNERS, message=number, data="x")

    assert (foreign.status_code, elsewhere.status_code) == (403, 404)


async def test_a_deep_link_opens_the_private_chat_with_its_payload(
    page: Page, webchat: WebchatAdapter, intake: ScriptedIntake
) -> None:
    number = await post(webchat, Message(text=("有话",), buttons=((Button("去看", start="d12"),),)))
    payload = (await page.messages())[number]["buttons"][0][0]["start"]

    await page.post("start", who="zhang", data=payload)
    await page.post("start", who="zhang", data=payload[:-1] + "3")
    await page.post("start", who="zhang")

    assert [(e.chat, e.word, e.rest) for e in intake.events] == [
        ("zhang", "start", "d12"),
        ("zhang", "start", "!"),
        ("zhang", "start", ""),
    ]


async def test_a_reply_tells_who_and_what_was_replied_to(
    page: Page, webchat: WebchatAdapter, intake: ScriptedIntake
) -> None:
    said = await page.say("zhang", "方向盘加热多久能热起来呀想问问大家")
    ours = await post(webchat, Message(text=("好些了吗",)))
    await page.say("li", "#反馈", reply_to=said)
    await page.say("zhang", "没有，还是要等十分钟左右才开始有点热", reply_to=ours)

    (captured, answered) = intake.events
    assert captured.reply_to is not None
    assert captured.reply_to.text.startswith("方向盘")
    assert captured.reply_to.sender is not None
    assert captured.reply_to.sender.external_id == "zhang"
    assert answered.reply_to is not None
    assert answered.reply_to.by_us


async def test_an_edit_changes_the_message_and_becomes_an_event(page: Page, intake: ScriptedIntake) -> None:
    number = await page.say("zhang", "#反馈 按扭太小")

    own = await page.post("edit", who="zhang", chat=OWNERS, message=number, text="#反馈 按钮太小")
    foreign = await page.post("edit", who="yu", chat=OWNERS, message=number, text="x")

    assert (own.status_code, foreign.status_code) == (200, 403)
    assert (intake.events[1].kind, intake.events[1].text) == (EventKind.EDIT, "#反馈 按钮太小")
    shown = (await page.messages())[number]
    assert (shown["text"], shown["is_edited"]) == ("#反馈 按钮太小", True)


async def test_a_reaction_is_shown_told_and_taken_back(page: Page, intake: ScriptedIntake) -> None:
    number = await page.say("zhang", "早")
    await page.post("react", who="yu", chat=OWNERS, message=number, emoji="❤️")
    given = (await page.messages())[number]["reactions"]
    await page.post("react", who="yu", chat=OWNERS, message=number, emoji="❤️", is_on=False)

    assert given == {"❤️": ["yu"]}
    assert (await page.messages())[number]["reactions"] == {}
    assert [(e.kind, e.emoji) for e in intake.events[1:]] == [(EventKind.REACTION, "❤️")]


async def test_words_are_no_reaction(page: Page) -> None:
    number = await page.say("zhang", "早")

    answer = await page.post("react", who="yu", chat=OWNERS, message=number, emoji="abc")

    assert answer.status_code == 400


async def test_a_vote_is_counted_changed_and_refused_once_the_poll_closed(
    page: Page, webchat: WebchatAdapter, intake: ScriptedIntake
) -> None:
    message = Message(ballot=Ballot("周末去哪？", ("山里", "海边", "在家")))
    number = await post(webchat, message)
    for choices in ([0], [2], [5], [0, 1]):
        await page.post("vote", who="yu", chat=OWNERS, message=number, choices=choices)
    votes = (await page.messages())[number]["poll"]["votes"]
    parcel = Parcel("c", DeliveryKind.CLOSE_POLL, OWNERS, ChatKind.GROUP, Message(), target=str(number))
    await webchat.send(parcel)
    late = await page.post("vote", who="zhang", chat=OWNERS, message=number, choices=[0])

    assert votes == {"yu": [2]}
    assert [(e.kind, e.poll_id, e.choices) for e in intake.events] == [
        (EventKind.POLL_ANSWER, f"p{number}", (0,)),
        (EventKind.POLL_ANSWER, f"p{number}", (2,)),
    ]
    assert late.status_code == 409


async def test_a_picture_with_a_caption_is_stored_shown_and_told(page: Page, intake: ScriptedIntake) -> None:
    ask = {"as": "zhang", "chat": OWNERS, "text": "#反馈 划痕", "client_id": "p1"}
    answer = await page.client.post("/webchat/api/upload", params=ask, content=PNG)
    name = answer.json()["message"]["photo"]
    file = await page.client.get(f"/webchat/files/{name}")

    assert (file.content, file.headers["content-type"]) == (PNG, "image/png")
    (event,) = intake.events
    assert (event.text, event.attachments[0].kind, event.attachments[0].file_id) == (
        "#反馈 划痕",
        "photo",
        name,
    )


async def test_right_to_left_and_markup_are_kept_as_they_were_said(page: Page) -> None:
    words = "<b>&amp; \u202eevil\u202c\u200b</b> #反馈"

    number = await page.say("zhang", words)

    assert (await page.messages())[number]["text"] == words


async def test_a_page_that_was_away_asks_only_for_what_changed(page: Page) -> None:
    first = await page.say("zhang", "早")
    seen = (await page.state())["revision"]
    second = await page.say("yu", "早")
    await page.post("react", who="yu", chat=OWNERS, message=first, emoji="👍")

    changed = (await page.state(since=seen))["messages"]

    assert [message["id"] for message in changed] == [second, first]


async def test_the_clock_of_the_demo_moves_on_and_never_back(page: Page, clock: FakeClock) -> None:
    moved = await page.client.post("/webchat/api/clock", json={"to": "tomorrow 09:00"})
    back = await page.client.post("/webchat/api/clock", json={"to": "2026-01-01T09:00"})

    assert moved.json() == {"now": "2026-10-13T01:00:00+00:00"}
    assert back.status_code == 400
    assert clock.at == at("2026-10-13 01:00")


async def test_the_page_brings_its_texts_in_both_languages(page: Page) -> None:
    chinese = (await page.client.get("/webchat/api/texts")).json()
    headers = {"accept-language": "en-GB,en;q=0.9"}
    english = (await page.client.get("/webchat/api/texts", headers=headers)).json()

    assert chinese["texts"]["webchat.send"] == ["发送"]
    assert english["texts"]["webchat.send"] == ["Send"]
    assert chinese["texts"].keys() == english["texts"].keys()


async def test_the_demo_speaks_the_language_of_its_page_in_the_group_and_in_private(
    page: Page, webchat: WebchatAdapter
) -> None:
    async with webchat.database.begin() as uow:
        await uow.chats.add(
            Platform.WEBCHAT, OWNERS, ChatKind.GROUP, title="车主群", state=ChatState.SERVED, language="zh_CN",
            timezone="Asia/Shanghai",
        )  # fmt: skip

    answer = await page.client.post("/webchat/api/language", json={"to": "en"})

    async with webchat.database.read() as uow:
        member = await uow.members.find(Platform.WEBCHAT, "li")
    assert answer.status_code == 200
    assert (await page.state())["language"] == "en"
    assert member is not None
    assert member.language == "en"


async def test_members_come_before_staff(page: Page) -> None:
    assert [person["id"] for person in (await page.state())["people"]] == ["zhang", "yu", "li", "min"]
