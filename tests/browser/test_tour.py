"""The guided tour is walked end to end: by mouse, on a phone, by keyboard alone, in both languages."""

from __future__ import annotations

from typing import Any

from playwright.async_api import expect

from bot.neighbours import VOICES

FIRST = VOICES + 1
"""The number of the visitor's first voice: the neighbours have raised some before."""

SIGHTS = {
    "topic": ("li", "18 人遇到"),
    "insight": ("li", "没有疏水层"),
    "promise": ("li", "说到做到 1/1"),
    "export": ("min", "topics-"),
    "hurt": ("li", "情绪"),
    "immunity": ("li", "物流：5 条"),
    "private": ("zhang", "化名"),
    "mydata": ("yu", "您的故事：1 条"),
    "story": ("li", "外放电"),
    "award": ("li", "最佳发现"),
    "circle": ("li", "老周"),
    "honours": ("zhang", "品牌荣誉产品顾问"),
    "beta": ("yu", "愿意帮我们先看看吗"),
    "defect": ("yu", "是什么时候遇到的"),
    "question": ("li", "在问：「备用钥匙丢了"),
    "packet": ("min", "等你们定的 1 件"),
}
"""What else the page leads to, each over what the neighbours have said: whose chat then holds which words."""

FORWARD = ".tour .is-next button"


async def test_the_tour_leads_from_the_greeting_to_the_thanks(look: Any) -> None:
    async with look() as visitor:
        await visitor.is_at("checkin")
        await visitor.page.click(FORWARD)
        await visitor.button("checkin:").wait_for()
        await visitor.clock_stands()
        await visitor.button("checkin:").click()

        await visitor.become("yu")
        await visitor.say("group", "早呀，今天路上有雾，大家慢点开")
        await visitor.become("zhang")
        await visitor.is_at("feedback")
        await visitor.say("group", "#反馈 按钮太小，戴手套点不到")
        await visitor.is_at("resolve")
        await visitor.say("li", "/inbox")
        await visitor.hears("li", "按钮太小")
        await visitor.say("li", f"/resolve {FIRST} 新版本里按钮放大了")
        await visitor.hears("zhang", "新版本里按钮放大了")

        await visitor.is_at("verify")
        await visitor.keep_picture("echo")
        await visitor.button(f"verify:{FIRST}:").locator("xpath=../button[1]").click()
        await visitor.has_finished()
        thanks = visitor.chat("group").locator(".message").last
        await expect(thanks).to_contain_text("张哥")
        await expect(thanks.locator(".quoted")).to_contain_text("按钮太小")
        await visitor.keep_picture("tour")

        for name, (chat, words) in SIGHTS.items():
            await visitor.page.click(f'[data-sight="{name}"]')
            await expect(visitor.page.locator(".tour .look")).not_to_be_empty()
            if name == "packet":
                await visitor.clock_stands()
            else:
                await visitor.page.keyboard.press("Enter")
            await visitor.hears(chat, words)
        await visitor.keep_picture("sights")


async def test_the_tour_can_be_left_to_do_everything_on_a_phone(look: Any) -> None:
    async with look(width=390, height=844, has_touch=True, is_mobile=True) as visitor:
        await visitor.is_at("checkin")
        await visitor.page.tap(FORWARD)
        await visitor.button("checkin:").wait_for()
        await visitor.clock_stands()
        await visitor.page.tap(FORWARD)
        await visitor.keep_picture("phone-1")
        await visitor.button("checkin:").tap()
        for step in ("feedback", "resolve"):
            await visitor.is_at(step)
            await visitor.page.tap(FORWARD)
            await visitor.page.tap(".chat.shown .composer .main")
        await visitor.hears("li", f"#{FIRST}")
        await visitor.page.tap(FORWARD)
        await visitor.keep_picture("phone-2")
        await visitor.page.tap(".chat.shown .composer .main")
        await visitor.is_at("echo")
        await visitor.page.tap(FORWARD)
        await visitor.is_at("verify")
        await visitor.page.tap(FORWARD)
        await visitor.keep_picture("phone-3")
        await visitor.page.tap('[data-action$=":better"]')
        await visitor.has_finished()

        await visitor.page.tap("#tab-group")
        await expect(visitor.chat("group")).to_be_visible()
        await expect(visitor.chat("zhang")).to_be_hidden()
        wide = await visitor.page.evaluate("document.documentElement.scrollWidth > 390 || scrollY > 0")
        assert not wide
        await visitor.keep_picture("phone-4")


async def test_the_tour_can_be_walked_by_keyboard_alone_in_english(look: Any) -> None:
    async with look(locale="en-GB", color_scheme="dark", reduced_motion="reduce") as visitor:
        keys = visitor.page.keyboard
        await visitor.is_at("checkin")
        await visitor.tab_to(FORWARD)
        await keys.press("Enter")
        await visitor.button("checkin:").wait_for()
        await visitor.clock_stands()
        await visitor.tab_to('[data-action^="checkin:"]')
        await keys.press("Enter")

        await visitor.is_at("feedback")
        await visitor.tab_to("#chat-group textarea")
        await keys.type("#feedback the buttons are too small")
        await keys.press("Enter")
        await visitor.is_at("resolve")
        await visitor.tab_to("#chat-li textarea")
        for words in ("/inbox", f"/resolve {FIRST} the new version has larger buttons"):
            await keys.type(words)
            await keys.press("Enter")
        await visitor.is_at("verify")
        await visitor.tab_to('[data-action$=":better"]')
        await keys.press("Enter")

        await visitor.has_finished()
        await visitor.hears("group", "Thank you")
        await visitor.hears("li", "really better")
        await visitor.keep_picture("english")


async def test_the_tour_can_be_closed_opened_and_walked_again(look: Any) -> None:
    async with look() as visitor:
        await visitor.is_at("checkin")
        await visitor.page.get_by_role("button", name="收起导览").click()
        await expect(visitor.page.locator("#tour")).to_be_hidden()
        await expect(visitor.page.locator("#tour-open")).to_be_focused()
        await visitor.page.reload()
        await visitor.chat("group").wait_for()
        await expect(visitor.page.locator("#tour")).to_be_hidden()
        await visitor.page.locator("#tour-open").click()
        await visitor.say("group", "#反馈 导航声音太小")
        await expect(visitor.page.locator('[data-step="feedback"]')).to_have_class("is-done")

        await visitor.page.get_by_role("button", name="再走一遍").click()

        await expect(visitor.page.locator('[data-step="feedback"]')).to_have_class("is-later")
