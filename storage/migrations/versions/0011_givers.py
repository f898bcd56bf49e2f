"""Who gave credit is somebody; no draft is kept beside an insight, since none was ever written there."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    with op.batch_alter_table("contributions") as table:
        table.create_foreign_key(op.f("fk_contributions_by_id"), "members", ["by_id"], ["id"])
    with op.batch_alter_table("insights") as table:
        table.drop_column("draft")
