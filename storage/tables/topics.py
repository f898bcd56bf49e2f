"""What several voices are about, who said that they met it too, and what they answered about themselves."""

import sqlalchemy as sa

from storage.tables.columns import flag, metadata, moment, ref, serial, text

topics = sa.Table(
    "topics",
    metadata,
    serial(),
    text("title"),
    ref("by_id", "members", nullable=True),
    ref("merged_into_id", "topics", nullable=True),
    moment("created_at"),
    moment("updated_at"),
    sa.Index("ix_topics_merged_into_id", "merged_into_id"),
    sa.Index("ix_topics_updated_at", "updated_at"),
)
topic_links = sa.Table(  # every linking of a feedback to a topic, for its undoing
    "topic_links",
    metadata,
    serial(),
    ref("feedback_id", "feedback"),
    ref("topic_id", "topics"),
    ref("was_topic_id", "topics", nullable=True),
    ref("by_id", "members", nullable=True),
    moment("at"),
    moment("undone_at", nullable=True),
    sa.Index("ix_topic_links_feedback_id_id", "feedback_id", "id"),
    sa.Index("ix_topic_links_was_topic_id", "was_topic_id"),
)
resonances = sa.Table(  # one word of a member about a feedback: I met it too, or I did not
    "resonances",
    metadata,
    ref("feedback_id", "feedback", primary_key=True),
    ref("member_id", "members", primary_key=True),
    flag("is_me"),
    text("facet"),
    text("answer"),
    ref("through_topic_id", "topics", nullable=True),
    moment("at"),
    sa.Index("ix_resonances_member_id", "member_id"),
    sa.Index("ix_resonances_through_topic_id", "through_topic_id"),
)
facet_answers = sa.Table(  # what a member last said of themselves, so that nobody is asked twice
    "facet_answers",
    metadata,
    ref("member_id", "members", primary_key=True),
    sa.Column("facet", sa.Text, primary_key=True),
    text("answer"),
    moment("at"),
)
splits = sa.Table(  # which feedback was cut out of which
    "splits",
    metadata,
    ref("feedback_id", "feedback", primary_key=True),
    ref("of_id", "feedback"),
    ref("by_id", "members", nullable=True),
    text("text"),  # what the original said before the cut
    sa.Column("version", sa.BigInteger, nullable=False, server_default="0"),
    moment("at"),
    moment("undone_at", nullable=True),
    sa.Index("ix_splits_of_id", "of_id"),
)
same_answers = sa.Table(  # what its contributor says when asked whether it is the same thing as another
    "same_answers",
    metadata,
    ref("feedback_id", "feedback", primary_key=True),
    ref("other_id", "feedback", primary_key=True),
    flag("is_same"),
    moment("at"),
)
