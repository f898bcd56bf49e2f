"""What staff asked the assistant to draft: a promise to fetch it, kept by the bot and by nobody else."""

import sqlalchemy as sa

from storage.tables.columns import metadata, moment, ref, serial, text

wanted_drafts = sa.Table(
    "wanted_drafts",
    metadata,
    serial(),
    ref("feedback_id", "feedback"),
    ref("topic_id", "topics", nullable=True),
    ref("by_id", "members"),
    text("language"),
    moment("asked_at"),
    moment("taken_at", nullable=True),
    sa.Index("ix_wanted_drafts_by_id_asked_at", "by_id", "asked_at"),
    sa.Index(
        "ix_wanted_drafts_taken_at", "id",
        sqlite_where=sa.text("taken_at IS NULL"), postgresql_where=sa.text("taken_at IS NULL"),
    ),
)  # fmt: skip
