"""Backing the companion app up and restoring it."""

import os
from pathlib import Path
import random
import time

import pytest

from demo.app import App, AppError
from demo.supervisor import Supervisor
from tests.addon.apps import MakeApp, needs_root
from tests.addon.load import Load

HOUR = 3600
# Restoring this takes three seconds wherever there is no role "quick": roles are not in a dump.
SLOW = """
CREATE ROLE quick;
CREATE FUNCTION public.slow(n int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'quick') THEN
        PERFORM pg_catalog.pg_sleep(3);
    END IF;
    RETURN n;
END $$;
CREATE TABLE slow_table AS SELECT 7 AS n;
CREATE INDEX ON slow_table (public.slow(n));
"""


def count(app: App, table: str) -> int:
    """Return the number of rows."""
    return int(app.execute(f"SELECT count(*) FROM {table}"))


async def test_backup_under_load(app: App, make_app: MakeApp) -> None:
    app.start()
    load = Load(app)
    await load.start()
    await load.reach(50)
    before = set(load.acknowledged)
    backup = app.home / "backup"
    app.save_backup(backup)
    await load.reach(50)
    await load.stop()
    assert {path.name for path in backup.iterdir()} == {
        "backup",
        "custom.conf",
        "instance_id",
        "options.json",
        "secret",
    }
    other = make_app()
    other.restore_backup(backup)
    other.start()
    assert before <= load.stored(other) <= load.stored(app)


def test_restore_is_the_same_app(
    app: App, make_app: MakeApp, supervisor: Supervisor
) -> None:
    app.start()
    first = supervisor.wait_for(1)["config"]
    app.execute(
        "CREATE SCHEMA ai_memory; SET search_path = ai_memory, public;"
        "CREATE TABLE vectors (id int PRIMARY KEY, v halfvec(3));"
        "INSERT INTO vectors SELECT n, ARRAY[n, 1, 2]::halfvec FROM generate_series(1, 50) n;"
        "CREATE INDEX nearest ON vectors USING hnsw (v halfvec_cosine_ops);"
        "ALTER TABLE vectors ENABLE ROW LEVEL SECURITY;"
        "ALTER TABLE vectors FORCE ROW LEVEL SECURITY;"
        "CREATE POLICY mine ON vectors USING (id <= 10);",
        superuser=False,
    )
    backup = app.home / "backup"
    app.save_backup(backup)
    app.stop()
    other = make_app(supervisor=supervisor)
    other.restore_backup(backup)
    other.start()
    second = supervisor.wait_for(2)["config"]
    assert second == first | {"port": other.port}
    state = (
        "SELECT (SELECT count(*) FROM ai_memory.vectors), tableowner, rowsecurity,"
        " (SELECT indisvalid FROM pg_index WHERE indexrelid = 'ai_memory.nearest'::regclass)"
        " FROM pg_tables WHERE tablename = 'vectors'"
    )
    # The policy binds the role, even though it owns the table, and not the superuser.
    assert other.execute(state) == "50|ai_memory|t|t"
    assert other.execute(state, superuser=False) == "10|ai_memory|t|t"
    assert (
        other.execute(
            "SET enable_seqscan = off;"
            "SELECT id FROM ai_memory.vectors ORDER BY v <=> '[1,1,2]' LIMIT 1"
        )
        == "1"
    )
    assert other.execute("SHOW data_checksums") == "on"
    # Nothing of the restore stays behind, and the dump is kept.
    assert not (other.data / "pgdata.new").exists()
    assert other.dump.read_bytes() == (backup / "backup/ai_memory.dump").read_bytes()


def test_restored_data_are_not_restored_again(app: App) -> None:
    app.start()
    app.execute("CREATE TABLE kept (n int)", superuser=False)
    backup = app.home / "backup"
    app.save_backup(backup)
    app.stop()
    app.restore_backup(backup)
    app.start()
    app.execute("INSERT INTO kept VALUES (1)")
    app.stop()
    app.start()
    assert count(app, "kept") == 1


def test_restore_of_files_that_belong_to_root(make_app: MakeApp, seed: Path) -> None:
    needs_root()
    app = make_app(seed, as_root=True)
    app.start()
    app.execute("CREATE TABLE kept AS SELECT 7 AS n", superuser=False)
    backup = app.home / "backup"
    app.save_backup(backup)
    app.stop()
    app.restore_backup(backup)
    assert {path.stat().st_uid for path in app.data.rglob("*")} == {0}
    app.start()
    assert app.execute("SELECT n FROM kept", superuser=False) == "7"
    owner, _group = app.owner
    assert owner != 0
    pgdata = (app.data / "pgdata").rglob("*")
    assert {path.lstat().st_uid for path in pgdata if path.exists()} == {owner}
    processes = {Path(f"/proc/{pid}").stat().st_uid for pid in app.processes()}
    assert processes == {owner}
    assert app.healthy()
    assert app.stop() == 0
    # All of it, the data directory included, as after a copy of the whole folder.
    for path in (app.data, *app.data.rglob("*")):
        os.chown(path, 0, 0)
    app.start()
    assert app.execute("SELECT n FROM kept") == "7"


