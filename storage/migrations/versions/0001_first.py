"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_AT = sa.BigInteger  # microseconds since 1970-01-01T00:00Z


def _where(condition: str) -> dict[str, sa.TextClause]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    op.create_table(
        "chats",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("platform", sa.Text, server_default="", nullable=False),
        sa.Column("external_id", sa.Text, server_default="", nullable=False),
        sa.Column("kind", sa.Text, server_default="", nullable=False),
        sa.Column("title", sa.Text, server_default="", nullable=False),
        sa.Column("state", sa.Text, server_default="", nullable=False),
        sa.Column("language", sa.Text, server_default="", nullable=False),
        sa.Column("timezone", sa.Text, server_default="", nullable=False),
        sa.Column("rituals", sa.JSON, nullable=False),
        sa.Column("paused_until", _AT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chats")),
        sa.UniqueConstraint("platform", "external_id", name=op.f("uq_chats_platform_external_id")),
    )
    op.create_table(
        "meta",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("value", sa.Text, server_default="", nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_meta")),
    )
    op.create_table(
        "quarantine",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("platform", sa.Text, server_default="", nullable=False),
        sa.Column("raw", sa.Text, server_default="", nullable=False),
        sa.Column("error", sa.Text, server_default="", nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantine")),
    )
    op.create_table(
        "said",
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("chat", sa.Text, nullable=False),
        sa.Column("message_id", sa.Text, nullable=False),
        sa.Column("sender", sa.Text, server_default="", nullable=False),
        sa.Column("digest", sa.Text, server_default="", nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.PrimaryKeyConstraint("platform", "chat", "message_id", name=op.f("pk_said")),
    )
    op.create_index("ix_said_at", "said", ["platform", "at"])
    op.create_index("ix_said_digest", "said", ["platform", "chat", "digest"])
    op.create_table(
        "staff",
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("external_id", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("role", sa.Text, server_default="", nullable=False),
        sa.Column("name", sa.Text, server_default="", nullable=False),
        sa.Column("salutation", sa.Text, server_default="", nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.PrimaryKeyConstraint("platform", "external_id", "source", name=op.f("pk_staff")),
    )
    op.create_table(
        "timers",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, server_default="", nullable=False),
        sa.Column("subject", sa.Text, server_default="", nullable=False),
        sa.Column("data", sa.JSON, nullable=False),
        sa.Column("due", _AT, nullable=False),
        sa.Column("fired_at", _AT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timers")),
        sa.UniqueConstraint("key", name=op.f("uq_timers_key")),
    )
    op.create_index("ix_timers_fired_at_due", "timers", ["fired_at", "due"])
    op.create_index("ix_timers_subject", "timers", ["subject"])
    op.create_table(
        "updates",
        sa.Column("platform", sa.Text, nullable=False),
        sa.Column("update_id", sa.Text, nullable=False),
        sa.Column("seen_at", _AT, nullable=False),
        sa.PrimaryKeyConstraint("platform", "update_id", name=op.f("pk_updates")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "webchat_messages",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("chat", sa.Text, server_default="", nullable=False),
        sa.Column("author", sa.Text, server_default="", nullable=False),
        sa.Column("author_name", sa.Text, server_default="", nullable=False),
        sa.Column("body", sa.JSON, nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.Column("changed_at", _AT, nullable=False),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webchat_messages")),
        sa.UniqueConstraint("key", name=op.f("uq_webchat_messages_key")),
    )
    op.create_index("ix_webchat_messages_chat_id", "webchat_messages", ["chat", "id"])
    op.create_index(op.f("ix_webchat_messages_revision"), "webchat_messages", ["revision"])
    op.create_table(
        "webchat_updates",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("raw", sa.JSON, nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.Column("is_confirmed", sa.Boolean, server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webchat_updates")),
        sa.UniqueConstraint("key", name=op.f("uq_webchat_updates_key")),
    )
    op.create_index("ix_webchat_updates_open", "webchat_updates", ["id"], **_where("NOT is_confirmed"))
    op.create_table(
        "album_parts",
        sa.Column("chat_id", _ID, nullable=False),
        sa.Column("album", sa.Text, nullable=False),
        sa.Column("unique_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, server_default="", nullable=False),
        sa.Column("file_id", sa.Text, server_default="", nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_album_parts_chat_id")),
        sa.PrimaryKeyConstraint("chat_id", "album", "unique_id", name=op.f("pk_album_parts")),
    )
    op.create_table(
        "members",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("platform", sa.Text, server_default="", nullable=False),
        sa.Column("external_id", sa.Text, server_default="", nullable=False),
        sa.Column("name", sa.Text, server_default="", nullable=False),
        sa.Column("username", sa.Text, server_default="", nullable=False),
        sa.Column("language", sa.Text, server_default="", nullable=False),
        sa.Column("role", sa.Text, server_default="member", nullable=False),
        sa.Column("salutation", sa.Text, server_default="", nullable=False),
        sa.Column("home_chat_id", _ID, nullable=True),
        sa.Column("reachable", sa.Boolean, nullable=True),
        sa.Column("is_named", sa.Boolean, server_default=sa.true(), nullable=False),
        sa.Column("snoozed_until", _AT, nullable=True),
        sa.Column("first_seen_at", _AT, nullable=False),
        sa.ForeignKeyConstraint(["home_chat_id"], ["chats.id"], name=op.f("fk_members_home_chat_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_members")),
        sa.UniqueConstraint("platform", "external_id", name=op.f("uq_members_platform_external_id")),
    )
    op.create_table(
        "runs",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("ritual", sa.Text, server_default="", nullable=False),
        sa.Column("kind", sa.Text, server_default="", nullable=False),
        sa.Column("chat_id", _ID, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("slot", sa.Text, server_default="", nullable=False),
        sa.Column("state", sa.Text, server_default="", nullable=False),
        sa.Column("reason", sa.Text, server_default="", nullable=False),
        sa.Column("due", _AT, nullable=False),
        sa.Column("closes_at", _AT, nullable=True),
        sa.Column("data", sa.JSON, nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_runs_chat_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
        sa.UniqueConstraint("ritual", "chat_id", "day", "slot", name=op.f("uq_runs_ritual_chat_id_day_slot")),
    )
    op.create_index("ix_runs_chat_id_ritual_id", "runs", ["chat_id", "ritual", "id"])
    op.create_index("ix_runs_state_closes_at", "runs", ["state", "closes_at"])
    op.create_table(
        "acquaintances",
        sa.Column("chat_id", _ID, nullable=False),
        sa.Column("member_id", _ID, nullable=False),
        sa.Column("first_said_at", _AT, nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_acquaintances_chat_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_acquaintances_member_id")),
        sa.PrimaryKeyConstraint("chat_id", "member_id", name=op.f("pk_acquaintances")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "activity",
        sa.Column("chat_id", _ID, nullable=False),
        sa.Column("member_id", _ID, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("messages", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_activity_chat_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_activity_member_id")),
        sa.PrimaryKeyConstraint("chat_id", "member_id", "day", name=op.f("pk_activity")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "audit",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.Column("by_id", _ID, nullable=True),
        sa.Column("action", sa.Text, server_default="", nullable=False),
        sa.Column("subject", sa.Text, server_default="", nullable=False),
        sa.Column("detail", sa.Text, server_default="", nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_audit_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_table(
        "cautions",
        sa.Column("member_id", _ID, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("until", _AT, nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_cautions_member_id")),
        sa.PrimaryKeyConstraint("member_id", "kind", name=op.f("pk_cautions")),
    )
    op.create_table(
        "checkins",
        sa.Column("run_id", _ID, nullable=False),
        sa.Column("member_id", _ID, nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_checkins_member_id")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_checkins_run_id")),
        sa.PrimaryKeyConstraint("run_id", "member_id", name=op.f("pk_checkins")),
    )
    op.create_index("ix_checkins_member_id", "checkins", ["member_id"])
    op.create_table(
        "contributions",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("member_id", _ID, nullable=False),
        sa.Column("kind", sa.Text, server_default="", nullable=False),
        sa.Column("subject", sa.Text, server_default="", nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_contributions_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contributions")),
        sa.UniqueConstraint(
            "member_id", "kind", "subject", name=op.f("uq_contributions_member_id_kind_subject")
        ),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("chat_id", _ID, nullable=False),
        sa.Column("line", sa.Text, server_default="", nullable=False),
        sa.Column("kind", sa.Text, server_default="", nullable=False),
        sa.Column("state", sa.Text, server_default="", nullable=False),
        sa.Column("content", sa.Text, server_default="", nullable=False),
        sa.Column("target", sa.Text, server_default="", nullable=False),
        sa.Column("of_id", _ID, nullable=True),
        sa.Column("fold", sa.Text, server_default="", nullable=False),
        sa.Column("subject", sa.Text, server_default="", nullable=False),
        sa.Column("member_id", _ID, nullable=True),
        sa.Column("is_held", sa.Boolean, server_default=sa.false(), nullable=False),
        sa.Column("is_unprompted", sa.Boolean, server_default=sa.false(), nullable=False),
        sa.Column("attempts", sa.Integer, server_default="0", nullable=False),
        sa.Column("due_at", _AT, nullable=False),
        sa.Column("retry_at", _AT, nullable=True),
        sa.Column("created_at", _AT, nullable=False),
        sa.Column("sent_at", _AT, nullable=True),
        sa.Column("receipt", sa.Text, server_default="", nullable=False),
        sa.Column("poll_id", sa.Text, server_default="", nullable=False),
        sa.Column("error", sa.Text, server_default="", nullable=False),
        sa.Column("owner", sa.Text, server_default="", nullable=False),
        sa.Column("lease_until", _AT, nullable=True),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_deliveries_chat_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_deliveries_member_id")),
        sa.ForeignKeyConstraint(["of_id"], ["deliveries.id"], name=op.f("fk_deliveries_of_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("key", name=op.f("uq_deliveries_key")),
    )
    op.create_index("ix_deliveries_chat_id_receipt", "deliveries", ["chat_id", "receipt"])
    op.create_index(
        "ix_deliveries_chat_id_unprompted", "deliveries", ["chat_id", "due_at"], **_where("is_unprompted")
    )
    op.create_index("ix_deliveries_member_id_due_at", "deliveries", ["member_id", "due_at"])
    op.create_index(
        "ix_deliveries_open", "deliveries", ["line", "id"], **_where("state IN ('pending', 'sending')")
    )
    op.create_index("ix_deliveries_poll_id", "deliveries", ["poll_id"], **_where("poll_id <> ''"))
    op.create_index("ix_deliveries_subject", "deliveries", ["subject"])
    op.create_index(
        "uq_deliveries_fold",
        "deliveries",
        ["fold"],
        unique=True,
        **_where("fold <> '' AND state = 'pending'"),
    )
    op.create_table(
        "drafts",
        sa.Column("chat_id", _ID, nullable=False),
        sa.Column("message_id", sa.Text, nullable=False),
        sa.Column("member_id", _ID, nullable=False),
        sa.Column("text", sa.Text, server_default="", nullable=False),
        sa.Column("album", sa.Text, server_default="", nullable=False),
        sa.Column("link", sa.Text, server_default="", nullable=False),
        sa.Column("attachments", sa.JSON, nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_drafts_chat_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_drafts_member_id")),
        sa.PrimaryKeyConstraint("chat_id", "message_id", name=op.f("pk_drafts")),
    )
    op.create_table(
        "expectations",
        sa.Column("chat_id", _ID, nullable=False),
        sa.Column("member_id", _ID, nullable=False),
        sa.Column("intent", sa.Text, server_default="", nullable=False),
        sa.Column("data", sa.JSON, nullable=False),
        sa.Column("expires_at", _AT, nullable=False),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_expectations_chat_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_expectations_member_id")),
        sa.PrimaryKeyConstraint("chat_id", "member_id", name=op.f("pk_expectations")),
    )
    op.create_table(
        "feedback",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("chat_id", _ID, nullable=False),
        sa.Column("contributor_id", _ID, nullable=False),
        sa.Column("captured_by_id", _ID, nullable=False),
        sa.Column("message_id", sa.Text, server_default="", nullable=False),
        sa.Column("album", sa.Text, server_default="", nullable=False),
        sa.Column("link", sa.Text, server_default="", nullable=False),
        sa.Column("text", sa.Text, server_default="", nullable=False),
        sa.Column("tag", sa.Text, server_default="", nullable=False),
        sa.Column("feedback_class", sa.Text, server_default="", nullable=False),
        sa.Column("is_guess", sa.Boolean, server_default=sa.false(), nullable=False),
        sa.Column("negative", sa.Boolean, server_default=sa.false(), nullable=False),
        sa.Column("urgent", sa.Boolean, server_default=sa.false(), nullable=False),
        sa.Column("status", sa.Text, server_default="", nullable=False),
        sa.Column("owner_id", _ID, nullable=True),
        sa.Column("version", sa.BigInteger, server_default="0", nullable=False),
        sa.Column("planned_for", sa.Date, nullable=True),
        sa.Column("held_until", sa.Date, nullable=True),
        sa.Column("review_due", _AT, nullable=False),
        sa.Column("created_at", _AT, nullable=False),
        sa.Column("updated_at", _AT, nullable=False),
        sa.Column("on_behalf_of", sa.Text, server_default="", nullable=False),
        sa.ForeignKeyConstraint(["captured_by_id"], ["members.id"], name=op.f("fk_feedback_captured_by_id")),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_feedback_chat_id")),
        sa.ForeignKeyConstraint(["contributor_id"], ["members.id"], name=op.f("fk_feedback_contributor_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["members.id"], name=op.f("fk_feedback_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
        sa.UniqueConstraint("chat_id", "message_id", name=op.f("uq_feedback_chat_id_message_id")),
    )
    op.create_index("ix_feedback_captured_by_id_created_at", "feedback", ["captured_by_id", "created_at"])
    op.create_index("ix_feedback_contributor_id_id", "feedback", ["contributor_id", "id"])
    op.create_index("ix_feedback_status_id", "feedback", ["status", "id"])
    op.create_table(
        "poll_answers",
        sa.Column("run_id", _ID, nullable=False),
        sa.Column("member_id", _ID, nullable=False),
        sa.Column("choices", sa.JSON, nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_poll_answers_member_id")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_poll_answers_run_id")),
        sa.PrimaryKeyConstraint("run_id", "member_id", name=op.f("pk_poll_answers")),
    )
    op.create_table(
        "ritual_overrides",
        sa.Column("ritual", sa.Text, nullable=False),
        sa.Column("chat_id", sa.BigInteger, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("value", sa.Text, server_default="", nullable=False),
        sa.Column("by_id", _ID, nullable=True),
        sa.Column("at", _AT, nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_ritual_overrides_by_id")),
        sa.PrimaryKeyConstraint("ritual", "chat_id", "key", name=op.f("pk_ritual_overrides")),
    )
    op.create_table(
        "attachments",
        sa.Column("feedback_id", _ID, nullable=False),
        sa.Column("unique_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, server_default="", nullable=False),
        sa.Column("file_id", sa.Text, server_default="", nullable=False),
        sa.ForeignKeyConstraint(["feedback_id"], ["feedback.id"], name=op.f("fk_attachments_feedback_id")),
        sa.PrimaryKeyConstraint("feedback_id", "unique_id", name=op.f("pk_attachments")),
    )
    op.create_table(
        "changes",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("feedback_id", _ID, nullable=False),
        sa.Column("by_id", _ID, nullable=True),
        sa.Column("before", sa.Text, server_default="", nullable=False),
        sa.Column("after", sa.Text, server_default="", nullable=False),
        sa.Column("note", sa.Text, server_default="", nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_changes_by_id")),
        sa.ForeignKeyConstraint(["feedback_id"], ["feedback.id"], name=op.f("fk_changes_feedback_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changes")),
    )
    op.create_index("ix_changes_feedback_id_id", "changes", ["feedback_id", "id"])
    op.create_table(
        "corrections",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("feedback_id", _ID, nullable=False),
        sa.Column("guessed", sa.Text, server_default="", nullable=False),
        sa.Column("chosen", sa.Text, server_default="", nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.ForeignKeyConstraint(["feedback_id"], ["feedback.id"], name=op.f("fk_corrections_feedback_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
    )
    op.create_index("ix_corrections_feedback_id", "corrections", ["feedback_id"])
    op.create_table(
        "feedback_versions",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("feedback_id", _ID, nullable=False),
        sa.Column("text", sa.Text, server_default="", nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.ForeignKeyConstraint(
            ["feedback_id"], ["feedback.id"], name=op.f("fk_feedback_versions_feedback_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_versions")),
    )
    op.create_index("ix_feedback_versions_feedback_id", "feedback_versions", ["feedback_id"])
    op.create_table(
        "followers",
        sa.Column("feedback_id", _ID, nullable=False),
        sa.Column("member_id", _ID, nullable=False),
        sa.Column("since", _AT, nullable=False),
        sa.ForeignKeyConstraint(["feedback_id"], ["feedback.id"], name=op.f("fk_followers_feedback_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_followers_member_id")),
        sa.PrimaryKeyConstraint("feedback_id", "member_id", name=op.f("pk_followers")),
    )
    op.create_table(
        "notes",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("feedback_id", _ID, nullable=False),
        sa.Column("by_id", _ID, nullable=False),
        sa.Column("text", sa.Text, server_default="", nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["members.id"], name=op.f("fk_notes_by_id")),
        sa.ForeignKeyConstraint(["feedback_id"], ["feedback.id"], name=op.f("fk_notes_feedback_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
    )
    op.create_index("ix_notes_feedback_id", "notes", ["feedback_id"])
    op.create_table(
        "verdicts",
        sa.Column("change_id", _ID, nullable=False),
        sa.Column("member_id", _ID, nullable=False),
        sa.Column("feedback_id", _ID, nullable=False),
        sa.Column("verdict", sa.Text, server_default="", nullable=False),
        sa.Column("note", sa.Text, server_default="", nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.ForeignKeyConstraint(["change_id"], ["changes.id"], name=op.f("fk_verdicts_change_id")),
        sa.ForeignKeyConstraint(["feedback_id"], ["feedback.id"], name=op.f("fk_verdicts_feedback_id")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_verdicts_member_id")),
        sa.PrimaryKeyConstraint("change_id", "member_id", name=op.f("pk_verdicts")),
    )
