"""`[wecom]` arrives as the adapter wants it, and what is wrong in it is named."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.config import ConfigError, load
from storage.records import Platform

ENV = {
    "SECRET": "s3cret-of-the-bot",
    "TOKEN": "tok0fTheBot",
    "AES": "a" * 43,
    "APP": "s3cret-of-the-app",
    "HOOK": "key-of-the-group",
}
BOT = "[wecom.bot]\nid = 'aib1'\n"
WHOLE = (
    "[wecom]\ngroups_may_show_cards = true\nremember_quotes = '0s'\nwebhook_base_url = 'http://127.0.0.1:9/'\n"
    "[wecom.bot]\nid = 'aib1'\nsecret_env = 'SECRET'\nnames = ['回响 Bot', '小助手']\nws_url = 'ws://127.0.0.1:9'\n"
    "[wecom.app]\ncorp_id = 'ww1'\nagent_id = 7\nsecret_env = 'APP'\n[wecom.names]\nZhangSan = '张哥'\n"
    "[[chats]]\nplatform = 'wecom'\nid = 'wrG'\nwebhook_key_env = 'HOOK'\n"
    "[[chats]]\nplatform = 'wecom'\nid = 'wrC'\nassisted_by = 'LiSi'\n"
    "[[staff]]\nplatform = 'wecom'\nid = 'LiSi'\nrole = 'kos'\nname = '小李'\n"
)


def test_a_whole_wecom_arrives_with_ids_in_lower_case_and_secrets_unseen(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(WHOLE, "utf-8")
    config = load(file, ENV)
    wecom = config.wecom
    assert wecom is not None
    assert wecom.bot is not None
    assert wecom.app is not None
    assert (wecom.bot.names, wecom.bot.mode, wecom.bot.ws_url) == (
        ("回响 Bot", "小助手"),
        "websocket",
        "ws://127.0.0.1:9",
    )
    assert (wecom.remember_for, wecom.groups_may_show_cards) == (timedelta(0), True)
    assert wecom.names == {"lisi": "小李", "zhangsan": "张哥"}
    assert [(g.id, g.webhook_key, g.assisted_by) for g in wecom.groups] == [
        ("wrG", ENV["HOOK"], ""),
        ("wrC", "", "LiSi"),
    ]
    assert [(grant.platform, grant.external_id) for grant in config.staff] == [(Platform.WECOM, "lisi")]
    assert not wecom.app.has_callback
    shown = repr(config) + "".join(str(setting) for setting in config.settings)
    assert not [secret for secret in (ENV["SECRET"], ENV["APP"], ENV["HOOK"]) if secret in shown]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (
            BOT + "secret_env = 'SECRET'\nmode = 'callback'\ntoken_env = 'TOKEN'\naes_key_env = 'AES'",
            "wecom.bot.mode",
        ),
        (BOT + "mode = 'callback'\ntoken_env = 'TOKEN'\naes_key_env = 'TOKEN'", "wecom.bot.aes_key_env"),
        (BOT + "mode = 'callback'\ntoken_env = 'SECRET'\naes_key_env = 'AES'", "wecom.bot.token_env"),
        (BOT + "mode = 'polling'", "wecom.bot.mode"),
        (BOT + "secret_env = 'SECRET'\nws_url = 'example.com'", "wecom.bot.ws_url"),
        (BOT, "wecom.bot.secret_env"),
        ("[wecom.app]\ncorp_id = 'ww1'\nsecret_env = 'APP'", "wecom.app.agent_id"),
        (
            BOT + "secret_env = 'SECRET'\n[[chats]]\nplatform = 'telegram'\nid = 1\nassisted_by = 'x'",
            "chats[1].assisted_by",
        ),
    ],
)
def test_what_is_wrong_in_wecom_is_named(tmp_path: Path, text: str, key: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(ConfigError) as caught:
        load(file, ENV)
    assert key in {mistake.key for mistake in caught.value.mistakes}
