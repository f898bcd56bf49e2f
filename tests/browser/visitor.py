"""What a visitor of the demo does with mouse, finger and keyboard. Used by the browser tests."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.async_api import Locator, Page, expect

SCREENSHOTS = "HUIXIANG_SCREENSHOTS"
"""The environment variable that names a folder to keep pictures in; without it none are taken."""

MOST_TABS = 120


class Visitor:
    """Somebody in front of the page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._expected: list[str] = ["ERR_INTERNET_DISCONNECTED"]

    def expect_complaint(self, words: str) -> None:
        """Let the browser complain with these words: it notes each refused request."""
        self._expected.append(words)

    def expects(self, complaint: str) -> bool:
        """Tell whether a complaint of the browser was to be expected."""
        return any(words in complaint for words in self._expected)

    def chat(self, name: str) -> Locator:
        """Return a chat: "group", or a person's id for their private chat."""
        return self.page.locator(f"#chat-{name}")

    def box(self, chat: str) -> Locator:
        """Return the box where one writes in a chat."""
        return self.chat(chat).locator("textarea")

    def button(self, action: str) -> Locator:
        """Return the newest button whose action begins so."""
        return self.page.locator(f'[data-action^="{action}"]').last

    async def become(self, person: str) -> None:
        """Choose who to be."""
        await self.page.locator(f'.chip:has(input[value="{person}"])').click()

    async def say(self, chat: str, words: str) -> None:
        """Write and press Enter."""
        await self.box(chat).fill(words)
        await self.box(chat).press("Enter")

    async def hears(self, chat: str, words: str) -> None:
        """Wait until the last message of a chat holds these words."""
        await expect(self.chat(chat).locator(".message:not(.pending)").last).to_contain_text(words)

    async def is_at(self, step: str) -> None:
        """Wait until the tour has come to a step."""
        await expect(self.page.locator(f'.tour [data-step="{step}"]')).to_have_class(
            "is-next", timeout=15_000
        )

    async def has_finished(self) -> None:
        """Wait until every step of the tour is done."""
        await expect(self.page.locator(".tour .is-finished")).to_be_visible()
        await expect(self.page.locator(".tour [data-step].is-done")).to_have_count(6)

    async def clock_stands(self) -> None:
        """Wait until the clock has come to rest."""
        await expect(self.page.locator("#clock")).not_to_have_attribute("aria-busy", "true", timeout=15_000)

    async def tab_to(self, selector: str) -> None:
        """Press Tab until something has the focus."""
        for _ in range(MOST_TABS):
            if await self.page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
                return
            await self.page.keyboard.press("Tab")
        raise AssertionError(f"{selector} cannot be reached by Tab")

    async def keep_picture(self, name: str) -> None:
        """Keep a picture of the page where the environment says, if it does."""
        if folder := os.environ.get(SCREENSHOTS):
            await self.page.mouse.move(2, 2)
            await expect(self.page.locator(".toast")).to_have_count(0, timeout=10_000)
            await self.page.screenshot(path=Path(folder) / f"{name}.png", animations="disabled")
