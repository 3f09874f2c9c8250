"""A backup is one tar file: the database as its own tool writes it, and the folder of photos."""

import os
import sqlite3
import subprocess
import tarfile
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.db import connection

POSTGRES_PART = "database.pgdump"
SQLITE_PART = "database.sqlite3"
PHOTOS_PART = "photos"


class BackupFailed(Exception):
    """Nothing was written or restored in full; `str(error)` says why."""


def write_backup(target: Path) -> None:
    """Writes `target` anew, whole or not at all; the portal may be running meanwhile.

    The photos are read after the database, so that no row names one that is missing; rows of
    photos deleted in between are harmless. Raises BackupFailed.
    """
    beside = target.with_suffix(target.suffix + ".part")
    with TemporaryDirectory() as folder:
        part = _dump(Path(folder))
        # It holds everything about everybody: for its owner's eyes alone.
        with os.fdopen(os.open(beside, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as out:
            with tarfile.open(fileobj=out, mode="w") as archive:
                archive.add(part, arcname=part.name)
                if settings.PHOTO_ROOT.exists():
                    archive.add(settings.PHOTO_ROOT, arcname=PHOTOS_PART)
            out.flush()
            os.fsync(out.fileno())
    beside.replace(target)


def restore_backup(source: Path) -> None:
    """Puts the database and the photos back as they were; what is there now is replaced.

    The portal must stand still meanwhile. Raises BackupFailed when the file is not a backup of
    this kind of database, and then changes nothing.
    """
    with TemporaryDirectory() as folder:
        try:
            with tarfile.open(source) as archive:
                archive.extractall(folder, filter="data")
        except (OSError, tarfile.TarError) as error:
            raise BackupFailed(f"{source} cannot be read as a backup: {error}") from error
        parts = Path(folder)
        _load(parts)
        _put_photos_back(parts / PHOTOS_PART)


def is_postgresql() -> bool:
    return connection.vendor == "postgresql"


def _dump(folder: Path) -> Path:
    if is_postgresql():
        part = folder / POSTGRES_PART
        _run("pg_dump", "--format=custom", "--no-owner", f"--file={part}")
        return part
    part = folder / SQLITE_PART
    connection.ensure_connection()
    with closing(sqlite3.connect(part)) as copy:
        connection.connection.backup(copy)
    return part


def _load(parts: Path) -> None:
    part = parts / (POSTGRES_PART if is_postgresql() else SQLITE_PART)
    if not part.exists():
        raise BackupFailed(f"The backup holds no {part.name}: it is of another kind of database.")
    if is_postgresql():
        connection.close()
        options = (
            "--clean",
            "--if-exists",
            "--no-owner",
            "--single-transaction",
            "--exit-on-error",
        )
        _run("pg_restore", *options, f"--dbname={connection.settings_dict['NAME']}", str(part))
        return
    connection.ensure_connection()
    with closing(sqlite3.connect(part)) as copy:
        copy.backup(connection.connection)


def _put_photos_back(photos: Path) -> None:
    """Copies the photos over those that are there: a photo's name is never used twice."""
    for kept in sorted(photos.rglob("*")):
        target = settings.PHOTO_ROOT / kept.relative_to(photos)
        if kept.is_dir():
            target.mkdir(mode=0o700, parents=True, exist_ok=True)
            continue
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        target.write_bytes(kept.read_bytes())
        target.chmod(0o600)


def _run(*command: str) -> None:
    """Runs one of PostgreSQL's tools; the password goes by environment, where nobody lists it."""
    try:
        done = subprocess.run(  # noqa: S603 - a fixed command, no shell
            command,
            env={**os.environ, **_pg_environ()},
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise BackupFailed(f"{command[0]} is needed: install PostgreSQL's client tools.") from error
    if done.returncode:
        raise BackupFailed(f"{command[0]}: {done.stderr.strip()}")


def _pg_environ() -> Mapping[str, str]:
    database: dict[str, Any] = connection.settings_dict
    known = {
        "PGHOST": database["HOST"],
        "PGPORT": database["PORT"],
        "PGUSER": database["USER"],
        "PGPASSWORD": database["PASSWORD"],
        "PGDATABASE": database["NAME"],
    }
    return {name: str(value) for name, value in known.items() if value}
