"""The real process, killed between the words of an echo and its card: the next one sends the card, the words once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.wecom import LateAck, NoAck
from tests.wecom.live import WecomStage, living

pytestmark = pytest.mark.process


async def test_the_card_of_an_echo_comes_after_a_kill_and_its_words_once(tmp_path: Path) -> None:
    async with living(tmp_path) as life:
        stage = WecomStage(life, life.crew())
        first = await life.start()
        await stage.says(stage.zhang, "#反馈 按钮太小了，戴着手套按不准")
        number = await stage.number("按钮太小了")
        left = life.wecom.fails("aibot_send_msg", NoAck(accepted=False), chat=stage.zhang.userid, skip=1)
        await stage.says(stage.li, f"/resolve {number} 4.3 里按钮放大了一倍", dm=True)
        await stage.hears(stage.zhang, "4.3 里按钮放大了一倍")
        await life.until(lambda: left.hits, "the card never left")
        first.kill()
        await life.start()
        await stage.presses(stage.zhang, "顺手多了")
        await stage.becomes(number, "verified")
        assert sum("4.3 里按钮放大了一倍" in text for text in await stage.heard(stage.zhang)) == 1


async def test_the_answer_that_is_under_way_at_a_stop_is_waited_for_and_nothing_is_in_doubt(
    tmp_path: Path,
) -> None:
    async with living(tmp_path) as life:
        stage = WecomStage(life, life.crew())
        bot = await life.start()
        late = life.wecom.fails("aibot_send_msg", LateAck(1.0), chat=stage.zhang.userid, times=9)
        await stage.says(stage.zhang, "#反馈 按钮太小了，戴着手套按不准")
        number = await stage.number("按钮太小了")
        await stage.says(stage.li, f"/resolve {number} 4.3 里按钮放大了一倍", dm=True)
        await life.until(lambda: late.hits, "the echo never left")
        await bot.stop()
        assert life.rows("SELECT key FROM deliveries WHERE state NOT IN ('sent', 'pending')") == []
        assert life.rows("SELECT key FROM deliveries WHERE error <> ''") == []
