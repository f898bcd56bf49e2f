"""What every table keeps of a member, written out: what they get on /mydata, what becomes of it on /forget.

A test walks the tables: one that is missing here, or a column that refers to a member or to a feedback and is not
spoken of, fails it. Read by `storage/mydata.py` and `storage/forgetting.py`.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass


class Fate(enum.Enum):
    """What becomes of rows when their member is forgotten."""

    DROPPED = enum.auto()  # they go
    COUNTED = enum.auto()  # they stay, with a former member who has no name: counts stay right


@dataclass(frozen=True, slots=True)
class Trace:
    """One column that says whose a row is: a member's id, or a feedback's, which is its contributor's.

    `words` are emptied under `[privacy] forget = "delete"`, `blanks` always; `days` are moments cut to their day;
    `renamed` are places in a chat that would lead to the person: they get a name without meaning.
    `section` is the heading in the export, "" where the rows are not in it, for the reason in `why`; `hidden` are
    columns the export leaves out. Columns that refer to other people are never in it.
    """

    column: str
    fate: Fate
    section: str = ""
    why: str = ""
    words: tuple[str, ...] = ()
    blanks: tuple[str, ...] = ()
    days: tuple[str, ...] = ()
    renamed: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()

    @property
    def table(self) -> str:
        """Return the name of the table."""
        return self.column.partition(".")[0]

    @property
    def key(self) -> str:
        """Return the name of the column in its table."""
        return self.column.partition(".")[2]


_WORK = "what staff did in their work; somebody who left it is a former member there"
_TOLD_AS_STATUS = "is told in their own feedback's history"

TRACES: tuple[Trace, ...] = (
    # What they said, and what became of it.
    Trace(
        "feedback.contributor_id", Fate.COUNTED, "feedback", words=("text",), blanks=("album", "link", "on_behalf_of"),
        renamed=("message_id",), hidden=("message_id", "album", "version"),
    ),
    Trace("feedback.captured_by_id", Fate.COUNTED, why="somebody else's words, which they only handed in"),
    Trace("feedback.owner_id", Fate.COUNTED, why=_WORK),
    Trace("feedback_versions.feedback_id", Fate.DROPPED, "versions", hidden=("id",)),
    Trace("attachments.feedback_id", Fate.DROPPED, "attachments", hidden=("unique_id",)),
    Trace("changes.feedback_id", Fate.COUNTED, "changes", hidden=("id",)),
    Trace("changes.by_id", Fate.COUNTED, words=("note",), why=_TOLD_AS_STATUS),
    Trace("notes.feedback_id", Fate.DROPPED, why="staff's notes to each other, which may speak of third parties"),
    Trace("notes.by_id", Fate.COUNTED, why=_WORK),
    Trace("corrections.feedback_id", Fate.COUNTED, why="only which class was guessed and which was right"),
    Trace("feedback_meanings.feedback_id", Fate.DROPPED, why="an index of the text, made anew when the text changes"),
    Trace("wanted_drafts.feedback_id", Fate.COUNTED, why="that staff asked for a draft, which is kept nowhere"),
    Trace("wanted_drafts.by_id", Fate.COUNTED, why=_WORK),
    Trace("feedback_words.feedback_id", Fate.COUNTED, why="an index of the text, made anew when the text changes"),
    Trace("verdicts.member_id", Fate.COUNTED, "verdicts", words=("note",), hidden=("change_id",)),
    Trace("verdicts.feedback_id", Fate.COUNTED, why="what others found who were told as well"),
    Trace("followers.member_id", Fate.DROPPED, "follows"),
    Trace("followers.feedback_id", Fate.COUNTED, why="others who follow it, and go on to"),
    Trace("drafts.member_id", Fate.DROPPED, "drafts", hidden=("message_id", "album")),
    Trace("reports.member_id", Fate.DROPPED, "asked_for_facts"),
    Trace("reports.feedback_id", Fate.COUNTED, why="is the same member's row, dropped as such"),
    Trace("facts.feedback_id", Fate.DROPPED, "facts"),
    Trace("first_replies.feedback_id", Fate.COUNTED, why="how long an answer took, which says nothing of a person"),
    Trace("first_replies.by_id", Fate.COUNTED, why=_WORK),
    # What they have in common with others.
    Trace("topics.by_id", Fate.COUNTED, why=_WORK),
    Trace("topic_links.feedback_id", Fate.COUNTED, why="what is about the same thing, which says nothing of a person"),
    Trace("topic_links.by_id", Fate.COUNTED, why=_WORK),
    Trace("resonances.member_id", Fate.COUNTED, "resonances", days=("at",)),
    Trace("resonances.feedback_id", Fate.COUNTED, why="others who met it too"),
    Trace("facet_answers.member_id", Fate.DROPPED, "facets"),
    Trace("same_answers.feedback_id", Fate.COUNTED, "compared", days=("at",)),
    Trace("same_answers.other_id", Fate.COUNTED, why="what others say of theirs"),
    Trace("splits.feedback_id", Fate.COUNTED, "splits", words=("text",)),
    Trace("splits.of_id", Fate.COUNTED, words=("text",), why="is the same text, told where it was cut out"),
    Trace("splits.by_id", Fate.COUNTED, why=_WORK),
    # What departments were asked because of them.
    Trace("routes.feedback_id", Fate.COUNTED, why="what a department was asked, which says nothing of a person"),
    Trace("routes.by_id", Fate.COUNTED, why=_WORK),
    Trace("routes.answered_by_id", Fate.COUNTED, why=_WORK),
    Trace("insights.feedback_id", Fate.COUNTED, why="a technical sentence of staff about the product"),
    Trace("insights.by_id", Fate.COUNTED, why=_WORK),
    # What they allowed to be told.
    Trace("consents.member_id", Fate.COUNTED, "consents", blanks=("wording",), hidden=("id",)),
    Trace("stories.member_id", Fate.DROPPED, "stories", hidden=("id", "post_key", "version")),
    Trace("stories.feedback_id", Fate.COUNTED, why="is its contributor's own row, dropped as such"),
    Trace("stories.by_id", Fate.COUNTED, why=_WORK),
    Trace("cases.feedback_id", Fate.COUNTED, "cases", hidden=("post_key",)),
    Trace("cases.by_id", Fate.COUNTED, why=_WORK),
    Trace("case_lines.feedback_id", Fate.COUNTED, "case_progress", hidden=("id",)),
    Trace("case_lines.by_id", Fate.COUNTED, why=_WORK),
    Trace("causes.feedback_id", Fate.COUNTED, why="why the product hurt, which says nothing of a person"),
    Trace("causes.by_id", Fate.COUNTED, why=_WORK),
    Trace("recoveries.member_id", Fate.COUNTED, "recoveries"),
    Trace("recoveries.feedback_id", Fate.COUNTED, why="is the same member's row"),
    Trace("recoveries.called_by_id", Fate.COUNTED, why=_WORK),
    Trace("complaints.member_id", Fate.DROPPED, "complaints", hidden=("id", "message_id")),
    Trace("complaints.claimed_by_id", Fate.COUNTED, why=_WORK),
    Trace("complaints.feedback_id", Fate.COUNTED, why="is the same member's row, dropped as such"),
    # What they said in hiding: these members are aliases, and the person behind one is nowhere in clear.
    Trace("veils.member_id", Fate.DROPPED, why="the encrypted way back to them"),
    Trace("letters.member_id", Fate.DROPPED, why="keyed marks of what was sent to them, which name nothing"),
    Trace("claims.member_id", Fate.DROPPED, why="the digest of a code that only they have"),
    Trace("unmaskings.feedback_id", Fate.COUNTED, why="that two admins looked behind an alias, which stays on record"),
    Trace("unmaskings.by_id", Fate.COUNTED, why=_WORK),
    Trace("unmaskings.confirmed_by_id", Fate.COUNTED, why=_WORK),
    # What they took part in.
    Trace("checkins.member_id", Fate.COUNTED, "checkins", days=("at",)),
    Trace("poll_answers.member_id", Fate.COUNTED, "votes", days=("at",)),
    Trace("acquaintances.member_id", Fate.COUNTED, "groups", days=("first_said_at",)),
    Trace("activity.member_id", Fate.COUNTED, "messages_per_day"),
    Trace("contributions.member_id", Fate.DROPPED, "credit", hidden=("id",)),
    Trace("contributions.by_id", Fate.COUNTED, why="the credit of somebody else, whom they thanked or chose"),
    Trace("member_tags.member_id", Fate.DROPPED, "tags"),
    Trace("member_tags.by_id", Fate.COUNTED, why=_WORK),
    # What was given back to them.
    Trace("titles.member_id", Fate.DROPPED, "titles", hidden=("id",)),
    Trace("titles.by_id", Fate.COUNTED, why=_WORK),
    Trace("titles.revoked_by_id", Fate.COUNTED, why=_WORK),
    Trace("rungs.member_id", Fate.DROPPED, "rungs"),
    Trace("handovers.member_id", Fate.DROPPED, "handovers", hidden=("id",)),
    Trace("handovers.done_by_id", Fate.COUNTED, why=_WORK),
    Trace(
        "discoveries.member_id", Fate.COUNTED, "discoveries", words=("text",), blanks=("link", "attachments"),
        renamed=("message_id",), hidden=("message_id",),
    ),
    Trace("discoveries.chosen_by_id", Fate.COUNTED, why=_WORK),
    Trace("betas.feedback_id", Fate.COUNTED, why="an invitation that went to several people"),
    Trace("betas.by_id", Fate.COUNTED, why=_WORK),
    Trace("trials.member_id", Fate.COUNTED, "trials", words=("note",)),
    Trace("circle.member_id", Fate.DROPPED, "circle"),
    Trace("circle.by_id", Fate.COUNTED, why=_WORK),
    # What was said to them and asked of them.
    Trace(
        "deliveries.member_id", Fate.COUNTED, "messages_to_you",
        hidden=(
            "id", "key", "line", "kind", "content", "target", "of_id", "fold", "is_held", "is_unprompted", "attempts",
            "due_at", "retry_at", "receipt", "poll_id", "error", "owner", "lease_until",
        ),
    ),
    Trace("expectations.member_id", Fate.DROPPED, why="where a dialogue stands, for minutes"),
    Trace("cautions.member_id", Fate.DROPPED, why="what we shall not say twice within minutes"),
    Trace("audit.by_id", Fate.COUNTED, why=_WORK),
    Trace("ritual_overrides.by_id", Fate.COUNTED, why=_WORK),
)  # fmt: skip

WITHOUT: Mapping[str, str] = {
    "members": "the member's own row: is the export's profile, and loses everything but its number",
    "chats": "the private chat of a member loses its id and name with them; a group is not theirs",
    "album_parts": "pictures that wait a day for their caption; those in the private chat go at once",
    "feedback_terms": "an index of the text, made anew when the text changes",
    "term_counts": "in how many texts each word stands",
    "staff": "who works here; somebody is forgotten only after that was taken from them",
    "allowances": "how often somebody did something in hiding today, under a keyed mark that names nobody",
    "runs": "what rituals asked a whole group",
    "timers": "when something is to be looked at, by number; those that would speak to the member go",
    "updates": "numbers of what was seen",
    "quarantine": "what could not be read; goes where the member is in it",
    "meta": "what the program remembers of itself",
    "half_sent": "how far a message in pieces has come, without its words",
    "said": "digests of messages for some days; the member's go",
    "webchat_messages": "the web chat is a platform of its own: theirs lose the name, private ones go",
    "webchat_updates": "what the web chat handed in; theirs go",
}
"""Tables without a column that says whose a row is, and why nothing of a member stays in them."""
