"""Slots of rituals, and what members answered."""

import sqlalchemy as sa

from storage.tables.columns import metadata, moment, ref, serial, text

runs = sa.Table(
    "runs",
    metadata,
    serial(),
    text("ritual"),
    text("kind"),
    ref("chat_id", "chats"),
    sa.Column("day", sa.Date, nullable=False),
    text("slot"),
    text("state"),
    text("reason"),
    moment("due"),
    moment("closes_at", nullable=True),
    sa.Column("data", sa.JSON, nullable=False),
    sa.UniqueConstraint("ritual", "chat_id", "day", "slot"),
    sa.Index("ix_runs_state_closes_at", "state", "closes_at"),
    sa.Index("ix_runs_chat_id_ritual_id", "chat_id", "ritual", "id"),
)
checkins = sa.Table(
    "checkins",
    metadata,
    ref("run_id", "runs", primary_key=True),
    ref("member_id", "members", primary_key=True),
    moment("at"),
    sa.Index("ix_checkins_member_id", "member_id"),
)
poll_answers = sa.Table(
    "poll_answers",
    metadata,
    ref("run_id", "runs", primary_key=True),
    ref("member_id", "members", primary_key=True),
    sa.Column("choices", sa.JSON, nullable=False),
    moment("at"),
    sa.Index("ix_poll_answers_member_id", "member_id"),
)
ritual_overrides = sa.Table(  # changed in chat; wins over the config. chat_id 0 = every chat
    "ritual_overrides",
    metadata,
    sa.Column("ritual", sa.Text, primary_key=True),
    sa.Column("chat_id", sa.BigInteger, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    text("value"),
    ref("by_id", "members", nullable=True),
    moment("at"),
)
