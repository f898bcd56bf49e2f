"""The tables, written out, by what they hold."""

from storage.tables.columns import Moment, metadata, micros
from storage.tables.consents import consents
from storage.tables.departments import insights, routes
from storage.tables.drafting import wanted_drafts
from storage.tables.honours import betas, circle, discoveries, handovers, rungs, titles, trials
from storage.tables.hurt import case_lines, cases, causes, complaints, recoveries
from storage.tables.intake import acquaintances, activity, audit, meta, quarantine, updates
from storage.tables.meanings import feedback_meanings
from storage.tables.people import cautions, chats, contributions, expectations, members, staff
from storage.tables.platforms import half_sent, said, webchat_messages, webchat_updates
from storage.tables.promises import deliveries, timers
from storage.tables.rituals import checkins, poll_answers, ritual_overrides, runs
from storage.tables.service import facts, first_replies, reports
from storage.tables.stories import member_tags, stories
from storage.tables.topics import facet_answers, resonances, same_answers, splits, topic_links, topics
from storage.tables.veils import allowances, claims, letters, unmaskings, veils
from storage.tables.voices import (
    album_parts,
    attachments,
    changes,
    corrections,
    drafts,
    feedback,
    feedback_terms,
    feedback_versions,
    feedback_words,
    followers,
    notes,
    term_counts,
    verdicts,
)

__all__ = [
    "Moment",
    "acquaintances",
    "activity",
    "album_parts",
    "allowances",
    "attachments",
    "audit",
    "betas",
    "case_lines",
    "cases",
    "causes",
    "cautions",
    "changes",
    "chats",
    "checkins",
    "circle",
    "claims",
    "complaints",
    "consents",
    "contributions",
    "corrections",
    "deliveries",
    "discoveries",
    "drafts",
    "expectations",
    "facet_answers",
    "facts",
    "feedback",
    "feedback_meanings",
    "feedback_terms",
    "feedback_versions",
    "feedback_words",
    "first_replies",
    "followers",
    "half_sent",
    "handovers",
    "insights",
    "letters",
    "member_tags",
    "members",
    "meta",
    "metadata",
    "micros",
    "notes",
    "poll_answers",
    "quarantine",
    "recoveries",
    "reports",
    "resonances",
    "ritual_overrides",
    "routes",
    "rungs",
    "runs",
    "said",
    "same_answers",
    "splits",
    "staff",
    "stories",
    "term_counts",
    "timers",
    "titles",
    "topic_links",
    "topics",
    "trials",
    "unmaskings",
    "updates",
    "veils",
    "verdicts",
    "wanted_drafts",
    "webchat_messages",
    "webchat_updates",
]
