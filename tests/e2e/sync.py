#!/usr/bin/env python3
# timeout: 600
"""Sending to a project, over real HTTP: the command line in words, settings that come back, no secret in any output. The
kill test is sync_kill.py."""
import json
import os
import socket
import sqlite3
import subprocess
import time

import _e2e as e2e
from _sync import PASSWORD, SECRETS, STUB, WORKER, Stub

SECRET_KEY = "sb_secret_stub"


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


    def test_provision_prints_what_an_owner_runs_and_holds_no_secret(self):
        config = self.config(source="rtsp://127.0.0.1/none", name="new.yaml")
        text = config.read_text().replace("supabase: {branch_code: TEST}", "supabase: {branch_code: NEW-1, url: 'https://x.supabase.co', key: sb_publishable_stub}")
        config.write_text(text.replace("timezone: UTC", "timezone: Europe/Berlin"))
        done = self.chairside("sync", "provision", "--config", config, "--email", "new@devices.example", "--password-file", "password", check=0)
        password = (self.dir / "password").read_text().strip()
        self.assertEqual(oct((self.dir / "password").stat().st_mode & 0o777), "0o600")
        for words in ("insert into branches", "'NEW-1', 'Test', 'Europe/Berlin', '00:00'", "insert into devices", "$CHAIRSIDE_SERVICE_KEY", password,
                      'email: "new@devices.example"', 'password: {file: "password"}'):
            self.assertIn(words, done.stdout)
        snippet = done.stdout.split("# For the configuration of this device:\n")[1]
        config.write_text(text.replace("branch: {name: Test, timezone: UTC}\ndevice: {id: test-pc}\n", "").replace(
            "supabase: {branch_code: NEW-1, url: 'https://x.supabase.co', key: sb_publishable_stub}", snippet))
        self.chairside("check", "--no-paths", "--config", config, check=0)
        for arguments, words in (((), "--email is missing"), (("--email", "a@b.c", "--run"), "CHAIRSIDE_SERVICE_KEY is not set"),
                                 (("--email", "a@b.c", "--password-file", "password"), "is it there already")):
            other = self.config(source="rtsp://127.0.0.1/none")
            other.write_text(other.read_text().replace("branch_code: TEST", "branch_code: TEST, url: 'https://x.supabase.co', key: sb_publishable_stub"))
            done = self.chairside("sync", "provision", "--config", other, *arguments)
            self.assertEqual(done.returncode, 1)
            self.assertIn(words, done.stderr)
        os.environ["CHAIRSIDE_SERVICE_KEY"] = "sb_publishable_wrong"
        self.addCleanup(os.environ.pop, "CHAIRSIDE_SERVICE_KEY")
        done = self.chairside("sync", "provision", "--config", other, "--email", "a@b.c", "--run")
        self.assertEqual(done.returncode, 1)
        self.assertIn("publishable key", done.stderr)

    def test_provision_adds_a_device_that_can_send_and_keeps_no_secret_key(self):
        if os.path.basename(STUB) != "_project.py":
            self.skipTest("needs SYNC_PROJECT=tests/centre/_project.py")
        stub = self.stub()
        config = self.config(source="rtsp://127.0.0.1/none")
        text = config.read_text().replace("timezone: UTC", "timezone: Europe/Berlin").replace("id: test-pc", "id: front")
        config.write_text(text.replace("supabase: {branch_code: TEST}", f"supabase: {{branch_code: NEW-1, url: '{stub.url}', key: sb_publishable_stub}}"))
        os.environ["CHAIRSIDE_SERVICE_KEY"] = SECRET_KEY
        self.addCleanup(os.environ.pop, "CHAIRSIDE_SERVICE_KEY")
        run = ("sync", "provision", "--config", config, "--run")
        done = self.chairside(*run, "--email", "new@devices.example", check=0)
        for words in ("branch NEW-1 (Test) was added", "device front is registered", "ok      device", "branch NEW-1, device front"):
            self.assertIn(words, done.stdout)
        snippet = done.stdout.split("# For the configuration of this device:\n")[1]
        again = self.chairside(*run, "--email", "other@devices.example")
        self.assertEqual(again.returncode, 1)
        self.assertIn("has a log-in already", again.stderr)
        replaced = self.chairside(*run, "--email", "other@devices.example", "--replace", check=0)
        self.assertIn("is there already", replaced.stdout)
        new = self.dir / "new.yaml"
        new.write_text(snippet)
        old = self.chairside("sync", "test", "--config", new)
        self.assertEqual(old.returncode, 1, "the log-in that was replaced is worth nothing")
        new.write_text(replaced.stdout.split("# For the configuration of this device:\n")[1])
        self.assertIn("everything is ready", self.chairside("sync", "test", "--config", new, check=0).stdout)
        os.environ["CHAIRSIDE_SERVICE_KEY"] = "sb_secret_of_another_project"
        wrong = self.chairside(*run, "--email", "third@devices.example", "--replace")
        self.assertEqual(wrong.returncode, 1)
        self.assertIn("is it this project's secret key", wrong.stderr)
        everything = "".join(path.read_text(errors="replace") for path in self.dir.rglob("*") if path.is_file())
        for said in (done.stdout + done.stderr, again.stderr, replaced.stdout, wrong.stdout + wrong.stderr, everything):
            self.assertNotIn("sb_secret", said)


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

    def test_settings_of_managers_are_taken_up_without_a_restart_and_outlive_one(self):
        stub = self.stub()
        config, service = self.service(stub.url)

        def heartbeat(key, value, what):
            return self.wait_for(what, lambda: (stub.get("status").get("test-pc") or {}).get(key) == value and stub.get("status")["test-pc"], 60)

        def events(state):
            with sqlite3.connect(f"file:{self.store}?mode=ro", uri=True) as database:
                return {row[0]: json.loads(row[1]) for row in database.execute("SELECT hex(id), metadata FROM events WHERE state = ?", (state,))}

        self.assertIsNone(heartbeat("config_revision", 0, "a heartbeat")["config_refused"])
        before = self.wait_for("services that go on", lambda: events("open"), 120)
        stub.save_config(1, {"dwell_time": {"wait": 2}, "visits": {"same_service_within": 600}})
        self.chairside("sync", "now", "--config", config, check=0)
        heartbeat("config_revision", 1, "the first revision runs")
        self.assertEqual(self.status(config)["config"], {"revision": 1, "refused": None})
        time.sleep(1)
        ends = [events("closed").get(event, {}).get("end") for event in before]
        self.assertFalse([end for end in ends if end in ("restart", "stopped", "zone removed")], "nobody's stay ended by it")

        # The centre takes it, as it does not know what the device's file says of count_from.
        stub.save_config(2, {"counting": {"review_from": 0.6}})
        self.chairside("sync", "now", "--config", config, check=0)
        refused = heartbeat("config_refused", 2, "the second is refused")
        self.assertEqual(refused["config_revision"], 1)
        self.assertIn("counting.review_from: found", refused["config_error"])
        self.assertIn("refused   revision 2", self.chairside("sync", "status", "--config", config, check=0).stdout)

        stub.save_config(3, {"cameras": {"street": {"zones": [{"name": "everywhere", "type": "WAIT", "capacity": 20, "dwell_time": 2,
                                                                "polygon": [[0, 0], [1, 0], [1, 1], [0, 1]]}]}}})
        self.chairside("sync", "now", "--config", config, check=0)
        self.assertIsNone(heartbeat("config_revision", 3, "the third runs")["config_error"])

        def zones():
            with sqlite3.connect(f"file:{self.store}?mode=ro", uri=True) as database:
                return {row[0] for row in database.execute("SELECT zone FROM sessions_open")}
        self.wait_for("sessions in the new zone only", lambda: zones() == {"everywhere"}, 60)
        service.kill()
        service.wait()
        stub.stop()  # no network
        service = self.start(e2e.CHAIRSIDE, "run", "--config", config)
        running = self.wait_for("the service", lambda: self.status(config), 60)
        self.assertEqual(running["config"], {"revision": 3, "refused": None})
        self.assertEqual(zones(), {"everywhere"})
        self.stop(service)

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
