"""What `docs/wecom.md` says people can write there does what it says."""

from tests.bot.adapters.wecom.conftest import Begin


async def test_me_too_is_said_with_the_number(begin: Begin) -> None:
    c = await begin()
    await c.wecom.says(c.zhang, "@小助手 #反馈 按钮太小了，看不清", c.group)
    await c.wecom.sees(c.group, "#1")
    await c.wecom.says(c.yu, "@小助手 +1 1", c.group)
    await c.wecom.says(c.li, "+1 1")
    await c.wecom.stage.until(lambda: len(c.wecom.seen(c.li)), "no answer")
    async with c.database.read() as uow:
        joined = await uow.connection.exec_driver_sql("SELECT count(*) FROM resonances WHERE feedback_id = 1")
        assert joined.scalar() == 2


async def test_private_in_private_brings_the_choice_as_a_card(begin: Begin) -> None:
    c = await begin()
    await c.wecom.says(c.zhang, "@小助手 在吗", c.group)
    await c.wecom.sees(c.group, "我在")
    for words in ("/private", "悄悄话"):
        since = len(c.wecom.stage.shown)
        await c.wecom.says(c.zhang, words)
        card = await c.wecom.stage.until(
            lambda since=since: next((s for s in c.wecom.stage.shown[since:] if s.card), None),
            f"no card for {words}",
        )
        assert "用化名说" in card.labels
