#!/usr/bin/env python3
# timeout: 900
"""The owner's tools: hand counts against counted services, and the zones' doctor, on the built program."""
import datetime
import json
import os
import random
import re
import sqlite3
import subprocess
import sys
import uuid
import xml.etree.ElementTree
from pathlib import Path

import _e2e as e2e

EVAL = Path(os.environ.get("CHAIRSIDE_EVAL", e2e.SHARED / "eval"))
SCENE = {
    "fps": 5, "width": 1280, "height": 720,
    "zones": [{"name": "chair-1", "type": "CHAIR", "polygon": [[400, 350], [560, 350], [560, 450], [400, 450]], "capacity": 1},
              {"name": "chair-2", "type": "CHAIR", "polygon": [[800, 350], [960, 350], [960, 450], [800, 450]], "capacity": 1}],
    "dwell_s": {"chair": 120, "wash": 60, "wait": 30},
}
ZONES = """
      - {name: chair-1, type: CHAIR, polygon: [[0.3, 0.4], [0.5, 0.4], [0.5, 0.6], [0.3, 0.6]]}
      - {name: wash-1, type: WASH, polygon: [[0.6, 0.4], [0.8, 0.4], [0.8, 0.6], [0.6, 0.6]]}
"""
EVENTS = """zone,type,enter_s,exit_s,dwell_s,id,camera,person,state,verdict,confidence,metadata
chair-1,CHAIR,100.000,700.000,600.000,a,replay,1,closed,counted,0.950,end=left
chair-1,CHAIR,900.000,1500.000,600.000,b,replay,2,closed,counted,0.400,end=left
wash-1,WASH,2000.000,2300.000,300.000,c,replay,3,closed,review,0.300,rejected=unattended
chair-1,CHAIR,4000.000,4600.000,600.000,d,replay,4,closed,counted,0.900,end=left
"""


