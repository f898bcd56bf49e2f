"""Reads `[stories]`: where the praise of members may be told, if they agree."""

from __future__ import annotations

from bot.config.tables import Table
from storage.stories import Place, StorySettings

_ASK = ("staff", "tagged")


def read_stories(root: Table) -> StorySettings:
    """Read where stories are told, and who asks for them."""
    table = root.table("stories")
    assumed = StorySettings()
    places = []
    for name in table.texts("places", tuple(str(place) for place in assumed.places)):
        if name in set(Place):
            places.append(Place(name))
        else:
            possible = ", ".join(f'"{place}"' for place in Place)
            table.wrong("places", "config.choice", found=name, possible=possible)
    settings = StorySettings(
        places=tuple(dict.fromkeys(places)) or assumed.places, channels=table.text("channels", ""),
        asks_by_itself=table.text("ask", _ASK[0], choices=_ASK) == "tagged",
    )  # fmt: skip
    table.finish()
    return settings
