"""What members said, and everything that became of it."""

import sqlalchemy as sa

from storage.tables.columns import Key, Term, flag, metadata, moment, ref, serial, text

feedback = sa.Table(
    "feedback",
    metadata,
    serial(),
    ref("chat_id", "chats"),
    ref("contributor_id", "members"),
    ref("captured_by_id", "members"),
    text("message_id"),
    text("album"),
    text("link"),
    text("text"),
    text("tag"),
    text("feedback_class"),
    flag("is_guess"),
    flag("is_unsure"),
    flag("negative"),
    flag("urgent"),
    text("status"),
    ref("owner_id", "members", nullable=True),
    sa.Column("version", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("planned_for", sa.Date),
    sa.Column("held_until", sa.Date),
    moment("review_due"),
    moment("update_due", nullable=True),
    moment("created_at"),
    moment("updated_at"),
    text("on_behalf_of"),
    text("mode", "named"),
    sa.Column("topic_id", Key),
    sa.UniqueConstraint("chat_id", "message_id"),
    sa.Index(  # the inbox is counted and sorted in it alone
        "ix_feedback_waiting", "status", "id", "owner_id", "held_until", "planned_for", "review_due", "update_due",
    ),
    sa.Index("ix_feedback_contributor_id_id", "contributor_id", "id"),
    sa.Index("ix_feedback_captured_by_id_created_at", "captured_by_id", "created_at"),
    sa.Index(
        "ix_feedback_topic_id", "topic_id", "id",
        sqlite_where=sa.text("topic_id IS NOT NULL"), postgresql_where=sa.text("topic_id IS NOT NULL"),
    ),
)  # fmt: skip
feedback_versions = sa.Table(
    "feedback_versions", metadata, serial(), ref("feedback_id", "feedback"), text("text"), moment("at"),
    sa.Index("ix_feedback_versions_feedback_id", "feedback_id"),
)  # fmt: skip
attachments = sa.Table(
    "attachments",
    metadata,
    ref("feedback_id", "feedback", primary_key=True),
    sa.Column("unique_id", sa.Text, primary_key=True),
    text("kind"),
    text("file_id"),
)
changes = sa.Table(
    "changes",
    metadata,
    serial(),
    ref("feedback_id", "feedback"),
    ref("by_id", "members", nullable=True),
    text("before"),
    text("after"),
    text("note"),
    moment("at"),
    sa.Index("ix_changes_feedback_id_id", "feedback_id", "id"),
    sa.Index("ix_changes_after_at", "after", "at"),
)
notes = sa.Table(  # what staff write for each other
    "notes",
    metadata,
    serial(),
    ref("feedback_id", "feedback"),
    ref("by_id", "members"),
    text("text"),
    moment("at"),
    sa.Index("ix_notes_feedback_id", "feedback_id"),
)
followers = sa.Table(
    "followers",
    metadata,
    ref("feedback_id", "feedback", primary_key=True),
    ref("member_id", "members", primary_key=True),
    moment("since"),
    sa.Index("ix_followers_member_id", "member_id"),
)
verdicts = sa.Table(
    "verdicts",
    metadata,
    ref("change_id", "changes", primary_key=True),
    ref("member_id", "members", primary_key=True),
    ref("feedback_id", "feedback"),
    text("verdict"),
    text("note"),
    moment("at"),
    sa.Index("ix_verdicts_member_id", "member_id"),
)
corrections = sa.Table(  # what a person chose where the classifier guessed, for later training
    "corrections",
    metadata,
    serial(),
    ref("feedback_id", "feedback"),
    text("guessed"),
    text("chosen"),
    moment("at"),
    sa.Index("ix_corrections_feedback_id", "feedback_id"),
)
drafts = sa.Table(  # private texts kept until their author says whether they are feedback
    "drafts",
    metadata,
    ref("chat_id", "chats", primary_key=True),
    sa.Column("message_id", sa.Text, primary_key=True),
    ref("member_id", "members"),
    text("text"),
    text("album"),
    text("link"),
    sa.Column("attachments", sa.JSON, nullable=False),
    moment("at"),
)
album_parts = sa.Table(  # pictures of an album whose caption has not come yet
    "album_parts",
    metadata,
    ref("chat_id", "chats", primary_key=True),
    sa.Column("album", sa.Text, primary_key=True),
    sa.Column("unique_id", sa.Text, primary_key=True),
    text("kind"),
    text("file_id"),
    moment("at"),
)
feedback_terms = sa.Table(
    "feedback_terms",
    metadata,
    sa.Column("term", Term, primary_key=True),
    sa.Column("feedback_id", Key, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
feedback_words = sa.Table(  # the words of each indexed feedback, by spaces; stale once its text was edited
    "feedback_words",
    metadata,
    ref("feedback_id", "feedback", primary_key=True),
    text("words"),
    flag("is_stale"),
    sa.Index(
        "ix_feedback_words_stale", "feedback_id",
        sqlite_where=sa.text("is_stale"), postgresql_where=sa.text("is_stale"),
    ),
)  # fmt: skip
term_counts = sa.Table(  # in how many feedback each word stands; the empty word: how many there are
    "term_counts",
    metadata,
    sa.Column("term", Term, primary_key=True),
    sa.Column("texts", sa.BigInteger, nullable=False, server_default="0"),
    sqlite_with_rowid=False,
)
