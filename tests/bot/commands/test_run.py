"""Tests of `huixiang run` as the process it is."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.process

STOPS_WITHIN_SECONDS = 5  # what a supervisor grants before it kills
PATIENCE_SECONDS = 20
ROOT = Path(__file__).parents[3]

Run = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """Start the bot; it is killed at the end of the test at the latest."""
    started: list[subprocess.Popen[str]] = []

    def start(*words: object, **environ: str) -> subprocess.Popen[str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", *map(str, words)], cwd=tmp_path, text=True,
            env=kept | {"PYTHONPATH": str(ROOT)} | environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def said(process: subprocess.Popen[str], event: str) -> dict[str, object]:
    """Read the log up to an event."""
    assert process.stderr is not None
    for line in process.stderr:
        found: dict[str, object] = json.loads(line)
        if found["event"] == event:
            return found
    raise AssertionError(f"the bot ended without {event}")


@pytest.fixture
def web_config(config: Path) -> Path:
    """Give the config with any free port."""
    config.write_text(config.read_text() + "[web]\nport = 0\n")
    return config


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_told_to_stop_and_stops_cleanly(
    run: Run, web_config: Path, sign: signal.Signals
) -> None:
    process = run("run", "--config", web_config)
    assert said(process, "ready")["port"]
    process.send_signal(sign)
    assert process.wait(STOPS_WITHIN_SECONDS) == 0
    _, err = process.communicate()
    assert json.loads(err.splitlines()[-1])["event"] == "stopped"


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_while_it_waits_for_a_database(run: Run, config: Path, sign: signal.Signals) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))  # and nobody listens
        url = f"postgresql://nobody@127.0.0.1:{silent.getsockname()[1]}/none"
        config.write_text(config.read_text() + f"[storage]\nurl = '{url}'\n")
        process = run("run", "--config", config)
        said(process, "storage_busy")
        process.send_signal(sign)
        assert process.wait(STOPS_WITHIN_SECONDS) == 0


def test_a_wrong_config_ends_it_at_once_with_code_two(run: Run, tmp_path: Path) -> None:
    process = run("run", "--config", tmp_path / "none.toml")
    out, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert (process.returncode, out) == (2, "")
    assert "the file is not there" in err
    assert "Traceback" not in err


def test_a_port_that_is_taken_is_told_in_one_line(run: Run, config: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        config.write_text(config.read_text() + f"[web]\nport = {taken.getsockname()[1]}\n")
        process = run("run", "--config", config)
        _, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 1
    assert "It cannot serve: " in err.splitlines()[-1]
    assert "Traceback" not in err


def test_a_backup_is_made_while_it_runs(run: Run, web_config: Path, tmp_path: Path) -> None:
    process = run("run", "--config", web_config)
    said(process, "ready")
    copying = run("backup", tmp_path / "copy.db", "--config", web_config)
    _, err = copying.communicate(timeout=PATIENCE_SECONDS)
    assert (copying.returncode, err) == (0, "")
    assert (tmp_path / "copy.db").stat().st_size > 0
    assert process.poll() is None


def test_no_token_is_ever_written(run: Run, web_config: Path) -> None:
    token = "123456789:AAH_very-secret-token-of-35-characters"
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        web_config.write_text(web_config.read_text() + f"[telegram]\napi_base_url = '{address}'\n")
        process = run("run", "--config", web_config, HUIXIANG_TELEGRAM_TOKEN=token)
        said(process, "ready")
        silent.accept()[0].close()
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert "very-secret" not in out + err


def test_the_demo_needs_no_config(run: Run, tmp_path: Path) -> None:
    process = run("demo", "--port", "0")
    assert said(process, "ready")["port"]
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE_SECONDS) == 0
    assert (tmp_path / "data" / "demo" / "huixiang.db").exists()
