"""Which feedback is like a text: the words of each, and the nearest by its rare words.

Written in the background by `bot/indexing.py`; read by `handlers/likeness.py`. What is like what is decided in
`storage/text/likeness.py`; here it is only looked up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from storage import tables
from storage.asks import Ask, Step
from storage.prepared import Prepared
from storage.records import OPEN, Status
from storage.repository import Repository, Spread, as_json, prepared, prepared_among
from storage.text.frequencies import COMMON, Frequencies
from storage.text.likeness import RAREST, Likeness, compare, nearest, rarest
from storage.text.thesaurus import is_pair

NEWEST = 500
"""How many texts of one word are looked at, the newest: what is said more often tells little, and takes long."""

POOL = 200
"""How many texts that share most are looked at before those of other statuses drop out."""

LOOKED_AT = 12
"""How many texts are compared word by word."""

_OVERLAP = 1_000
"""Numbers below the last indexed one that are looked at again: PostgreSQL may commit them out of order."""

_INDEX = "likeness_index"
_ALL = ""  # the word that stands for every text
_feedback, _terms, _words, _counts = (
    tables.feedback,
    tables.feedback_terms,
    tables.feedback_words,
    tables.term_counts,
)

_IS_STALE = sa.text("is_stale")  # not `= 1`: only so SQLite sees its partial index

_STALE = prepared_among(
    "bigint",
    "SELECT feedback_id, words FROM feedback_words WHERE feedback_id {among} AND is_stale",
    _words.c.feedback_id,
    _words.c.words,
)
_ADD_WORDS = Spread(
    "feedback_id:bigint words:text",
    "INSERT INTO feedback_words (feedback_id, words) SELECT r.feedback_id, r.words FROM {rows} WHERE true"
    " ON CONFLICT (feedback_id) DO UPDATE SET words = excluded.words, is_stale = false"
    " WHERE feedback_words.is_stale RETURNING feedback_id",
    _words.c.feedback_id,
)
# All that is written of texts that were never indexed, in one go of PostgreSQL's.
_ADD_NEW = Spread(
    "feedback_id:bigint words:text",
    "WITH added AS (INSERT INTO feedback_words (feedback_id, words) SELECT r.feedback_id, r.words FROM {rows}"
    "  ON CONFLICT (feedback_id) DO NOTHING RETURNING feedback_id, words),"
    " terms AS (INSERT INTO feedback_terms (term, feedback_id)"
    "  SELECT term, feedback_id FROM added, unnest(string_to_array(words, ' ')) AS term"
    "  ON CONFLICT (term, feedback_id) DO NOTHING),"
    ' counts AS (INSERT INTO term_counts (term, texts) SELECT term COLLATE "C" AS term, count(*)'
    f"  FROM added, unnest(array_prepend('{_ALL}', string_to_array(words, ' '))) AS term GROUP BY 1 ORDER BY 1"
    "  ON CONFLICT (term) DO UPDATE SET texts = term_counts.texts + excluded.texts)"
    " SELECT feedback_id FROM added",
    _words.c.feedback_id,
)
_ADD_TERMS = Spread(
    "term:text feedback_id:bigint",
    "INSERT INTO feedback_terms (term, feedback_id) SELECT r.term, r.feedback_id FROM {rows} WHERE true"
    " ON CONFLICT (term, feedback_id) DO NOTHING",
)
_DROP_TERMS = Spread(
    "term:text feedback_id:bigint",
    "DELETE FROM feedback_terms WHERE (term, feedback_id) IN (SELECT r.term, r.feedback_id FROM {rows})",
)
_COUNT = Spread(
    "term:text texts:bigint",
    "INSERT INTO term_counts (term, texts) SELECT r.term, r.texts FROM {rows} WHERE true"
    " ON CONFLICT (term) DO UPDATE SET texts = term_counts.texts + excluded.texts",
)
_COUNTS_OF = prepared(
    "term:text",
    "SELECT c.term, c.texts FROM {rows} CROSS JOIN term_counts AS c WHERE c.term = r.term",
    _counts.c.term,
    _counts.c.texts,
)
_WORDS_OF = prepared(
    "feedback_id:bigint",
    "SELECT w.feedback_id, w.words FROM {rows} CROSS JOIN feedback_words AS w WHERE w.feedback_id = r.feedback_id",
    _words.c.feedback_id,
    _words.c.words,
)


class LikenessRepository(Repository):
    """Queries over the words of feedback."""

    async def put(self, feedback_id: int, tokens: Iterable[str]) -> bool:
        """Index one feedback by its words; False if it is indexed already and not stale."""
        return await self.put_all({feedback_id: tokens}) == 1

    async def put_all(self, texts: Mapping[int, Iterable[str]]) -> int:
        """Index several feedback; return how many were not indexed, or stale. What is indexed stays."""
        words = {number: list(dict.fromkeys(filter(None, tokens))) for number, tokens in texts.items()}
        new = await self._put_new(words) if self._is_postgres else set()
        others = {number: found for number, found in words.items() if number not in new}
        return len(new) + (await self._put_changed(others) if others else 0)

    async def _put_new(self, words: Mapping[int, list[str]]) -> set[int]:
        rows = [(number, " ".join(found)) for number, found in sorted(words.items())]
        return {row["feedback_id"] for row in await self._spread(_ADD_NEW, rows, {})}

    async def _put_changed(self, words: Mapping[int, list[str]]) -> int:
        # The former words are those of before, on either database.
        stale, added = await self._answers(_asking_stale(words), self._asking_added(words))
        change: Counter[str] = Counter()
        gone, come = [], []
        for number in added:
            former, present = set(stale.get(number, ())), set(words[number])
            gone += [(word, number) for word in former - present]
            come += [(word, number) for word in present - former]
            change[_ALL] += number not in stale
        change.subtract(word for word, _ in gone)
        change.update(word for word, _ in come)
        # In one order everywhere, so that two processes never wait for each other.
        changed = sorted((word, by) for word, by in change.items() if by)
        for spread, rows in ((_DROP_TERMS, sorted(gone)), (_ADD_TERMS, sorted(come)), (_COUNT, changed)):
            if rows:
                await self._later(self._over(spread, rows))
        fewer = [word for word, by in changed if by < 0]
        if fewer:  # a word that nobody says any more is not kept either
            await self._run(sa.delete(_counts).where(_counts.c.term.in_(fewer), _counts.c.texts <= 0))
        return len(added)

    def _asking_added(self, words: Mapping[int, list[str]]) -> Ask[set[int]]:
        """Ask for the words of those not indexed, or stale, to be kept; which these are."""
        rows = [(number, " ".join(found)) for number, found in words.items()]
        return Ask(self._over(_ADD_WORDS, rows), lambda found: {row["feedback_id"] for row in found})

    async def find_words(self, feedback_id: int) -> list[str] | None:
        """Return the words an indexed feedback is found by, None if it is not indexed yet."""
        words: str | None = await self._scalar(
            sa.select(_words.c.words).where(_words.c.feedback_id == feedback_id)
        )
        return None if words is None else words.split()

    async def nearest(
        self, tokens: Sequence[str], limit: int = 5, statuses: Iterable[Status] = OPEN, *,
        apart_from: int | None = None,
    ) -> list[Likeness]:  # fmt: skip
        """List the feedback in these statuses that are most like a text, the likest first, each with the shared words.

        **Shape**: `apart_from` is the feedback that the text is of.
        """
        return await self.rank(
            tokens, await self.list_sharing(tokens, statuses, apart_from=apart_from), limit
        )

    async def rank(self, tokens: Sequence[str], texts: Mapping[int, list[str]], limit: int) -> list[Likeness]:
        """Rank what shares words with a text by words alone."""
        return nearest(tokens, texts, await self._frequencies_of(tokens, texts), limit) if texts else []

    async def list_sharing(
        self, tokens: Sequence[str], statuses: Iterable[Status] = OPEN, *, apart_from: int | None = None
    ) -> dict[int, list[str]]:
        """Return the words of those feedback in these statuses that share most rare words with a text."""
        mine = await self._frequencies(tokens)
        enough = 1 if apart_from is None else 2  # it stands in the index itself
        known = [word for word in tokens if mine.texts_with.get(word, 0) >= enough]
        looked_up = rarest(known, mine)
        return await self._share(looked_up, mine, LOOKED_AT, statuses, apart_from or 0) if looked_up else {}

    async def search(
        self, tokens: Sequence[str], limit: int, statuses: Iterable[Status]
    ) -> tuple[dict[int, list[str]], Frequencies]:
        """Return the words of those feedback that share most of the asked words' weight, and how rare words are."""
        mine = await self._frequencies(tokens)
        known = rarest([word for word in tokens if mine.texts_with.get(word)], mine)
        return await self._share(known, mine, limit, statuses, 0) if known else {}, mine

    async def _share(
        self,
        words: Sequence[str],
        frequencies: Frequencies,
        limit: int,
        statuses: Iterable[Status],
        apart_from: int,
    ) -> dict[int, list[str]]:
        asked: dict[str, Any] = {f"term_{n}": "" for n in range(RAREST)}
        asked |= {f"weight_{n}": 0.0 for n in range(RAREST)}
        asked |= {f"term_{n}": word for n, word in enumerate(words)}
        asked |= {f"weight_{n}": frequencies.idf(word) for n, word in enumerate(words)}
        asked |= {"statuses": f",{','.join(statuses)},", "apart_from": apart_from, "most": limit}
        rows = await self._fetch(_CANDIDATES, asked)
        return {row["feedback_id"]: row["words"].split() for row in rows}

    async def compare(
        self, tokens: Sequence[str], texts: Mapping[int, list[str]], others: Collection[int]
    ) -> list[Likeness]:
        """Judge certain feedback by what they share with a text: some whose words are known, and others."""
        found = {**texts, **(await self._list_words(others) if others else {})}
        return compare(tokens, found, await self._frequencies_of(tokens, found)) if found else []

    async def _list_words(self, items: Collection[int]) -> dict[int, list[str]]:
        rows = await self._fetch(_WORDS_OF, {"rows": as_json([[item] for item in sorted(items)])})
        texts: dict[int, list[str]] = {item: [] for item in items}
        return texts | {row["feedback_id"]: row["words"].split() for row in rows}

    async def _frequencies_of(
        self, tokens: Sequence[str], texts: Mapping[int, Collection[str]]
    ) -> Frequencies:
        every = set(tokens).union(*texts.values()) - COMMON
        return await self._frequencies(word for word in every if not is_pair(word))

    async def _frequencies(self, words: Iterable[str]) -> Frequencies:
        rows = as_json([[word] for word in {*words, _ALL}])
        counts = {row["term"]: row["texts"] for row in await self._fetch(_COUNTS_OF, {"rows": rows})}
        return Frequencies(counts, counts.pop(_ALL, 0))

    async def list_pending(self, limit: int) -> list[tuple[int, str]]:
        """List feedback not indexed yet, or edited since, as (number, text); the edited ones last."""
        last = sa.select(sa.func.coalesce(sa.func.max(_words.c.feedback_id), 0) - _OVERLAP)
        fresh = await self._all(
            sa.select(_feedback.c.id, _feedback.c.text)
            .where(
                _feedback.c.id > last.scalar_subquery(),
                ~sa.exists().where(_words.c.feedback_id == _feedback.c.id),
            )
            .order_by(_feedback.c.id)
            .limit(limit)
        )
        stale = await self._all(
            sa.select(_feedback.c.id, _feedback.c.text)
            .join(_words, _words.c.feedback_id == _feedback.c.id)
            .where(_IS_STALE)
            .order_by(_feedback.c.id)
            .limit(limit - len(fresh))
        )
        return [(row["id"], row["text"]) for row in (*fresh, *stale)]

    async def mark_stale(self, feedback_id: int) -> None:
        """Let an edited feedback be indexed anew; until then it is found by its former words."""
        await self._run(sa.update(_words).where(_words.c.feedback_id == feedback_id).values(is_stale=True))

    async def name_tokenizer(self, name: str) -> bool:
        """Note whose words the index holds; if it was another's, everything is indexed anew, and True returned."""
        former = await self._uow.audit.recall(_INDEX)
        if former == name:
            return False
        await self._run(sa.update(_words).values(is_stale=True))
        await self._uow.audit.remember(_INDEX, name)
        return True


