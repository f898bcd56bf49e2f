"""Hidden contributors: the encrypted way back, the digest of a claim code, who was unmasked and why."""

import sqlalchemy as sa

from storage.tables.columns import metadata, moment, ref, serial, text

veils = sa.Table(  # the way back from an alias to the person, encrypted; gone when they are forgotten
    "veils",
    metadata,
    ref("member_id", "members", primary_key=True),
    text("covered"),
    text("mark"),  # keyed, of the person and how many aliases they had: with the key theirs are found, one by one
    sa.Index(
        "uq_veils_mark", "mark", unique=True,
        sqlite_where=sa.text("mark <> ''"), postgresql_where=sa.text("mark <> ''"),
    ),
)  # fmt: skip
claims = sa.Table(  # of a claim code only a digest is kept, found by its first letters
    "claims",
    metadata,
    ref("member_id", "members", primary_key=True),
    text("locator"),
    text("digest"),
    sa.Index("ix_claims_locator", "locator"),
)
letters = sa.Table(  # one row for each promise to an alias that was carried out, whether the person was there or not
    "letters",
    metadata,
    sa.Column("mark", sa.Text, primary_key=True),  # of chance; once it was keyed, of the message's number
    ref("member_id", "members"),
    ref("delivery_id", "deliveries", nullable=True),  # null once its words are gone or no longer true
    text("covered"),  # whether it arrived or waits for the person; always of one length
    sa.Index("ix_letters_member_id", "member_id"),
    sa.Index("ix_letters_delivery_id", "delivery_id"),
)
allowances = sa.Table(  # how often somebody did something hidden today; the mark is keyed and names nobody
    "allowances",
    metadata,
    sa.Column("mark", sa.Text, primary_key=True),
    sa.Column("times", sa.Integer, nullable=False),
    moment("until"),
)
unmaskings = sa.Table(  # asked for by one admin, confirmed by another
    "unmaskings",
    metadata,
    serial(),
    ref("feedback_id", "feedback"),
    ref("by_id", "members"),
    text("reason"),
    moment("at"),
    ref("confirmed_by_id", "members", nullable=True),
    moment("confirmed_at", nullable=True),
    sa.Index("ix_unmaskings_feedback_id", "feedback_id"),
)
