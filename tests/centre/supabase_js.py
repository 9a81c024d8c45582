"""@supabase/supabase-js, the library that dashboards use, reads back what the edge's own program wrote: through the gateway and
Postrust, under row security. `tools/check` runs it where both are there.
# timeout: 300
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parent.parent / "e2e")]
import _postgres as postgres  # noqa: E402
import _postrust as postrust  # noqa: E402
import _project as project  # noqa: E402
from _e2e import CHAIRSIDE, main  # noqa: E402

WORKER = CHAIRSIDE.parent / "tests" / "sync" / "sync_worker"
MODULES = postgres.DEPS / "supabase-js" / "node_modules"
ROWS = 1500


def node():
    return shutil.which("node") or shutil.which("node", path=str(postgres.DEPS / "venv" / "bin"))


def missing():
    if not postrust.program():
        return postrust.MISSING
    if not (MODULES / "@supabase" / "supabase-js").exists() or not node():
        return "supabase-js is not here; tools/setup fetches it"
    return None if WORKER.exists() else "build/tests/sync/sync_worker is not built"


class SupabaseJs(unittest.TestCase):
    def setUp(self):
        self.dir = Path(tempfile.mkdtemp(prefix="chairside-js-"))
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        cluster = postgres.Cluster()
        self.addCleanup(cluster.stop)
        cluster.start()
        cluster.create("centre", migrate=False)
        cluster.migrate_by_psql("centre")
        self.server = project.serve(cluster, rest="postrust")
        self.addCleanup(self.server.project.stop)
        self.addCleanup(self.server.shutdown)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def worker(self, *arguments):
        done = subprocess.run([WORKER, *map(str, arguments)], capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def read_back(self, days):
        script = self.dir / "read_back.mjs"
        script.write_text((Path(__file__).parent / "js" / "read_back.mjs").read_text())
        os.symlink(MODULES, self.dir / "node_modules")  # a module is looked for beside the script
        done = subprocess.run([node(), script, self.url, project.PUBLISHABLE, project.MANAGER, "manager", "TEST", *days,
                               project.DEVICE, "word"],
                              capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr[-3000:])
        return json.loads(done.stdout)

    def test_it_reads_back_what_a_device_wrote(self):
        store = self.dir / "store.db"
        self.worker("fill", store, ROWS, 1)
        self.worker("drain", store, self.url, "word", 60)
        self.server.project.sql("select private.roll_up()")
        days = [str(row) for row in self.server.project.sql("select min(business_date), max(business_date) from daily_summary")[0]]
        found = self.read_back(days)
        written = dict(line.split() for line in self.worker("list", store).splitlines())
        self.assertEqual({row["event_id"]: str(row["revision"]) for row in found["services"]}, written)
        self.assertEqual(len(found["services"]), ROWS, "no page is read twice or left out")
        by_sql = self.server.project.sql("select event_id, zone, person, dwell_s, metadata ->> 'end', state from events order by event_id")
        self.assertEqual([[row["event_id"], row["zone"], str(row["person"]), str(float(row["dwell_s"])), row["metadata"]["end"], row["state"]]
                          for row in found["services"]], by_sql)
        waits = sum(row["type"] == "WAIT" for row in found["services"])
        self.assertEqual((found["washes"], waits > 0), (waits, True))
        self.assertEqual(sum(day["haircuts"] for day in found["days"]), ROWS - waits)
        self.assertEqual(found["devices"], [{"device_id": "test-pc", "state": "never", "config_newest": 0}])
        self.assertEqual(found["one"], {"branch_code": "TEST", "name": "Test"})
        self.assertEqual(found["forbidden"], [403, "42501"])
        self.assertEqual((found["saved"], found["again"]), (1, "23505"))
        self.assertEqual(found["gaps"], [{"camera": "cam-1", "reason": "offline"}, {"camera": "cam-2", "reason": "offline"}])


if __name__ == "__main__":
    reason = postgres.missing() or missing()
    if reason:
        print(f"1..0 # SKIP {reason}")
        sys.exit(77)
    main()