def test_damaged_dump_is_never_replaced_by_nothing(app: App) -> None:
    app.start()
    app.execute(
        "CREATE TABLE kept AS SELECT n, md5(n::text) FROM generate_series(1, 20000) n"
    )
    backup = app.home / "backup"
    app.save_backup(backup)
    app.stop()
    app.restore_backup(backup)
    whole = app.dump.read_bytes()
    middle = len(whole) // 2
    flipped = bytes(byte ^ 0xFF for byte in whole[middle : middle + 64])
    for broken in (
        whole[:middle],
        whole[:middle],  # nor at the second try
        whole[:middle] + flipped + whole[middle + 64 :],
        random.Random(1).randbytes(5000),
        b"",
    ):
        app.dump.write_bytes(broken)
        code, log = app.run()
        assert code == 65, log
        assert "could not be restored" in log
        assert "Restore another backup" in log
        assert not (app.data / "pgdata").exists()
        assert not (app.data / "pgdata.new").exists()
        assert app.dump.read_bytes() == broken
    app.dump.write_bytes(whole)
    app.start()
    assert count(app, "kept") == 20000


def test_broken_off_restore_begins_anew(app: App) -> None:
    app.start()
    app.execute(SLOW)
    backup = app.home / "backup"
    app.save_backup(backup)
    app.stop()
    app.restore_backup(backup)
    for end in (app.kill, app.stop):
        began = app.log.stat().st_size
        app._process = app.spawn()
        while "Restoring the dump" not in app.logged(began):
            time.sleep(0.02)
        assert not app.healthy()
        assert not (app.data / "pgdata").exists()
        assert end() in {None, 0}
        assert not (app.data / "pgdata").exists()
    assert not (app.data / "pgdata.new").exists()
    app.start()
    assert count(app, "slow_table") == 1


def test_backup_needs_a_server(app: App) -> None:
    before = app.dump.read_bytes()
    done = app.backup_pre()
    assert done.returncode == 69
    assert "the database is not ready" in done.stderr
    assert "the database is not ready" in app.logged()
    assert app.dump.read_bytes() == before


def test_backup_without_room(app: App) -> None:
    app.start()
    before = app.dump.read_bytes()
    app.environment["RESERVE_MB"] = "999999999"
    done = app.backup_pre()
    assert done.returncode == 73
    assert "No room for a dump" in app.logged()
    assert app.dump.read_bytes() == before
    assert list(app.dump.parent.iterdir()) == [app.dump]


def test_failed_dump_leaves_the_last_one(app: App) -> None:
    app.start()
    before = app.dump.read_bytes()
    # A row that cannot be read, as on a broken disk.
    app.execute(
        "CREATE TABLE broken (n int); INSERT INTO broken VALUES (1); CHECKPOINT;"
    )
    path = app.execute("SELECT pg_relation_filepath('broken')")
    app.stop()
    before = app.dump.read_bytes()
    with (app.data / "pgdata" / path).open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * 100)
    app.start()
    done = app.backup_pre()
    assert done.returncode == 1
    assert "The dump failed" in app.logged()
    with pytest.raises(AppError, match="backup-pre"):
        app.save_backup(app.home / "backup")
    assert app.dump.read_bytes() == before
    assert list(app.dump.parent.iterdir()) == [app.dump]


def test_stop_writes_a_dump_when_the_last_is_old(app: App) -> None:
    app.start()
    app.execute("CREATE TABLE one (n int)")
    fresh = app.dump.read_bytes()
    app.stop()
    assert app.dump.read_bytes() == fresh
    old = time.time() - 2 * HOUR
    os.utime(app.dump, (old, old))
    app.start()
    app.stop()
    assert app.dump.stat().st_mtime > old + HOUR
    # A backup of an app that is stopped holds it.
    backup = app.home / "backup"
    app.save_backup(backup)
    app.restore_backup(backup)
    app.start()
    assert count(app, "one") == 0


def test_lost_data_are_told(app: App) -> None:
    app.dump.unlink()
    (app.data / "pgdata").rename(app.home / "lost")
    app.start()
    assert "it starts empty" in app.logged()


def test_backup_post_keeps_the_dump(app: App) -> None:
    before = app.dump.read_bytes()
    assert app.backup_post().returncode == 0
    assert app.dump.read_bytes() == before
    app.dump.unlink()
    assert app.backup_post().returncode == 65
