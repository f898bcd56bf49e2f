"""Hidden contributors: the encrypted way back, the digest of a claim code, who was unmasked and why."""

import sqlalchemy as sa

from storage.tables.columns import metadata, moment, ref, serial, text

veils = sa.Table(  # the way back from an alias to the person, encrypted; gone when they are forgotten
    "veils",
    metadata,
    ref("member_id", "members", primary_key=True),
    text("covered"),
)
claims = sa.Table(  # of a claim code only a digest is kept, found by its first letters
    "claims",
    metadata,
    ref("member_id", "members", primary_key=True),
    text("locator"),
    text("digest"),
    sa.Index("ix_claims_locator", "locator"),
)
letters = sa.Table(  # which alias a message went to, under a keyed mark of its number: a reply to it finds the thread
    "letters",
    metadata,
    sa.Column("mark", sa.Text, primary_key=True),
    ref("member_id", "members"),
    sa.Index("ix_letters_member_id", "member_id"),
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
