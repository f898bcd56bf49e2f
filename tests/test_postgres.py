"""The PostgreSQL that tests run on starts anywhere, for root too, and is gone afterwards."""

from pathlib import Path

import asyncpg
import pytest

from tests.postgres import NAMED_SERVER, database_url, postgres_server


def is_there(folder: Path) -> bool:
    return folder.exists()


@pytest.mark.postgres
async def test_a_server_of_our_own_starts_speaks_utf8_and_is_gone_afterwards(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv(NAMED_SERVER, raising=False)
    with postgres_server() as url:
        folder = Path(url.partition("host=")[2])
        connection = await asyncpg.connect(url)
        await connection.execute("CREATE DATABASE other")
        await connection.close()

        other = await asyncpg.connect(database_url(url, "other"))
        shown = await other.fetchval("SELECT upper('é') || '回响' || current_database()")
        await other.close()

    assert shown == "É回响other"
    assert not is_there(folder)


def test_a_server_named_by_the_environment_is_used_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAMED_SERVER, "postgresql://tester@db.example/postgres")

    with postgres_server() as url:
        assert url == "postgresql://tester@db.example/postgres"
        assert database_url(url, "one") == "postgresql://tester@db.example/one"
