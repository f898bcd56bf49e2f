"""What the bot starts by itself: one file a ritual. `RITUALS` and `COLLECTING` are the tables of kinds."""

from collections.abc import Mapping

from rituals import checkin, digest, honours, packet, poll
from rituals.base import CollectingRitual, Ritual

COLLECTING: Mapping[str, CollectingRitual] = {
    checkin.KIND: checkin,
    poll.KIND: poll,
}
"""The kinds that collect answers until their window ends."""

RITUALS: Mapping[str, Ritual] = {
    **COLLECTING,
    digest.KIND: digest,
    honours.KIND: honours,
    packet.KIND: packet,
}
"""Every kind that a `[[rituals]]` of the config may have."""
