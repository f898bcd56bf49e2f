"""What departments were asked, and what they said."""

import sqlalchemy as sa

from storage.tables.columns import metadata, moment, ref, serial, text

_CURRENT = "state <> 'moved'"
routes = sa.Table(  # one voice or topic in the hands of one department
    "routes",
    metadata,
    serial(),
    ref("feedback_id", "feedback", nullable=True),
    ref("topic_id", "topics", nullable=True),
    text("department"),
    text("state"),
    sa.Column("version", sa.BigInteger, nullable=False, server_default="0"),
    ref("by_id", "members"),
    moment("at"),
    moment("due"),
    ref("answered_by_id", "members", nullable=True),
    moment("answered_at", nullable=True),
    sa.Column("promised_for", sa.Date),
    moment("done_at", nullable=True),
    text("note"),
    sa.Index(
        "uq_routes_feedback_id", "feedback_id", unique=True,
        sqlite_where=sa.text(_CURRENT), postgresql_where=sa.text(_CURRENT),
    ),
    sa.Index(
        "uq_routes_topic_id", "topic_id", unique=True,
        sqlite_where=sa.text(_CURRENT), postgresql_where=sa.text(_CURRENT),
    ),
    sa.Index("ix_routes_department_state_due", "department", "state", "due"),
    sa.Index("ix_routes_state_department", "state", "department"),
    sa.Index("ix_routes_at", "at"),
)  # fmt: skip
insights = sa.Table(  # the sentence that staff wrote about one voice or topic, and the decision asked for
    "insights",
    metadata,
    serial(),
    ref("feedback_id", "feedback", nullable=True),
    ref("topic_id", "topics", nullable=True),
    text("sentence"),
    text("decision"),
    sa.Column("decide_by", sa.Date),
    ref("by_id", "members", nullable=True),
    moment("at"),
    sa.Index("uq_insights_feedback_id", "feedback_id", unique=True),
    sa.Index("uq_insights_topic_id", "topic_id", unique=True),
)
