"""What a status, a class and a mode of feedback, and a role, are called. Used by many handlers."""

from __future__ import annotations

from handlers.base import Context
from storage.modes import Mode
from storage.records import Feedback, FeedbackClass, Role, Status

STATUS_WORDS = {
    Status.RECEIVED: "status.received",
    Status.IN_REVIEW: "status.in_review",
    Status.ANSWERED: "status.answered",
    Status.PLANNED: "status.planned",
    Status.IN_PROGRESS: "status.in_progress",
    Status.RESOLVED: "status.resolved",
    Status.VERIFIED: "status.verified",
    Status.UNCONFIRMED: "status.unconfirmed",
    Status.DECLINED: "status.declined",
    Status.WITHDRAWN: "status.withdrawn",
}
CLASS_WORDS = {
    FeedbackClass.SERVICE: "class.service",
    FeedbackClass.SUGGESTION: "class.suggestion",
    FeedbackClass.PRAISE: "class.praise",
}
ROLE_WORDS = {Role.MEMBER: "role.member", Role.KOS: "role.kos", Role.ADMIN: "role.admin"}
MODE_WORDS = {Mode.ALIAS: "mode.alias", Mode.SEALED: "mode.sealed"}


def status_word(ctx: Context, status: Status) -> str:
    """Return what a status is called."""
    return ctx.label(STATUS_WORDS[status])


def class_word(ctx: Context, feedback_class: FeedbackClass) -> str:
    """Return what a class is called."""
    return ctx.label(CLASS_WORDS[feedback_class])


def class_of(ctx: Context, feedback: Feedback) -> str:
    """Return what a feedback is: a guess carries a question mark until a person confirms it, a weak one is not told."""
    if feedback.is_guess and feedback.is_unsure:
        return ctx.label("class.unsure")
    word = class_word(ctx, feedback.feedback_class)
    return ctx.label("class.guess", word=word) if feedback.is_guess else word
