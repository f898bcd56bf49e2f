"""What people say: texts, replies, photos, albums, edits, forwards, posts of channels."""

from collections.abc import Sequence
from typing import Any

from tests.botapi.form import Upload
from tests.botapi.people import SERVICE_ACCOUNT, Raw
from tests.botapi.sending import photo_sizes
from tests.botapi.stage import Stage, What, Where, Who

_PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c63f8ffff3f0005fe02fe0def46b80000000049454e44ae426082"
)


class Voices(Stage):
    """Lets people write. Every method returns the raw Message, which replies and edits can name."""

    def says(
        self,
        who: Who,
        text: str,
        where: Where | None = None,
        *,
        reply_to: What | None = None,
        thread: int | None = None,
        as_chat: Where | None = None,
        **fields: Any,
    ) -> Raw:
        """Let somebody write a text, in their private chat with the bot if not said otherwise.

        **Shape**: `as_chat` is the group itself for an anonymous admin, a channel for one who writes as it;
        `fields` are any further fields of the Message.
        """
        chat = self._chat(self._person(who).id if where is None else where)
        sender, voice = self._sender(chat, who, as_chat)
        place = self._place(chat, reply_to, thread)
        return self._post(chat, sender, **voice, **place, **self._body(text), **fields)

    def shows(
        self,
        who: Who,
        caption: str = "",
        where: Where | None = None,
        *,
        picture: bytes = _PIXEL,
        reply_to: What | None = None,
        thread: int | None = None,
        **fields: Any,
    ) -> Raw:
        """Let somebody send a photo with a caption."""
        chat = self._chat(self._person(who).id if where is None else where)
        number = str(self.world.serial()).encode()
        file_id = self.world.keep_file(Upload("photo.png", "image/png", picture + number))
        photo: Raw = {"photo": photo_sizes(self.world, file_id), **self._body(caption, "caption")}
        return self._post(
            chat, self._person(who).user(), **self._place(chat, reply_to, thread), **photo, **fields
        )

    def shows_album(
        self, who: Who, captions: Sequence[str], where: Where | None = None, **fields: Any
    ) -> list[Raw]:
        """Let somebody send an album: a photo and an update for each caption, most of them empty."""
        album = str(13_000_000_000_000_000 + self.world.serial())
        return [self.shows(who, caption, where, media_group_id=album, **fields) for caption in captions]

    def edits(self, message: What, text: str) -> Raw:
        """Let a message's author change its text or caption."""
        chat, target = self._message(message)
        name = "text" if "text" in target else "caption"
        for field, value in self._body(text, name).items():
            if value is None:
                target.pop(field, None)
            else:
                target[field] = value
        target["edit_date"] = self.world.date()
        if self._hears(chat, target):
            self.intake.put("edited_channel_post" if chat.type == "channel" else "edited_message", target)
        return target

    def forwards(self, who: Who, author: Who | None, text: str, where: Where | None = None) -> Raw:
        """Let somebody pass on a text of `author`, or of one who hides behind forwards if None."""
        origin: Raw = {"type": "hidden_user", "sender_user_name": "某人", "date": self.world.date()}
        if author is not None:
            origin = {"type": "user", "sender_user": self._person(author).user(), "date": self.world.date()}
        return self.says(who, text, where, forward_origin=origin)

    def publishes(self, channel: Where, text: str, *, discussion: Where | None = None) -> Raw:
        """Let a channel post; with a linked `discussion` group return the automatic forward into it."""
        source = self._chat(channel)
        body = self._body(text)
        post = self.world.post(source, {}, sender_chat=source.short(), **body)
        del post["from"]
        if self._is_there(source):
            self.intake.put("channel_post", post)
        if discussion is None:
            return post
        origin = {
            "type": "channel",
            "chat": source.short(),
            "message_id": post["message_id"],
            "date": post["date"],
        }
        extra: Raw = {"sender_chat": source.short(), "is_automatic_forward": True, "forward_origin": origin}
        return self._post(self._chat(discussion), SERVICE_ACCOUNT, **extra, **body)
