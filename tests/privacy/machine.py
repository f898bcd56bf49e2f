"""Everything at once: people in hiding, authors who are asked for leave, staff who do everything they can."""

from __future__ import annotations

from tests.privacy.consenting import Consenting
from tests.privacy.speaking import Speaking
from tests.privacy.work import Working


class Hiding(Speaking, Working):
    """People speak in hiding and by name, staff do everything they can, time passes: nothing may leak."""


class Everything(Speaking, Working, Consenting):
    """All of it, in any order."""


class Leaving(Consenting):
    """Authors allow and take back, staff ask and publish, others speak: nothing is told without leave."""
