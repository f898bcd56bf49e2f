"""Titles, rungs, betas and the circle."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_AT = sa.BigInteger  # microseconds since 1970-01-01T00:00Z


def _where(condition: str) -> dict[str, sa.TextClause]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    op.create_table(
        "circle",
        sa.Column("member_id", _ID, nullable=False),
        sa.Column("state", sa.Text, server_default="", nullable=False),
        sa.Column("by_id", _ID, nullable=False),
        sa.Column("invited_at", _AT, nullable=False),
        sa.Column("answered_at", _AT, nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_circle_by_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_circle_member_id")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_circle")),
    )
    op.create_table(
        "discoveries",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("chat_id", _ID, nullable=False),
        sa.Column("member_id", _ID, nullable=False),
        sa.Column("message_id", sa.Text, server_default="", nullable=False),
        sa.Column("text", sa.Text, server_default="", nullable=False),
        sa.Column("link", sa.Text, server_default="", nullable=False),
        sa.Column("attachments", sa.JSON, nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.Column("chosen_at", _AT, nullable=True),
        sa.Column("chosen_by_id", _ID, nullable=True),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_discoveries_chat_id")),
        sa.ForeignKeyConstraint(["chosen_by_id"], ["members.id"], name=op.f("fk_discoveries_chosen_by_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_discoveries_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discoveries")),
        sa.UniqueConstraint("chat_id", "message_id", name=op.f("uq_discoveries_chat_id_message_id")),
    )
    op.create_index("ix_discoveries_member_id_at", "discoveries", ["member_id", "at"])
    op.create_index("ix_discoveries_open", "discoveries", ["id"], **_where("chosen_at IS NULL"))
    op.create_table(
        "handovers",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("member_id", _ID, nullable=False),
        sa.Column("rung", sa.Text, server_default="", nullable=False),
        sa.Column("unlock", sa.Text, server_default="", nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.Column("done_at", _AT, nullable=True),
        sa.Column("done_by_id", _ID, nullable=True),
        sa.ForeignKeyConstraint(["done_by_id"], ["members.id"], name=op.f("fk_handovers_done_by_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_handovers_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handovers")),
        sa.UniqueConstraint("member_id", "rung", "unlock", name=op.f("uq_handovers_member_id_rung_unlock")),
    )
    op.create_index("ix_handovers_open", "handovers", ["id"], **_where("done_at IS NULL"))
    op.create_table(
        "rungs",
        sa.Column("member_id", _ID, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_rungs_member_id")),
        sa.PrimaryKeyConstraint("member_id", "name", name=op.f("pk_rungs")),
    )
    op.create_table(
        "titles",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("member_id", _ID, nullable=False),
        sa.Column("kind", sa.Text, server_default="", nullable=False),
        sa.Column("subject", sa.Text, server_default="", nullable=False),
        sa.Column("reason", sa.Text, server_default="", nullable=False),
        sa.Column("by_id", _ID, nullable=True),
        sa.Column("at", _AT, nullable=False),
        sa.Column("revoked_at", _AT, nullable=True),
        sa.Column("revoked_by_id", _ID, nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_titles_by_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_titles_member_id")),
        sa.ForeignKeyConstraint(["revoked_by_id"], ["members.id"], name=op.f("fk_titles_revoked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_titles")),
    )
    op.create_index("ix_titles_at", "titles", ["at"])
    op.create_index("ix_titles_subject", "titles", ["subject"])
    op.create_index(
        "uq_titles_held", "titles", ["member_id", "kind"], unique=True, **_where("revoked_at IS NULL")
    )
    op.create_table(
        "betas",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("feedback_id", _ID, nullable=False),
        sa.Column("by_id", _ID, nullable=False),
        sa.Column("text", sa.Text, server_default="", nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_betas_by_id")),
        sa.ForeignKeyConstraint(["feedback_id"], ["feedback.id"], name=op.f("fk_betas_feedback_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_betas")),
    )
    op.create_index("ix_betas_feedback_id", "betas", ["feedback_id"])
    op.create_table(
        "trials",
        sa.Column("beta_id", _ID, nullable=False),
        sa.Column("member_id", _ID, nullable=False),
        sa.Column("state", sa.Text, server_default="", nullable=False),
        sa.Column("verdict", sa.Text, server_default="", nullable=False),
        sa.Column("note", sa.Text, server_default="", nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.ForeignKeyConstraint(["beta_id"], ["betas.id"], name=op.f("fk_trials_beta_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_trials_member_id")),
        sa.PrimaryKeyConstraint("beta_id", "member_id", name=op.f("pk_trials")),
    )
