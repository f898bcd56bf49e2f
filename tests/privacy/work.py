"""What staff do, to threads said in hiding and to words whose author is asked for leave."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.privacy.cast import BO, MIN, STAFF
from tests.privacy.community import Community
from tests.talk import Person

ORDERS = (
    "/show {n}", "/inbox", "/claim {n}", "/class {n} 建议", "/reply {n} 已经和店长谈过了", "/note {n} 看过录像了",
    "/plan {n} 11月20日 换一批椅子", "/progress {n} 样品到了", "/resolve {n} 椅子都换了新的",
    "/decline {n} 这一批先不换",
    "/reopen {n} 还要再看看", "/hold {n} 12月1日 等样品", "/told {n}", "/similar {marker}", "/audit", "/merge {n} {m}",
    "/unmerge {n}", "/topic {n}", "/route {n} product", "/insight {n}", "/beta {n} 先来试试新椅子", "/case {n}",
    "/story {n}", "/who {alias}", "/who 权大鹏", "/pulse", "/report", "/circle", "/credit {n}", "/fb {n}",
    "/award {alias} 最佳发现", "/inbox {marker}", "/doctor", "/staff", "/split {n} 椅子 | 晃得厉害", "/cause {n} 质量",
    "/immunity", "/route {n} product", "/insight {n} 椅子的螺丝会松", "/decide {n} 接受 11月30日",
    "/decide {n} 缺信息 哪一排", "/award {n} 顾问", "/award", "/circle staff", "/case {n} 换了一排",
    "/export csv 反馈", "/export csv 故事", "/tag", "/award {n} 最佳发现",
)  # fmt: skip


class Working(Community):
    """Staff do everything they can."""

    @precondition(lambda self: self.secrets)
    @rule(data=st.data(), who=st.sampled_from(STAFF), order=st.sampled_from(ORDERS), in_group=st.booleans())
    def order(self, data: st.DataObject, who: Person, order: str, in_group: bool) -> None:
        """Do anything staff can do, to a thread said in hiding."""
        secret = data.draw(st.sampled_from(self.secrets))
        other = data.draw(st.integers(1, max(secret.number, self.named) + 1))
        words = order.format(n=secret.number, m=other, marker=secret.marker, alias=secret.alias)
        self.do(self.talk.advance(minutes=4))
        self.do(self.talk.says(who, words, dm=not in_group))
        self.look()

    @precondition(lambda self: self.secrets)
    @rule(data=st.data(), who=st.sampled_from((MIN, BO)))
    def unmask(self, data: st.DataObject, who: Person) -> None:
        """Ask to look behind an alias, or agree to it."""
        secret = data.draw(st.sampled_from(self.secrets))
        self.do(self.talk.advance(minutes=4))
        self.do(self.talk.says(who, f"/unmask {secret.number} 有人受伤，要联系本人", dm=True))
        self.seers = frozenset({MIN.external_id, BO.external_id})
        self.look()
