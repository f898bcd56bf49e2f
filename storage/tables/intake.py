"""What came in, what could not be read, how much was said, and what the program remembers of itself."""

import sqlalchemy as sa

from storage.tables.columns import Moment, metadata, moment, ref, serial, text

meta = sa.Table("meta", metadata, sa.Column("key", sa.Text, primary_key=True), text("value"))
updates = sa.Table(
    "updates",
    metadata,
    sa.Column("platform", sa.Text, primary_key=True),
    sa.Column("update_id", sa.Text, primary_key=True),
    sa.Column("seen_at", Moment, nullable=False),
    sqlite_with_rowid=False,
)
quarantine = sa.Table(
    "quarantine", metadata, serial(), text("platform"), text("raw"), text("error"), moment("at")
)
acquaintances = sa.Table(  # who has ever said something in which group
    "acquaintances",
    metadata,
    ref("chat_id", "chats", primary_key=True),
    ref("member_id", "members", primary_key=True),
    moment("first_said_at"),
    sqlite_with_rowid=False,
)
activity = sa.Table(
    "activity",
    metadata,
    ref("chat_id", "chats", primary_key=True),
    ref("member_id", "members", primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("messages", sa.Integer, nullable=False),
    sqlite_with_rowid=False,
)
audit = sa.Table(
    "audit",
    metadata,
    serial(),
    moment("at"),
    ref("by_id", "members", nullable=True),
    text("action"),
    text("subject"),
    text("detail"),
)
