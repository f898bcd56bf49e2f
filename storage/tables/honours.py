"""What is given back to those who helped: titles, rungs, what they open, discoveries, trials, the core circle."""

import sqlalchemy as sa

from storage.tables.columns import metadata, moment, ref, serial, text

titles = sa.Table(
    "titles",
    metadata,
    serial(),
    ref("member_id", "members"),
    text("kind"),
    text("subject"),  # what it was given for: "feedback:128", "discovery:3"
    text("reason"),
    ref("by_id", "members", nullable=True),  # nobody: given by the rules
    moment("at"),
    moment("revoked_at", nullable=True),
    ref("revoked_by_id", "members", nullable=True),
    sa.Index(
        "uq_titles_held", "member_id", "kind", unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"), postgresql_where=sa.text("revoked_at IS NULL"),
    ),
    sa.Index("ix_titles_at", "at"),
    sa.Index("ix_titles_subject", "subject"),
)  # fmt: skip
rungs = sa.Table(  # which rungs of the ladder somebody has reached, so that each is told once
    "rungs",
    metadata,
    ref("member_id", "members", primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    moment("at"),
)
handovers = sa.Table(  # what a rung opened and a person has to hand over
    "handovers",
    metadata,
    serial(),
    ref("member_id", "members"),
    text("rung"),
    text("unlock"),
    moment("at"),
    moment("done_at", nullable=True),
    ref("done_by_id", "members", nullable=True),
    sa.UniqueConstraint("member_id", "rung", "unlock"),
    sa.Index(
        "ix_handovers_open", "id",
        sqlite_where=sa.text("done_at IS NULL"), postgresql_where=sa.text("done_at IS NULL"),
    ),
)  # fmt: skip
discoveries = sa.Table(
    "discoveries",
    metadata,
    serial(),
    ref("chat_id", "chats"),
    ref("member_id", "members"),
    text("message_id"),
    text("text"),
    text("link"),
    sa.Column("attachments", sa.JSON, nullable=False),
    moment("at"),
    moment("chosen_at", nullable=True),
    ref("chosen_by_id", "members", nullable=True),
    sa.UniqueConstraint("chat_id", "message_id"),
    sa.Index(
        "ix_discoveries_open", "id",
        sqlite_where=sa.text("chosen_at IS NULL"), postgresql_where=sa.text("chosen_at IS NULL"),
    ),
    sa.Index("ix_discoveries_member_id_at", "member_id", "at"),
)  # fmt: skip
betas = sa.Table(
    "betas",
    metadata,
    serial(),
    ref("feedback_id", "feedback"),
    ref("by_id", "members"),
    text("text"),
    moment("at"),
    sa.Column("until", sa.Date),  # the last day on which it can be tried
    sa.Index("ix_betas_feedback_id", "feedback_id"),
)
trials = sa.Table(  # who was invited to a beta, whether they try it, and what they found
    "trials",
    metadata,
    ref("beta_id", "betas", primary_key=True),
    ref("member_id", "members", primary_key=True),
    text("state"),
    text("verdict"),
    text("note"),
    moment("at"),
)
circle = sa.Table(  # who was invited to the core circle, and what they answered
    "circle",
    metadata,
    ref("member_id", "members", primary_key=True),
    text("state"),
    ref("by_id", "members"),
    moment("invited_at"),
    moment("answered_at", nullable=True),
)
