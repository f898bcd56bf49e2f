"""What must never be found together: a person, and what they said in hiding. Looks at rows, messages and logs."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.adapters.base import Parcel
from storage import tables
from storage.messages import encode
from tests.talk import Person

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Secret:
    """Something said in hiding: by whom, when they acted, and what would point at it.

    **Shape**: the microsecond of each of `moments` occurs nowhere else, so that whatever is reckoned from it shows.
    """

    person: Person
    marker: str
    message_ids: list[str] = field(default_factory=list)
    moments: list[datetime] = field(default_factory=list)
    number: int = 0
    alias: str = ""
    external_id: str = ""
    member_id: int = 0
    chat_id: int = 0
    is_named_too: bool = False  # whether they also speak by name, so that a list may hold both, a line each

    def points(self, text: str) -> bool:
        """Tell whether a text is about it."""
        return (
            self.marker in text
            or bool(self.external_id and self.external_id in text)
            or bool(self.number and re.search(rf"(?:#|feedback:){self.number}(?!\d)", text))
            or bool(self.external_id.startswith("alias:") and self.alias in text)
        )


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a dump: its table, its texts in one, what it refers to, and its moments."""

    table: str
    text: str
    refers: dict[str, set[int]]
    moments: dict[str, datetime]


def rows(path: Path) -> Iterator[Row]:
    """Yield every row of every table, as anybody with the file would read it."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
        connection.row_factory = sqlite3.Row
        for table in tables.metadata.sorted_tables:
            if table.name.startswith("webchat_"):
                continue  # the web chat is a platform of its own: what it shows is not ours to hide
            keys = {c.name: {k.column.table.name for k in c.foreign_keys} for c in table.columns}
            dates = {c.name for c in table.columns if isinstance(c.type, tables.Moment)}
            for found in connection.execute(f'SELECT * FROM "{table.name}"'):
                refers: dict[str, set[int]] = {}
                if "id" in found.keys():  # noqa: SIM118 - a Row is no dict
                    refers.setdefault(table.name, set()).add(found["id"])
                for name, others in keys.items():
                    for other in others:
                        if found[name] is not None:
                            refers.setdefault(other, set()).add(found[name])
                text = "\n".join(
                    str(value)
                    for name, value in zip(found.keys(), found, strict=True)
                    if isinstance(value, str) and name not in dates
                )
                moments = {
                    name: _EPOCH + timedelta(microseconds=found[name]) for name in dates if found[name]
                }
                yield Row(table.name, text, refers, moments)
    connection.close()


def unlike_letters(path: Path) -> list[str]:
    """Return what tells, without the key, that a letter to an alias did not arrive like any other."""
    to_aliases = (
        "SELECT d.id, d.state, d.error, d.receipt, d.attempts, d.sent_at IS NULL, count(l.mark) FROM deliveries d"
        " JOIN chats c ON c.id = d.chat_id LEFT JOIN letters l ON l.delivery_id = d.id"
        " WHERE c.external_id LIKE 'alias:%' AND d.kind = 'post' AND d.error <> 'cancelled'"
        " AND d.state NOT IN ('pending', 'sending') GROUP BY d.id"
    )
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        found = [
            f"a letter to an alias says {state} {error} {receipt} {attempts} {is_unsent} {kept}"
            for _, state, error, receipt, attempts, is_unsent, kept in connection.execute(to_aliases)
            if (state, error, receipt, attempts, is_unsent) != ("sent", "", "", 1, 0) or kept > 1
        ]
        lengths = [row[0] for row in connection.execute("SELECT DISTINCT length(covered) FROM letters")]
        searched = connection.execute(
            "SELECT t.key FROM timers t JOIN deliveries d ON t.subject = 'delivery:' || d.id"
            " JOIN chats c ON c.id = d.chat_id WHERE t.kind = 'reach' AND c.external_id LIKE 'alias:%'"
        ).fetchall()
    found += [f"{key} looks for an alias" for (key,) in searched]
    return found + ([f"letters differ in length: {lengths}"] if len(lengths) > 1 else [])


@dataclass(slots=True)
class People:
    """Our numbers of people and of their private chats."""

    members: dict[str, int] = field(default_factory=dict)
    chats: dict[str, int] = field(default_factory=dict)


def names(person: Person, text: str) -> bool:
    """Tell whether a text names a person: name, username or the platform's id."""
    return (
        person.name in text
        or bool(re.search(rf"(?<![\w]){person.username}(?![\w])", text))
        or bool(re.search(rf"(?<!\d){person.external_id}(?!\d)", text))
    )


