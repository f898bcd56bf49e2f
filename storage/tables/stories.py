"""What members let us tell of their praise, and the tags staff give to people."""

import sqlalchemy as sa

from storage.tables.columns import flag, metadata, moment, ref, serial, text

stories = sa.Table(
    "stories",
    metadata,
    serial(),
    ref("feedback_id", "feedback"),
    ref("member_id", "members"),
    text("wording"),
    sa.Column("places", sa.JSON, nullable=False),  # where it may be told; with the wording, what is agreed to
    text("state"),
    flag("is_named"),
    text("signature"),  # the name under it, as it was published; empty for nobody's
    sa.Column(
        "version", sa.BigInteger, nullable=False, server_default="1"
    ),  # grows with each change of words
    ref("by_id", "members"),  # who asked, or changed the words last
    ref("chat_id", "chats", nullable=True),  # the group it is posted in
    text("post_key"),  # the Delivery of that post
    moment("created_at"),
    moment("changed_at"),
    moment("published_at", nullable=True),
    sa.UniqueConstraint("feedback_id"),
    sa.Index("ix_stories_state_id", "state", "id"),
    sa.Index("ix_stories_member_id", "member_id"),
)
member_tags = sa.Table(  # what staff note about whom to invite: 摄影, 老车主
    "member_tags",
    metadata,
    ref("member_id", "members", primary_key=True),
    sa.Column("tag", sa.Text, primary_key=True),
    ref("by_id", "members"),
    moment("at"),
    sa.Index("ix_member_tags_tag", "tag"),
)
