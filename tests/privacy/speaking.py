"""What people do who speak in hiding, and who speak by name beside it."""

from __future__ import annotations

import re

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from bot.adapters.base import UnreachableError
from storage.modes import Mode
from tests.privacy.cast import FIRST_MICROSECOND, HIDING, LI, SU
from tests.privacy.community import Community
from tests.privacy.watch import Secret
from tests.talk import Person, Said, Shown

CODE = re.compile(r"(?:[0-9A-Z]{4}-){5}[0-9A-Z]{4}")


class Speaking(Community):
    """People speak in hiding and by name, come back to it, and pry."""

    @rule(
        who=st.sampled_from(HIDING),
        mode=st.sampled_from(("化名", "密封")),
        tag=st.sampled_from(("", "#反馈 ", "#发现 ")),
    )
    def speak(self, who: Person, mode: str, tag: str) -> None:
        """Say something in hiding, with or without a tag that would capture it elsewhere."""
        if who in self.gone:
            return
        self.do(self._speak(who, mode, tag))
        self.look()

    async def _speak(self, who: Person, mode: str, tag: str) -> None:
        number = next(self.numbers)
        secret = Secret(who, f"椅子第{number}排晃得太差", is_named_too=who is SU)
        self.secrets.append(secret)
        await self.away(secret)
        before = len(self.adapter.shown)
        await self.says(secret, f"/private {mode}")
        await self.says(secret, f"{tag}{secret.marker}")
        async with self.database.read() as uow:
            newest = (await uow.feedback.list_after(0, 1_000))[-1]
            member = await uow.members.get(newest.contributor_id)
        if secret.marker not in newest.text:  # that was enough for today
            self.secrets.remove(secret)
            return
        secret.number, secret.member_id, secret.chat_id = newest.id, member.id, newest.chat_id
        secret.alias, secret.external_id = member.name, member.external_id
        assert newest.mode is (Mode.ALIAS if mode == "化名" else Mode.SEALED)
        for shown in self.adapter.shown[before:]:
            if code := CODE.search(shown.text):
                self.codes[code.group()] = secret

    async def away(self, secret: Secret) -> None:
        """Let a few minutes go by, so that what others do has another time; then note when they act."""
        await self.talk.advance(minutes=4, seconds=7)
        self.talk.clock.at = self.talk.now.replace(microsecond=FIRST_MICROSECOND + next(self.numbers))
        secret.moments.append(self.talk.now)

    async def says(self, secret: Secret, text: str, *, reply_to: Shown | None = None) -> Said:
        """Say something in private in a message whose number is known."""
        secret.message_ids.append(f"hiddenmessage{next(self.numbers)}x")
        said = Said(secret.person.external_id, secret.message_ids[-1], text, secret.person)
        await self.talk.take(self.talk.taken(said, reply_to=reply_to))
        return said

    @precondition(lambda self: self.secrets)
    @rule(
        data=st.data(),
        word=st.sampled_from(
            (
                "顺手多了",
                "解决了",
                "还没有",
                "还不行",
                "没法试",
                "撤回",
                "补一句",
                "确认",
                "我也遇到",
                "我来试",
                "这次算了",
            )
        ),
    )
    def press(self, data: st.DataObject, word: str) -> None:
        """Press whatever button is there, as the person behind the thread."""
        secret = data.draw(st.sampled_from(self.secrets))
        if secret.person in self.gone:
            return
        for shown in reversed(self.adapter.shown):
            if shown.chat == secret.person.external_id and any(word in label for label in shown.labels):
                self.do(self.away(secret))
                self.do(self.talk.presses(secret.person, word, on=shown))
                self.do(self.says(secret, f"补充：{secret.marker}，上周六又晃了", reply_to=shown))
                self.look()
                return

    @precondition(lambda self: self.codes)
    @rule(data=st.data())
    def claim(self, data: st.DataObject) -> None:
        """Read what waits behind a claim code."""
        code, secret = data.draw(st.sampled_from(list(self.codes.items())))
        if secret.person in self.gone:
            return
        self.do(self.away(secret))
        self.do(self.says(secret, f"/private 取信 {code}"))
        self.look()

    @precondition(lambda self: self.secrets)
    @rule(data=st.data(), words=st.sampled_from(("", " 还是那张椅子", " #反馈 后来又晃了一次")))
    def further(self, data: st.DataObject, words: str) -> None:
        """Write to a thread by its number, whosever it is."""
        secret = data.draw(st.sampled_from(self.secrets))
        if secret.person in self.gone:
            return
        self.do(self.away(secret))
        self.do(self.says(secret, f"/private {secret.number}{words}"))
        self.do(self.says(secret, "悄悄话 我的"))
        self.look()

    @precondition(lambda self: self.secrets)
    @rule(data=st.data())
    def edit(self, data: st.DataObject) -> None:
        """Edit the message that was said in hiding, and put a tag into it."""
        secret = data.draw(st.sampled_from(self.secrets))
        if secret.person in self.gone:
            return
        self.do(self.away(secret))
        said = Said(secret.person.external_id, secret.message_ids[1], "", secret.person)
        self.do(self.talk.edits(said, f"#反馈 {secret.marker}，改了一个字"))
        self.look()

    @precondition(lambda self: self.secrets)
    @rule(
        data=st.data(),
        who=st.sampled_from((*HIDING, LI)),
        way=st.sampled_from(("forge", "follow", "withdraw", "revoke", "details", "group")),
    )
    def pry(self, data: st.DataObject, who: Person, way: str) -> None:
        """Try at somebody's thread: a forged button, its number, a question in the group."""
        secret = data.draw(st.sampled_from(self.secrets))
        if (
            who is secret.person
            and secret.external_id.startswith("sealed:")
            and way not in ("forge", "group")
        ):
            return  # who names the number of what nobody can know to be theirs gives it away themselves
        if who is secret.person:
            self.do(self.away(secret))
        if way == "forge":
            shown = Shown(who.external_id, "1", self.adapter.shown[-1].message)
            action = f"as:{secret.member_id}:withdraw:{secret.number}:0:yes"
            self.do(self.talk.presses_action(who, action, on=shown))
        else:
            words = "/private 我想说点事" if way == "group" else f"/{way} {secret.number}"
            said = self.do(self.talk.says(who, words, dm=way != "group"))
            assert said.by is who
        self.look()

    @rule(who=st.sampled_from(HIDING), words=st.sampled_from(("/mydata", "/me", "/mine", "/help")))
    def look_at_own(self, who: Person, words: str) -> None:
        """Look at what is kept of oneself by name: nothing said in hiding is in it."""
        if who in self.gone:
            return
        before = len(self.adapter.shown)
        self.do(self.talk.advance(minutes=4))
        self.do(self.talk.says(who, words, dm=True))
        shown = "\n".join(f"{each.text} {each.message.document}" for each in self.adapter.shown[before:])
        assert not [each for each in self.secrets if each.marker in shown or each.external_id in shown]
        self.look()

    @rule(who=st.just(SU), tag=st.sampled_from(("#反馈", "#发现")))
    def speak_by_name(self, who: Person, tag: str = "#反馈") -> None:
        """Say something in the group, by name; 权大鹏 never does."""
        if who in self.gone:
            return
        self.named += 1
        self.do(self.talk.advance(minutes=4))
        self.do(self.talk.says(who, f"{tag} 车门的声音有点大，第{self.named}回"))
        self.look()

    @rule(who=st.sampled_from(HIDING), is_gone=st.booleans())
    def go_or_come(self, who: Person, is_gone: bool) -> None:
        """Shut the private chat, or come back."""
        if who in self.gone:
            return
        if is_gone:
            self.adapter.unreachable[who.external_id] = UnreachableError(f"chat {who.external_id} blocked us")
        else:
            self.adapter.unreachable.pop(who.external_id, None)
            self.do(self.talk.advance(minutes=4))
            self.do(self.talk.says(who, "/start", dm=True))
        self.look()
