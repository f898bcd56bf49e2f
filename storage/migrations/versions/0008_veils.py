"""Who speaks without a name."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_AT = sa.BigInteger  # microseconds since 1970-01-01T00:00Z


def upgrade() -> None:
    op.create_table(
        "allowances",
        sa.Column("mark", sa.Text, nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
        sa.Column("until", _AT, nullable=False),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_allowances")),
    )
    op.create_table(
        "claims",
        sa.Column("member_id", _ID, nullable=False),
        sa.Column("locator", sa.Text, server_default="", nullable=False),
        sa.Column("digest", sa.Text, server_default="", nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_claims_member_id")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_claims")),
    )
    op.create_index("ix_claims_locator", "claims", ["locator"])
    op.create_table(
        "letters",
        sa.Column("mark", sa.Text, nullable=False),
        sa.Column("member_id", _ID, nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_letters_member_id")),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_letters")),
    )
    op.create_index("ix_letters_member_id", "letters", ["member_id"])
    op.create_table(
        "veils",
        sa.Column("member_id", _ID, nullable=False),
        sa.Column("covered", sa.Text, server_default="", nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_veils_member_id")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_veils")),
    )
    op.create_table(
        "unmaskings",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("feedback_id", _ID, nullable=False),
        sa.Column("by_id", _ID, nullable=False),
        sa.Column("reason", sa.Text, server_default="", nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.Column("confirmed_by_id", _ID, nullable=True),
        sa.Column("confirmed_at", _AT, nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_unmaskings_by_id")),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"], ["members.id"], name=op.f("fk_unmaskings_confirmed_by_id")
        ),
        sa.ForeignKeyConstraint(["feedback_id"], ["feedback.id"], name=op.f("fk_unmaskings_feedback_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unmaskings")),
    )
    op.create_index("ix_unmaskings_feedback_id", "unmaskings", ["feedback_id"])
