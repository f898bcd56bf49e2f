"""What happens around stories and cases: authors are asked, say yes and no and take it back; staff ask and publish."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from bot.adapters.base import Taken
from tests.fakes import Shown
from tests.privacy.cast import AUTHORS, LI, STAFF
from tests.privacy.community import Community
from tests.privacy.leave import Telling
from tests.talk import Person

ACTS = (
    "/story {n}", "/story {n}", "/story {n} {words}", "/story {n} 发布", "/story list", "/case {n}", "/case {n}",
    "/case {n} 今天补发了", "/show {n}", "/resolve {n} 换了师傅", "/merge {n} {m}", "/unmerge {n}",
    "/topic {n}", "/topic T1",
    "/route {n} product", "/insight {n}", "/reopen {n} 再看看", "/beta {n} 先来试试", "/circle", "/immunity", "/report",
)  # fmt: skip
YES = ("可以，写", "可以，不写", "不用了")


class Consenting(Community):
    """Authors say in private what might be told; they are asked, answer, and take back, in any order."""

    @rule(who=st.sampled_from(AUTHORS), praises=st.booleans())
    def say_in_private(self, who: Person, praises: bool) -> None:
        """Say by name and in private what might make a story, or a case."""
        if who in self.gone:
            return
        number = next(self.numbers)
        words = f"第{number}位师傅{'修得又快又好' if praises else '的手艺太差'}"
        self.do(self.talk.advance(minutes=4))
        self.do(self.talk.says(who, f"/feedback {'#表扬' if praises else '#反馈'} {words}", dm=True))
        newest = self.do(self._newest())
        if words in newest[1]:  # unless that was enough for today
            self.tellings.append(Telling(who, newest[0], [words]))
        self.look()

    async def _newest(self) -> tuple[int, str]:
        async with self.database.read() as uow:
            newest = (await uow.feedback.list_after(0, 1_000))[-1]
        return newest.id, newest.text

    @precondition(lambda self: self.tellings)
    @rule(data=st.data(), who=st.sampled_from(STAFF), act=st.sampled_from(ACTS), in_group=st.booleans())
    def act(self, data: st.DataObject, who: Person, act: str, in_group: bool) -> None:
        """Do what staff can do with it: ask, word it anew, publish, go on with a case."""
        telling = data.draw(st.sampled_from(self.tellings))
        words = f"第{next(self.numbers)}位师傅，改了几个字"
        if "{words}" in act:
            telling.words.append(words)
        others = st.sampled_from([each.number for each in (*self.tellings, *self.secrets) if each.number])
        said = act.format(n=telling.number, m=data.draw(others), words=words)
        self.do(self.talk.advance(minutes=4))
        self.do(self.talk.says(who, said, dm=not in_group))
        self.look()

    @precondition(lambda self: self.tellings)
    @rule(
        data=st.data(),
        who=st.sampled_from((*AUTHORS, *STAFF)),
        word=st.sampled_from((*YES, "收回", "发布", "改")),
    )
    def tap(self, data: st.DataObject, who: Person, word: str) -> None:
        """Press a button that is there, an old one perhaps, or one that was pressed before."""
        found = self.buttons(who, word)
        if who in self.gone or not found:
            return
        shown, action = data.draw(st.sampled_from(found))
        self.do(self.talk.advance(minutes=1))
        self.do(self.talk.presses_action(who, action, on=shown))
        self.look()

    def buttons(self, who: Person, word: str) -> list[tuple[Shown, str]]:
        """Return the buttons somebody sees in their private chat that say so, newest first."""
        return [
            (shown, button.action)
            for shown in reversed(self.adapter.shown[-120:])
            for row in shown.message.buttons
            for button in row
            if shown.chat == who.external_id and word in button.label and button.action
        ]

    @precondition(lambda self: self.tellings)
    @rule(data=st.data(), way=st.sampled_from(("/revoke {n}", "收回 #{n}", "/withdraw {n} 确认")))
    def take_back(self, data: st.DataObject, way: str) -> None:
        """Have the author take it back: nothing is allowed any more, and the library is without it."""
        telling = data.draw(st.sampled_from(self.tellings))
        if telling.author in self.gone:
            return
        self.do(self.talk.advance(minutes=1))
        self.do(self.talk.says(telling.author, way.format(n=telling.number), dm=True))
        self.look()
        leave = self.leaves[telling.number]
        assert not leave.is_given, f"#{telling.number} is still allowed: {leave}"
        before = len(self.adapter.shown)
        self.do(self.talk.says(LI, "/story list", dm=True))
        listed = "\n".join(shown.text for shown in self.adapter.shown[before:])
        assert not [words for words in telling.words if words in listed]

    @precondition(lambda self: self.tellings)
    @rule(data=st.data(), answer=st.sampled_from(YES), order=st.permutations(("yes", "publish", "revoke")))
    def at_once(self, data: st.DataObject, answer: str, order: list[str]) -> None:
        """Have the author's yes, the publishing and the taking back come in the same moment, in any order."""
        telling = data.draw(st.sampled_from(self.tellings))
        if telling.author in self.gone:
            return
        n = str(telling.number)
        about = [(s, a) for s, a in self.buttons(telling.author, answer) if n in a.split(":")]
        taken: list[Taken] = []
        for step in order:
            if step == "yes" and about:
                taken.append(self.talk.pressed(telling.author, about[0][1], on=about[0][0]))
            elif step == "publish":
                taken.append(self._said(LI, f"/story {n} 发布"))
            elif step == "revoke":
                taken.append(self._said(telling.author, f"/revoke {n}"))
        self.do(self.talk.advance(minutes=1))
        self.do(self.talk.take(*taken))
        self.look()

    def _said(self, who: Person, words: str) -> Taken:
        return self.talk.taken(self.talk.message(who, words, dm=True))
