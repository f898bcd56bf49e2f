"""What statuses and classes are called (handlers/statuses.py)."""

import pytest

from handlers.statuses import CLASS_WORDS, STATUS_WORDS
from locales.catalog import LANGUAGES, Catalog
from storage.records import FeedbackClass, Status


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_status_and_class_has_a_name_in_both_languages(language: str) -> None:
    catalog = Catalog()
    assert set(STATUS_WORDS) == set(Status)
    assert set(CLASS_WORDS) == set(FeedbackClass)
    for text_id in [*STATUS_WORDS.values(), *CLASS_WORDS.values()]:
        assert catalog.plain(language, text_id)
