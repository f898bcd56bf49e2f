"""What the bot starts by itself: one file a ritual. `RITUALS` and `COLLECTING` are the tables of kinds."""

from collections.abc import Mapping

from rituals import checkin, digest, honours, immunity, nudge, packet, poll
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
    nudge.KIND: nudge,
    packet.KIND: packet,
    immunity.KIND: immunity,
}
"""Every kind that a `[[rituals]]` of the config may have."""

FOR_STAFF = frozenset({immunity.KIND, nudge.KIND})
"""The kinds that no group hears: neither its pause nor its fatigue budget stands in their way."""
