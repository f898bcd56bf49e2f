"""What classifies texts and cuts them into words, to handlers; `storage/text` holds what is shipped."""

from __future__ import annotations

from typing import Protocol

from storage.meanings import Coming
from storage.records import FeedbackClass
from storage.text.meaning import Codes


class Guess(Protocol):
    """What the classifier thinks of a text."""

    @property
    def kind(self) -> FeedbackClass:
        """Return the likeliest class."""

    @property
    def probability(self) -> float:
        """Return how likely it is."""

    @property
    def sure(self) -> bool:
        """Tell whether such guesses are right 95 times in 100."""

    @property
    def negative(self) -> bool:
        """Tell whether the member is unhappy."""

    @property
    def urgent(self) -> bool:
        """Tell whether it cannot wait."""


class Triage(Protocol):
    """Guesses the class of a text, offline."""

    def guess(self, text: str, hint: str | None = None) -> Guess:
        """Return the guess; `hint` is the class the member's own tag names."""

    def is_complaint(self, text: str) -> bool:
        """Tell whether an untagged text complains of the product; wrong of ordinary talk in few of 1,000."""


class Words(Protocol):
    """Cuts texts into words, offline."""

    @property
    def ready(self) -> bool:
        """Tell whether the dictionary is read; while it is not, nothing is cut."""

    def tokens(self, text: str) -> list[str]:
        """Return the words of a text in order."""


class NoWords:
    """The words of a bot that has no dictionary."""

    ready = False

    def tokens(self, text: str) -> list[str]:
        """Return nothing."""
        del text
        return []


class Meaning(Protocol):
    """Knows what texts mean, offline, where the semantic engine is installed."""

    @property
    def codes(self) -> Codes | None:
        """Return the index of meaning, None until it is read."""

    def sense(self, text: str) -> Coming:
        """Begin to reckon a text's vector, to be looked up in the index; None while words alone must do."""


class NoMeaning:
    """The meaning of a bot that knows words only."""

    codes = None

    def sense(self, text: str) -> Coming:
        """Return None."""
        del text
        return None
