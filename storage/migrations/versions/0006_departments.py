"""Departments, insights and drafts asked for."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_AT = sa.BigInteger  # microseconds since 1970-01-01T00:00Z


def _where(condition: str) -> dict[str, sa.TextClause]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    op.create_table(
        "insights",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("feedback_id", _ID, nullable=True),
        sa.Column("topic_id", _ID, nullable=True),
        sa.Column("sentence", sa.Text, server_default="", nullable=False),
        sa.Column("draft", sa.Text, server_default="", nullable=False),
        sa.Column("decision", sa.Text, server_default="", nullable=False),
        sa.Column("decide_by", sa.Date, nullable=True),
        sa.Column("by_id", _ID, nullable=True),
        sa.Column("at", _AT, nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_insights_by_id")),
        sa.ForeignKeyConstraint(["feedback_id"], ["feedback.id"], name=op.f("fk_insights_feedback_id")),
        sa.ForeignKeyConstraint(["topic_id"], ["topics.id"], name=op.f("fk_insights_topic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_insights")),
    )
    op.create_index("uq_insights_feedback_id", "insights", ["feedback_id"], unique=True)
    op.create_index("uq_insights_topic_id", "insights", ["topic_id"], unique=True)
    op.create_table(
        "routes",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("feedback_id", _ID, nullable=True),
        sa.Column("topic_id", _ID, nullable=True),
        sa.Column("department", sa.Text, server_default="", nullable=False),
        sa.Column("state", sa.Text, server_default="", nullable=False),
        sa.Column("version", sa.BigInteger, server_default="0", nullable=False),
        sa.Column("by_id", _ID, nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.Column("due", _AT, nullable=False),
        sa.Column("answered_by_id", _ID, nullable=True),
        sa.Column("answered_at", _AT, nullable=True),
        sa.Column("promised_for", sa.Date, nullable=True),
        sa.Column("done_at", _AT, nullable=True),
        sa.Column("note", sa.Text, server_default="", nullable=False),
        sa.ForeignKeyConstraint(["answered_by_id"], ["members.id"], name=op.f("fk_routes_answered_by_id")),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_routes_by_id")),
        sa.ForeignKeyConstraint(["feedback_id"], ["feedback.id"], name=op.f("fk_routes_feedback_id")),
        sa.ForeignKeyConstraint(["topic_id"], ["topics.id"], name=op.f("fk_routes_topic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routes")),
    )
    op.create_index("ix_routes_at", "routes", ["at"])
    op.create_index("ix_routes_department_state_due", "routes", ["department", "state", "due"])
    op.create_index("ix_routes_state_department", "routes", ["state", "department"])
    op.create_index(
        "uq_routes_feedback_id", "routes", ["feedback_id"], unique=True, **_where("state <> 'moved'")
    )
    op.create_index("uq_routes_topic_id", "routes", ["topic_id"], unique=True, **_where("state <> 'moved'"))
    op.create_table(
        "wanted_drafts",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("feedback_id", _ID, nullable=False),
        sa.Column("topic_id", _ID, nullable=True),
        sa.Column("by_id", _ID, nullable=False),
        sa.Column("language", sa.Text, server_default="", nullable=False),
        sa.Column("asked_at", _AT, nullable=False),
        sa.Column("taken_at", _AT, nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_wanted_drafts_by_id")),
        sa.ForeignKeyConstraint(["feedback_id"], ["feedback.id"], name=op.f("fk_wanted_drafts_feedback_id")),
        sa.ForeignKeyConstraint(["topic_id"], ["topics.id"], name=op.f("fk_wanted_drafts_topic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wanted_drafts")),
    )
    op.create_index("ix_wanted_drafts_by_id_asked_at", "wanted_drafts", ["by_id", "asked_at"])
    op.create_index("ix_wanted_drafts_taken_at", "wanted_drafts", ["id"], **_where("taken_at IS NULL"))
