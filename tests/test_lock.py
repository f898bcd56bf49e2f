"""The locks pin and hash everything `pyproject.toml` asks for, name no address, and hold nothing else."""

import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parent.parent
LOCKS = [
    "requirements.lock",
    "requirements-semantic.lock",
    "requirements-dev.lock",
    "requirements-build.lock",
]
HASH = re.compile(r"^--hash=sha256:[0-9a-f]{64}$")

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
RUNTIME = PROJECT["project"]["dependencies"]
DEV = PROJECT["project"]["optional-dependencies"]["dev"]
BUILD = PROJECT["dependency-groups"]["build"]


def entries(lock: str) -> Iterator[tuple[str, list[str]]]:
    """Give each requirement of a lock file: its first part, and the words that follow it."""
    text = re.sub(r"^\s*#.*\n", "", (ROOT / lock).read_text("utf-8"), flags=re.MULTILINE)
    for line in text.replace("\\\n", " ").splitlines():
        requirement, *rest = line.split(" --hash=")
        yield requirement.strip(), [f"--hash={word.strip()}" for word in rest]


def pins(lock: str) -> dict[str, Version]:
    found: dict[str, Version] = {}
    for requirement, _ in entries(lock):
        parsed = Requirement(requirement)
        if parsed.marker is None or parsed.marker.evaluate():
            (specifier,) = parsed.specifier
            found[canonicalize_name(parsed.name)] = Version(specifier.version)
    return found


def needed(requirement: Requirement) -> Iterator[Requirement]:
    """Give what an installed package itself asks for here, with the extras it was asked with."""
    for text in requires(requirement.name) or []:
        child = Requirement(text)
        extras = requirement.extras or {""}
        if child.marker is None or any(child.marker.evaluate({"extra": extra}) for extra in extras):
            yield child


def unmet(asked: list[str], lock: str) -> list[str]:
    """List what the lock lacks or pins out of range, following the metadata of what is installed."""
    locked, problems, seen = pins(lock), [], set()
    queue = [Requirement(text) for text in asked]
    while queue:
        requirement = queue.pop()
        if (
            requirement.marker is not None
            and not requirement.marker.evaluate({"extra": ""})
            and not requirement.extras
        ):
            continue
        key = (canonicalize_name(requirement.name), frozenset(requirement.extras), str(requirement.specifier))
        if key in seen:
            continue
        seen.add(key)
        version = locked.get(key[0])
        if version is None or not requirement.specifier.contains(version, prereleases=True):
            problems.append(f"{requirement} (locked: {version})")
            continue
        try:
            queue += needed(requirement)
        except PackageNotFoundError:
            problems.append(f"{requirement} is locked but not installed")
    return problems


@pytest.mark.parametrize("lock", LOCKS)
def test_every_requirement_is_pinned_to_one_version_and_hashed(lock: str) -> None:
    found = list(entries(lock))

    assert found
    for requirement, hashes in found:
        assert "==" in requirement.partition(";")[0], requirement
        assert hashes, f"{requirement} has no hash"
        assert all(HASH.match(word) for word in hashes), requirement


@pytest.mark.parametrize("lock", LOCKS)
def test_no_lock_names_an_address_an_index_or_a_folder(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")

    assert "://" not in text
    assert not re.search(r"^\s*(-i|-f|--index-url|--extra-index-url|--find-links|-e)\b", text, re.MULTILINE)
    assert "@ " not in text


def test_the_runtime_lock_holds_all_that_the_project_asks_for() -> None:
    assert unmet(RUNTIME, "requirements.lock") == []


def test_the_development_lock_holds_all_that_the_tests_ask_for() -> None:
    assert unmet(RUNTIME + DEV, "requirements-dev.lock") == []


def test_the_build_lock_holds_what_installs_the_others() -> None:
    assert unmet(BUILD, "requirements-build.lock") == []


def test_tests_run_on_the_very_versions_that_are_served() -> None:
    runtime, dev = pins("requirements.lock"), pins("requirements-dev.lock")

    assert {name: dev.get(name) for name in runtime} == runtime


def test_a_dependency_missing_from_the_lock_is_noticed() -> None:
    assert unmet(["pytest>=9"], "requirements.lock") == ["pytest>=9 (locked: None)"]
    assert unmet(["httpx>=99"], "requirements.lock")