class Eval(e2e.Case):
    def write(self, name, text):
        path = self.dir / name
        path.write_text(text, encoding="utf-8", newline="")
        return path

    def test_services_of_a_recording_in_a_german_spreadsheet(self):
        events = self.write("events.csv", EVENTS)
        hand = self.write("hand.csv", "\ufeffPlatz;Leistung;von;bis\r\nChair-1;Haarschnitt;100,5;699\r\nchair-1;Haarschnitt;15:05;25:00\r\n"
                          "wash-1;Wäsche;33:20;38:20\r\n")
        text = self.chairside("eval", hand, "--events", events, check=0).stdout
        self.assertIn("3 services by hand, 3 counted; 2 matched, 1 missed, 1 wrong", text)
        self.assertRegex(text, r"chair-1 +CHAIR +2 +3 +\+1 +\+50.0 %")
        self.assertRegex(text, r"0:33:20 +to 0:38:20 +wash-1 +WASH +noted by hand, not counted; there is a review event \(unattended\)")
        self.assertRegex(text, r"0:15:00 .*confidence of only 0.40")
        self.assertRegex(text, r"1:06:40 .*counted, not noted by hand")
        found = json.loads(self.chairside("eval", hand, "--events", events, "--json", check=0).stdout)
        self.assertEqual((found["services"]["matched"], found["totals"]["CHAIR"]["difference"]), (2, 1))
        self.assertEqual(self.chairside("eval", hand, "--events", events, "--max-error", "100").returncode, 0)
        far = self.chairside("eval", hand, "--events", events, "--max-error", "20")
        self.assertEqual(far.returncode, 5)
        self.assertIn("100.0 %", far.stderr)

    def test_hours_of_a_recording_with_its_begin(self):
        events = self.write("events.csv", EVENTS)
        hand = self.write("hand.csv", "date,hour,type,count\n2026-11-21,9,CHAIR,2\n2026-11-21,10,CHAIR,2\nTotal,,,4\n")
        text = self.chairside("eval", hand, "--events", events, "--begin", "2026-11-21 09:00", "--timezone", "Europe/Berlin", check=0).stdout
        self.assertRegex(text, r"2026-11-21 +09:00 +all +CHAIR +2 +2 +0")
        self.assertRegex(text, r"2026-11-21 +10:00 +all +CHAIR +2 +1 +-1")
        self.assertRegex(text, r"2026-11-21 10:06:40 +to 2026-11-21 10:16:40")
        self.assertIn("line 4 ('Total') was left out", text)

    def test_every_fault_of_both_files_is_told(self):
        events = self.write("events.csv", EVENTS)
        hand = self.write("hand.csv", "zone,type,start,end\nchair-1,CHIAR,x,20\n,CHAIR,30,20\n")
        done = self.chairside("eval", hand, "--events", events)
        self.assertEqual(done.returncode, 3)
        for words in ("hand.csv:2: type: found 'CHIAR'", "hand.csv:2: start: found 'x'", "hand.csv:3: zone: it is empty", "3 errors"):
            self.assertIn(words, done.stderr)
        self.assertEqual(self.chairside("eval", hand, "--events", self.dir / "none.csv").returncode, 3)
        self.assertEqual(self.chairside("eval", hand).returncode, 2)
        self.assertEqual(self.chairside("eval", hand, "--events", events, "--date", "tomorrow").returncode, 2)

    def store(self, name="store.db", events=()):
        """A store with the schema of this version and events made by hand."""
        database = sqlite3.connect(self.dir / name)
        for path in sorted((e2e.ROOT / "schema" / "sqlite").glob("*.sql")):
            database.executescript(path.read_text())
            database.execute(f"PRAGMA user_version = {int(path.name[:4])}")
        database.execute("PRAGMA application_id = 1128813139")
        columns = ("id, revision, branch, device, boot, camera, zone, type, person, start_us, end_us, dwell_us, state, verdict, "
                   "confidence, metadata")
        for person, (zone, kind, start, minutes, verdict) in enumerate(events):
            begin = int(datetime.datetime.fromisoformat(start).timestamp() * 1e6)
            length = int(minutes * 60e6)
            database.execute(f"INSERT INTO events ({columns}) VALUES (?,1,'TEST','pc','boot','street',?,?,?,?,?,?,'closed',?,0.9,'{{}}')",
                             (uuid.uuid4().bytes, zone, kind, person, begin, begin + length, length, verdict))
        database.commit()
        return database

    def test_a_store_on_the_day_the_clocks_go_back(self):
        database = self.store(events=[
            ("chair-1", "CHAIR", "2026-10-25T02:10:00+02:00", 20, "counted"), ("chair-1", "CHAIR", "2026-10-25T02:10:00+01:00", 20, "counted"),
            ("chair-1", "CHAIR", "2026-10-25T09:05:00+01:00", 30, "counted"), ("wash-1", "WASH", "2026-10-25T09:10:00+01:00", 10, "rejected"),
            ("chair-1", "CHAIR", "2026-10-26T09:05:00+01:00", 30, "counted")])
        database.execute("INSERT INTO alive VALUES ('street', ?)", (int(datetime.datetime(2026, 10, 27).timestamp() * 1e6),))
        database.execute("INSERT INTO gaps (camera, start_us, end_us, reason) VALUES ('street', ?, ?, 'offline')",
                         tuple(int(datetime.datetime.fromisoformat(f"2026-10-25T09:{m}:00+01:00").timestamp() * 1e6) for m in (40, 52)))
        database.commit()
        config = self.config(source="rtsp://127.0.0.1/x", zones=ZONES)
        config.write_text(config.read_text().replace("timezone: UTC", "timezone: Europe/Berlin"))
        hand = self.write("hand.csv", "date,hour,type,count\n25.10.2026,2,CHAIR,2\n25.10.2026,9,CHAIR,1\n25.10.2026,9,WASH,1\n")
        text = self.chairside("eval", hand, "--config", config, check=0).stdout
        self.assertRegex(text, r"2026-10-25 +02:00 +all +CHAIR +2 +2 +0")
        self.assertRegex(text, r"09:00 +all +WASH +1 +0 +-1 +-100.0 % +the camera saw nothing for 12 min")
        self.assertRegex(text, r"09:10:00 .*not counted, in an hour with 1 by hand, 0 counted")
        services = self.write("services.csv", "zone;start;end\nchair-1;2:10;2:30\nchair-1;9:05;9:34\n")
        text = self.chairside("eval", services, "--config", config, "--date", "2026-10-25", check=0).stdout
        self.assertIn("2 services by hand, 3 counted; 2 matched, 0 missed, 1 wrong", text)
        wrong = self.write("wrong.csv", "zone;start;end\nchair-7;2:10;2:30\n")
        done = self.chairside("eval", wrong, "--config", config, "--date", "2026-10-25")
        self.assertIn("allowed are chair-1, wash-1", done.stderr)
        self.assertEqual(done.returncode, 3)

    def test_it_agrees_with_the_evaluations_script(self):
        scenarios = sorted((EVAL / "salon").glob("*/truth.json"))
        if not scenarios:
            self.skipTest("CHAIRSIDE_EVAL names no folder with the measured data")
        for truth in scenarios:
            self.chairside("replay", "--detections", truth.parent / "det.txt.gz", "--scene", truth.parent / "scene.json",
                           "--events", "events.csv", check=0)
            rows = ["zone,type,enter_s,exit_s"] + [f"{s['zone']},{s['type']},{s['enter_s']},{s['exit_s']}" for s in json.loads(truth.read_text())]
            hand = self.write("hand.csv", "\n".join(rows) + "\n")
            ours = json.loads(self.chairside("eval", hand, "--events", "events.csv", "--json", check=0).stdout)
            theirs = json.loads(subprocess.run([sys.executable, EVAL / "score_events.py", truth, self.dir / "events.csv", "--json"],
                                               capture_output=True, text=True, check=True).stdout)
            services = ours["services"]
            self.assertEqual([services["matched"], services["precision"], services["recall"], services["f1"]],
                             [theirs["matched"], theirs["precision"], theirs["recall"], theirs["f1"]], truth.parent.name)
            self.assertEqual({k: [v["hand"], v["counted"]] for k, v in ours["totals"].items()}, theirs["counts"])
            self.assertAlmostEqual(services["dwell_error_s"]["median"], theirs["dwell_err_s"]["median"], delta=0.006)
            self.assertAlmostEqual(services["dwell_error_s"]["p95"], theirs["dwell_err_s"]["p95"], delta=0.006)


