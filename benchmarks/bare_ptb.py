"""A bare python-telegram-bot bot that does the same capture job; what ours is measured beside.

`python -m benchmarks.bare_ptb URL TOKEN DATABASE`: every message bumps its sender's counter, `#反馈` is stored
with the counters in one commit (SQLite WAL, synchronous=FULL) and acknowledged.
"""

from __future__ import annotations

import logging
import sqlite3
import sys
from collections import Counter

from telegram import ReactionTypeEmoji, Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters


def main(url: str, token: str, path: str) -> None:
    """Run until a signal."""
    logging.basicConfig(level=logging.WARNING)
    database = sqlite3.connect(path, isolation_level=None)
    database.executescript(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
        "CREATE TABLE IF NOT EXISTS feedback(message INTEGER PRIMARY KEY, text TEXT);"
        "CREATE TABLE IF NOT EXISTS activity(member INTEGER PRIMARY KEY, messages INTEGER);"
    )
    said: Counter[int] = Counter()

    async def hear(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        message = update.effective_message
        if message is None or message.from_user is None:
            return
        said[message.from_user.id] += 1
        if not (message.text or "").startswith("#反馈"):
            return
        database.execute("BEGIN IMMEDIATE")
        database.execute("INSERT OR IGNORE INTO feedback VALUES (?, ?)", (message.message_id, message.text))
        database.executemany(
            "INSERT INTO activity VALUES (?, ?) ON CONFLICT DO UPDATE SET messages = messages + excluded.messages",
            said.items(),
        )
        database.execute("COMMIT")
        said.clear()
        context.application.create_task(message.set_reaction(ReactionTypeEmoji("👀")))

    app = Application.builder().token(token).base_url(f"{url}/bot").build()
    app.add_handler(MessageHandler(filters.TEXT, hear))
    app.run_polling(allowed_updates=["message"])


if __name__ == "__main__":
    main(*sys.argv[1:])
