"""When we last answered in a chat is found by an index."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

_ANSWERS = sa.text("NOT is_held AND kind <> 'reaction'")


def upgrade() -> None:
    op.create_index(
        "ix_deliveries_answers",
        "deliveries",
        ["chat_id", "created_at"],
        sqlite_where=_ANSWERS,
        postgresql_where=_ANSWERS,
    )