class ZonesDoctor(e2e.Case):
    def detections(self, seconds=3600):
        """People walk about for a minute (which teaches the standing height), then two clients sit for the rest of the hour."""
        noise = random.Random(3)
        lines = []

        def box(frame, x, foot, width, height):
            jitter = [noise.gauss(0, 1.5) for _ in range(4)]
            lines.append(f"{frame},-1,{x - width / 2 + jitter[0]:.1f},{foot - height + jitter[1]:.1f},{width + jitter[2]:.1f},{height + jitter[3]:.1f},0.9")
        for frame in range(1, seconds * 5 + 1):
            t = frame / 5
            if t < 120:
                for k in range(3):
                    box(frame, 100 + (t * 90 + 400 * k) % 1080, 480 + 60 * k, 90 + 8 * k, 240 + 20 * k)
            else:
                for x in (480, 880):
                    box(frame, x, 405, 125, 178)
        path = self.dir / "det.txt"
        path.write_text("\n".join(lines) + "\n")
        return path

    def scene(self, shift=0, name="scene.json"):
        scene = json.loads(json.dumps(SCENE))
        for corner in scene["zones"][0]["polygon"]:
            corner[0] += shift
        path = self.dir / name
        path.write_text(json.dumps(scene))
        return path

    def test_a_shifted_zone_is_told_and_its_suggestion_can_be_pasted(self):
        self.chairside("replay", "--detections", self.detections(), "--scene", self.scene(), "--events", "events.csv", "--feet", "feet.json", check=0)
        fits = self.chairside("zones", "doctor", "--from", self.dir, check=0).stdout
        self.assertNotIn("PROBLEM", fits)
        self.assertEqual(fits.count("fits: "), 2, fits)
        moved = self.scene(shift=80, name="moved.json")
        told = self.chairside("zones", "doctor", "--from", self.dir / "feet.json", "--scene", moved, "--picture", "zones.svg", check=0).stdout
        self.assertRegex(told, r"chair-1 \(CHAIR\)\n  PROBLEM  misses its people's feet: .* % were just outside")
        found = json.loads(self.chairside("zones", "doctor", "--from", self.dir, "--scene", moved, "--json", check=0).stdout)
        zone = found["cameras"][0]["zones"][0]
        self.assertEqual(zone["findings"][0]["kind"], "misses_feet")
        xs, ys = [x * 1280 for x, _ in zone["suggestion"]], [y * 720 for _, y in zone["suggestion"]]
        inside = max(0, min(max(xs), 560) - max(min(xs), 400)) * max(0, min(max(ys), 450) - max(min(ys), 350))
        union = (max(xs) - min(xs)) * (max(ys) - min(ys)) + 160 * 100 - inside
        self.assertGreater(inside / union, 0.5, "of the bounding boxes")
        pasted = re.search(r"      - \{name: .*?\}\n", told, re.S).group(0)
        config = self.config(source="rtsp://127.0.0.1/x", zones="\n" + pasted)
        self.chairside("check", "--config", config, check=0)
        drawing = xml.etree.ElementTree.parse(self.dir / "zones.svg").getroot()
        self.assertTrue(drawing.tag.endswith("svg"))
        self.assertFalse([e for e in drawing.iter() if e.tag.endswith("image")], "no picture of the camera")

    def test_too_little_data_and_wrong_files_are_said(self):
        self.chairside("replay", "--detections", self.detections(300), "--scene", self.scene(), "--events", "events.csv", "--feet", "feet.json", check=0)
        early = self.chairside("zones", "doctor", "--from", "feet.json", check=0).stdout
        self.assertIn("too little was seen yet: it takes at least 45 min", early)
        self.assertNotIn("polygon", early)
        (self.dir / "wrong.json").write_text("{}")
        for source in ("wrong.json", "none.json"):
            done = self.chairside("zones", "doctor", "--from", source)
            self.assertEqual(done.returncode, 3, done.stderr)
            self.assertIn(source, done.stderr)
        self.assertEqual(self.chairside("zones", "doctor").returncode, 2)
        self.assertEqual(self.chairside("zones", "doctor", "--from", "feet.json", "--picture", "x.png").returncode, 2)

    def test_the_service_keeps_feet_in_its_store(self):
        if not e2e.VIDEO.exists():
            self.skipTest("the sample video is not here")
        yesterday = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=1)
        config = self.config(camera=f"    start_time: {yesterday:%Y-%m-%d}T10:59:30Z")
        self.chairside("run", "--config", config, check=0, timeout=400)
        database = sqlite3.connect(self.dir / "store.db")
        rows = database.execute("SELECT camera, hour_us, width, height, watched_s, length(cells) FROM feet ORDER BY hour_us").fetchall()
        self.assertEqual([row[0] for row in rows], ["street", "street"], "two hours of the clock")
        self.assertEqual(rows[1][1] - rows[0][1], 3_600_000_000)
        self.assertAlmostEqual(sum(row[4] for row in rows), 79.4, delta=1.5)
        self.assertTrue(all(row[2:4] == (768, 576) and row[5] > 0 for row in rows), rows)
        told = self.chairside("zones", "doctor", "--config", config, "--days", "30", check=0).stdout
        self.assertIn("too little was seen yet", told)

    def test_the_measured_scenes_raise_no_alarm_and_shifts_are_found(self):
        scenes = sorted((EVAL / "salon").glob("*/scene.json"))
        if not scenes:
            self.skipTest("CHAIRSIDE_EVAL names no folder with the measured data")
        for scene in scenes:
            self.chairside("replay", "--detections", scene.parent / "det.txt.gz", "--scene", scene, "--events", "events.csv",
                           "--feet", "feet.json", check=0)
            told = self.chairside("zones", "doctor", "--from", "feet.json", check=0).stdout
            self.assertNotIn("PROBLEM", told, scene.parent.name)
            truth = json.loads(scene.read_text())
            for index, zone in enumerate(truth["zones"]):
                if zone["type"] != "CHAIR":  # the others may hardly be used within the hour
                    continue
                for way in (-0.5, 0.5):
                    self.shift(truth, index, way, scene.parent.name)

    def shift(self, truth, index, way, name):
        moved = json.loads(json.dumps(truth))
        (left, top), (right, bottom) = truth["zones"][index]["polygon"][0], truth["zones"][index]["polygon"][2]
        for corner in moved["zones"][index]["polygon"]:
            corner[0] += way * (right - left)
        (self.dir / "moved.json").write_text(json.dumps(moved))
        found = json.loads(self.chairside("zones", "doctor", "--from", "feet.json", "--scene", "moved.json", "--json", check=0).stdout)
        zone = found["cameras"][0]["zones"][index]
        self.assertTrue([f for f in zone["findings"] if f["problem"]], f"{name} {zone['name']} {way}")
        xs, ys = [x * truth["width"] for x, _ in zone["suggestion"]], [y * truth["height"] for _, y in zone["suggestion"]]
        inside = max(0, min(max(xs), right) - max(min(xs), left)) * max(0, min(max(ys), bottom) - max(min(ys), top))
        union = (max(xs) - min(xs)) * (max(ys) - min(ys)) + (right - left) * (bottom - top) - inside
        self.assertGreaterEqual(inside / union, 0.5, f"{name} {zone['name']} {way}, of the bounding boxes")


if __name__ == "__main__":
    e2e.main()
