"""First replies and reports of a defect."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_AT = sa.BigInteger  # microseconds since 1970-01-01T00:00Z


def upgrade() -> None:
    op.create_table(
        "facts",
        sa.Column("feedback_id", _ID, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("value", sa.Text, server_default="", nullable=False),
        sa.Column("source", sa.Text, server_default="", nullable=False),
        sa.Column("is_skipped", sa.Boolean, server_default=sa.false(), nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.ForeignKeyConstraint(["feedback_id"], ["feedback.id"], name=op.f("fk_facts_feedback_id")),
        sa.PrimaryKeyConstraint("feedback_id", "key", name=op.f("pk_facts")),
    )
    op.create_table(
        "first_replies",
        sa.Column("feedback_id", _ID, nullable=False),
        sa.Column("by_id", _ID, nullable=False),
        sa.Column("chat_id", _ID, nullable=False),
        sa.Column("feedback_class", sa.Text, server_default="", nullable=False),
        sa.Column("asked_at", _AT, nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_first_replies_by_id")),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_first_replies_chat_id")),
        sa.ForeignKeyConstraint(["feedback_id"], ["feedback.id"], name=op.f("fk_first_replies_feedback_id")),
        sa.PrimaryKeyConstraint("feedback_id", name=op.f("pk_first_replies")),
    )
    op.create_index(
        "ix_first_replies_chat_id", "first_replies", ["chat_id", "feedback_class", "at", "asked_at"]
    )
    op.create_index(
        "ix_first_replies_feedback_class_at", "first_replies", ["feedback_class", "at", "asked_at"]
    )
    op.create_table(
        "reports",
        sa.Column("feedback_id", _ID, nullable=False),
        sa.Column("member_id", _ID, nullable=False),
        sa.Column("asked_at", _AT, nullable=False),
        sa.Column("answered_at", _AT, nullable=True),
        sa.Column("closed_at", _AT, nullable=True),
        sa.ForeignKeyConstraint(["feedback_id"], ["feedback.id"], name=op.f("fk_reports_feedback_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_reports_member_id")),
        sa.PrimaryKeyConstraint("feedback_id", name=op.f("pk_reports")),
    )
    op.create_index("ix_reports_member_id_asked_at", "reports", ["member_id", "asked_at"])
