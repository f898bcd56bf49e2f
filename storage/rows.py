"""Rows of voices as records. Used by every repository that reads feedback."""

from __future__ import annotations

from storage.modes import Mode
from storage.prepared import Row
from storage.records import Attachment, Change, Feedback, FeedbackClass, Status

CUT_MARK = "#cut"
"""Ends the stored id of a message that a feedback was cut out of: there it must be its own, to readers it is not."""


def feedback_of(row: Row, attachments: tuple[Attachment, ...] = ()) -> Feedback:
    """Make a Feedback of a row."""
    return Feedback(
        id=row["id"], chat_id=row["chat_id"], contributor_id=row["contributor_id"],
        captured_by_id=row["captured_by_id"], message_id=row["message_id"].partition(CUT_MARK)[0],
        link=row["link"], text=row["text"],
        tag=row["tag"], feedback_class=FeedbackClass(row["feedback_class"]), is_guess=row["is_guess"],
        negative=row["negative"], urgent=row["urgent"], status=Status(row["status"]), owner_id=row["owner_id"],
        version=row["version"], planned_for=row["planned_for"], held_until=row["held_until"],
        review_due=row["review_due"], created_at=row["created_at"], updated_at=row["updated_at"],
        on_behalf_of=row["on_behalf_of"], is_unsure=row["is_unsure"], attachments=attachments, mode=Mode(row["mode"]),
        topic_id=row["topic_id"], update_due=row["update_due"],
    )  # fmt: skip


def change_of(row: Row) -> Change:
    """Make a Change of a row."""
    return Change(
        id=row["id"], feedback_id=row["feedback_id"], by_id=row["by_id"], before=Status(row["before"]),
        after=Status(row["after"]), note=row["note"], at=row["at"],
    )  # fmt: skip
