"""The container files keep what they promise: no root, no secret, a health check, a volume for the data."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent


def dockerfile() -> list[tuple[str, str]]:
    text = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
    lines = [line.partition(" ") for line in text.splitlines() if line and not line.startswith("#")]
    return [(word, rest.strip()) for word, _, rest in lines]


def last_stage() -> dict[str, str]:
    lines = dockerfile()
    start = max(index for index, (word, _) in enumerate(lines) if word == "FROM")
    return dict(lines[start:])


@pytest.fixture
def services() -> dict[str, Any]:
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
    found: dict[str, Any] = compose["services"]
    return found


def test_the_image_runs_the_bot_as_a_user_who_is_not_root_on_a_data_volume() -> None:
    stage = last_stage()

    assert stage["USER"] not in {"", "root", "0"}
    assert stage["VOLUME"] == "/data"
    assert json.loads(stage["ENTRYPOINT"]) == ["python", "-m", "bot"]
    assert json.loads(stage["CMD"]) == ["run", "--config", "/config/config.toml"]


def test_the_image_asks_the_bot_itself_whether_it_is_well() -> None:
    _, _, command = last_stage()["HEALTHCHECK"].partition("CMD ")
    program, flag, code = json.loads(command)

    assert (program, flag) == ("python", "-c")
    assert "/healthz" in code
    compile(code, "HEALTHCHECK", "exec")


def test_the_image_installs_hashed_packages_only_and_compiles_them() -> None:
    installs = " ".join(rest for word, rest in dockerfile() if word == "RUN" and "install " in rest)

    assert installs.count("--require-hashes") == installs.count("pip install")
    assert "--compile-bytecode" in installs


def test_every_folder_the_image_copies_exists_and_is_let_through_to_the_build() -> None:
    allowed = {
        line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")
    }
    copied = {
        name
        for word, rest in dockerfile()
        if word == "COPY" and "--from" not in rest
        for name in rest.split()[:-1]
    }

    assert copied == allowed
    assert all((ROOT / name).exists() for name in copied)


def test_compose_waits_for_a_healthy_database_and_keeps_both_volumes(services: dict[str, Any]) -> None:
    assert services["postgres"]["image"] == "postgres:16"
    assert "pg_isready" in services["postgres"]["healthcheck"]["test"][-1]
    assert services["bot"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    assert "data:/data" in services["bot"]["volumes"]
    assert services["postgres"]["volumes"]


@pytest.mark.parametrize("name", ["Dockerfile", "compose.yaml"])
def test_no_secret_is_written_into_a_container_file(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    settings = [line for line in text.splitlines() if not line.lstrip().startswith("#")]

    assert not [line for line in settings if re.search(r"(?i)password|token|secret|api_?key", line)]


def test_secrets_come_from_files_beside_compose(services: dict[str, Any]) -> None:
    assert services["bot"]["env_file"] == "huixiang.env"
    assert services["postgres"]["env_file"] == "postgres.env"
    assert {"huixiang.env", "postgres.env"} <= set((ROOT / ".gitignore").read_text("utf-8").split())
