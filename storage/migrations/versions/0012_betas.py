"""A change that can be tried first can be tried until some day."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("betas", sa.Column("until", sa.Date, nullable=True))
