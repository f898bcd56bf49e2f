"""Tests of what is typed at a terminal."""

import subprocess
import sys

import pytest

from tests.bot.commands.conftest import Huixiang


@pytest.mark.parametrize("words", [[], ["--help"], ["help"], ["-h"]])
def test_help_names_every_command(
    words: list[str], capsys: pytest.CaptureFixture[str], huixiang: Huixiang
) -> None:
    with pytest.raises(SystemExit) as ended:
        huixiang(*words)
    assert ended.value.code == 0
    out = capsys.readouterr().out
    for command in ("run", "demo", "check", "doctor", "db", "backup", "export"):
        assert f"    {command} " in out


def test_help_speaks_chinese_where_the_terminal_does(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], huixiang: Huixiang
) -> None:
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    with pytest.raises(SystemExit):
        huixiang("--help")
    assert "每个声音都有回音" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["chek"], "There is no command chek; did you mean check?"),
        (["12345"], "There is no command 12345. There are: run, demo"),
        (["check", "--confg", "x"], "unrecognized arguments: --confg x"),
        (["check", "--conf", "x"], "unrecognized arguments"),
        (["check", "--config"], "expected one argument"),
        (["backup"], "FILE"),
        (["demo", "--port", "http"], "http is not a port"),
        (["demo", "--port", "70000"], "70000 is not a port"),
        (["--version"], "huixiang"),
    ],
)
def test_a_wrong_argument_gets_one_clear_line(words: list[str], line: str, huixiang: Huixiang) -> None:
    code, out, err = huixiang(*words)
    assert (code, out) == (2, "")
    assert line in err
    assert err.count("\n") == 1


def test_the_command_line_imports_nothing_heavy_before_it_knows_the_command() -> None:
    source = (
        "import sys; from bot.__main__ import main; main(['chek']); print(sorted(set(sys.modules) & HEAVY))"
    )
    heavy = "HEAVY = {'sqlalchemy', 'telegram', 'cyclopts', 'rich', 'structlog', 'httpx', 'fastapi', 'pydantic'}; "
    done = subprocess.run([sys.executable, "-c", heavy + source], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
