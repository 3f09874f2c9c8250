"""Triggers by which the database itself refuses to edit or delete history.

The one door: a text field may be emptied, when the law wants a person's words gone.
"""

from typing import Any

EVENTS, ATTEMPTS, CHANGES = "returns_returnevent", "returns_attempt", "django_admin_log"
VERSIONS = "returns_policyversion"
# What SQLite compares one by one. Whoever adds a column makes the triggers anew in a migration.
COLUMNS: dict[str, tuple[str, ...]] = {
    EVENTS: (
        "id",
        "occurred_at",
        "kind",
        "actor_kind",
        "actor_name",
        "from_status",
        "to_status",
        "message",
        "shopper_sees",
        "return_request_id",
        "user_id",
    ),
    ATTEMPTS: ("id", "number", "ended_at", "outcome", "answer", "operation_id"),
    CHANGES: (),
    VERSIONS: (),
}
REFUSAL = "History is never changed or deleted."

POSTGRESQL_FUNCTION = f"""
CREATE OR REPLACE FUNCTION returns_history_is_kept() RETURNS trigger AS $$
DECLARE door text := TG_ARGV[0];
BEGIN
    IF TG_OP = 'UPDATE' AND door <> '' THEN
        IF to_jsonb(NEW) ->> door = '' AND to_jsonb(NEW) - door = to_jsonb(OLD) - door THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation';
END;
$$ LANGUAGE plpgsql;
"""


def keep(schema_editor: Any, table: str, door: str = "") -> None:
    """Makes the rows of `table` immutable, but for emptying the text in `door`."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL_FUNCTION)
        schema_editor.execute(
            f"CREATE TRIGGER {table}_is_kept BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION returns_history_is_kept('{door}')"
        )
        return
    for statement in sqlite_triggers(table, door):
        schema_editor.execute(statement)


def release(schema_editor: Any, table: str) -> None:
    """Takes the triggers away again, for a migration that goes back or alters the table."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_is_kept ON {table}")
        return
    for act in ("update", "delete"):
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_{act}_is_kept")


def sqlite_triggers(table: str, door: str = "") -> list[str]:
    """The two statements that SQLite needs, the second against deleting."""
    others = [name for name in COLUMNS[table] if name != door]
    same = " AND ".join(f'NEW."{name}" IS OLD."{name}"' for name in others)
    emptied = f"WHEN NOT (NEW.\"{door}\" = '' AND {same})" if door else ""
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    return [
        f"CREATE TRIGGER {table}_update_is_kept BEFORE UPDATE ON {table} {emptied} {refuse}",
        f"CREATE TRIGGER {table}_delete_is_kept BEFORE DELETE ON {table} {refuse}",
    ]
