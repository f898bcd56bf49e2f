"""Tests of loading a config: what a right file gives, and what is said of a wrong one."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.config import Config, ConfigError, Mistake, load
from rituals.base import Question
from storage.records import Platform, Role
from tests.bot.config.wrong import TWOFOLD, WRONG

TOKEN = {"HUIXIANG_TELEGRAM_TOKEN": "123456:AA-bb_cc"}
SMALLEST = "[telegram]\n"
EXAMPLE = Path(__file__).parents[3] / "config.example.toml"

Read = Callable[..., Config]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read(text: str, environ: dict[str, str] = TOKEN, language: str = "en") -> Config:
        path = tmp_path / "config.toml"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return load(path, environ, language=language)

    return read


@pytest.fixture
def mistakes(read: Read) -> Callable[..., list[Mistake]]:
    def mistakes(text: str, environ: dict[str, str] = TOKEN, language: str = "en") -> list[Mistake]:
        with pytest.raises(ConfigError) as caught:
            read(text, environ, language)
        return list(caught.value.mistakes)

    return mistakes


def test_the_example_is_right_and_says_the_defaults(read: Read) -> None:
    example = load(EXAMPLE, TOKEN)
    assert [ritual.name for ritual in example.rituals] == ["morning", "weekend", "digest"]
    assert [chat.rituals for chat in example.chats] == [("morning", "weekend")]
    smallest = read(SMALLEST)
    for part in ("community", "web", "telegram", "for_rituals", "database_url"):
        assert getattr(example, part) == getattr(smallest, part)
    assert replace(example.for_handlers, rituals=()) == smallest.for_handlers


def test_the_example_names_every_setting(read: Read) -> None:
    everything = (
        SMALLEST
        + '[[chats]]\nplatform = "telegram"\nid = -1\n[[staff]]\nplatform = "telegram"\nid = 1\nrole = "kos"\n'
        '[[rituals]]\nname = "m"\nkind = "checkin"\ncron = "0 9 * * *"\n'
        '[[rituals]]\nname = "p"\nkind = "poll"\ncron = "0 9 * * *"\nclose = "0 20 * * *"\n'
        'questions = [{ask = "?", options = ["a", "b"]}]\n'
    )
    keys = {str(setting.path[-1]) for setting in read(everything).settings}
    example = EXAMPLE.read_text()
    assert not [key for key in keys if f"{key} = " not in example]


def test_a_full_config_arrives_as_each_storey_wants_it(read: Read) -> None:
    config = read(
        """
        [community]
        name = "极客车主"
        language = "en"
        timezone = "Europe/Berlin"
        data_dir = "/srv/data"
        [telegram]
        api_base_url = "http://127.0.0.1:9000/"
        limits = {account_per_second = 5}
        [[chats]]
        platform = "telegram"
        id = -100
        name = "群 🎉"
        [[staff]]
        platform = "telegram"
        id = 42
        role = "kos"
        name = "小李"
        salutation = "李哥"
        [[rituals]]
        name = "早安"
        kind = "checkin"
        cron = "0 9 * * *"
        window = "1h30m"
        calendar = [2027-01-01, "2027-01-02"]
        [[rituals]]
        name = "weekend"
        kind = "poll"
        cron = "0 16 * * fri"
        window = "2d"
        questions = [{ask = "？", options = ["甲", "乙"], multiple = true}]
        [feedback]
        tags = ["#反馈", "Praise", "建议"]
        verify_after_reminder = "1h"
        [checkin]
        words = ["GM"]
        [manners]
        quiet_hours = "23:30 - 7:00"
        [calendar.2027]
        off = [2027-01-01]
        work = [2027-01-03]
        [texts.zh_CN]
        "error.failed" = "哎呀"
        [texts.en]
        error.failed = "Oops"
        """
    )
    assert config.database_url == "sqlite:////srv/data/huixiang.db"
    assert config.telegram
    assert config.telegram.api_base_url == "http://127.0.0.1:9000"
    assert config.telegram.limits.account_per_second == 5
    assert config.telegram.token == TOKEN["HUIXIANG_TELEGRAM_TOKEN"]
    (chat,) = config.chats
    assert (chat.external_id, chat.timezone, chat.language) == ("-100", "Europe/Berlin", "en")
    assert chat.rituals == ("早安", "weekend")
    (person,) = config.staff
    assert (person.platform, person.external_id, person.role) == (Platform.TELEGRAM, "42", Role.KOS)
    morning, weekend = config.rituals
    assert morning.window == timedelta(minutes=90)
    assert morning.calendar == frozenset({date(2027, 1, 1), date(2027, 1, 2)})
    assert (weekend.window, weekend.close) == (timedelta(days=2), "")
    assert weekend.questions == (Question("？", ("甲", "乙"), multiple=True),)
    assert config.for_handlers.tags == {"反馈": "", "praise": "praise", "建议": "suggestion"}
    assert config.for_handlers.checkin_words == {"gm"}
    assert config.for_handlers.times.reminder_after == timedelta(hours=1)
    assert config.for_rituals.manners.quiet_from_minute == 23 * 60 + 30
    assert config.for_rituals.manners.quiet_until_minute == 7 * 60
    assert config.work_calendar.is_workday(date(2027, 1, 3))
    assert config.texts == {"zh_CN": {"error.failed": "哎呀"}, "en": {"error.failed": "Oops"}}


def test_the_web_chat_has_the_groups_and_staff_of_its_platform(read: Read) -> None:
    config = read(
        '[webchat]\nenabled = true\n[[webchat.people]]\nid = "zhang"\nname = "张哥"\n'
        '[[chats]]\nplatform = "webchat"\nid = "g"\nname = "体验群"\n'
        '[[staff]]\nplatform = "webchat"\nid = "li"\nrole = "kos"\nname = "小李"\n',
        {},
    )
    assert config.telegram is None
    assert config.webchat
    assert [(person.id, person.role) for person in config.webchat.people] == [
        ("li", "kos"),
        ("zhang", "member"),
    ]
    assert [group.title for group in config.webchat.groups] == ["体验群"]


@pytest.mark.parametrize(("text", "line", "key", "words"), WRONG.values(), ids=WRONG)
def test_each_mistake_is_named_with_line_key_and_remedy(
    text: str, line: int, key: str, words: str, mistakes: Callable[..., list[Mistake]]
) -> None:
    found = [mistake for mistake in mistakes(text) if mistake.key == key]
    assert found, "the mistake is not found"
    assert [mistake.line for mistake in found] == [line]
    assert words in str(found[0])
    assert found[0].fix
    in_chinese = [mistake for mistake in mistakes(text, language="zh_CN") if mistake.key == key]
    assert in_chinese[0].why != found[0].why
    assert in_chinese[0].fix


def test_all_mistakes_come_at_once_in_the_order_of_lines(mistakes: Callable[..., list[Mistake]]) -> None:
    found = mistakes(
        "[web]\nport = 'x'\nhots = 'a'\n[telegram]\nmode = 'poling'\n[manners]\nposts_per_day = -1\n", {}
    )
    assert [(mistake.line, mistake.key) for mistake in found] == [
        (2, "web.port"),
        (3, "web.hots"),
        (4, "telegram.token_env"),
        (5, "telegram.mode"),
        (7, "manners.posts_per_day"),
    ]


def test_one_mistake_does_not_breed_others(mistakes: Callable[..., list[Mistake]]) -> None:
    for name, (text, *_) in WRONG.items():
        found = mistakes(text)
        allowed = 2 if name in TWOFOLD else 1
        assert len(found) <= allowed, (name, [str(mistake) for mistake in found])


def test_a_token_is_taken_from_the_environment_and_never_shown(read: Read) -> None:
    config = read(SMALLEST, {"HUIXIANG_TELEGRAM_TOKEN": " 1:secret\n"})
    assert config.telegram
    assert config.telegram.token == "1:secret"
    assert "secret" not in repr(config)
    assert "1:secret" in config.secrets


def test_a_secret_in_the_file_is_not_repeated(mistakes: Callable[..., list[Mistake]]) -> None:
    for mistake in mistakes(
        "[telegram]\ntoken_env = '123456:AAbbcc'\n[storage]\nurl_env = 'postgresql://u:pass@h/d'"
    ):
        assert "AAbbcc" not in str(mistake)
        assert "pass@" not in str(mistake)


def test_a_postgresql_server_may_be_a_unix_socket(read: Read) -> None:
    config = read(SMALLEST + "[storage]\nurl = 'postgresql:///huixiang?host=/var/run/postgresql'\n")
    assert config.database_url == "postgresql:///huixiang?host=/var/run/postgresql"


def test_a_password_in_the_address_of_the_database_is_not_printed(read: Read) -> None:
    config = read(SMALLEST + "[storage]\nurl = 'postgresql://me:pa55@host/name'\n")
    assert config.database_url == "postgresql://me:pa55@host/name"
    assert "pa55" not in repr(config) + repr(config.settings)
    assert "pa55" in config.secrets


def test_missing_secrets_may_be_let_pass_and_are_told(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(SMALLEST)
    config = load(path, {}, is_complete=False)
    assert [mistake.key for mistake in config.missing] == ["telegram.token_env"]
    with pytest.raises(ConfigError, match="HUIXIANG_TELEGRAM_TOKEN"):
        load(path, {})


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_files_of_any_editor_are_read(
    mark: str, end: str, read: Read, mistakes: Callable[..., list[Mistake]]
) -> None:
    text = mark + "[telegram]\n\n[community]\nname = '车主 🚗'\n".replace("\n", end)
    assert read(text).community.name == "车主 🚗"
    assert mistakes(text + "nane = 1")[0].line == 5


def test_a_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes("[community]\nname = '车主'".encode("gbk"))
    with pytest.raises(ConfigError, match="UTF-8"):
        load(path, TOKEN)


@pytest.mark.parametrize("name", ["gone.toml", "."])
def test_a_file_that_cannot_be_read_is_told(name: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / name, TOKEN)
    (mistake,) = caught.value.mistakes
    assert (mistake.line, mistake.key) == (0, "")
    assert mistake.fix


def test_ordinary_talk_comes_without_its_words_unless_complaints_are_detected(read: Read) -> None:
    usual, detecting = read(SMALLEST), read(SMALLEST + "[complaints]\ndetect = true\nclaim_within = '5m'\n")
    assert usual.telegram is not None
    assert detecting.telegram is not None
    assert (usual.telegram.overhears, detecting.telegram.overhears) == (False, True)
    assert detecting.for_handlers.complaints == detecting.for_rituals.complaints
    assert detecting.for_rituals.complaints.claim_within == timedelta(minutes=5)
