"""What people do besides writing: press buttons, react, vote, start and block the bot, come and go."""

import re
from collections.abc import Sequence
from typing import Any

from tests.botapi.people import Chat, Person, Raw
from tests.botapi.stage import Stage, What, Where, Who
from tests.botapi.world import Query

_START = re.compile(r"https?://t\.me/(\w+)\?start=([A-Za-z0-9_-]{1,64})")


class Deeds(Stage):
    """Lets people act."""

    def starts(self, who: Who, payload: str | None = None) -> Raw:
        """Let somebody press Start, with a deep link's payload; return the /start message."""
        person = self._person(who)
        person.started = True
        if person.blocked:
            self.unblocks(person)
        text = "/start" if payload is None else f"/start {payload}"
        return self._post(self._chat(person), person.user(), **self._body(text))

    def blocks(self, who: Who) -> None:
        """Let somebody block the bot."""
        self._person(who).blocked = True
        self._private_status(self._person(who), "member", "kicked")

    def unblocks(self, who: Who) -> None:
        """Let somebody unblock the bot."""
        self._person(who).blocked = False
        self._private_status(self._person(who), "kicked", "member")

    def presses(self, who: Who, message: What, label: str | None = None, *, data: str | None = None) -> str:
        """Let somebody press a button by its label; `data` is sent as it is, even if no button has it.

        A button that links to the bot's private chat presses Start there. Return the query's id, or the URL.
        **Errors**: AssertionError if the message has no such button now.
        """
        chat, target = self._message(message)
        if data is None:
            button = _button(target, label)
            if "url" in button:
                return self._follows(who, button["url"])
            data = button["callback_data"]
        query_id = str(4_000_000_000_000_000_000 + self.world.serial())
        self.world.queries[query_id] = Query(self.world.clock(), self._person(who).id)
        query: Raw = {"id": query_id, "from": self._person(who).user(), "message": target, "data": data}
        self.intake.put(
            "callback_query", query | {"chat_instance": str(-6_000_000_000_000_000_000 - chat.id)}
        )
        return query_id

    def reacts(self, who: Who, message: What, *emoji: str, as_chat: Where | None = None) -> None:
        """Let somebody's reactions to a message be these, none to take them back."""
        chat, target = self._message(message)
        new: list[Raw] = [{"type": "emoji", "emoji": each} for each in emoji]
        person = self._person(who)
        old = chat.react(target["message_id"], person.id, new)
        if not self._is_admin(chat):
            return
        actor: Raw = (
            {"user": person.user()} if as_chat is None else {"actor_chat": self._chat(as_chat).short()}
        )
        where: Raw = {"chat": chat.short(), "message_id": target["message_id"], "date": self.world.date()}
        self.intake.put("message_reaction", where | actor | {"old_reaction": old, "new_reaction": new})

    def votes(self, who: Who, message: What, options: Sequence[int]) -> None:
        """Let somebody choose options of the bot's poll by index, none to take the vote back."""
        poll: Raw = self._message(message)[1]["poll"]
        assert not poll["is_closed"], "the poll is closed, nobody can vote in it"
        person = self._person(who)
        votes = self.world.polls[poll["id"]].votes
        votes.pop(person.id, None)
        if options:
            votes[person.id] = list(options)
        for index, option in enumerate(poll["options"]):
            option["voter_count"] = sum(index in chosen for chosen in votes.values())
        poll["total_voter_count"] = len(votes)
        self.intake.put("poll", poll)
        if not poll["is_anonymous"]:
            ids = [poll["options"][index]["persistent_id"] for index in options]
            answer: Raw = {"poll_id": poll["id"], "user": person.user(), "option_ids": list(options)}
            self.intake.put("poll_answer", answer | {"option_persistent_ids": ids})

    def ends(self, message: What) -> None:
        """Let the time of the bot's poll be over: Telegram closes it by itself."""
        poll: Raw = self._message(message)[1]["poll"]
        poll["is_closed"] = True
        self.intake.put("poll", poll)

    def deletes(self, message: What) -> None:
        """Let somebody delete a message; the bot is not told, as on Telegram."""
        chat, target = self._message(message)
        del chat.messages[target["message_id"]]

    def joins(self, who: Who, where: Where) -> Raw:
        """Let somebody join a group; return the service message."""
        chat, person = self._chat(where), self._person(who)
        self._changes(chat, person, "member")
        return self._post(chat, person.user(), new_chat_members=[person.user()])

    def leaves(self, who: Who, where: Where) -> Raw:
        """Let somebody leave a group; return the service message."""
        chat, person = self._chat(where), self._person(who)
        self._changes(chat, person, "left")
        return self._post(chat, person.user(), left_chat_member=person.user())

    def promotes(self, by: Who, who: Who, where: Where, status: str = "administrator") -> None:
        """Let an admin change what somebody is in a group; the bot itself hears of it as my_chat_member."""
        chat, person = self._chat(where), self._person(who)
        if person is self.world.bot:
            self.world.change_bot_status(chat, status, by=self._person(by).user())
        else:
            self._changes(chat, person, status, by=self._person(by))

    def adds_bot(self, by: Who, where: Where, status: str = "member") -> None:
        """Let somebody add the bot to a group."""
        chat, bot = self._chat(where), self.world.bot
        self.world.change_bot_status(chat, status, by=self._person(by).user())
        self._post(chat, self._person(by).user(), new_chat_members=[bot.user()])

    def removes_bot(self, by: Who, where: Where) -> None:
        """Let somebody throw the bot out of a group."""
        self.world.change_bot_status(self._chat(where), "kicked", by=self._person(by).user())

    def migrates(self, where: Where, by: Who, *, id: int | None = None) -> Chat:
        """Let a basic group become a supergroup and return it; message ids start anew there."""
        old = self._chat(where)
        number = -(1_002_400_000_000 + self.world.serial()) if id is None else id
        new = Chat(number, "supergroup", old.title, statuses=dict(old.statuses))
        self.world.chats[new.id] = new
        self._post(old, self._person(by).user(), migrate_to_chat_id=new.id)
        old.migrated_to = new.id
        self._post(new, self._person(by).user(), migrate_from_chat_id=old.id)
        return new

    def opens_topic(self, who: Who, where: Where, name: str) -> int:
        """Let somebody open a topic in a forum and return its thread id."""
        chat = self._chat(where)
        topic = {"name": name, "icon_color": 7322096}
        message = self._post(chat, self._person(who).user(), forum_topic_created=topic)
        message |= {"message_thread_id": message["message_id"], "is_topic_message": True}
        chat.topics[message["message_id"]] = name
        return int(message["message_id"])

    def _follows(self, who: Who, url: str) -> str:
        start = _START.fullmatch(url)
        if start is not None and start[1] == self.world.bot.username:
            self.starts(who, start[2])
        return url

    def _private_status(self, person: Person, old: str, new: str) -> None:
        chat = self._chat(person)
        bot = self.world.bot.user()
        change: Raw = {"chat": chat.short(), "from": person.user(), "date": self.world.date()}
        states = (_bot_member(bot, old), _bot_member(bot, new))
        self.intake.put(
            "my_chat_member", change | {"old_chat_member": states[0], "new_chat_member": states[1]}
        )

    def _changes(self, chat: Chat, person: Person, status: str, by: Person | None = None) -> None:
        old = self.world.member(chat, person.id)
        chat.statuses[person.id] = status
        if self._is_admin(chat):
            change: Raw = {"chat": chat.short(), "from": (by or person).user(), "date": self.world.date()}
            change |= {"old_chat_member": old, "new_chat_member": self.world.member(chat, person.id)}
            self.intake.put("chat_member", change)


def _bot_member(bot: Raw, status: str) -> Raw:
    return {"status": status, "user": bot} | ({"until_date": 0} if status == "kicked" else {})


def _button(message: Raw, label: str | None) -> dict[str, Any]:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    buttons: list[dict[str, Any]] = [button for row in rows for button in row]
    found = next((button for button in buttons if label in (None, button["text"])), None)
    assert found is not None, f"no button {label!r} among {[button['text'] for button in buttons]}"
    return found
