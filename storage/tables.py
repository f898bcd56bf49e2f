"""The tables, written out. Every one works on SQLite and on PostgreSQL.

Moments are stored as whole microseconds since the epoch, so both databases compare them alike.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Dialect

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Moment(sa.types.TypeDecorator[datetime]):
    """An aware UTC datetime, kept as an integer. **Units**: microseconds since 1970-01-01T00:00Z."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Turn a datetime into microseconds."""
        del dialect
        return None if value is None else micros(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Turn microseconds into a datetime."""
        del dialect
        return None if value is None else _EPOCH + timedelta(microseconds=value)


def micros(at: datetime) -> int:
    """Return microseconds since the epoch, exactly."""
    return (at - _EPOCH) // _MICROSECOND


metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)
# SQLite gives a rowid only to INTEGER PRIMARY KEY; PostgreSQL wants 64 bits.
_Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def _id() -> sa.Column[int]:
    return sa.Column("id", _Id, primary_key=True, autoincrement=True)


def _ref(name: str, to: str, *, nullable: bool = False, primary_key: bool = False) -> sa.Column[int]:
    return sa.Column(name, _Id, sa.ForeignKey(f"{to}.id"), nullable=nullable, primary_key=primary_key)


def _text(name: str, default: str = "") -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default=default)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean, nullable=False, server_default=sa.false())


def _at(name: str, *, nullable: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, Moment, nullable=nullable)


meta = sa.Table("meta", metadata, sa.Column("key", sa.Text, primary_key=True), _text("value"))

updates = sa.Table(
    "updates",
    metadata,
    sa.Column("platform", sa.Text, primary_key=True),
    sa.Column("update_id", sa.Text, primary_key=True),
    sa.Column("seen_at", Moment, nullable=False),
    sqlite_with_rowid=False,
)
quarantine = sa.Table(
    "quarantine", metadata, _id(), _text("platform"), _text("raw"), _text("error"), _at("at")
)

chats = sa.Table(
    "chats",
    metadata,
    _id(),
    _text("platform"),
    _text("external_id"),
    _text("kind"),
    _text("title"),
    _text("state"),
    _text("language"),
    _text("timezone"),
    sa.Column("rituals", sa.JSON, nullable=False),
    _at("paused_until", nullable=True),
    sa.UniqueConstraint("platform", "external_id"),
)
members = sa.Table(
    "members",
    metadata,
    _id(),
    _text("platform"),
    _text("external_id"),
    _text("name"),
    _text("username"),
    _text("language"),
    _text("role", "member"),
    _text("salutation"),
    _ref("home_chat_id", "chats", nullable=True),
    sa.Column("reachable", sa.Boolean),
    sa.Column("is_named", sa.Boolean, nullable=False, server_default=sa.true()),
    _at("snoozed_until", nullable=True),
    _at("first_seen_at"),
    sa.UniqueConstraint("platform", "external_id"),
)
acquaintances = sa.Table(  # who has ever said something in which group
    "acquaintances",
    metadata,
    _ref("chat_id", "chats", primary_key=True),
    _ref("member_id", "members", primary_key=True),
    _at("first_said_at"),
    sqlite_with_rowid=False,
)
activity = sa.Table(
    "activity",
    metadata,
    _ref("chat_id", "chats", primary_key=True),
    _ref("member_id", "members", primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("messages", sa.Integer, nullable=False),
    sqlite_with_rowid=False,
)
staff = sa.Table(  # grants by config ("config") and by /staff ("chat"); the latter wins
    "staff",
    metadata,
    sa.Column("platform", sa.Text, primary_key=True),
    sa.Column("external_id", sa.Text, primary_key=True),
    sa.Column("source", sa.Text, primary_key=True),
    _text("role"),
    _text("name"),
    _text("salutation"),
    _at("at"),
)

feedback = sa.Table(
    "feedback",
    metadata,
    _id(),
    _ref("chat_id", "chats"),
    _ref("contributor_id", "members"),
    _ref("captured_by_id", "members"),
    _text("message_id"),
    _text("album"),
    _text("link"),
    _text("text"),
    _text("tag"),
    _text("feedback_class"),
    _flag("is_guess"),
    _flag("negative"),
    _flag("urgent"),
    _text("status"),
    _ref("owner_id", "members", nullable=True),
    sa.Column("version", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("planned_for", sa.Date),
    sa.Column("held_until", sa.Date),
    _at("review_due"),
    _at("created_at"),
    _at("updated_at"),
    _text("on_behalf_of"),
    sa.UniqueConstraint("chat_id", "message_id"),
    sa.Index("ix_feedback_status_id", "status", "id"),
    sa.Index("ix_feedback_contributor_id_id", "contributor_id", "id"),
    sa.Index("ix_feedback_captured_by_id_created_at", "captured_by_id", "created_at"),
)
feedback_versions = sa.Table(
    "feedback_versions", metadata, _id(), _ref("feedback_id", "feedback"), _text("text"), _at("at"),
    sa.Index("ix_feedback_versions_feedback_id", "feedback_id"),
)  # fmt: skip
attachments = sa.Table(
    "attachments",
    metadata,
    _ref("feedback_id", "feedback", primary_key=True),
    sa.Column("unique_id", sa.Text, primary_key=True),
    _text("kind"),
    _text("file_id"),
)
changes = sa.Table(
    "changes",
    metadata,
    _id(),
    _ref("feedback_id", "feedback"),
    _ref("by_id", "members", nullable=True),
    _text("before"),
    _text("after"),
    _text("note"),
    _at("at"),
    sa.Index("ix_changes_feedback_id_id", "feedback_id", "id"),
)
notes = sa.Table(  # what staff write for each other
    "notes",
    metadata,
    _id(),
    _ref("feedback_id", "feedback"),
    _ref("by_id", "members"),
    _text("text"),
    _at("at"),
    sa.Index("ix_notes_feedback_id", "feedback_id"),
)
followers = sa.Table(
    "followers",
    metadata,
    _ref("feedback_id", "feedback", primary_key=True),
    _ref("member_id", "members", primary_key=True),
    _at("since"),
)
verdicts = sa.Table(
    "verdicts",
    metadata,
    _ref("change_id", "changes", primary_key=True),
    _ref("member_id", "members", primary_key=True),
    _ref("feedback_id", "feedback"),
    _text("verdict"),
    _text("note"),
    _at("at"),
)
corrections = sa.Table(  # what a person chose where the classifier guessed, for later training
    "corrections",
    metadata,
    _id(),
    _ref("feedback_id", "feedback"),
    _text("guessed"),
    _text("chosen"),
    _at("at"),
    sa.Index("ix_corrections_feedback_id", "feedback_id"),
)
contributions = sa.Table(  # the ledger of credit: outcomes only
    "contributions",
    metadata,
    _id(),
    _ref("member_id", "members"),
    _text("kind"),
    _text("subject"),
    _at("at"),
    sa.UniqueConstraint("member_id", "kind", "subject"),
)
expectations = sa.Table(  # what we asked somebody in a chat and wait to hear next
    "expectations",
    metadata,
    _ref("chat_id", "chats", primary_key=True),
    _ref("member_id", "members", primary_key=True),
    _text("intent"),
    sa.Column("data", sa.JSON, nullable=False),
    _at("expires_at"),
)
cautions = sa.Table(  # what somebody was already told in a window, so that it is said once
    "cautions",
    metadata,
    _ref("member_id", "members", primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    _at("until"),
)

drafts = sa.Table(  # private texts kept until their author says whether they are feedback
    "drafts",
    metadata,
    _ref("chat_id", "chats", primary_key=True),
    sa.Column("message_id", sa.Text, primary_key=True),
    _ref("member_id", "members"),
    _text("text"),
    _text("album"),
    _text("link"),
    sa.Column("attachments", sa.JSON, nullable=False),
    _at("at"),
)
album_parts = sa.Table(  # pictures of an album whose caption has not come yet
    "album_parts",
    metadata,
    _ref("chat_id", "chats", primary_key=True),
    sa.Column("album", sa.Text, primary_key=True),
    sa.Column("unique_id", sa.Text, primary_key=True),
    _text("kind"),
    _text("file_id"),
    _at("at"),
)

runs = sa.Table(
    "runs",
    metadata,
    _id(),
    _text("ritual"),
    _text("kind"),
    _ref("chat_id", "chats"),
    sa.Column("day", sa.Date, nullable=False),
    _text("slot"),
    _text("state"),
    _text("reason"),
    _at("due"),
    _at("closes_at", nullable=True),
    sa.Column("data", sa.JSON, nullable=False),
    sa.UniqueConstraint("ritual", "chat_id", "day", "slot"),
    sa.Index("ix_runs_state_closes_at", "state", "closes_at"),
    sa.Index("ix_runs_chat_id_ritual_id", "chat_id", "ritual", "id"),
)
checkins = sa.Table(
    "checkins",
    metadata,
    _ref("run_id", "runs", primary_key=True),
    _ref("member_id", "members", primary_key=True),
    _at("at"),
    sa.Index("ix_checkins_member_id", "member_id"),
)
poll_answers = sa.Table(
    "poll_answers",
    metadata,
    _ref("run_id", "runs", primary_key=True),
    _ref("member_id", "members", primary_key=True),
    sa.Column("choices", sa.JSON, nullable=False),
    _at("at"),
)
ritual_overrides = sa.Table(  # changed in chat; wins over the config. chat_id 0 = every chat
    "ritual_overrides",
    metadata,
    sa.Column("ritual", sa.Text, primary_key=True),
    sa.Column("chat_id", sa.BigInteger, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    _text("value"),
    _ref("by_id", "members", nullable=True),
    _at("at"),
)

timers = sa.Table(
    "timers",
    metadata,
    _id(),
    sa.Column("key", sa.Text, nullable=False, unique=True),
    _text("kind"),
    _text("subject"),
    sa.Column("data", sa.JSON, nullable=False),
    _at("due"),
    _at("fired_at", nullable=True),
    sa.Index("ix_timers_fired_at_due", "fired_at", "due"),
    sa.Index("ix_timers_subject", "subject"),
)

deliveries = sa.Table(
    "deliveries",
    metadata,
    _id(),
    sa.Column("key", sa.Text, nullable=False, unique=True),
    _ref("chat_id", "chats"),
    _text("line"),  # what keeps its order: the chat, apart from its reactions
    _text("kind"),
    _text("state"),
    _text("content"),
    _text("target"),
    _ref("of_id", "deliveries", nullable=True),  # the Delivery whose message an EDIT or CLOSE_POLL changes
    _text("fold"),  # at most one pending row a fold: the last state wins
    _text("subject"),
    _ref("member_id", "members", nullable=True),
    _flag("is_held"),
    _flag("is_unprompted"),  # counts against the group's fatigue budget
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    _at("due_at"),
    _at("retry_at", nullable=True),
    _at("created_at"),
    _at("sent_at", nullable=True),
    _text("receipt"),
    _text("poll_id"),
    _text("error"),
    _text("owner"),
    _at("lease_until", nullable=True),
    sa.Index(
        "ix_deliveries_open", "line", "id",
        sqlite_where=sa.text("state IN ('pending', 'sending')"),
        postgresql_where=sa.text("state IN ('pending', 'sending')"),
    ),
    sa.Index(
        "uq_deliveries_fold", "fold", unique=True,
        sqlite_where=sa.text("fold <> '' AND state = 'pending'"),
        postgresql_where=sa.text("fold <> '' AND state = 'pending'"),
    ),
    sa.Index("ix_deliveries_chat_id_receipt", "chat_id", "receipt"),
    sa.Index(
        "ix_deliveries_poll_id", "poll_id",
        sqlite_where=sa.text("poll_id <> ''"), postgresql_where=sa.text("poll_id <> ''"),
    ),
    sa.Index("ix_deliveries_member_id_due_at", "member_id", "due_at"),
    sa.Index("ix_deliveries_subject", "subject"),
    sa.Index(
        "ix_deliveries_chat_id_unprompted", "chat_id", "due_at",
        sqlite_where=sa.text("is_unprompted"), postgresql_where=sa.text("is_unprompted"),
    ),
)  # fmt: skip

audit = sa.Table(
    "audit",
    metadata,
    _id(),
    _at("at"),
    _ref("by_id", "members", nullable=True),
    _text("action"),
    _text("subject"),
    _text("detail"),
)
said = sa.Table(  # what was said lately, without its text, where quotes come without their author
    "said",
    metadata,
    sa.Column("platform", sa.Text, primary_key=True),
    sa.Column("chat", sa.Text, primary_key=True),
    sa.Column("message_id", sa.Text, primary_key=True),
    _text("sender"),  # empty: ourselves
    _text("digest"),
    _at("at"),
    sa.Index("ix_said_digest", "platform", "chat", "digest"),
    sa.Index("ix_said_at", "platform", "at"),
)
webchat_messages = sa.Table(  # the local web chat is its own platform: what people and the bot said in it
    "webchat_messages",
    metadata,
    _id(),
    sa.Column(
        "key", sa.Text, nullable=False, unique=True
    ),  # who sent it under which key: sent twice, kept once
    _text("chat"),
    _text("author"),  # empty: the bot
    _text("author_name"),
    sa.Column("body", sa.JSON, nullable=False),
    _at("at"),
    _at("changed_at"),
    sa.Column("revision", sa.BigInteger, nullable=False, index=True),  # grows with each change of any message
    sa.Index("ix_webchat_messages_chat_id", "chat", "id"),
)
webchat_updates = sa.Table(  # what the web chat gives to the bot; unconfirmed ones are given again
    "webchat_updates",
    metadata,
    _id(),
    sa.Column("key", sa.Text, nullable=False, unique=True),
    sa.Column("raw", sa.JSON, nullable=False),
    _at("at"),
    _flag("is_confirmed"),
    sa.Index(
        "ix_webchat_updates_open", "id",
        sqlite_where=sa.text("NOT is_confirmed"), postgresql_where=sa.text("NOT is_confirmed"),
    ),
)  # fmt: skip

# Likeness: which words stand in which feedback. Written in the background, long after the capture.
# Compared as bytes, which is faster and the same on every server.
_Term = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
feedback_terms = sa.Table(
    "feedback_terms",
    metadata,
    sa.Column("term", _Term, primary_key=True),
    sa.Column("feedback_id", _Id, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
feedback_words = sa.Table(  # the words of each indexed feedback, by spaces; stale once its text was edited
    "feedback_words",
    metadata,
    _ref("feedback_id", "feedback", primary_key=True),
    _text("words"),
    _flag("is_stale"),
    sa.Index(
        "ix_feedback_words_stale", "feedback_id",
        sqlite_where=sa.text("is_stale"), postgresql_where=sa.text("is_stale"),
    ),
)  # fmt: skip
term_counts = sa.Table(  # in how many feedback each word stands; the empty word: how many there are
    "term_counts",
    metadata,
    sa.Column("term", _Term, primary_key=True),
    sa.Column("texts", sa.BigInteger, nullable=False, server_default="0"),
    sqlite_with_rowid=False,
)
