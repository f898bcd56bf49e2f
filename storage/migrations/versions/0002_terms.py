"""Which words stand in which feedback."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_TERM = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "feedback_terms",
        sa.Column("term", _TERM, primary_key=True),
        sa.Column("feedback_id", _ID, primary_key=True, autoincrement=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "feedback_words",
        sa.Column("feedback_id", _ID, sa.ForeignKey("feedback.id"), primary_key=True),
        sa.Column("words", sa.Text, nullable=False, server_default=""),
        sa.Column("is_stale", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    op.create_index(
        "ix_feedback_words_stale", "feedback_words", ["feedback_id"],
        sqlite_where=sa.text("is_stale"), postgresql_where=sa.text("is_stale"),
    )  # fmt: skip
    op.create_table(
        "term_counts",
        sa.Column("term", _TERM, primary_key=True),
        sa.Column("texts", sa.BigInteger, nullable=False, server_default="0"),
        sqlite_with_rowid=False,
    )
