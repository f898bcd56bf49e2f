"""Consents, cases, causes and stories."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_AT = sa.BigInteger  # microseconds since 1970-01-01T00:00Z


def _where(condition: str) -> dict[str, sa.TextClause]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    op.create_table(
        "consents",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("member_id", _ID, nullable=False),
        sa.Column("purpose", sa.Text, server_default="", nullable=False),
        sa.Column("subject", sa.Text, server_default="", nullable=False),
        sa.Column("scope", sa.Text, server_default="", nullable=False),
        sa.Column("wording", sa.Text, server_default="", nullable=False),
        sa.Column("given_at", _AT, nullable=False),
        sa.Column("revoked_at", _AT, nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_consents_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index("ix_consents_purpose_subject", "consents", ["purpose", "subject"])
    op.create_index(
        "uq_consents_in_force",
        "consents",
        ["member_id", "purpose", "subject"],
        unique=True,
        **_where("revoked_at IS NULL"),
    )
    op.create_table(
        "member_tags",
        sa.Column("member_id", _ID, nullable=False),
        sa.Column("tag", sa.Text, nullable=False),
        sa.Column("by_id", _ID, nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_member_tags_by_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_member_tags_member_id")),
        sa.PrimaryKeyConstraint("member_id", "tag", name=op.f("pk_member_tags")),
    )
    op.create_index("ix_member_tags_tag", "member_tags", ["tag"])
    op.create_table(
        "case_lines",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("feedback_id", _ID, nullable=False),
        sa.Column("by_id", _ID, nullable=False),
        sa.Column("text", sa.Text, server_default="", nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_case_lines_by_id")),
        sa.ForeignKeyConstraint(["feedback_id"], ["feedback.id"], name=op.f("fk_case_lines_feedback_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_lines")),
    )
    op.create_index("ix_case_lines_feedback_id_id", "case_lines", ["feedback_id", "id"])
    op.create_table(
        "cases",
        sa.Column("feedback_id", _ID, nullable=False),
        sa.Column("chat_id", _ID, nullable=False),
        sa.Column("by_id", _ID, nullable=False),
        sa.Column("state", sa.Text, server_default="", nullable=False),
        sa.Column("post_key", sa.Text, server_default="", nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.Column("changed_at", _AT, nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_cases_by_id")),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_cases_chat_id")),
        sa.ForeignKeyConstraint(["feedback_id"], ["feedback.id"], name=op.f("fk_cases_feedback_id")),
        sa.PrimaryKeyConstraint("feedback_id", name=op.f("pk_cases")),
    )
    op.create_table(
        "causes",
        sa.Column("feedback_id", _ID, nullable=False),
        sa.Column("cause", sa.Text, server_default="", nullable=False),
        sa.Column("by_id", _ID, nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_causes_by_id")),
        sa.ForeignKeyConstraint(["feedback_id"], ["feedback.id"], name=op.f("fk_causes_feedback_id")),
        sa.PrimaryKeyConstraint("feedback_id", name=op.f("pk_causes")),
    )
    op.create_index("ix_causes_cause_at", "causes", ["cause", "at"])
    op.create_table(
        "complaints",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("chat_id", _ID, nullable=False),
        sa.Column("member_id", _ID, nullable=False),
        sa.Column("message_id", sa.Text, server_default="", nullable=False),
        sa.Column("link", sa.Text, server_default="", nullable=False),
        sa.Column("text", sa.Text, server_default="", nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.Column("claimed_by_id", _ID, nullable=True),
        sa.Column("feedback_id", _ID, nullable=True),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_complaints_chat_id")),
        sa.ForeignKeyConstraint(["claimed_by_id"], ["members.id"], name=op.f("fk_complaints_claimed_by_id")),
        sa.ForeignKeyConstraint(["feedback_id"], ["feedback.id"], name=op.f("fk_complaints_feedback_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_complaints_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaints")),
        sa.UniqueConstraint("chat_id", "message_id", name=op.f("uq_complaints_chat_id_message_id")),
    )
    op.create_index("ix_complaints_feedback_id", "complaints", ["feedback_id"])
    op.create_table(
        "recoveries",
        sa.Column("feedback_id", _ID, nullable=False),
        sa.Column("member_id", _ID, nullable=False),
        sa.Column("verified_at", _AT, nullable=False),
        sa.Column("called_by_id", _ID, nullable=True),
        sa.Column("called_at", _AT, nullable=True),
        sa.ForeignKeyConstraint(["called_by_id"], ["members.id"], name=op.f("fk_recoveries_called_by_id")),
        sa.ForeignKeyConstraint(["feedback_id"], ["feedback.id"], name=op.f("fk_recoveries_feedback_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_recoveries_member_id")),
        sa.PrimaryKeyConstraint("feedback_id", name=op.f("pk_recoveries")),
    )
    op.create_index("ix_recoveries_member_id", "recoveries", ["member_id"])
    op.create_index("ix_recoveries_verified_at", "recoveries", ["verified_at"])
    op.create_table(
        "stories",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("feedback_id", _ID, nullable=False),
        sa.Column("member_id", _ID, nullable=False),
        sa.Column("wording", sa.Text, server_default="", nullable=False),
        sa.Column("places", sa.JSON, nullable=False),
        sa.Column("state", sa.Text, server_default="", nullable=False),
        sa.Column("is_named", sa.Boolean, server_default=sa.false(), nullable=False),
        sa.Column("signature", sa.Text, server_default="", nullable=False),
        sa.Column("version", sa.BigInteger, server_default="1", nullable=False),
        sa.Column("by_id", _ID, nullable=False),
        sa.Column("chat_id", _ID, nullable=True),
        sa.Column("post_key", sa.Text, server_default="", nullable=False),
        sa.Column("created_at", _AT, nullable=False),
        sa.Column("changed_at", _AT, nullable=False),
        sa.Column("published_at", _AT, nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_stories_by_id")),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_stories_chat_id")),
        sa.ForeignKeyConstraint(["feedback_id"], ["feedback.id"], name=op.f("fk_stories_feedback_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_stories_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stories")),
        sa.UniqueConstraint("feedback_id", name=op.f("uq_stories_feedback_id")),
    )
    op.create_index("ix_stories_member_id", "stories", ["member_id"])
    op.create_index("ix_stories_state_id", "stories", ["state", "id"])
