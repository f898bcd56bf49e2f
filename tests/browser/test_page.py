"""What the page does beside the tour: lives without reload, keeps words that were not taken, works by keyboard."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.demo import Demo

_BOXES = """[...document.querySelectorAll('.chats > .chat')].map((chat) => {
  const { top, bottom, right, width } = chat.getBoundingClientRect();
  return { top: Math.round(top), bottom: Math.round(bottom), right: Math.round(right), width,
           isMine: chat.classList.contains("mine") };
})"""
"""Where the chats stand on the page."""


async def test_two_pages_hear_each_other_without_reload(look: Any) -> None:
    async with look() as one, look() as other:
        await one.say("group", "早")

        await other.hears("group", "早")
        await expect(other.chat("group").locator(".message.own")).to_have_count(1)


async def test_a_page_that_lost_its_connection_catches_up_by_itself(look: Any) -> None:
    async with look() as away, look() as other:
        await away.page.context.set_offline(offline=True)
        await away.page.evaluate("dispatchEvent(new Event('offline'))")
        await other.say("group", "我还在")
        await other.hears("group", "我还在")
        await away.page.context.set_offline(offline=False)

        await away.hears("group", "我还在")


async def test_a_restart_of_the_bot_loses_no_words_and_a_fresh_start_is_noticed(
    look: Any, demo: Demo
) -> None:
    async with look() as visitor:
        visitor.expect_complaint("ERR_")
        said = visitor.chat("group").locator(".message.own:not(.pending)")
        await visitor.say("group", "早")
        await visitor.hears("group", "🤝")
        await asyncio.to_thread(demo.stop)
        await expect(visitor.page.locator("#offline")).to_be_visible()
        await visitor.say("group", "还在吗")
        await expect(visitor.chat("group").locator(".composer .error")).to_contain_text("字还在")
        assert await visitor.box("group").input_value() == "还在吗"

        await asyncio.to_thread(demo.start, "--keep")
        await expect(visitor.page.locator("#offline")).to_be_hidden(timeout=10_000)
        await visitor.box("group").press("Enter")
        await expect(said).to_have_count(2)

        await asyncio.to_thread(demo.stop)
        await asyncio.to_thread(demo.start)
        await expect(said).to_have_count(0, timeout=10_000)


async def test_words_that_are_too_long_stay_in_the_box_with_one_clear_line(look: Any) -> None:
    async with look() as visitor:
        visitor.expect_complaint("413")
        await visitor.say("group", "长" * 100_000)

        line = visitor.chat("group").locator(".composer .error")
        await expect(line).to_contain_text("太长了：100000 字")
        assert await visitor.box("group").input_value() == "长" * 100_000
        await expect(visitor.chat("group").locator(".message.own")).to_have_count(0)


async def test_markup_in_words_is_shown_as_words(look: Any) -> None:
    words = '<img src=x onerror="alert(1)"><b>粗</b>'
    async with look() as visitor:
        await visitor.say("group", words)

        await visitor.hears("group", words)


async def test_a_message_is_answered_reacted_to_and_edited_by_keyboard(look: Any) -> None:
    async with look() as visitor:
        keys = visitor.page.keyboard
        await visitor.say("group", "早上好呀")
        await visitor.hears("group", "早上好呀")
        await visitor.tab_to("#chat-group .log")
        await keys.press("End")
        await visitor.tab_to('#chat-group .message button[aria-label="回应"]')
        await keys.press("Enter")
        await keys.press("Enter")
        await expect(visitor.chat("group").locator(".reactions").last).to_contain_text("👍 1")

        await visitor.tab_to('#chat-group .message button[aria-label="回复"]')
        await keys.press("Enter")
        await expect(visitor.box("group")).to_be_focused()
        await keys.type("你也早")
        await keys.press("Enter")
        await visitor.hears("group", "你也早")
        await expect(visitor.chat("group").locator(".quoted")).to_contain_text("早上好呀")

        own = visitor.chat("group").locator(".message").last
        await own.focus()
        await visitor.tab_to('#chat-group .message:last-child button[aria-label="编辑"]')
        await keys.press("Enter")
        await keys.type("！")
        await keys.press("Enter")
        await visitor.hears("group", "你也早！")
        await visitor.hears("group", "已编辑")


async def test_friday_brings_a_poll_that_everybody_can_vote_in(look: Any) -> None:
    async with look() as visitor:
        await visitor.page.click('#clock [data-to="friday 16:00"]')
        await visitor.clock_stands()
        poll = visitor.chat("group").locator(".poll").last
        await poll.locator("button").first.click()
        await expect(poll.locator('[aria-pressed="true"]')).to_have_count(1)
        await visitor.become("yu")
        await expect(poll.locator('[aria-pressed="true"]')).to_have_count(0)
        await poll.locator("button").first.click()
        await expect(poll.locator("button .count").first).to_have_text("2")
        await visitor.keep_picture("poll")

        await visitor.page.click('#clock [data-to="+3d"]')
        await visitor.clock_stands()

        result = visitor.chat("group").locator(".message", has_text="这个周末，车往哪儿开").locator("img")
        await expect(result).to_have_count(1)
        await result.scroll_into_view_if_needed()
        await visitor.keep_picture("result")


async def test_the_first_page_chooses_the_language_though_the_clock_has_spoken_before(look: Any) -> None:
    async with look() as visitor:
        await visitor.page.click('#clock [data-to="friday 16:00"]')
        await visitor.clock_stands()
        await expect(visitor.chat("group").locator(".message.bot").last).to_be_visible()

    async with look(locale="en-GB") as visitor:
        await visitor.say("zhang", "/mine")
        await visitor.hears("zhang", "You have not told us")


async def test_the_page_and_the_bot_change_their_language_together(look: Any) -> None:
    async with look() as visitor:
        await visitor.page.get_by_role("button", name="English").click()
        await expect(visitor.page.locator("#view")).to_contain_text("All side by side")
        await visitor.say("zhang", "/mine")

        await expect(visitor.chat("zhang").locator(".message.bot").last).to_be_visible()
        said = await visitor.chat("zhang").locator(".message.bot .bubble").last.inner_text()
        assert said.isascii() or "“" in said


@pytest.mark.parametrize("width", [1280, 1024, 768])
async def test_side_by_side_nobody_stands_alone_in_a_row_whoever_one_is(look: Any, width: int) -> None:
    async with look(width=width, height=800) as visitor:
        await visitor.page.get_by_text("全部并排").click()
        for person in ("zhang", "qin"):
            await visitor.become(person)

            boxes = await visitor.page.evaluate(_BOXES)

            assert len(boxes) == 6
            assert min(box["width"] for box in boxes) > 200
            right = max(box["right"] for box in boxes)
            rows = {box["bottom"] for box in boxes}
            assert all(max(b["right"] for b in boxes if b["bottom"] == row) == right for row in rows)
            assert all(sum(b["width"] for b in boxes if b["bottom"] == row) > 350 for row in rows)
            mine = next(box for box in boxes if box["isMine"])
            assert mine["top"] == min(box["top"] for box in boxes)
        await visitor.keep_picture(f"all-{width}")


async def test_one_person_at_a_time_shows_the_group_and_their_private_chat(look: Any) -> None:
    async with look() as visitor:
        await visitor.page.get_by_text("只看自己").click()
        await visitor.become("li")

        await expect(visitor.chat("li")).to_be_visible()
        await expect(visitor.chat("zhang")).to_be_hidden()
        await visitor.keep_picture("one")


async def test_at_320_pixels_nothing_juts_out_and_everybody_has_a_face_of_their_own(look: Any) -> None:
    async with look(width=320, height=568, has_touch=True, is_mobile=True, locale="en-GB") as visitor:
        await visitor.say("group", "#feedback " + "按钮太小" * 200 + "x" * 300)
        await visitor.hears("group", "✍")

        wide = await visitor.page.evaluate(
            "document.documentElement.scrollWidth > 320"
            " || [...document.querySelectorAll('.log')].some((log) => log.scrollWidth > log.clientWidth)"
        )
        assert not wide
        neighbours = visitor.chat("group").locator(".message.other")
        assert await neighbours.count() > 0
        await expect(neighbours.locator(".avatar.bot")).to_have_count(0)


async def test_a_double_click_on_a_button_is_one_wish(look: Any) -> None:
    async with look() as visitor:
        await visitor.say("li", "/show T1")
        await visitor.button("topic:").wait_for()
        said = visitor.chat("li").locator(".message.bot")

        await visitor.button("insight:").dblclick()

        await visitor.hears("li", "没有疏水层")
        await visitor.say("li", "/report")
        await visitor.hears("li", "说到做到")
        await expect(said).to_have_count(3)
