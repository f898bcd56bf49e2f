"""When a person first answered a voice, and the facts that were asked for beside its text."""

import sqlalchemy as sa

from storage.tables.columns import flag, metadata, moment, ref, text

first_replies = sa.Table(
    "first_replies",
    metadata,
    ref("feedback_id", "feedback", primary_key=True),
    ref("by_id", "members"),
    ref("chat_id", "chats"),
    text("feedback_class"),  # as it was when it was answered
    moment("asked_at"),
    moment("at"),
    sa.Index("ix_first_replies_feedback_class_at", "feedback_class", "at", "asked_at"),
    sa.Index("ix_first_replies_chat_id", "chat_id", "feedback_class", "at", "asked_at"),
)
reports = sa.Table(  # who was asked for the facts of a voice, and whether they want to be asked on
    "reports",
    metadata,
    ref("feedback_id", "feedback", primary_key=True),
    ref("member_id", "members"),
    moment("asked_at"),
    moment("answered_at", nullable=True),
    moment("closed_at", nullable=True),
    sa.Index("ix_reports_member_id_asked_at", "member_id", "asked_at"),
)
facts = sa.Table(  # never mixed into the words of the voice
    "facts",
    metadata,
    ref("feedback_id", "feedback", primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    text("value"),
    text("source"),
    flag("is_skipped"),
    moment("at"),
)
