"""The first schema."""

from alembic import op

from storage.tables import metadata

revision = "0001"
down_revision = None

LATER = frozenset({"feedback_terms", "feedback_words", "term_counts"})
"""Tables that came with a later revision."""


def upgrade() -> None:
    metadata.create_all(op.get_bind(), tables=[t for t in metadata.sorted_tables if t.name not in LATER])
