"""What became of a promise to an alias is told by no row in clear.

What waited for somebody looks like what arrived. What the key is needed for, the next start does (bot/covering.py):
until then a letter's row says "plain:…", and an alias has no mark.
"""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_QUARTER = 900_000_000  # microseconds
_MARKED = sa.text("mark <> ''")

_FATES = {"sent": "sent:", "waiting": "waits", "dead": "lost"}
_TO_ALIASES = """
    SELECT d.id, d.state, d.due_at, c.external_id FROM deliveries d JOIN chats c ON c.id = d.chat_id
    WHERE c.external_id LIKE 'alias:%' AND d.kind = 'post'
    AND (d.state IN ('sent', 'waiting') OR d.state = 'dead' AND d.error = 'UnreachableError') ORDER BY d.id
"""


def upgrade() -> None:
    op.add_column("veils", sa.Column("mark", sa.Text, server_default="", nullable=False))
    op.create_index(
        "uq_veils_mark", "veils", ["mark"], unique=True, sqlite_where=_MARKED, postgresql_where=_MARKED
    )
    with op.batch_alter_table("letters") as table:
        table.add_column(sa.Column("delivery_id", _ID, nullable=True))
        table.add_column(sa.Column("covered", sa.Text, server_default="", nullable=False))
        table.create_foreign_key(op.f("fk_letters_delivery_id"), "deliveries", ["delivery_id"], ["id"])
    op.create_index("ix_letters_delivery_id", "letters", ["delivery_id"])
    _carry_over(op.get_bind())


def _carry_over(connection: sa.Connection) -> None:
    """Give every promise to an alias that was carried out a row, and let those that wait look like the others."""
    aliases = dict(
        connection.execute(
            sa.text("SELECT external_id, id FROM members WHERE external_id LIKE 'alias:%'")
        ).all()
    )
    known: dict[int, list[str]] = {}
    for mark, member_id in connection.execute(sa.text("SELECT mark, member_id FROM letters")).all():
        known.setdefault(member_id, []).append(mark)
    for row in connection.execute(sa.text(_TO_ALIASES)).mappings().all():
        member_id = aliases.get(row["external_id"])
        if member_id is None:
            continue
        arrived = row["state"] == "sent"
        marks = known.get(member_id, [])
        values = {
            "mark": marks.pop(0) if marks and arrived else secrets.token_hex(32),
            "member": member_id, "delivery": row["id"], "covered": f"plain:{_FATES[row['state']]}",
        }  # fmt: skip
        connection.execute(
            sa.text(
                "INSERT INTO letters (mark, member_id, delivery_id, covered)"
                " VALUES (:mark, :member, :delivery, :covered) ON CONFLICT (mark) DO UPDATE"
                " SET delivery_id = excluded.delivery_id, covered = excluded.covered"
            ),
            values,
        )
        if not arrived:
            _settle(connection, row["id"], -(-row["due_at"] // _QUARTER) * _QUARTER)
        connection.execute(
            sa.text("UPDATE deliveries SET attempts = 1, retry_at = NULL WHERE id = :id"), {"id": row["id"]}
        )
        _drop_ladder(connection, row["id"])
    # What is of letters that are gone says nothing any more, but would look unlike the others.
    for marks in known.values():
        for mark in marks:
            connection.execute(
                sa.text("UPDATE letters SET covered = 'plain:sent:' WHERE mark = :mark"), {"mark": mark}
            )


def _settle(connection: sa.Connection, delivery_id: int, at: int) -> None:
    connection.execute(
        sa.text("UPDATE deliveries SET state = 'sent', error = '', sent_at = :at WHERE id = :id"),
        {"id": delivery_id, "at": at},
    )


def _drop_ladder(connection: sa.Connection, delivery_id: int) -> None:
    """Drop what tells that somebody was looked for: the timers of the ladder, and what calls said whom it was about."""
    about = {"subject": f"delivery:{delivery_id}"}
    connection.execute(sa.text("DELETE FROM timers WHERE kind = 'reach' AND subject = :subject"), about)
    connection.execute(sa.text("UPDATE deliveries SET subject = '' WHERE subject = :subject"), about)
