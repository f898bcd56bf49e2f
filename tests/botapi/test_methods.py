"""Every method of the fake, called by python-telegram-bot, and what people see afterwards."""

import pytest
import telegram
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, InputPollOption, ReplyParameters
from telegram.constants import ChatMemberStatus, ParseMode
from telegram.error import BadRequest

from tests.botapi import BotApi
from tests.botapi.cast import Cast
from tests.botapi.validate import object_errors

PNG = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000320000001900806000000")


def _keyboard(*labels: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(label, callback_data=f"v1:{label}") for label in labels]]
    )


async def test_get_me_says_whether_privacy_mode_is_on(api: BotApi, bot: telegram.Bot) -> None:
    assert (await bot.get_me()).can_read_all_group_messages
    api.world.reads_all = False
    assert not (await bot.get_me()).can_read_all_group_messages
    api.assert_clean()


async def test_a_sent_text_is_seen_with_its_formatting_buttons_and_reply(
    api: BotApi, bot: telegram.Bot, cast: Cast
) -> None:
    said = api.says(cast.zhang, "#反馈 按钮太小了", cast.group)
    sent = await bot.send_message(
        cast.group.id,
        f'收到 <b>#128</b>，<a href="tg://user?id={cast.zhang.id}">张哥</a> &lt;3',
        parse_mode=ParseMode.HTML,
        reply_markup=_keyboard("我也遇到", "我没遇到"),
        reply_parameters=ReplyParameters(said["message_id"], allow_sending_without_reply=True),
        disable_notification=True,
        link_preview_options=telegram.LinkPreviewOptions(is_disabled=True),
    )
    shown = api.sees(cast.group)[-1]
    assert (shown.author, shown.text, shown.reply_to) == ("回响", "收到 #128，张哥 <3", said["message_id"])
    assert shown.buttons == (("我也遇到", "我没遇到"),)
    assert sent.parse_entities([telegram.MessageEntity.BOLD]) == {sent.entities[0]: "#128"}
    mentions = [entity.user for entity in sent.entities if entity.user is not None]
    assert [user.username for user in mentions] == ["zhangge"]
    assert sent.reply_to_message is not None
    assert object_errors("Message", shown.raw) == []
    api.assert_clean()


async def test_a_photo_is_kept_and_can_be_downloaded(api: BotApi, bot: telegram.Bot, cast: Cast) -> None:
    sent = await bot.send_photo(cast.group.id, PNG, caption="<b>周末</b>话题", parse_mode="HTML")
    assert (sent.photo[-1].width, sent.photo[-1].height) == (800, 400)
    shown = api.sees(cast.group)[-1]
    assert (shown.text, shown.photo) == ("周末话题", sent.photo[-1].file_id)
    file = await bot.get_file(sent.photo[-1].file_id)
    assert bytes(await file.download_as_bytearray()) == PNG
    again = await bot.send_photo(cast.group.id, sent.photo[-1].file_id)
    assert again.photo == sent.photo
    assert object_errors("Message", shown.raw) == []
    api.assert_clean()


async def test_a_document_is_sent_by_upload(api: BotApi, bot: telegram.Bot, cast: Cast) -> None:
    sent = await bot.send_document(cast.zhang.id, b"a,b\n1,2\n", filename="export.csv", caption="导出")
    assert sent.document is not None
    assert sent.document.file_name == "export.csv"
    assert object_errors("Message", api.sees(cast.zhang)[-1].raw) == []
    api.assert_clean()


async def test_a_poll_is_voted_in_and_closed_once(api: BotApi, bot: telegram.Bot, cast: Cast) -> None:
    options: list[str | InputPollOption] = ["火锅", InputPollOption("烧烤")]
    sent = await bot.send_poll(cast.group.id, "周末吃什么？", options, is_anonymous=False)
    api.votes(cast.zhang, sent.to_dict(), [1])
    assert object_errors("Message", api.sees(cast.group)[-1].raw) == []
    poll = await bot.stop_poll(cast.group.id, sent.message_id)
    assert (poll.is_closed, poll.total_voter_count, poll.options[1].voter_count) == (True, 1, 1)
    with pytest.raises(BadRequest, match="Poll has already been closed"):
        await bot.stop_poll(cast.group.id, sent.message_id)
    kinds = [_kind(update) for update in await bot.get_updates()]
    assert kinds == ["poll", "poll_answer", "poll"]
    api.assert_clean()


async def test_an_edit_changes_what_is_seen_and_the_same_edit_again_is_refused(
    api: BotApi, bot: telegram.Bot, cast: Cast
) -> None:
    sent = await bot.send_message(cast.group.id, "早安", reply_markup=_keyboard("打卡"))
    await sent.edit_text("早安，1 人已打卡", reply_markup=_keyboard("打卡"))
    shown = api.sees(cast.group)[-1]
    assert (shown.text, shown.edited, shown.buttons) == ("早安，1 人已打卡", True, (("打卡",),))
    with pytest.raises(BadRequest, match="Message is not modified"):
        await sent.edit_text("早安，1 人已打卡", reply_markup=_keyboard("打卡"))
    await sent.edit_reply_markup(None)
    assert api.sees(cast.group)[-1].buttons == ()
    with pytest.raises(BadRequest, match="no caption in the message to edit"):
        await sent.edit_caption("x")
    api.assert_clean()


