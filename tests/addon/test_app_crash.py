"""Power cuts, a full disk and a small /dev/shm."""

from collections.abc import Iterator
from contextlib import suppress
import os
from pathlib import Path
import subprocess
import tempfile

import pytest

from demo.app import App, AppError
from demo.postgres import OPEN_FOLDER
from tests.addon.apps import MakeApp, needs_root
from tests.addon.load import Load


async def test_kill_under_load_loses_nothing(app: App) -> None:
    app.start()
    load = Load(app)
    for _ in range(3):
        await load.start()
        await load.reach(100)
        app.kill()
        await load.stop()
        began = app.log.stat().st_size
        app.start()
        assert "automatic recovery in progress" in app.logged(began)
        # What was not acknowledged may be there, in both tables or in none.
        assert load.acknowledged <= load.stored(app)


def mount(*arguments: str | Path) -> None:
    """Mount, or skip where that is forbidden."""
    done = subprocess.run(
        ["mount", *arguments], capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip(f"no mounting here: {done.stderr.strip()}")


@pytest.fixture
def small_disk(make_app: MakeApp, seed: Path) -> Iterator[App]:
    """Give a stopped app whose data are alone on a disk of 200 MB."""
    needs_root()
    app = make_app(environment={"LOW_DISK_MB": "16", "RESERVE_MB": "40"})
    uid, gid = app.owner
    mount("-t", "tmpfs", "-o", f"size=200m,uid={uid},gid={gid}", "none", app.data)
    try:
        subprocess.run(["cp", "-a", f"{seed}/.", app.data], check=True)
        (app.data / "reserve").unlink()
        yield app
    finally:
        app.kill()
        subprocess.run(["umount", app.data], check=True)


def test_full_disk(small_disk: App) -> None:
    app = small_disk
    app.start()
    app.execute("CREATE TABLE kept AS SELECT n FROM generate_series(1, 1000) n")
    app.execute("CREATE TABLE filler (t text)")
    fill = (
        "INSERT INTO filler SELECT repeat(md5(n::text), 50)"
        " FROM generate_series(1, 20000) n"
    )
    # PostgreSQL may even give up: then the app ends, and Docker would start it again.
    with suppress(AppError):
        while True:
            app.execute(fill)
    dump = app.dump.read_bytes()
    assert app.backup_pre().returncode != 0
    assert app.dump.read_bytes() == dump
    app.kill()
    with suppress(OSError), (app.data / "else").open("wb") as other:
        while other.write(bytes(1 << 16)):
            other.flush()
    began = app.log.stat().st_size
    app.start()
    log = app.logged(began)
    assert "The disk is nearly full" in log
    assert "read-only" in log
    assert app.execute("SELECT count(*) FROM kept") == "1000"
    with pytest.raises(AppError, match="read-only transaction"):
        app.execute("INSERT INTO kept VALUES (1)")
    assert app.healthy()
    assert app.stop() == 0
    (app.data / "else").unlink()
    app.start()
    app.execute("SET default_transaction_read_only = off; DROP TABLE filler")
    app.stop()
    app.start()
    app.execute("INSERT INTO kept VALUES (1)")
    assert app.execute("SELECT count(*) FROM kept") == "1001"
    assert (app.data / "reserve").stat().st_size == 40 << 20


def test_small_shared_memory(make_app: MakeApp, seed: Path) -> None:
    needs_root()
    with tempfile.TemporaryDirectory(dir=OPEN_FOLDER) as parent:
        Path(parent).chmod(0o755)
        small = 'mount -t tmpfs -o size=64m none /dev/shm && exec "$@"'
        app = make_app(seed, parent=Path(parent), as_root=True)
        app.inside = ("unshare", "--mount", "bash", "-c", small, "small")
        app.environment["MEMINFO"] = str(app.home / "meminfo")
        (app.home / "meminfo").write_text("MemTotal: 8000000 kB\n")
        if subprocess.run([*app.inside, "true"], check=False).returncode:
            pytest.skip("no mount name spaces here")
        app.start()
        assert app.pid
        app.inside = ("nsenter", "--target", str(app.pid), "--mount")
        assert "/dev/shm has 64 MB only" in app.logged()
        assert app.execute("SHOW max_parallel_maintenance_workers") == "0"
        app.execute(
            "CREATE TABLE vectors (v vector(16));"
            "INSERT INTO vectors SELECT ARRAY(SELECT random() FROM generate_series(1, 16)"
            " WHERE n > 0)::vector FROM generate_series(1, 3000) n;"
            "ALTER TABLE vectors SET (parallel_workers = 2);"
        )
        index = "CREATE INDEX ON vectors USING hnsw (v vector_l2_ops);"
        app.execute(index)
        # Without our care it would have failed.
        with pytest.raises(AppError, match="No space left on device"):
            app.execute(
                "SET max_parallel_maintenance_workers = 2;"
                "SET max_parallel_workers = 2;"
                "SET min_parallel_table_scan_size = 0;" + index
            )
        assert app.stop() == 0


def test_large_shared_memory_is_used(app: App) -> None:
    (app.home / "meminfo").write_text("MemTotal: 8000000 kB\n")
    app.environment["MEMINFO"] = str(app.home / "meminfo")
    if os.statvfs("/dev/shm").f_bavail * os.statvfs("/dev/shm").f_frsize < 256 << 20:
        pytest.skip("this machine's /dev/shm is small")
    app.start()
    assert app.execute("SHOW max_parallel_maintenance_workers") == "2"
