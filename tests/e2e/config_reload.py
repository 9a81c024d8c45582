#!/usr/bin/env python3
"""The running program takes up another configuration: by SIGHUP, by the interface, and cameras added on the dashboard."""
# timeout: 600
import json
import signal
import stat
import time

import _e2e as e2e
from _dashboard import LOOPING, Browser, Case

LAWN = """
      - {name: lawn, type: WAIT, capacity: 12, dwell_time: 3, grace: 5,
         polygon: [[0, 0], [1, 0], [1, 1], [0, 1]]}
"""


class Reload(Case):
    def frames(self, camera):
        found = [one for one in self.browser.json("/cameras")["cameras"] if one["id"] == camera]
        return found[0]["frames"] if found else 0

    def cameras(self):
        return [(one["id"], one["origin"]) for one in self.browser.json("/cameras")["cameras"]]

    def test_sighup_takes_up_the_file_and_a_wrong_one_changes_nothing(self):
        process = self.run_service()
        self.browser.enter()
        self.wait_for_frames()
        self.wait_for("a stay", lambda: self.browser.json("/sessions")["sessions"], seconds=120)
        text = self.path.read_text()
        # Another zone, and a camera more.
        self.path.write_text(text.replace("name: crossing", "name: corner") + f"""
  - id: second
    source: {json.dumps(str(e2e.VIDEO))}
{LOOPING}
""")
        process.send_signal(signal.SIGHUP)
        self.wait_for("the second camera's pictures", lambda: self.frames("second") > 5, seconds=120)
        self.assertIn("corner", [zone["name"] for zone in self.browser.json("/live")["zones"]])
        before = self.frames("street")
        # Wrong: what ran goes on, and everybody hears of it.
        self.path.write_text(text.replace("type: WASH", "type: WASCH"))
        process.send_signal(signal.SIGHUP)
        self.wait_for("the log's line", lambda: "the configuration's file is wrong" in self.stderr())
        self.assertIn("WASCH", self.status(self.path_of(text))["config"]["file_error"])
        self.assertEqual([one["what"] for one in self.browser.json("/health")["problems"]], ["config"])
        refused = self.browser.call("POST", "/config/reload")
        self.assertEqual(refused.status, 409, refused.content)
        self.assertRegex(json.loads(refused.content)["faults"][0]["at"], r"config.yaml:\d+:\d+ cameras\[0\].zones\[1\].type")
        self.wait_for("more pictures", lambda: self.frames("street") > before + 10)
        self.assertEqual([name for name, _ in self.cameras()], ["street", "second"])
        # Right again, without the second camera: its stays end with the reason.
        self.path.write_text(text)
        taken = json.loads(self.browser.call("POST", "/config/reload").content)
        self.assertEqual((taken["removed"], taken["added"]), (["second"], []))
        self.assertEqual(self.browser.json("/health")["problems"], [])
        self.stop(process)

    def path_of(self, text):
        """A right file with the same socket, for `chairside status`."""
        path = self.dir / "right.yaml"
        path.write_text(text)
        return path

    def test_a_stay_goes_on_while_its_camera_is_opened_anew(self):
        self.path = self.config(camera=LOOPING, dashboard="{port: 0}", zones=LAWN)
        process = self.start_again()
        self.browser.enter()
        oldest = self.wait_for("a stay that counts", lambda: [one for one in self.browser.json("/sessions")["sessions"]
                                                              if one["counted"]], seconds=120)[0]
        self.path.write_text(self.path.read_text().replace(LOOPING, LOOPING + "\n    target_fps: 5"))
        taken = json.loads(self.browser.call("POST", "/config/reload").content)
        self.assertEqual(taken["changed"], ["street"])
        after = [one for one in self.browser.json("/sessions")["sessions"] if one["session"] == oldest["session"]]
        ended = [one for one in self.browser.json("/events?state=closed")["events"] if one["id"] == oldest["event"]]
        self.assertTrue(after or ended, "the stay is neither open nor closed")
        if after:
            self.assertEqual(after[0]["start"], oldest["start"])
        for one in ended:
            self.assertNotIn(one.get("metadata", {}).get("end"), ("stopped", "restart", "camera removed"))
        self.stop(process)

    def test_from_an_empty_configuration_to_a_camera_that_outlives_a_restart(self):
        self.path = self.dir / "config.yaml"
        self.path.write_text("dashboard: {port: 0}\nstorage: {path: store.db}\nreports: {schedule: false}\n")
        self.assertIn("there is no camera yet", self.chairside("check", "-c", self.path, check=0).stdout)
        process = self.start_again()
        time.sleep(1)
        self.assertIsNone(process.poll(), "it waits for a camera")
        browser = self.browser
        self.assertTrue(browser.enter()[1]["first_run"])
        self.assertEqual(browser.json("/cameras"), {"picture": "pixelated", "cameras": [], "demo": True})
        answer = browser.call("POST", "/cameras", {"id": "demo", "source": "demo"})
        self.assertEqual(answer.status, 201, answer.content)
        self.wait_for("pictures", lambda: self.frames("demo") > 10, seconds=120)
        secret = "rtsp://owner:geheimnis@127.0.0.1:9/stream"
        self.assertEqual(browser.call("POST", "/cameras", {"id": "door", "source": secret}).status, 201)
        self.assertEqual(browser.call("POST", "/cameras", {"id": "door", "source": secret}).status, 409)
        zones = {"cameras": [{"id": "demo", "zones": [{"name": "everywhere", "type": "WAIT", "capacity": 50, "threshold_s": 2,
                                                       "grace_s": 2, "polygon": [[0, 0], [1, 0], [1, 1], [0, 1]]}]}]}
        self.assertEqual(browser.call("PUT", "/zones", zones, {"If-Match": '"0"'}).status, 200)
        self.wait_for("an event", lambda: browser.json("/events?zone=everywhere")["events"], seconds=120)
        kept = self.dir / "store.cameras.json"
        self.assertEqual(stat.S_IMODE(kept.stat().st_mode), 0o600)
        process.kill()
        process.wait()
        process = self.start_again()
        self.browser.enter()
        self.assertEqual(self.cameras(), [("demo", "dashboard"), ("door", "dashboard")])
        self.assertEqual([zone["name"] for zone in self.browser.json("/live")["zones"]], ["everywhere"])
        self.assertEqual(self.browser.call("PATCH", "/cameras/demo", {"target_fps": 4}).status, 200)
        self.assertEqual(self.browser.call("DELETE", "/cameras/door").status, 204)
        self.wait_for("pictures", lambda: self.frames("demo") > 10, seconds=120)
        checked = self.chairside("check", "-c", self.path, check=0).stdout
        self.assertRegex(checked, r"demo: added on the dashboard, kept in .*store\.cameras\.json")
        for words in (self.stderr(), checked, str(self.browser.json("/cameras")), str(self.browser.json("/audit")),
                      str(self.browser.json("/logs?lines=1000"))):
            self.assertNotIn("geheimnis", words)
        self.stop(process)

    def test_what_the_interface_refuses_is_refused_for_others_too(self):
        process = self.run_service()
        stranger = Browser(self.browser.port)
        answer = stranger.call("POST", "/cameras", {"id": "x", "source": "demo"})
        self.assertEqual(answer.status, 401)
        self.browser.enter()
        for source in ("/etc/passwd", "file:///etc/passwd", "config.yaml", "../x", ""):
            answer = self.browser.call("POST", "/cameras", {"id": "x", "source": source})
            self.assertEqual(answer.status, 400, (source, answer.content))
        self.assertEqual(self.browser.call("DELETE", "/cameras/street").status, 409)
        self.assertEqual(self.cameras(), [("street", "file")])
        self.stop(process)


e2e.need_video()
e2e.main()
