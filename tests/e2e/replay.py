#!/usr/bin/env python3
# timeout: 600
"""Offline replays: repeatable to the byte, as exact as promised, and clear about wrong input."""
import gzip
import json
import random
import resource
import subprocess
import sys

import _e2e as e2e

SCENE = {
    "fps": 10, "width": 768, "height": 576,
    "zones": [{"name": "crossing", "type": "CHAIR", "polygon": [[330, 190], [560, 190], [560, 330], [330, 330]], "capacity": 12},
              {"name": "kerb", "type": "WASH", "polygon": [[560, 150], [767, 150], [767, 330], [560, 330]], "capacity": 12}],
    "dwell_s": {"chair": 3, "wash": 3, "wait": 3},
}


class Replay(e2e.Case):
    def scene(self, scene=SCENE):
        path = self.dir / "scene.json"
        path.write_text(json.dumps(scene))
        return path

    def detections(self, name="det.txt", frames=400):
        """One person who walks in, stays and leaves, with jitter and misses from a seed."""
        noise = random.Random(7)
        lines = []
        for frame in range(1, frames + 1):
            if noise.random() < 0.1:
                continue
            x = min(440, 100 + 12 * frame) if frame < frames - 60 else 440 + 12 * (frame - frames + 60)
            lines.append(f"{frame},-1,{x - 30 + noise.gauss(0, 2):.1f},{130 + noise.gauss(0, 2):.1f},60,150,0.9")
        text = "\n".join(lines) + "\n"
        path = self.dir / name
        path.write_bytes(gzip.compress(text.encode()) if name.endswith("gz") else text.encode())
        return path

    def test_recorded_detections_plain_and_gzip_give_the_same_events(self):
        scene = self.scene()
        for name in ("det.txt", "det.txt.gz"):
            self.chairside("replay", "--detections", self.detections(name), "--scene", scene, "--events", f"{name}.csv",
                           "--tracks", f"{name}.tracks", check=0)
        plain = (self.dir / "det.txt.csv").read_bytes()
        self.assertEqual(plain, (self.dir / "det.txt.gz.csv").read_bytes())
        self.assertEqual((self.dir / "det.txt.tracks").read_bytes(), (self.dir / "det.txt.gz.tracks").read_bytes())
        rows = self.rows(self.dir / "det.txt.csv")
        self.assertEqual([row["zone"] for row in rows if row["type"] == "CHAIR"], ["crossing"])
        self.assertLess(float(rows[0]["enter_s"]), 3.5)
        tracks = (self.dir / "det.txt.tracks").read_text().splitlines()
        self.assertGreater(len(tracks), 300)
        self.assertEqual(len(tracks[0].split(",")), 10)

    def test_the_sample_video_twice_gives_the_same_bytes(self):
        if not e2e.VIDEO.exists():
            self.skipTest("the sample video is not here")
        scene = self.scene()
        for run in ("a", "b"):
            self.chairside("replay", "--video", e2e.VIDEO, "--scene", scene, "--events", f"{run}.csv", "--tracks", f"{run}.txt",
                           "--annotate", f"{run}.mp4", check=0, timeout=300)
        for kind in ("csv", "txt", "mp4"):
            self.assertEqual((self.dir / f"a.{kind}").read_bytes(), (self.dir / f"b.{kind}").read_bytes(), kind)
        probe = subprocess.run(["ffprobe", "-v", "error", "-count_frames", "-select_streams", "v", "-of", "csv=p=0", "-show_entries",
                                "stream=width,height,nb_read_frames", self.dir / "a.mp4"], capture_output=True, text=True)
        self.assertEqual(probe.stdout.strip(), "768,576,795")

    def test_the_sample_video_scores_above_the_best_peer(self):
        truth = e2e.SHARED / "eval" / "vtest"
        if not truth.exists() or not e2e.VIDEO.exists():
            self.skipTest("needs the measured data beside the checkout")
        self.chairside("replay", "--video", e2e.VIDEO, "--scene", truth / "scene.json", "--events", "events.csv", check=0, timeout=300)
        scored = subprocess.run([sys.executable, truth.parent / "score_events.py", truth / "truth.json", self.dir / "events.csv", "--json"],
                                capture_output=True, text=True, check=True)
        self.assertGreaterEqual(json.loads(scored.stdout)["f1"], 0.69, scored.stdout)

    def test_an_hour_of_a_salon_replays_within_5_s(self):
        scenarios = sorted((e2e.SHARED / "eval" / "salon").glob("*/scene.json"))
        if not scenarios:
            self.skipTest("needs the measured data beside the checkout")
        for scene in scenarios:
            # The processor's time: what a machine with nothing else to do would take.
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            self.chairside("replay", "--detections", scene.parent / "det.txt.gz", "--scene", scene, "--events", "events.csv", check=0)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            self.assertLess(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 5, scene.parent.name)

    def test_wrong_input_is_named_and_leaves_earlier_output_alone(self):
        scene, events = self.scene(), self.dir / "events.csv"
        events.write_text("earlier\n")
        broken = self.dir / "broken.txt"
        broken.write_text("1,-1,10,10,20,40,0.9\n2,-1,ten,10,20,40,0.9\n")
        wrong_scene = self.dir / "wrong.json"
        wrong_scene.write_text(json.dumps({**SCENE, "zones": [{**SCENE["zones"][0], "type": "CHIAR"}]}))
        text = self.dir / "text.mp4"
        text.write_text("not a video at all\n" * 100)
        for arguments, words in (
            (("--detections", broken, "--scene", scene), "broken.txt:2"),
            (("--detections", self.dir / "none.txt", "--scene", scene), "none.txt"),
            (("--detections", broken, "--scene", wrong_scene), "CHIAR"),
            (("--video", text, "--scene", scene), "text.mp4"),
            (("--video", self.dir, "--scene", scene), "chairside-e2e"),
        ):
            done = self.chairside("replay", *arguments, "--events", events)
            self.assertEqual(done.returncode, 3, f"{arguments}: {done.stderr}")
            self.assertIn(words, done.stderr)
        self.assertEqual(events.read_text(), "earlier\n")
        self.assertEqual([path.name for path in self.dir.glob("*.part")], [])
        self.assertEqual(self.chairside("replay", "--scene", scene, "--events", events).returncode, 2)
        self.assertEqual(self.chairside("replay", "--detections", broken, "--scene", scene, "--events", events, "--tiles", "9x9").returncode, 2)


if __name__ == "__main__":
    e2e.main()
