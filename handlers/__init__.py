"""What people say to the bot: one file an intent, one folder a speaker.

`HANDLERS` is the routing table, in order: the first match wins. Menus, help and the README's command
table are built from it. Whatever takes words that are no command stands at its end.
"""

from __future__ import annotations

from handlers.admins import ADMINS, setup
from handlers.base import Handler
from handlers.departments import DEPARTMENTS
from handlers.kos import KOS
from handlers.members import (
    anonymous,
    answer,
    calling,
    checkin,
    circled,
    city,
    confirm,
    discovery,
    edit,
    facet,
    feedback,
    follow,
    forget,
    me,
    mine,
    mycase,
    mydata,
    mystory,
    named,
    overheard,
    poll,
    private,
    report,
    resonate,
    revoke,
    same,
    snooze,
    start,
    talk,
    thanks,
    trial,
    unknown,
    verify,
    whose,
    withdraw,
)
from handlers.members import (
    help as helping,
)
from handlers.members.first_voice import first_voice
from handlers.members.reached import reached

HANDLERS: tuple[Handler, ...] = (
    private,  # what is said in hiding must never be taken for anything else
    answer,
    setup,
    anonymous,
    *DEPARTMENTS,
    *KOS,
    *ADMINS,
    talk,
    mycase,
    start,
    forget,
    mydata,
    mystory,
    revoke,
    mine,
    me,
    follow,
    withdraw,
    snooze,
    city,
    helping,
    poll,
    named,
    trial,
    circled,
    edit,
    # What stands below needs no command.
    report,
    facet,
    same,
    resonate,
    discovery,
    feedback,
    verify,
    thanks,
    checkin,
    whose,
    calling,
    unknown,
    confirm,
    overheard,
)

FIRST_VOICE = first_voice
REACHED = reached
