"""The Bot API's shapes, cut down to the fields that we use; read by msgspec in `parse`.

A field that Telegram calls required is optional here wherever we can do without it, so that a newer
Bot API, where it may have become optional, does not send updates to quarantine.
"""

from __future__ import annotations

from msgspec import Raw, Struct, field


class User(Struct, gc=False):
    """A person or a bot."""

    id: int
    first_name: str = ""
    is_bot: bool = False
    last_name: str = ""
    username: str = ""


class Chat(Struct, gc=False):
    """A conversation; `type` is private, group, supergroup or channel."""

    id: int
    type: str = ""
    title: str = ""
    username: str = ""
    first_name: str = ""
    last_name: str = ""


class Entity(Struct, gc=False):
    """A marked stretch of a text. **Units**: UTF-16 code units."""

    type: str
    offset: int
    length: int
    user: User | None = None


class File(Struct, gc=False):
    """Any file: a photo's size, a video, a voice, …."""

    file_id: str
    file_unique_id: str
    width: int = 0
    height: int = 0


class TextQuote(Struct, gc=False):
    """The stretch of the replied-to message that somebody marked."""

    text: str


class Origin(Struct, gc=False):
    """Where a forwarded message comes from."""

    type: str = ""


class Message(Struct, kw_only=True, gc=False):
    """A message of any kind."""

    message_id: int
    chat: Chat
    date: int = 0
    from_: User | None = field(default=None, name="from")
    sender_chat: Chat | None = None
    text: str | None = None
    caption: str | None = None
    entities: list[Entity] | None = None
    caption_entities: list[Entity] | None = None
    reply_to_message: Message | None = None
    quote: TextQuote | None = None
    forward_origin: Origin | None = None
    is_automatic_forward: bool = False
    is_topic_message: bool = False
    message_thread_id: int = 0
    media_group_id: str = ""
    photo: list[File] | None = None
    video: File | None = None
    video_note: File | None = None
    animation: File | None = None
    voice: File | None = None
    audio: File | None = None
    document: File | None = None
    sticker: File | None = None
    new_chat_members: list[User] | None = None
    left_chat_member: User | None = None
    migrate_to_chat_id: int | None = None
    migrate_from_chat_id: int | None = None


class Place(Struct, gc=False):
    """The message a pressed button stands in, which Telegram may have made inaccessible."""

    chat: Chat
    message_id: int


class CallbackQuery(Struct, kw_only=True, gc=False):
    """A pressed button."""

    id: str
    from_: User = field(name="from")
    message: Place | None = None
    data: str | None = None


class ReactionType(Struct, gc=False):
    """One reaction: an emoji, a custom emoji or a paid star."""

    type: str
    emoji: str = ""
    custom_emoji_id: str = ""


class MessageReactionUpdated(Struct, gc=False):
    """Somebody changed their reactions on a message."""

    chat: Chat
    message_id: int
    date: int
    user: User | None = None
    old_reaction: list[ReactionType] = field(default_factory=list)
    new_reaction: list[ReactionType] = field(default_factory=list)


class PollAnswer(Struct, gc=False):
    """Somebody voted, changed their vote or took it back."""

    poll_id: str
    user: User | None = None
    option_ids: list[int] = field(default_factory=list)


class ChatMember(Struct, gc=False):
    """What somebody is in a chat."""

    status: str
    is_member: bool = False
    can_manage_tags: bool = False


class ChatMemberUpdated(Struct, kw_only=True, gc=False):
    """Our own place in a chat changed."""

    chat: Chat
    from_: User = field(name="from")
    date: int
    old_chat_member: ChatMember
    new_chat_member: ChatMember


class Update(Struct, gc=False):
    """One update; whatever is not named here is seen, and not for us."""

    update_id: int
    message: Message | None = None
    edited_message: Message | None = None
    callback_query: CallbackQuery | None = None
    message_reaction: MessageReactionUpdated | None = None
    poll_answer: PollAnswer | None = None
    my_chat_member: ChatMemberUpdated | None = None


class Parameters(Struct, gc=False):
    """What a refusal lets a client act upon."""

    retry_after: int = 0
    migrate_to_chat_id: int = 0


ALLOWED_UPDATES = (
    "message", "edited_message", "callback_query", "message_reaction", "poll_answer", "my_chat_member",
)  # fmt: skip


class Sent(Struct, gc=False):
    """What a sent or edited message, or a stopped poll, is known by."""

    message_id: int = 0
    poll: SentPoll | None = None


class SentPoll(Struct, gc=False):
    """A sent poll."""

    id: str


class Reply(Struct, gc=False):
    """What any method answers; the result is a message, a poll, `true` or whatever else."""

    ok: bool
    result: Raw = field(default_factory=Raw)
    error_code: int = 0
    description: str = ""
    parameters: Parameters | None = None


class Me(Struct, gc=False):
    """Who we are, and what BotFather lets us hear."""

    id: int
    username: str = ""
    can_read_all_group_messages: bool = False


class WebhookInfo(Struct, gc=False):
    """How updates reach us, as Telegram sees it."""

    url: str = ""
    pending_update_count: int = 0
    last_error_message: str = ""
    allowed_updates: list[str] = field(default_factory=list)
