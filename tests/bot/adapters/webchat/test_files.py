"""Pictures of the web chat on the disk (bot/adapters/webchat/files.py)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from bot.adapters.webchat.files import Files

PNG = b"\x89PNG\r\n\x1a\n" + b"a picture" * 5_000
AT_ONCE = 8


def test_a_picture_that_is_saved_many_times_at_once_is_kept_whole(tmp_path: Path) -> None:
    for turn in range(20):
        files, start = Files(tmp_path / str(turn)), Barrier(AT_ONCE)

        def save(files: Files = files, start: Barrier = start) -> str | None:
            start.wait()
            return files.save(PNG)

        with ThreadPoolExecutor(AT_ONCE) as threads:
            names = {each.result() for each in [threads.submit(save) for _ in range(AT_ONCE)]}
        (name,) = names
        assert name is not None
        found = files.find(name)
        assert found is not None
        assert found.read_bytes() == PNG
        assert list(found.parent.iterdir()) == [found]


def test_what_is_no_picture_is_not_kept(tmp_path: Path) -> None:
    assert Files(tmp_path).save(b"<script>") is None
    assert list(tmp_path.iterdir()) == []
