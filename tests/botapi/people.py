"""The people and chats of the fake's world, and what each chat holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Raw = dict[str, Any]

GROUP_ANONYMOUS_BOT: Raw = {
    "id": 1087968824,
    "is_bot": True,
    "first_name": "Group",
    "username": "GroupAnonymousBot",
}
CHANNEL_BOT: Raw = {"id": 136817688, "is_bot": True, "first_name": "Channel", "username": "Channel_Bot"}
SERVICE_ACCOUNT: Raw = {"id": 777000, "is_bot": False, "first_name": "Telegram"}

_ADMIN_RIGHTS = (
    "can_manage_chat", "can_delete_messages", "can_manage_video_chats", "can_restrict_members",
    "can_change_info", "can_invite_users", "can_manage_tags", "can_post_stories",
    "can_edit_stories", "can_delete_stories",
)  # fmt: skip


@dataclass(slots=True)
class Person:
    """Somebody with an account; also their private chat with the bot, which has the same id."""

    id: int
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = "zh-hans"
    is_bot: bool = False
    started: bool = False
    blocked: bool = False
    deactivated: bool = False

    def user(self) -> Raw:
        """Return the person as a User."""
        return _without_none(
            id=self.id,
            is_bot=self.is_bot,
            first_name=self.first_name,
            last_name=self.last_name,
            username=self.username,
            language_code=self.language_code,
        )


@dataclass(slots=True)
class Chat:
    """A conversation and what is in it.

    **Shape**: `messages` holds what is there now, by id; `reactions` by message id and then user id; `statuses`
    are chat member statuses by user id, the bot's included.
    """

    id: int
    type: str
    title: str | None = None
    username: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    is_forum: bool = False
    statuses: dict[int, str] = field(default_factory=dict)
    messages: dict[int, Raw] = field(default_factory=dict)
    reactions: dict[int, dict[int, list[Raw]]] = field(default_factory=dict)
    topics: dict[int, str] = field(default_factory=dict)
    migrated_to: int | None = None
    muted: bool = False
    may_tag: bool = True
    tags: dict[int, str] = field(default_factory=dict)

    def react(self, message_id: int, who: int, reactions: list[Raw]) -> list[Raw]:
        """Let somebody's reactions to a message be these, and return what they were."""
        there = self.reactions.setdefault(message_id, {})
        old = there.pop(who, [])
        if reactions:
            there[who] = reactions
        return old

    def short(self) -> Raw:
        """Return the chat as a Chat."""
        return _without_none(
            id=self.id,
            type=self.type,
            title=self.title,
            username=self.username,
            first_name=self.first_name,
            last_name=self.last_name,
            is_forum=self.is_forum or None,
        )

    def full(self) -> Raw:
        """Return the chat as a ChatFullInfo."""
        gifts = (
            "unlimited_gifts",
            "limited_gifts",
            "unique_gifts",
            "premium_subscription",
            "gifts_from_channels",
        )
        extra: Raw = {
            "accent_color_id": 1,
            "max_reaction_count": 11,
            "accepted_gift_types": dict.fromkeys(gifts, False),
        }
        if self.type in ("group", "supergroup"):
            extra["permissions"] = {"can_send_messages": not self.muted}
        return self.short() | extra


def member(user: Mapping[str, Any], status: str, custom_title: str | None = None) -> Raw:
    """Return a ChatMember of this status with ordinary rights."""
    base: Raw = {"status": status, "user": dict(user)}
    if status == "creator":
        base["is_anonymous"] = False
    elif status == "administrator":
        base |= {"can_be_edited": False, "is_anonymous": False, "can_promote_members": False}
        base |= dict.fromkeys(_ADMIN_RIGHTS, True)
    elif status == "kicked":
        base["until_date"] = 0
    if custom_title is not None:
        base["custom_title"] = custom_title
    return base


def _without_none(**fields: object) -> Raw:
    return {name: value for name, value in fields.items() if value is not None}
