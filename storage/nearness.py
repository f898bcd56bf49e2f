"""What is like a text, by its words and by its meaning. Called by `handlers/likeness.py`.

Words find what shares rare words; meaning finds what says the same in others. What either finds is judged by both.
Without a `Sense` words alone decide, on their own scale. A meaning may still be on its way while words are looked up.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from storage.meanings import Coming, arrived
from storage.records import OPEN, Status
from storage.text.likeness import Likeness, fused
from storage.text.meaning import cosines
from storage.text.signs import crowd
from storage.uow import UnitOfWork

LOOKED_AT = 12
"""How many each engine brings before both judge."""

JUDGED, SHARING = 8, 6
"""How many of what both bring are judged by words and meaning together: the nearest in meaning, and the first of those
that share words."""


async def nearest(
    uow: UnitOfWork, tokens: Sequence[str], sense: Coming, limit: int = 5, statuses: Iterable[Status] = OPEN,
    *, apart_from: int | None = None,
) -> list[Likeness]:  # fmt: skip
    """List the feedback in these statuses that are most like a text, the likest first, each with its reason.

    **Shape**: `apart_from` is the feedback that the text is of.
    """
    statuses = tuple(statuses)
    sharing = await uow.likeness.list_sharing(tokens, statuses, apart_from=apart_from)
    meant = await arrived(sense)
    if meant is None:
        return await uow.likeness.rank(tokens, sharing, limit)
    near = await uow.meanings.nearest(meant, LOOKED_AT, statuses, apart_from=apart_from or 0)
    around = crowd(near.values())
    vectors = await uow.meanings.list_([item for item in sharing if item not in near])
    near |= dict(zip(vectors, cosines(meant.vector, list(vectors.values())), strict=True))
    likely = sorted(near, key=lambda item: (-near[item], -item))[:JUDGED]
    likely += [item for item in [*sharing][:SHARING] if item not in likely]
    texts = {item: words for item, words in sharing.items() if item in likely or item not in near}
    known = await uow.likeness.compare(tokens, texts, [item for item in likely if item not in texts])
    found = [fused(one, near.get(one.item), around) for one in known]
    found.sort(key=lambda one: (-one.score, -one.item))
    return found[:limit]
