"""The meaning of what members said, as vectors: an index, made anew from the texts whenever it is lost."""

import sqlalchemy as sa

from storage.tables.columns import flag, metadata, ref, serial

feedback_meanings = sa.Table(  # a row is never changed: what was edited gets a new row, so that readers see it come
    "feedback_meanings",
    metadata,
    serial(),
    ref("feedback_id", "feedback"),
    sa.Column("vector", sa.LargeBinary, nullable=False),
    sa.Column("signs", sa.LargeBinary, nullable=False),
    flag("is_stale"),
    sa.UniqueConstraint("feedback_id"),
    sa.Index(
        "ix_feedback_meanings_stale", "feedback_id",
        sqlite_where=sa.text("is_stale"), postgresql_where=sa.text("is_stale"),
    ),
    sqlite_autoincrement=True,
)  # fmt: skip
