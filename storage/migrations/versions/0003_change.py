"""What a voice becomes: topics, departments, service, privacy, honours."""

import sqlalchemy as sa
from alembic import op

from storage import tables

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    connection = op.get_bind()
    op.drop_index("ix_feedback_status_id", "feedback")
    found = sa.inspect(connection)
    names = set(found.get_table_names())
    for table in tables.metadata.sorted_tables:
        if table.name not in names:
            table.create(connection)
            continue
        columns = {column["name"] for column in found.get_columns(table.name)}
        for column in table.columns:
            if column.name not in columns:
                default = column.server_default
                refers = [sa.ForeignKey(key.target_fullname) for key in column.foreign_keys]
                op.add_column(
                    table.name,
                    sa.Column(
                        column.name, column.type, *refers, nullable=column.nullable,
                        server_default=default.arg if isinstance(default, sa.DefaultClause) else None,
                    ),
                )  # fmt: skip
        indexes = {index["name"] for index in found.get_indexes(table.name)}
        for index in table.indexes:
            if index.name not in indexes:
                index.create(connection)
