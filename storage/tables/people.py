"""Groups, people, staff, and what we asked or told whom."""

import sqlalchemy as sa

from storage.tables.columns import metadata, moment, ref, serial, text

chats = sa.Table(
    "chats",
    metadata,
    serial(),
    text("platform"),
    text("external_id"),
    text("kind"),
    text("title"),
    text("state"),
    text("language"),
    text("timezone"),
    sa.Column("rituals", sa.JSON, nullable=False),
    moment("paused_until", nullable=True),
    sa.UniqueConstraint("platform", "external_id"),
    sa.Index(
        "ix_chats_groups",
        "id",
        sqlite_where=sa.text("kind = 'group'"),
        postgresql_where=sa.text("kind = 'group'"),
    ),
)
members = sa.Table(
    "members",
    metadata,
    serial(),
    text("platform"),
    text("external_id"),
    text("name"),
    text("username"),
    text("language"),
    text("role", "member"),
    text("salutation"),
    text("city"),  # as they say themselves
    ref("home_chat_id", "chats", nullable=True),
    sa.Column("reachable", sa.Boolean),
    sa.Column("is_named", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("is_honoured", sa.Boolean, nullable=False, server_default=sa.true()),
    moment("snoozed_until", nullable=True),
    moment("first_seen_at"),
    sa.UniqueConstraint("platform", "external_id"),
    sa.Index("ix_members_username", "username"),
    sa.Index("ix_members_name", "name"),
    sa.Index(
        "ix_members_salutation",
        "salutation",
        sqlite_where=sa.text("salutation <> ''"),
        postgresql_where=sa.text("salutation <> ''"),
    ),
)
staff = sa.Table(  # grants by config ("config") and by /staff ("chat"); the latter wins
    "staff",
    metadata,
    sa.Column("platform", sa.Text, primary_key=True),
    sa.Column("external_id", sa.Text, primary_key=True),
    sa.Column("source", sa.Text, primary_key=True),
    text("role"),
    text("name"),
    text("salutation"),
    moment("at"),
)
contributions = sa.Table(  # the ledger of credit: outcomes only
    "contributions",
    metadata,
    serial(),
    ref("member_id", "members"),
    text("kind"),
    text("subject"),
    moment("at"),
    ref("by_id", "members", nullable=True),  # who thanked or chose them
    sa.UniqueConstraint("member_id", "kind", "subject"),
    sa.Index("ix_contributions_member_id_at_kind", "member_id", "at", "kind"),
    sa.Index("ix_contributions_by_id_at", "by_id", "at"),
)
expectations = sa.Table(  # what we asked somebody in a chat and wait to hear next
    "expectations",
    metadata,
    ref("chat_id", "chats", primary_key=True),
    ref("member_id", "members", primary_key=True),
    text("intent"),
    sa.Column("data", sa.JSON, nullable=False),
    moment("expires_at"),
)
cautions = sa.Table(  # what somebody was already told in a window, so that it is said once
    "cautions",
    metadata,
    ref("member_id", "members", primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    moment("until"),
)
