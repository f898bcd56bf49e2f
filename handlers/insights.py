"""One point on one page, for those who can change it. Used by handlers/departments/insight.py.

Everything on the page may be read by a department: numbers, words said openly in a group, slices that are large enough.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date

from handlers.base import Context
from handlers.routing import department_name
from handlers.statuses import class_word
from handlers.tags import without_tags
from storage.insights import Insight
from storage.messages import Message, Part, Quote, Strong
from storage.points import Point
from storage.resonances import Facet, Spread
from storage.routes import Route
from storage.suppression import shown, slices
from storage.text.quotes import cut

_QUOTES = 3
_QUOTED = 90
_IDS = 20
_SHARED = 4
_LEAST_WORD = 2
_HALF = 0.5


async def page_of(ctx: Context, point: Point, route: Route | None) -> Message:
    """Return the page of a point."""
    insight = await ctx.uow.insights.find(point)
    spread = await ctx.uow.resonances.count_([voice.id for voice in point.voices], point.topic_id)
    parts: list[Part] = [Strong(point.name)]
    if point.title:
        parts += [" ", Quote(point.title)]
    parts += ["\n", *_sentence(ctx, point, insight)]
    parts += ["\n\n", *_people(ctx, spread)]
    for facet in ctx.settings.facets:
        parts += _facet(ctx, facet, spread)
    parts += _quotes(ctx, point)
    ids = " ".join(f"#{voice.id}" for voice in point.voices[:_IDS])
    parts += ["\n\n", *ctx.say("insight.evidence", ids=ids, count=len(point.voices))]
    parts += ["\n", *_decision(ctx, insight, route)]
    return Message(text=tuple(parts), about=point.name)


def draft_sentence(ctx: Context, point: Point) -> str:
    """Return a first sentence made of what open voices have in common: words, class and count; no model, no network."""
    kind = class_word(ctx, point.voices[0].feedback_class)
    texts = [without_tags(voice.text, ctx.settings.tags) for voice in point.quotes]
    words = _shared_words(ctx, texts)
    if words:
        joined = ctx.label("place.comma").join(words)
        return ctx.label("insight.draft_shared", count=point.people, kind=kind, words=joined)
    if texts:
        return ctx.label("insight.draft_quote", count=point.people, kind=kind, quote=texts[0][:_QUOTED])
    return ctx.label("insight.draft_bare", count=point.people, kind=kind)


def _shared_words(ctx: Context, texts: list[str]) -> list[str]:
    """Return the words that most of several texts have in common, the most common first."""
    if len(texts) < 2 or not ctx.words.ready:
        return []
    counts = Counter(
        word for text in texts for word in set(ctx.words.tokens(text)) if len(word) >= _LEAST_WORD
    )
    least = max(2, round(len(texts) * _HALF))
    return [word for word, count in counts.most_common(_SHARED * 3) if count >= least][:_SHARED]


def _sentence(ctx: Context, point: Point, insight: Insight) -> list[Part]:
    if insight.sentence:
        return [insight.sentence]
    words = draft_sentence(ctx, point)
    return [*ctx.say("insight.draft", sentence=words)]


def _people(ctx: Context, spread: Spread) -> list[Part]:
    parts: list[Part] = [*ctx.say("insight.people", count=spread.me)]
    if spread.not_me:
        parts += ctx.say("insight.not_me", count=shown(spread.not_me, ctx.settings.privacy))
    return parts


def _facet(ctx: Context, facet: Facet, spread: Spread) -> list[Part]:
    """Say how people spread over one facet, and which answers make it worse or better; small slices are not told."""
    mine = {answer: count for (key, answer), count in spread.mine.items() if key == facet.key}
    others = {answer: count for (key, answer), count in spread.others.items() if key == facet.key}
    kept, rest = slices(mine, ctx.settings.privacy)
    if not kept:
        return []
    listed = ctx.label("place.comma").join(
        f"{answer} {count}" for answer, count in sorted(kept.items(), key=lambda pair: -pair[1])
    )
    name = facet.name_in(ctx.language)
    parts: list[Part] = ["\n", *ctx.say("insight.facet", facet=name, answers=listed)]
    if rest:
        parts += ctx.say("insight.rest", count=rest)
    kept_others, _ = slices(others, ctx.settings.privacy)
    worse, better = _conditions(kept, kept_others)
    if worse:
        parts += ["\n", *ctx.say("insight.worse", facet=name, answer=worse)]
    if better:
        parts += ["\n", *ctx.say("insight.better", facet=name, answer=better)]
    return parts


def _conditions(mine: Mapping[str, int], others: Mapping[str, int]) -> tuple[str, str]:
    """Return the answer whose people met it most, and the one most of whose people did not; "" if none stands out."""
    shares = {
        answer: mine.get(answer, 0) / (mine.get(answer, 0) + others.get(answer, 0))
        for answer in {**mine, **others}
    }
    if len(shares) < 2:
        return "", ""
    worst, best = max(shares, key=lambda a: (shares[a], mine.get(a, 0))), min(shares, key=lambda a: shares[a])
    return (
        worst if shares[worst] > shares[best] else "",
        best if shares[best] < _HALF else "",
    )


def _quotes(ctx: Context, point: Point) -> list[Part]:
    """Return some of what was said openly, word for word."""
    parts: list[Part] = []
    seen: set[str] = set()
    for voice in point.quotes:
        text = without_tags(voice.text, ctx.settings.tags)
        if not text or text in seen or len(seen) == _QUOTES:
            continue
        seen.add(text)
        parts += ["\n", Quote(cut(text, _QUOTED))]
    if not parts:
        return ["\n\n", *ctx.say("insight.no_quotes")]
    return ["\n\n", *ctx.say("insight.quotes"), *parts]


def _decision(ctx: Context, insight: Insight, route: Route | None) -> list[Part]:
    day: date | None = insight.decide_by
    if day is None and route is not None:
        day = route.due.astimezone(ctx.chat.zone).date()
    who = department_name(route, ctx) if route else ctx.label("insight.nobody")
    what = insight.decision or ctx.label("insight.decision")
    if day is None:
        return [*ctx.say("insight.ask", who=who, what=what)]
    return [*ctx.say("insight.ask_by", who=who, what=what, day=ctx.texts.day(ctx.language, day))]
