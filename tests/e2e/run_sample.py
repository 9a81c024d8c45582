#!/usr/bin/env python3
# timeout: 900
"""The main job on the sample video: counted, stored, queued, reported; nothing else is written and nobody is called."""
import os
import sqlite3
import time
from pathlib import Path

import _e2e as e2e


class RunSample(e2e.Case):
    def test_a_file_is_counted_in_every_zone_and_the_program_ends(self):
        config = self.config(camera="    start_time: 2026-03-02T10:00:00Z")
        self.chairside("run", "--config", config, check=0)
        done = self.chairside("report", "--config", config, "--date", "2026-03-02", check=0)
        csv_files = list((self.dir / "reports").glob("*.csv"))
        self.assertEqual(len(csv_files), 1, done.stdout)
        rows = [row for row in self.rows(csv_files[0]) if row["verdict"] == "counted"]
        counts = {zone: sum(row["zone"] == zone for row in rows) for zone in ("crossing", "kerb", "lawn")}
        for zone, count in counts.items():
            self.assertGreater(count, 2, counts)
        self.assertTrue(all(row["state"] == "closed" for row in rows), "the file is over, so every stay is")
        self.assertTrue(all(float(row["dwell_s"]) >= 2.5 for row in rows))

        store = sqlite3.connect(f"file:{self.dir}/store.db?mode=ro", uri=True)
        stored = store.execute("SELECT count(*) FROM events WHERE verdict = 'counted'").fetchone()[0]
        self.assertEqual(stored, len(rows))
        revisions, events = store.execute("SELECT count(*), count(DISTINCT event) FROM outbox").fetchone()
        self.assertEqual(events, store.execute("SELECT count(*) FROM events").fetchone()[0], "each event is queued for the centre")
        self.assertGreater(revisions, 1.5 * stored, "nearly all were told twice: counted, and ended")
        self.assertEqual(store.execute("SELECT count(*) FROM sessions_open").fetchone()[0], 0)

    def test_no_picture_is_stored_and_nobody_is_called(self):
        config = self.config(camera="    realtime: true\n    loop: true")
        process = self.start(e2e.CHAIRSIDE, "run", "--config", config)
        self.wait_for("frames", lambda: self.frames_seen(config) > 20)
        sockets = []
        for fd in Path(f"/proc/{process.pid}/fd").iterdir():
            try:
                sockets.append(os.readlink(fd))
            except FileNotFoundError:  # closed since it was listed: the service opens /proc of itself now and then
                pass
        inodes = {name[8:-1] for name in sockets if name.startswith("socket:[")}
        network = []
        for table in ("tcp", "tcp6", "udp", "udp6"):
            lines = Path(f"/proc/{process.pid}/net/{table}").read_text().splitlines()[1:]
            network += [line for line in lines if line.split()[9] in inodes]
        self.assertEqual(network, [])
        written = [name for name in sockets if name.startswith(str(self.dir))]
        self.stop(process)
        for name in written + [str(path) for path in self.dir.rglob("*") if path.is_file()]:
            self.assertRegex(Path(name).name, r"^(store\.db(-wal|-shm|\.lock|\.sock)?|chairside\.log|stderr\.txt|config\.yaml)$")
        for path in self.dir.rglob("*"):
            if path.is_file():
                data = path.read_bytes()
                for magic in (b"\xff\xd8\xff", b"\x89PNG", b"RIFF", b"ftypisom", b"WEBP"):
                    self.assertNotIn(magic, data, f"{path.name} holds a picture")

    def test_a_second_service_on_the_same_store_is_refused(self):
        config = self.config(camera="    realtime: true\n    loop: true")
        process = self.start(e2e.CHAIRSIDE, "run", "--config", config)
        self.wait_for("the service", lambda: self.status(config))
        second = self.chairside("run", "--config", config)
        self.assertEqual(second.returncode, 1)
        self.assertRegex(second.stderr, "(?i)another")
        self.assertIsNotNone(self.status(config), "the first one is still there")
        self.stop(process)

    def test_several_cameras_at_once(self):
        zones = e2e.ZONES.replace("name: ", "name: again-")
        config = self.config(camera="    start_time: 2026-03-02T10:00:00Z", more=f"""
  - id: again
    source: "{e2e.VIDEO}"
    start_time: 2026-03-02T10:00:00Z
    zones:{zones}""")
        self.chairside("run", "--config", config, check=0)
        store = sqlite3.connect(f"file:{self.dir}/store.db?mode=ro", uri=True)
        counts = dict(store.execute("SELECT zone, count(*) FROM events WHERE verdict = 'counted' GROUP BY 1"))
        for zone in ("crossing", "kerb", "lawn"):
            self.assertGreater(counts[zone], 2)
            self.assertEqual(counts[zone], counts[f"again-{zone}"], "the same video gives the same counts")


