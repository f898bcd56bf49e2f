"""What members allowed, for what, and what they took back."""

import sqlalchemy as sa

from storage.tables.columns import metadata, moment, ref, serial, text

consents = sa.Table(
    "consents",
    metadata,
    serial(),
    ref("member_id", "members"),
    text("purpose"),
    text("subject"),
    text("scope"),
    text("wording"),
    moment("given_at"),
    moment("revoked_at", nullable=True),
    sa.Index(
        "uq_consents_in_force", "member_id", "purpose", "subject", unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"), postgresql_where=sa.text("revoked_at IS NULL"),
    ),
    sa.Index("ix_consents_purpose_subject", "purpose", "subject"),
)  # fmt: skip
