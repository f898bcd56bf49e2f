"""The project's own fake of Telegram's Bot API server, strict where Telegram is, for tests and benches.

It answers over real HTTP, checks every request against the Bot API's own table, enforces rate limits if
asked, breaks on demand, and knows what each person would see:

    async with BotApi() as api:                       # BotApi(limits=Limits(), latency_seconds=0.03)
        zhang, li = api.person("张哥", started=True), api.person("小李")
        group = api.group("车主群", zhang, admins=(li,))
        ...                                           # start the bot: base URL api.url, token api.token
        await api.polled()                            # it listens
        said = api.says(zhang, "#反馈 按钮太小了", group)
        call = await api.called("setMessageReaction", chat=group)
        assert api.sees(group)[-1].reactions == (("回响", call.params["reaction"][0]["emoji"]),)
        card = await api.hears(zhang, "改好了")       # the newest of the bot's messages to Zhang
        api.presses(zhang, card, "顺手多了")
        api.fails("sendMessage", refusals.BLOCKED, chat=zhang.id)    # Drop(accepted=True), Hang(), …
        await api.consumed()                          # every update is confirmed
        api.assert_clean()                            # no malformed request, no 429

What people do is in `voices` and `deeds`, what they see in `looks`. A private chat refuses until its person
pressed Start (`api.starts`). As on Telegram, the bot hears of reactions and members only where it is an
admin, and only of what its allowed updates name. `api.expects(text)` takes a violation that the test provoked
off the record. Another process talks to `python -m tests.botapi` through `Remote`.
"""

from tests.botapi import refusals
from tests.botapi.control import Remote
from tests.botapi.faults import Drop, Garbage, Hang
from tests.botapi.limits import Limits, Rate
from tests.botapi.people import Chat, Person
from tests.botapi.server import BotApi
from tests.botapi.stage import Shown

__all__ = [
    "BotApi",
    "Chat",
    "Drop",
    "Garbage",
    "Hang",
    "Limits",
    "Person",
    "Rate",
    "Remote",
    "Shown",
    "refusals",
]
