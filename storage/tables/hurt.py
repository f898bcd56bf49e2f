"""What becomes of complaints: untagged ones, cases told in a group, root causes."""

import sqlalchemy as sa

from storage.tables.columns import metadata, moment, ref, serial, text

complaints = sa.Table(  # negative words in a group that nobody tagged; the text goes when a person has looked
    "complaints",
    metadata,
    serial(),
    ref("chat_id", "chats"),
    ref("member_id", "members"),
    text("message_id"),
    text("link"),
    text("text"),
    moment("at"),
    ref("claimed_by_id", "members", nullable=True),
    ref("feedback_id", "feedback", nullable=True),
    sa.UniqueConstraint("chat_id", "message_id"),
    sa.Index("ix_complaints_feedback_id", "feedback_id"),
)
cases = sa.Table(  # 公开课: a complaint that the group may watch, with its contributor's consent
    "cases",
    metadata,
    ref("feedback_id", "feedback", primary_key=True),
    ref("chat_id", "chats"),
    ref("by_id", "members"),
    text("state"),
    text("post_key"),
    moment("at"),
    moment("changed_at"),
)
case_lines = sa.Table(
    "case_lines",
    metadata,
    serial(),
    ref("feedback_id", "feedback"),
    ref("by_id", "members"),
    text("text"),
    moment("at"),
    sa.Index("ix_case_lines_feedback_id_id", "feedback_id", "id"),
)
causes = sa.Table(  # why it hurt: one root cause a feedback, by a person
    "causes",
    metadata,
    ref("feedback_id", "feedback", primary_key=True),
    text("cause"),
    ref("by_id", "members"),
    moment("at"),
    sa.Index("ix_causes_cause_at", "cause", "at"),
)
recoveries = sa.Table(  # negative feedback whose contributor says it is better, and who called back
    "recoveries",
    metadata,
    ref("feedback_id", "feedback", primary_key=True),
    ref("member_id", "members"),
    moment("verified_at"),
    ref("called_by_id", "members", nullable=True),
    moment("called_at", nullable=True),
    sa.Index("ix_recoveries_verified_at", "verified_at"),
    sa.Index("ix_recoveries_member_id", "member_id"),
)
