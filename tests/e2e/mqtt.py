#!/usr/bin/env python3
# timeout: 600
"""The feed to the owner's broker, a real mosquitto: topics, Home Assistant's discovery, log-in, TLS, outages, kills."""
import json
import os
import socket
import sqlite3
import subprocess
import threading
import unittest

import _e2e as e2e

SERVERS = e2e.DEPS / "servers"
BASE = "chairside/TEST/test-pc"
LOOPING = "    realtime: true\n    loop: true"


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@unittest.skipUnless((SERVERS / "mosquitto_sub").exists(), "the MQTT broker is not in .deps/servers")
class Mqtt(e2e.Case):
    def setUp(self):
        super().setUp()
        self.port = free_port()
        self.lines = ["persistence true", f"persistence_location {self.dir}/", "allow_anonymous true"]
        self.more = []  # of the subscriber's command line
        self.heard = []

    def broker(self):
        config = self.dir / "broker.conf"
        config.write_text("\n".join([f"listener {self.port} 127.0.0.1", *self.lines, ""]))
        if os.geteuid() == 0:
            config.write_text(config.read_text() + "user root\n")
        process = self.start(SERVERS / "mosquitto", "-c", config)
        self.wait_for("the broker", self.reachable)
        return process

    def reachable(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def subscribe(self):
        """Returns once the broker knows what is wanted: what comes from then on is kept for this listener, be it there or not."""
        command = [SERVERS / "mosquitto_sub", "-h", "localhost", "-p", str(self.port), "-t", "#", "-q", "1", "-i", "listener", "-c", "-F", "%j", *self.more]
        subprocess.run([*command, "-E"], stdout=subprocess.DEVNULL, check=True, timeout=60)
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.processes.append(process)
        threading.Thread(target=lambda: [self.heard.append(json.loads(line)) for line in process.stdout], daemon=True).start()
        return process

    def said(self, topic):
        return [one["payload"] for one in list(self.heard) if one["topic"] == topic]

    def events(self):
        return [json.loads(text) for text in self.said(f"{BASE}/event")]

    def run_service(self, mqtt, camera=LOOPING, **more):
        self.path = self.config(camera=camera, more=f"mqtt: {{{mqtt}}}", **more)
        return self.start(e2e.CHAIRSIDE, "run", "--config", self.path)

    def feed(self):
        return (self.status(self.path) or {}).get("mqtt", {})

    def test_state_counts_and_sensors_are_there_and_a_kill_is_told_by_the_broker(self):
        self.broker()
        self.subscribe()
        process = self.run_service(f"url: 'mqtt://localhost:{self.port}'")
        self.wait_for("online", lambda: "online" in self.said(f"{BASE}/availability"))
        self.wait_for("counts", lambda: any(json.loads(text)["waits"] > 0 for text in self.said(f"{BASE}/state")), seconds=180)
        self.wait_for("the camera's state", lambda: json.loads(self.said(f"{BASE}/state")[-1])["cameras"] == {"street": "ok"})
        sensors = [one for one in self.heard if one["topic"].startswith("homeassistant/")]
        self.assertEqual(len(sensors), 7)
        for sensor in sensors:
            described = json.loads(sensor["payload"])
            self.assertEqual(described["availability_topic"], f"{BASE}/availability")
            self.assertEqual(described["state_topic"], f"{BASE}/state")
        # Who comes later is told at once: what matters is retained.
        self.heard.clear()
        self.more = ["-i", "later"]
        self.subscribe()
        self.wait_for("what is retained", lambda: self.said(f"{BASE}/state") and set(self.said(f"{BASE}/availability")) == {"online"})
        process.kill()
        process.wait()
        self.wait_for("the last will", lambda: "offline" in self.said(f"{BASE}/availability"))

    def test_an_outage_of_the_broker_and_a_kill_of_the_service_lose_no_event(self):
        broker = self.broker()
        listener = self.subscribe()
        process = self.run_service(f"url: 'mqtt://localhost:{self.port}'")
        self.wait_for("events", lambda: len(self.events()) > 3, seconds=180)
        # A broker that is killed forgets its listeners (it writes them when it ends), and what it took before a listener
        # is back is told to nobody: that would be its loss, not ours.
        broker.terminate()
        broker.wait()
        listener.kill()
        listener.wait()
        self.wait_for("events that wait", lambda: self.feed().get("waiting", 0) >= 5, seconds=180)
        self.assertTrue(self.feed()["last_error"])
        process.kill()  # … and what waits outlives that, too
        process.wait()
        process = self.run_service(f"url: 'mqtt://localhost:{self.port}'")
        self.wait_for("a status", lambda: self.feed().get("waiting", 0) >= 5)
        self.broker()
        self.subscribe()
        self.wait_for("an empty queue", lambda: self.feed().get("waiting") == 0 and self.feed()["state"] == "ok", seconds=180)
        self.stop(process)
        with sqlite3.connect(self.dir / "store.db") as store:
            waiting = {row[0].hex() for row in store.execute("SELECT event FROM mqtt_outbox")}
            wanted = {(row[0].hex(), row[1]) for row in store.execute("SELECT id, revision FROM events") if row[0].hex() not in waiting}
        store.close()
        self.assertGreater(len(wanted), 4)
        self.wait_for("every event in its last revision", lambda: wanted <= {(event["event_id"].replace("-", ""), event["revision"]) for event in self.events()})
        self.assertEqual(self.said(f"{BASE}/availability")[-1], "offline", "it said good-bye")

    def test_a_wrong_password_is_said_in_words_and_the_right_one_works_over_tls(self):
        for command in (["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test authority", "-keyout", "ca.key", "-out", "ca.pem"],
                        ["req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-keyout", "broker.key", "-out", "broker.csr"],
                        ["x509", "-req", "-in", "broker.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-out", "broker.pem"]):
            subprocess.run(["openssl", *command], cwd=self.dir, check=True, capture_output=True, timeout=120)
        subprocess.run([SERVERS / "mosquitto_passwd", "-b", "-c", "passwords", "shop", "s3cretbroker"], cwd=self.dir, check=True, timeout=60)
        (self.dir / "passwords").chmod(0o600)
        self.lines = [f"cafile {self.dir}/ca.pem", f"certfile {self.dir}/broker.pem", f"keyfile {self.dir}/broker.key",
                      "allow_anonymous false", f"password_file {self.dir}/passwords"]
        self.broker()
        url = f"url: 'mqtts://localhost:{self.port}', user: shop"
        process = self.run_service(f"{url}, password: wrongpassword, ca: ca.pem")
        self.wait_for("the refusal", lambda: "refuses user or password" in self.feed().get("last_error", ""))
        self.stop(process)
        process = self.run_service(f"{url}, password: s3cretbroker")
        self.wait_for("mistrust", lambda: "certificate is not trusted" in self.feed().get("last_error", ""))
        self.stop(process)
        process = self.run_service(f"{url}, password: s3cretbroker, ca: ca.pem")
        self.wait_for("the broker", lambda: self.feed().get("state") == "ok")
        self.more = ["--cafile", str(self.dir / "ca.pem"), "-u", "shop", "-P", "s3cretbroker"]
        self.subscribe()
        self.wait_for("the state", lambda: self.said(f"{BASE}/state"))
        self.stop(process)
        self.assertNotIn("s3cretbroker", self.stderr() + (self.dir / "chairside.log").read_text())

    def test_no_broker_at_all_stops_nothing(self):
        process = self.run_service(f"url: 'mqtt://localhost:{self.port}'")
        self.wait_for("a reason", lambda: self.feed().get("last_error"))
        self.wait_for("pictures", lambda: self.frames_seen(self.path) > 10)
        self.stop(process)

    def test_what_is_no_broker_is_a_fault_of_the_configuration(self):
        for mqtt, word in (("url: 'http://localhost'", "mqtt://"), ("url: 'mqtt://u:s3cretinurl@localhost'", "keys of their own"),
                           ("url: 'mqtt://localhost', topic: 'a/#'", "topic"), ("user: me", "url"), ("url: 'mqtts://localhost', ca: none.pem", "none.pem")):
            path = self.config(more=f"mqtt: {{{mqtt}}}")
            done = self.chairside("check", "--config", path)
            self.assertEqual(done.returncode, 3, mqtt)
            self.assertIn(word, done.stdout + done.stderr)
            self.assertNotIn("s3cretinurl", done.stdout + done.stderr)


if __name__ == "__main__":
    e2e.need_video()
    e2e.main()
