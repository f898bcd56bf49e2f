"""Reads `[[feedback.facets]]`: what who meets the same thing is asked about themselves, in one tap."""

from __future__ import annotations

from collections.abc import Iterator

from bot.config.tables import Table
from locales.catalog import LANGUAGES
from storage.resonances import Facet, FacetWords

_KEY_CHARACTERS, _QUESTION_CHARACTERS, _CHOICE_CHARACTERS = 16, 60, 20
_MOST_FACETS = 5
_CHOICES = range(2, 13)  # more would not be one look


def read_facets(feedback: Table) -> tuple[Facet, ...]:
    """Read the facets, the one that matters most first."""
    found: dict[str, Facet] = {}
    for table in feedback.tables("facets"):
        facet = Facet(
            table.text("key"), table.text("question"), table.texts("choices"), tuple(_translations(table))
        )
        for key, text, most in (
            ("key", facet.key, _KEY_CHARACTERS),
            ("question", facet.question, _QUESTION_CHARACTERS),
            *(("choices", choice, _CHOICE_CHARACTERS) for choice in facet.choices),
            *(("name", each.name, _KEY_CHARACTERS) for each in facet.translations),
            *(("question", each.question, _QUESTION_CHARACTERS) for each in facet.translations),
        ):
            if len(text) > most:
                table.wrong(key, "config.too_long", most=most, length=len(text))
        if len(facet.choices) not in _CHOICES or len(set(facet.choices)) != len(facet.choices):
            table.wrong("choices", "config.options", low=_CHOICES.start, high=_CHOICES.stop - 1)
        if facet.key in found or len(found) == _MOST_FACETS:
            table.wrong("key", "config.duplicate" if facet.key in found else "config.facets", found=facet.key)
        found[facet.key] = facet
        table.finish()
    return tuple(found.values())


def _translations(table: Table) -> Iterator[FacetWords]:
    """Read how a facet is called where another language is spoken."""
    for language in LANGUAGES:
        if table.has(language):
            words = table.table(language)
            yield FacetWords(language, words.text("name"), words.text("question"))
            words.finish()
