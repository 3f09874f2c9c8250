"""Backup and restore: one file that brings everything back, on both databases."""

import stat
import tarfile
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from returns_portal.returns.models import ReturnRequest
from tests.returns.factories import ReturnRequestFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def photo() -> Path:
    path = settings.PHOTO_ROOT / "ab" / "abcd.jpg"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"pixels")
    return path


class TestBackupAndRestore:
    def test_bring_back_rows_and_photos(self, tmp_path: Path, photo: Path) -> None:
        kept = ReturnRequestFactory()
        call_command("backup", tmp_path / "b.tar")
        photo.unlink()
        ReturnRequest.objects.update(order_name="spoiled")
        ReturnRequestFactory()
        call_command("restore", tmp_path / "b.tar", replace=True)
        assert [row.order_name for row in ReturnRequest.objects.all()] == [kept.order_name]
        assert photo.read_bytes() == b"pixels"

    def test_write_a_file_for_its_owner_alone(self, tmp_path: Path) -> None:
        call_command("backup", tmp_path / "b.tar")
        assert stat.S_IMODE((tmp_path / "b.tar").stat().st_mode) == 0o600

    def test_leave_the_last_backup_when_the_next_one_fails(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        target = tmp_path / "b.tar"
        target.write_bytes(b"the last one")
        monkeypatch.setattr(tarfile, "open", _refuse)
        with pytest.raises(CommandError, match="No backup was written"):
            call_command("backup", target)
        assert target.read_bytes() == b"the last one"

    def test_ask_before_anything_is_replaced(self, tmp_path: Path) -> None:
        call_command("backup", tmp_path / "b.tar")
        ReturnRequestFactory()
        with pytest.raises(CommandError, match="--replace"):
            call_command("restore", tmp_path / "b.tar")
        assert ReturnRequest.objects.count() == 1

    @pytest.mark.parametrize("content", [b"", b"not a tar"])
    def test_refuse_what_is_no_backup(self, tmp_path: Path, content: bytes) -> None:
        ReturnRequestFactory()
        (tmp_path / "b.tar").write_bytes(content)
        with pytest.raises(CommandError, match="Nothing was restored"):
            call_command("restore", tmp_path / "b.tar", replace=True)
        assert ReturnRequest.objects.count() == 1

    def test_refuse_a_backup_of_the_other_kind_of_database(self, tmp_path: Path) -> None:
        other = "database.sqlite3" if connection.vendor == "postgresql" else "database.pgdump"
        (tmp_path / other).write_bytes(b"")
        with tarfile.open(tmp_path / "b.tar", "w") as archive:
            archive.add(tmp_path / other, arcname=other)
        with pytest.raises(CommandError, match="another kind of database"):
            call_command("restore", tmp_path / "b.tar", replace=True)


def _refuse(*args: object, **kwargs: object) -> None:
    raise OSError("No space left on device")
