"""What a platform needs that keeps no messages for us."""

import sqlalchemy as sa

from storage.tables.columns import flag, metadata, moment, serial, text

said = sa.Table(  # what was said lately, without its text, where quotes come without their author
    "said",
    metadata,
    sa.Column("platform", sa.Text, primary_key=True),
    sa.Column("chat", sa.Text, primary_key=True),
    sa.Column("message_id", sa.Text, primary_key=True),
    text("sender"),  # empty: ourselves
    text("digest"),
    moment("at"),
    sa.Index("ix_said_digest", "platform", "chat", "digest"),
    sa.Index("ix_said_at", "platform", "at"),
)
half_sent = sa.Table(  # messages of several pieces under way, without their words
    "half_sent",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),  # of the delivery
    text("road"),
    sa.Column("sent", sa.Integer, nullable=False),
    text("beginning"),
    flag("is_next_gone"),
    moment("at"),
    sa.Index("ix_half_sent_at", "at"),
)
webchat_messages = sa.Table(  # the local web chat is its own platform: what people and the bot said in it
    "webchat_messages",
    metadata,
    serial(),
    sa.Column(
        "key", sa.Text, nullable=False, unique=True
    ),  # who sent it under which key: sent twice, kept once
    text("chat"),
    text("author"),  # empty: the bot
    text("author_name"),
    sa.Column("body", sa.JSON, nullable=False),
    moment("at"),
    moment("changed_at"),
    sa.Column("revision", sa.BigInteger, nullable=False, index=True),  # grows with each change of any message
    sa.Index("ix_webchat_messages_chat_id", "chat", "id"),
)
webchat_updates = sa.Table(  # what the web chat gives to the bot; unconfirmed ones are given again
    "webchat_updates",
    metadata,
    serial(),
    sa.Column("key", sa.Text, nullable=False, unique=True),
    sa.Column("raw", sa.JSON, nullable=False),
    moment("at"),
    flag("is_confirmed"),
    sa.Index(
        "ix_webchat_updates_open", "id",
        sqlite_where=sa.text("NOT is_confirmed"), postgresql_where=sa.text("NOT is_confirmed"),
    ),
)  # fmt: skip