def tells(secret: Secret, text: str) -> bool:
    """Tell whether a text names who said something in hiding beside it: in one line, or anywhere near it."""
    blocks = re.split(r"\n|\\n", text) if secret.is_named_too else [text]
    return any(secret.points(block) and names(secret.person, block) for block in blocks)


def leaks_in_rows(kept: Iterable[Row], secrets: Iterable[Secret], people: People) -> list[str]:
    """Return every row that ties somebody to what they said in hiding, or tells when they did."""
    secrets = list(secrets)
    found = []
    for row in kept:
        for secret in secrets:
            person = secret.person
            refers = (
                secret.number in row.refers.get("feedback", ())
                or secret.member_id in row.refers.get("members", ())
                or secret.chat_id in row.refers.get("chats", ())
            )
            is_theirs = people.members.get(person.external_id) in row.refers.get(
                "members", ()
            ) or people.chats.get(person.external_id) in row.refers.get("chats", ())
            about = refers or secret.points(row.text)
            if (
                tells(secret, row.text)
                or (refers and (is_theirs or names(person, row.text)))
                or (is_theirs and secret.points(row.text))
            ):
                found.append(f"{row.table} ties {person.name} to #{secret.number}: {row.text!r} {row.refers}")
            if any(number in row.text for number in secret.message_ids):
                found.append(f"{row.table} keeps the message's number: {row.text!r}")
            if about:
                found += [
                    f"{row.table}.{column} tells that #{secret.number} acted at {at}: {row.text!r}"
                    for column, at in row.moments.items()
                    if at.microsecond in {acted.microsecond for acted in secret.moments}
                ]
    return found


def leaks_in_parcels(
    parcels: Iterable[Parcel], secrets: Iterable[Secret], seers: frozenset[str]
) -> list[str]:
    """Return every message to anybody else that names who said something in hiding beside it.

    `seers` may know more: the admins who looked behind an alias together, in what only they were shown.
    """
    secrets = list(secrets)
    found = []
    for parcel in parcels:
        text = f"{encode(parcel.message)} {parcel.target} {parcel.emoji}"
        for secret in secrets:
            person = secret.person
            if parcel.chat == person.external_id:
                continue
            if any(number in text for number in secret.message_ids):
                found.append(f"{parcel.chat} sees the number of the message: {text}")
            is_shown = parcel.chat in seers and parcel.key.startswith("whisper:")
            if tells(secret, text) and not is_shown:
                found.append(f"{parcel.chat} sees who said #{secret.number}: {text}")
    return found


def leaks_in_text(text: str, secrets: Iterable[Secret]) -> list[str]:
    """Return what a log gives away: words said in hiding, names, the platform's ids."""
    return [
        f"the log tells of #{secret.number}"
        for secret in secrets
        if secret.marker in text
        or secret.person.name in text
        or any(number in text for number in secret.message_ids)
    ]


def leaks_in_export(text: str, secrets: Iterable[Secret]) -> list[str]:
    """Return every line of an export that names who said something in hiding, or holds the words or the moment."""
    return [
        f"the export tells of #{secret.number}: {line}"
        for secret in secrets
        for line in text.splitlines()
        if secret.marker in line
        or tells(secret, line)
        or any(f".{acted.microsecond:06}" in line for acted in secret.moments)
    ]


def traces_of(kept: Iterable[Row], person: Person) -> list[str]:
    """Return every row that still names somebody who was forgotten."""
    return [f"{row.table} still names {person.name}: {row.text!r}" for row in kept if names(person, row.text)]
