#!/usr/bin/env python3
# timeout: 1200
"""Sending to a project, over real HTTP: each event once and in its last revision, under faults and kill -9; the command
line in words; no secret in any output."""
import json
import os
import random
import socket
import subprocess
import time
import urllib.request

import _e2e as e2e

WORKER = e2e.CHAIRSIDE.parent / "tests" / "sync" / "sync_worker"
# SYNC_PROJECT=tests/centre/_project.py: the same tests against PostgreSQL with our migrations.
STUB = os.environ.get("SYNC_PROJECT", e2e.ROOT / "tests" / "support" / "supabase_stub.py")
KILLS = int(os.environ.get("SYNC_KILLS", "20"))
PASSWORD = "word-that-nobody-may-see"
SECRETS = (PASSWORD, "sb_publishable_stub", "eyJhbGci", "stub-refresh")


class Stub:
    """The project, and what is asked of it."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen(["/usr/bin/python3", STUB, *map(str, arguments)], stdout=subprocess.PIPE, text=True)
        self.url = f"http://127.0.0.1:{int(self.process.stdout.readline())}"
        self.set(password=PASSWORD)

    def get(self, what):
        with urllib.request.urlopen(f"{self.url}/_/{what}", timeout=30) as answer:
            return json.load(answer)

    def set(self, **values):
        request = urllib.request.Request(f"{self.url}/_/set", json.dumps(values).encode(), method="POST")
        urllib.request.urlopen(request, timeout=30).close()

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()


class Sync(e2e.Case):
    def setUp(self):
        super().setUp()
        if not WORKER.exists():
            self.skipTest("build/tests/sync/sync_worker is not built")
        self.store = self.dir / "store.db"
        self.said = ""

    def tearDown(self):
        for secret in SECRETS:
            self.assertNotIn(secret, self.said)
        super().tearDown()

    def stub(self, *arguments):
        stub = Stub(*arguments)
        self.addCleanup(stub.stop)
        return stub

    def worker(self, *arguments, timeout=120):
        done = subprocess.run([WORKER, *map(str, arguments)], capture_output=True, text=True, timeout=timeout)
        self.said += done.stderr
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def sync(self, *arguments, url, password=PASSWORD, code=None, timeout=60):
        """chairside sync …, with the project at url."""
        path = self.config(source="rtsp://127.0.0.1/none")
        text = path.read_text().replace("supabase: {branch_code: TEST}", f"""supabase:
  branch_code: TEST
  url: {url}
  key: sb_publishable_stub
  email: pc@devices.example
  password: {password}""").replace("level: info", "level: debug")
        path.write_text(text)
        done = self.chairside("sync", *arguments, "--config", path, timeout=timeout)
        self.said += done.stdout + done.stderr
        if code is not None:
            self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def events_of_store(self):
        return {line.split()[0]: int(line.split()[1]) for line in self.worker("list", self.store).splitlines()}

    def test_kill_9_at_any_moment_under_faults_loses_and_doubles_nothing(self):
        stub = self.stub("--faults", 0.25, "--seed", 7, "--token-life", 5)
        chance = random.Random(7)
        committed = {}
        for turn in range(KILLS):
            worker = subprocess.Popen([WORKER, "work", self.store, stub.url, PASSWORD, str(turn * 100000)],
                                      stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            # At a random moment after a random number of confirmed writes, however slow the machine is.
            lines = [worker.stdout.readline() for _ in range(chance.randrange(1, 120))]
            time.sleep(chance.uniform(0, 0.05))
            worker.kill()
            out, err = worker.communicate()
            self.said += err
            for line in lines + out.splitlines():
                line = line.strip()
                if line.endswith(("1", "2", "3")) and len(line.split()) == 2:
                    event, revision = line.split()
                    committed[event] = max(committed.get(event, 0), int(revision))
        stub.set(faults=0)
        self.worker("drain", self.store, stub.url, PASSWORD, 60)
        stored, there = self.events_of_store(), stub.get("events")
        self.assertEqual(there, stored, "what is stored is at the server, in its last revision")
        for event, revision in committed.items():
            self.assertGreaterEqual(there[event], revision, "what was confirmed is not lost")
        seen = stub.get("seen")
        self.assertGreater(len(there), KILLS)
        self.assertGreater(seen["faults"], 0)
        print(f"  # {KILLS} kills, {len(there)} events, {seen['requests']} requests, {seen['faults']} faults")

    def test_a_queue_drains_in_batches_and_a_bad_row_blocks_nobody(self):
        stub = self.stub()
        self.worker("fill", self.store, 2000, 1)
        bad = sorted(self.events_of_store())[1234]
        stub.set(bad=[bad])
        done = self.sync("now", url=stub.url, code=0)
        self.assertIn("sent 1999, waiting 0, dead 1", done.stdout)
        self.assertEqual(len(stub.get("events")), 1999)
        self.assertGreater(stub.get("seen")["largest"], 200)

        listed = self.sync("dead", "list", url=stub.url, code=0).stdout
        for words in (bad, "HTTP 400 23514", "check constraint", "1 dead letters"):
            self.assertIn(words, listed)
        self.sync("dead", "export", "--out", self.dir / "dead.jsonl", url=stub.url, code=0)
        letter = json.loads((self.dir / "dead.jsonl").read_text())
        self.assertEqual((letter["event_id"], letter["http"], letter["sqlstate"]), (bad, 400, "23514"))
        self.assertEqual(letter["body"]["event_id"], bad)
        stub.set(bad=[])
        self.sync("dead", "retry", url=stub.url, code=0)
        self.assertIn("waiting   1", self.sync("status", url=stub.url, code=4).stdout)
        self.sync("now", url=stub.url, code=0)
        self.assertEqual(len(stub.get("events")), 2000)
        self.assertIn("no dead letters", self.sync("dead", "list", url=stub.url, code=0).stdout)
        self.assertEqual(oct(self.store.stat().st_mode & 0o777), "0o600", "the log-in is for the service's user alone")

    def test_the_connection_test_says_in_words_what_is_wrong(self):
        stub = self.stub()
        good = self.sync("test", url=stub.url, code=0).stdout
        for words in ("ok      address", "ok      log-in", "ok      table events", "everything is ready"):
            self.assertIn(words, good)
        self.assertFalse(self.store.exists(), "a test creates no store")

        def failure(words, **settings):
            before = dict(branch="TEST", device="test-pc", missing=[], clock_s=0, password=PASSWORD)
            stub.set(**settings)
            said = self.sync("test", url=stub.url, code=1).stdout
            stub.set(**before)
            self.assertRegex(said, f"FAILED +{words}")

        failure("log-in +the log-in is refused", password="another")
        failure("branch +the project registered this device for branch 'OTHER'", branch="OTHER")
        failure("device +the project registered this log-in for device 'old-pc'", device="old-pc")
        failure("table gaps +the project lacks a table: its migrations", missing=["gaps"])
        # An answer's Date has whole seconds and is as old as the answer was under way: a busy machine takes some.
        failure(r"clock +this PC's clock is (35[4-9]\d|3600) s behind", clock_s=3600)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            nobody = f"http://127.0.0.1:{free.getsockname()[1]}"
            self.assertRegex(self.sync("test", url=nobody, code=1).stdout, "FAILED +address +no connection")
        unsafe = stub.url.replace("http://", "https://")
        self.assertRegex(self.sync("test", url=unsafe, code=1).stdout, "FAILED +address +the connection is not safe")
        unknown = "https://no-such-project.invalid"
        self.assertRegex(self.sync("test", url=unknown, code=1, timeout=90).stdout, "FAILED +address +(the address's name|no connection|the proxy)")

    def test_what_is_missing_or_forbidden_is_told_before_anything_is_sent(self):
        config = self.config(source="rtsp://127.0.0.1/none")
        done = self.chairside("sync", "test", "--config", config)
        self.assertEqual(done.returncode, 1)
        self.assertIn("supabase.url and supabase.key are missing", done.stderr)
        text = config.read_text()
        for key in ("sb_secret_abcdefghijkl", "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoic2VydmljZV9yb2xlIn0.c2ln"):
            config.write_text(text.replace("branch_code: TEST", f"branch_code: TEST, url: 'https://x.supabase.co', key: {key}"))
            done = self.chairside("check", "--no-paths", "--config", config, check=3)
            self.assertIn("must never be in a shop", done.stderr)
            self.assertNotIn(key, done.stderr)
        config.write_text(text.replace("branch_code: TEST", "branch_code: TEST, url: 'https://x.supabase.co', key: sb_publishable_x"))
        self.assertIn("not sent", self.chairside("check", "--no-paths", "--config", config, check=0).stdout)
        config.write_text(text.replace("branch_code: TEST", "branch_code: TEST, email: a@b.c"))
        self.assertIn("supabase.password: is missing", self.chairside("check", "--no-paths", "--config", config, check=3).stderr)


class Service(Sync):
    """The whole service with a camera file. The tests of Sync run once, in their own class."""

    def setUp(self):
        super().setUp()
        if not e2e.VIDEO.exists():
            self.skipTest("the sample video is not here")

    def service(self, url, delay=0):
        config = self.config(camera="    realtime: true\n    loop: true", more="runtime: {heartbeat_interval: 1 s}")
        config.write_text(config.read_text().replace("supabase: {branch_code: TEST}", f"""supabase:
  branch_code: TEST
  url: {url}
  key: sb_publishable_stub
  email: pc@devices.example
  password: {PASSWORD}
  start_delay: {delay}""").replace("level: info", "level: debug"))
        return config, self.start(e2e.CHAIRSIDE, "run", "--config", config)

    def test_events_and_heartbeats_flow_and_it_stops_in_mid_request(self):
        stub = self.stub()
        config, service = self.service(stub.url)
        self.wait_for("an event at the server", lambda: stub.get("events"), 90)
        status = self.wait_for("a heartbeat", lambda: stub.get("status").get("test-pc"), 30)
        self.assertEqual(status["branch_code"], "TEST")
        self.assertEqual(status["cameras"][0]["id"], "street")
        sync = self.status(config)["sync"]
        self.assertIn(sync["state"], ("ok", "sending"))
        self.assertGreater(sync["sent"], 0)
        self.assertEqual(sync["breaker"], "closed")
        self.assertIn("state     ", self.chairside("sync", "status", "--config", config, check=0).stdout)
        self.assertIn("sends now", self.chairside("sync", "now", "--config", config, check=0).stdout)
        stub.set(silent_s=30)
        time.sleep(1.5)  # a heartbeat is under way now
        self.stop(service)
        self.said += self.stderr() + (self.dir / "chairside.log").read_text()

    def test_without_a_server_the_service_counts_and_says_why_it_waits(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            config, service = self.service(f"http://127.0.0.1:{free.getsockname()[1]}")
            waiting = self.wait_for("the reason", lambda: (self.status(config) or {}).get("sync", {}).get("last_error"), 60)
            self.assertIn("no connection", waiting)
            self.wait_for("events in the outbox", lambda: (self.status(config) or {}).get("events_queued"), 90)
            self.stop(service)


# Their tests are in Sync already.
for name in [n for n in dir(Sync) if n.startswith("test_")]:
    setattr(Service, name, None)

if __name__ == "__main__":
    e2e.main()
