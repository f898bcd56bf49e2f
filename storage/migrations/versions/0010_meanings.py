"""What texts mean."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def _where(condition: str) -> dict[str, sa.TextClause]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    op.create_table(
        "feedback_meanings",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("feedback_id", _ID, nullable=False),
        sa.Column("vector", sa.LargeBinary, nullable=False),
        sa.Column("signs", sa.LargeBinary, nullable=False),
        sa.Column("is_stale", sa.Boolean, server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["feedback_id"], ["feedback.id"], name=op.f("fk_feedback_meanings_feedback_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_meanings")),
        sa.UniqueConstraint("feedback_id", name=op.f("uq_feedback_meanings_feedback_id")),
    )
    op.create_index("ix_feedback_meanings_stale", "feedback_meanings", ["feedback_id"], **_where("is_stale"))
