"""The edge's tests of sending (tests/e2e/sync.py, sync_kill.py) against PostgreSQL with our migrations, behind Postrust and the gateway:
kill -9 under faults, bad rows, the connection test, the whole service. `tools/check` runs it where Postrust is built.
# timeout: 1800

CENTRE_KILLS=N rounds of the kill test (50 if not).
"""
import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "e2e")]
import _postgres as postgres  # noqa: E402
import _postrust as postrust  # noqa: E402

if __name__ == "__main__":
    reason = postgres.missing() or (None if postrust.program() else postrust.MISSING)
    if reason:
        print(f"1..0 # SKIP {reason}")
        sys.exit(77)
    os.environ.update(SYNC_PROJECT=str(HERE / "_project.py"), SYNC_KILLS=os.environ.get("CENTRE_KILLS", "50"))
    import _e2e
    import sync
    import sync_kill
    Sync, Service, Kill = sync.Sync, sync.Service, sync_kill.Kill
    _e2e.main()
