"""Due moments, and what is to be sent."""

import sqlalchemy as sa

from storage.tables.columns import flag, metadata, moment, ref, serial, text

timers = sa.Table(
    "timers",
    metadata,
    serial(),
    sa.Column("key", sa.Text, nullable=False, unique=True),
    text("kind"),
    text("subject"),
    sa.Column("data", sa.JSON, nullable=False),
    moment("due"),
    moment("fired_at", nullable=True),
    sa.Index("ix_timers_fired_at_due", "fired_at", "due"),
    sa.Index("ix_timers_subject", "subject"),
)
deliveries = sa.Table(
    "deliveries",
    metadata,
    serial(),
    sa.Column("key", sa.Text, nullable=False, unique=True),
    ref("chat_id", "chats"),
    text("line"),  # what keeps its order: the chat, apart from its reactions
    text("kind"),
    text("state"),
    text("content"),
    text("target"),
    ref("of_id", "deliveries", nullable=True),  # the Delivery whose message an EDIT or CLOSE_POLL changes
    text("fold"),  # at most one pending row a fold: the last state wins
    text("subject"),
    ref("member_id", "members", nullable=True),
    flag("is_held"),
    flag("is_unprompted"),  # counts against the group's fatigue budget
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    moment("due_at"),
    moment("retry_at", nullable=True),
    moment("created_at"),
    moment("sent_at", nullable=True),
    text("receipt"),
    text("poll_id"),
    text("error"),
    text("owner"),
    moment("lease_until", nullable=True),
    sa.Index(
        "ix_deliveries_open", "line", "id",
        sqlite_where=sa.text("state IN ('pending', 'sending')"),
        postgresql_where=sa.text("state IN ('pending', 'sending')"),
    ),
    sa.Index(
        "uq_deliveries_fold", "fold", unique=True,
        sqlite_where=sa.text("fold <> '' AND state = 'pending'"),
        postgresql_where=sa.text("fold <> '' AND state = 'pending'"),
    ),
    sa.Index(
        "ix_deliveries_stuck", "id",
        sqlite_where=sa.text("state IN ('waiting', 'unknown', 'dead')"),
        postgresql_where=sa.text("state IN ('waiting', 'unknown', 'dead')"),
    ),
    sa.Index("ix_deliveries_chat_id_receipt", "chat_id", "receipt"),
    sa.Index(
        "ix_deliveries_poll_id", "poll_id",
        sqlite_where=sa.text("poll_id <> ''"), postgresql_where=sa.text("poll_id <> ''"),
    ),
    sa.Index("ix_deliveries_member_id_due_at", "member_id", "due_at"),
    sa.Index("ix_deliveries_subject", "subject"),
    sa.Index(
        "ix_deliveries_of_id", "of_id",
        sqlite_where=sa.text("of_id IS NOT NULL"), postgresql_where=sa.text("of_id IS NOT NULL"),
    ),
    sa.Index(
        "ix_deliveries_chat_id_unprompted", "chat_id", "due_at",
        sqlite_where=sa.text("is_unprompted"), postgresql_where=sa.text("is_unprompted"),
    ),
    sa.Index(  # what we answered, and when
        "ix_deliveries_answers", "chat_id", "created_at",
        sqlite_where=sa.text("NOT is_held AND kind <> 'reaction'"),
        postgresql_where=sa.text("NOT is_held AND kind <> 'reaction'"),
    ),
)  # fmt: skip