class Stopping(e2e.Case):
    def setUp(self):
        super().setUp()
        self.path = self.everywhere(grace=8)

    def everywhere(self, grace):
        zones = f"""
      - {{name: all, type: WAIT, capacity: 20, dwell_time: 2, grace: {grace}, polygon: [[0, 0], [1, 0], [1, 1], [0, 1]]}}
"""
        return self.config(camera="    realtime: true\n    loop: true", zones=zones)

    def run_until_counted(self):
        process = self.start(e2e.CHAIRSIDE, "run", "--config", self.path)
        self.wait_for("a wait", lambda: (self.status(self.path) or {"summary": {"waits": 0}})["summary"]["waits"] > 0,
                      seconds=120)
        return process

    def open_events(self):
        store = sqlite3.connect(f"file:{self.dir}/store.db?mode=ro", uri=True)
        return {row[0] for row in store.execute("SELECT hex(id) FROM events WHERE state = 'open'")}

    def states(self, ids):
        store = sqlite3.connect(f"file:{self.dir}/store.db?mode=ro", uri=True)
        return {i: store.execute("SELECT state FROM events WHERE hex(id) = ?", (i,)).fetchone()[0] for i in ids}

    def test_status_has_its_members_and_sigterm_ends_it_within_5_s(self):
        process = self.run_until_counted()
        status = self.status(self.path)
        self.assertTrue(status["running"])
        self.assertEqual((status["branch"], status["device"]), ("TEST", "test-pc"))
        self.assertEqual(set(status["summary"]), {"active_people", "haircuts", "washes", "waits"})
        self.assertGreater(status["events_queued"], 0)
        camera = status["cameras"][0]
        self.assertEqual((camera["id"], camera["state"]), ("street", "ok"))
        # Of 10 frames a second; a busy machine analyses fewer, and never more.
        self.assertLess(0, camera["fps"])
        self.assertLess(camera["fps"], 13)
        self.assertLess(camera["last_frame_age_s"], 5)
        self.stop(process)
        gone = self.chairside("status", "--config", self.path)
        self.assertEqual(gone.returncode, 4)

    def test_after_a_kill_within_the_grace_the_sessions_go_on(self):
        self.path = self.everywhere(grace=300)  # however long a busy machine takes to start again
        process = self.run_until_counted()
        process.kill()
        process.wait()
        before = self.open_events()
        self.assertTrue(before)
        process = self.start(e2e.CHAIRSIDE, "run", "--config", self.path)
        self.wait_for("frames", lambda: self.frames_seen(self.path) > 5)
        self.assertEqual(set(self.states(before).values()), {"open"})
        self.stop(process)

    def test_after_a_kill_and_a_long_pause_the_sessions_are_closed_at_the_last_time_seen(self):
        self.path = self.everywhere(grace=3)
        process = self.run_until_counted()
        time.sleep(1.5)  # one tick of the last-seen times
        self.wait_for("somebody who stays", self.open_events)
        process.kill()
        process.wait()
        killed = time.time()
        before = self.open_events()
        self.assertTrue(before)
        time.sleep(4)  # longer than the grace
        process = self.start(e2e.CHAIRSIDE, "run", "--config", self.path)
        # It answers before it has taken up what the last run left; nobody on the video can go on with these.
        self.wait_for("their end", lambda: set(self.states(before).values()) == {"closed"})
        store = sqlite3.connect(f"file:{self.dir}/store.db?mode=ro", uri=True)
        ends = [store.execute("SELECT end_us / 1e6 FROM events WHERE hex(id) = ?", (event,)).fetchone()[0] for event in before]
        self.assertTrue(all(killed - 30 < end < killed + 1 for end in ends), "ended when last seen, not when the service came back")
        self.stop(process)


if __name__ == "__main__":
    e2e.need_video()
    e2e.main()