def _asking_stale(numbers: Iterable[int]) -> Ask[dict[int, list[str]]]:
    """Ask for the former words of those that are stale."""
    step = Step(_STALE, {"rows": as_json(list(numbers))})
    return Ask(step, lambda rows: {row["feedback_id"]: row["words"].split() for row in rows})


def _candidates(_is_postgres: bool) -> sa.Select[Any]:  # noqa: FBT001 - the shape Prepared asks for
    """Select what shares most of the looked-up words' weight, of equals the newest."""
    found = []
    for n in range(RAREST):
        weight = sa.bindparam(f"weight_{n}", type_=sa.Float).label("weight")
        newest = (
            sa.select(_terms.c.feedback_id, weight)
            .where(_terms.c.term == sa.bindparam(f"term_{n}"))
            .order_by(_terms.c.feedback_id.desc())
            .limit(NEWEST)
            .subquery()
        )
        found.append(sa.select(newest.c.feedback_id, newest.c.weight))
    matches = sa.union_all(*found).subquery()
    total = sa.func.sum(matches.c.weight).label("total")
    best = (
        sa.select(matches.c.feedback_id, total)
        .group_by(matches.c.feedback_id)
        .order_by(total.desc(), matches.c.feedback_id.desc())
        .limit(POOL)
        .subquery()
    )
    return (
        sa.select(_words.c.feedback_id, _words.c.words)
        .select_from(best)
        .join(_feedback, _feedback.c.id == best.c.feedback_id)
        .join(_words, _words.c.feedback_id == best.c.feedback_id)
        .where(
            sa.text("CAST(:statuses AS TEXT) LIKE '%,' || feedback.status || ',%'"),
            _feedback.c.id != sa.bindparam("apart_from", type_=sa.BigInteger),
        )
        .order_by(best.c.total.desc(), best.c.feedback_id.desc())
        .limit(sa.bindparam("most", type_=sa.Integer))
    )


_CANDIDATES = Prepared(_candidates, returned=(_words.c.feedback_id, _words.c.words))