async def test_a_caption_is_edited(api: BotApi, bot: telegram.Bot, cast: Cast) -> None:
    sent = await bot.send_photo(cast.group.id, PNG, caption="三票")
    await sent.edit_caption("四票")
    assert api.sees(cast.group)[-1].text == "四票"
    with pytest.raises(BadRequest, match="no text in the message to edit"):
        await sent.edit_text("x")
    api.assert_clean()


async def test_a_deleted_message_is_gone(api: BotApi, bot: telegram.Bot, cast: Cast) -> None:
    sent = await bot.send_message(cast.group.id, "早安")
    assert await sent.delete()
    assert api.sees(cast.group) == []
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await sent.delete()
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await sent.edit_text("x")
    with pytest.raises(BadRequest, match="Message to be replied not found"):
        await bot.send_message(cast.group.id, "x", reply_parameters=ReplyParameters(sent.message_id))
    with pytest.raises(BadRequest, match="Message to react not found"):
        await bot.set_message_reaction(cast.group.id, sent.message_id, "👍")


async def test_the_bot_reacts_and_takes_it_back(api: BotApi, bot: telegram.Bot, cast: Cast) -> None:
    said = api.says(cast.yu, "第一次说话", cast.group)
    await bot.set_message_reaction(cast.group.id, said["message_id"], "🎉")
    assert api.sees(cast.group)[-1].reactions == (("回响", "🎉"),)
    await bot.set_message_reaction(cast.group.id, said["message_id"])
    assert api.sees(cast.group)[-1].reactions == ()
    api.assert_clean()
    with pytest.raises(BadRequest, match="Reaction_invalid"):
        await bot.set_message_reaction(cast.group.id, said["message_id"], telegram.ReactionTypeEmoji("✅"))
    api.expects("REACTION_INVALID")


async def test_a_pressed_button_is_answered_once_with_a_toast(
    api: BotApi, bot: telegram.Bot, cast: Cast
) -> None:
    await bot.send_message(cast.group.id, "早安", reply_markup=_keyboard("打卡"))
    query_id = api.presses(cast.zhang, api.sees(cast.group)[-1], "打卡")
    update = (await bot.get_updates())[-1]
    assert update.callback_query is not None
    assert (update.callback_query.data, update.callback_query.id) == ("v1:打卡", query_id)
    await update.callback_query.answer("第 1 个！")
    assert api.toasts(cast.zhang) == ["第 1 个！"]
    with pytest.raises(BadRequest, match="Query is too old"):
        await update.callback_query.answer("又")
    api.assert_clean()


async def test_chats_and_members_are_described(api: BotApi, bot: telegram.Bot, cast: Cast) -> None:
    chat = await bot.get_chat(cast.group.id)
    assert (chat.title, chat.type) == ("车主群", "supergroup")
    assert (await bot.get_chat_member(cast.group.id, cast.yu.id)).status == ChatMemberStatus.MEMBER
    assert (await bot.get_chat_member(cast.group.id, bot.id)).status == ChatMemberStatus.ADMINISTRATOR
    admins = await bot.get_chat_administrators(cast.group.id)
    assert {admin.user.first_name for admin in admins} == {"小李", "回响"}
    assert await bot.get_chat_member_count(cast.group.id) == 4
    assert object_errors("ChatFullInfo", cast.group.full()) == []
    assert all(
        object_errors("ChatMember", api.world.member(cast.group, who)) == [] for who in (bot.id, cast.yu.id)
    )
    api.assert_clean()


async def test_commands_are_set_by_scope(api: BotApi, bot: telegram.Bot, cast: Cast) -> None:
    commands = [telegram.BotCommand("help", "帮助")]
    await bot.set_my_commands(commands, scope=telegram.BotCommandScopeChat(cast.group.id), language_code="zh")
    assert await bot.get_my_commands() == ()
    scope = telegram.BotCommandScopeChat(cast.group.id)
    assert await bot.get_my_commands(scope=scope, language_code="zh") == tuple(commands)
    api.assert_clean()


async def test_the_bot_types_and_leaves(api: BotApi, bot: telegram.Bot, cast: Cast) -> None:
    assert await bot.send_chat_action(cast.zhang.id, "typing")
    assert await bot.leave_chat(cast.group.id)
    assert [_kind(update) for update in await bot.get_updates()] == ["my_chat_member"]
    with pytest.raises(telegram.error.Forbidden, match="not a member of the supergroup"):
        await bot.send_message(cast.group.id, "x")
    api.assert_clean()


def _kind(update: telegram.Update) -> str:
    return next(name for name in update.to_dict() if name != "update_id")
