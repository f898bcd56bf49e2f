"""Topics, and who met the same thing."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_AT = sa.BigInteger  # microseconds since 1970-01-01T00:00Z


def upgrade() -> None:
    op.create_table(
        "facet_answers",
        sa.Column("member_id", _ID, nullable=False),
        sa.Column("facet", sa.Text, nullable=False),
        sa.Column("answer", sa.Text, server_default="", nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_facet_answers_member_id")),
        sa.PrimaryKeyConstraint("member_id", "facet", name=op.f("pk_facet_answers")),
    )
    op.create_table(
        "topics",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("title", sa.Text, server_default="", nullable=False),
        sa.Column("by_id", _ID, nullable=True),
        sa.Column("merged_into_id", _ID, nullable=True),
        sa.Column("created_at", _AT, nullable=False),
        sa.Column("updated_at", _AT, nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_topics_by_id")),
        sa.ForeignKeyConstraint(["merged_into_id"], ["topics.id"], name=op.f("fk_topics_merged_into_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topics")),
    )
    op.create_index("ix_topics_merged_into_id", "topics", ["merged_into_id"])
    op.create_index("ix_topics_updated_at", "topics", ["updated_at"])
    op.create_table(
        "resonances",
        sa.Column("feedback_id", _ID, nullable=False),
        sa.Column("member_id", _ID, nullable=False),
        sa.Column("is_me", sa.Boolean, server_default=sa.false(), nullable=False),
        sa.Column("facet", sa.Text, server_default="", nullable=False),
        sa.Column("answer", sa.Text, server_default="", nullable=False),
        sa.Column("through_topic_id", _ID, nullable=True),
        sa.Column("at", _AT, nullable=False),
        sa.ForeignKeyConstraint(["feedback_id"], ["feedback.id"], name=op.f("fk_resonances_feedback_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_resonances_member_id")),
        sa.ForeignKeyConstraint(
            ["through_topic_id"], ["topics.id"], name=op.f("fk_resonances_through_topic_id")
        ),
        sa.PrimaryKeyConstraint("feedback_id", "member_id", name=op.f("pk_resonances")),
    )
    op.create_index("ix_resonances_member_id", "resonances", ["member_id"])
    op.create_index("ix_resonances_through_topic_id", "resonances", ["through_topic_id"])
    op.create_table(
        "same_answers",
        sa.Column("feedback_id", _ID, nullable=False),
        sa.Column("other_id", _ID, nullable=False),
        sa.Column("is_same", sa.Boolean, server_default=sa.false(), nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.ForeignKeyConstraint(["feedback_id"], ["feedback.id"], name=op.f("fk_same_answers_feedback_id")),
        sa.ForeignKeyConstraint(["other_id"], ["feedback.id"], name=op.f("fk_same_answers_other_id")),
        sa.PrimaryKeyConstraint("feedback_id", "other_id", name=op.f("pk_same_answers")),
    )
    op.create_table(
        "splits",
        sa.Column("feedback_id", _ID, nullable=False),
        sa.Column("of_id", _ID, nullable=False),
        sa.Column("by_id", _ID, nullable=True),
        sa.Column("text", sa.Text, server_default="", nullable=False),
        sa.Column("version", sa.BigInteger, server_default="0", nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.Column("undone_at", _AT, nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_splits_by_id")),
        sa.ForeignKeyConstraint(["feedback_id"], ["feedback.id"], name=op.f("fk_splits_feedback_id")),
        sa.ForeignKeyConstraint(["of_id"], ["feedback.id"], name=op.f("fk_splits_of_id")),
        sa.PrimaryKeyConstraint("feedback_id", name=op.f("pk_splits")),
    )
    op.create_index("ix_splits_of_id", "splits", ["of_id"])
    op.create_table(
        "topic_links",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("feedback_id", _ID, nullable=False),
        sa.Column("topic_id", _ID, nullable=False),
        sa.Column("was_topic_id", _ID, nullable=True),
        sa.Column("by_id", _ID, nullable=True),
        sa.Column("at", _AT, nullable=False),
        sa.Column("undone_at", _AT, nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_topic_links_by_id")),
        sa.ForeignKeyConstraint(["feedback_id"], ["feedback.id"], name=op.f("fk_topic_links_feedback_id")),
        sa.ForeignKeyConstraint(["topic_id"], ["topics.id"], name=op.f("fk_topic_links_topic_id")),
        sa.ForeignKeyConstraint(["was_topic_id"], ["topics.id"], name=op.f("fk_topic_links_was_topic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topic_links")),
    )
    op.create_index("ix_topic_links_feedback_id_id", "topic_links", ["feedback_id", "id"])
    op.create_index("ix_topic_links_was_topic_id", "topic_links", ["was_topic_id"])
