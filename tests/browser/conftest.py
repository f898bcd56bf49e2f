"""The real `huixiang demo` process, and a headless Chromium that looks at it."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright

from tests.browser.demo import Demo
from tests.browser.visitor import Visitor

NAMES = ("chromium", "chromium-browser", "google-chrome")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this folder: it needs a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Give the path of a Chromium."""
    named = os.environ.get("HUIXIANG_CHROMIUM")
    found = named or next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("no Chromium: install one, or name it in HUIXIANG_CHROMIUM")
    return found


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    """Give the running demo, and see that it stops cleanly."""
    demo = Demo(tmp_path)
    demo.start()
    yield demo
    demo.stop()


@pytest.fixture
async def browser(chromium: str) -> AsyncIterator[Browser]:
    """Give a browser."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        await browser.close()


@pytest.fixture
def look(browser: Browser, demo: Demo) -> Any:
    """Give what opens the page as a visitor with some kind of screen and language."""

    @asynccontextmanager
    async def opened(*, width: int = 1440, height: int = 900, **options: Any) -> AsyncIterator[Visitor]:
        options.setdefault("locale", "zh-CN")
        context = await browser.new_context(viewport={"width": width, "height": height}, **options)
        page = await context.new_page()
        complaints = _complaints(page)
        await page.goto(demo.address)
        await page.locator(".chat.group").wait_for()
        visitor = Visitor(page)
        yield visitor
        await context.close()
        assert [line for line in complaints if not visitor.expects(line)] == []

    return opened


def _complaints(page: Page) -> list[str]:
    """Collect what the browser complains about: errors in scripts, and whatever the policy forbids."""
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("console", lambda line: found.append(line.text) if line.type in ("error", "warning") else None)
    return found
