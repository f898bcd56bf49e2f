"""What is kept besides of people, voices and promises."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_AT = sa.BigInteger  # microseconds since 1970-01-01T00:00Z


def _where(condition: str) -> dict[str, sa.TextClause]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    op.create_index("ix_chats_groups", "chats", ["id"], **_where("kind = 'group'"))
    op.create_table(
        "half_sent",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("road", sa.Text, server_default="", nullable=False),
        sa.Column("sent", sa.Integer, nullable=False),
        sa.Column("beginning", sa.Text, server_default="", nullable=False),
        sa.Column("is_next_gone", sa.Boolean, server_default=sa.false(), nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_half_sent")),
    )
    op.create_index("ix_half_sent_at", "half_sent", ["at"])
    op.add_column("members", sa.Column("city", sa.Text, server_default="", nullable=False))
    op.add_column("members", sa.Column("is_honoured", sa.Boolean, server_default=sa.true(), nullable=False))
    op.create_index("ix_members_name", "members", ["name"])
    op.create_index("ix_members_salutation", "members", ["salutation"], **_where("salutation <> ''"))
    op.create_index("ix_members_username", "members", ["username"])
    op.add_column("contributions", sa.Column("by_id", _ID, nullable=True))
    op.create_index("ix_contributions_by_id_at", "contributions", ["by_id", "at"])
    op.create_index("ix_contributions_member_id_at_kind", "contributions", ["member_id", "at", "kind"])
    op.create_index("ix_deliveries_of_id", "deliveries", ["of_id"], **_where("of_id IS NOT NULL"))
    op.create_index(
        "ix_deliveries_stuck", "deliveries", ["id"], **_where("state IN ('waiting', 'unknown', 'dead')")
    )
    op.drop_index("ix_feedback_status_id", "feedback")
    op.add_column("feedback", sa.Column("is_unsure", sa.Boolean, server_default=sa.false(), nullable=False))
    op.add_column("feedback", sa.Column("update_due", _AT, nullable=True))
    op.add_column("feedback", sa.Column("mode", sa.Text, server_default="named", nullable=False))
    op.add_column("feedback", sa.Column("topic_id", _ID, nullable=True))
    op.create_index("ix_feedback_topic_id", "feedback", ["topic_id", "id"], **_where("topic_id IS NOT NULL"))
    op.create_index(
        "ix_feedback_waiting",
        "feedback",
        ["status", "id", "owner_id", "held_until", "planned_for", "review_due", "update_due"],
    )
    op.create_index("ix_poll_answers_member_id", "poll_answers", ["member_id"])
    op.create_index("ix_changes_after_at", "changes", ["after", "at"])
    op.create_index("ix_followers_member_id", "followers", ["member_id"])
    op.create_index("ix_verdicts_member_id", "verdicts", ["member_id"])
