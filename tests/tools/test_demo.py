"""The demonstration's two descriptions of one scene, config.yaml and scene.json, must agree."""
import json
import re
import unittest
from pathlib import Path

DEMO = Path(__file__).resolve().parents[2] / "demo"


def zones_of_config(text):
    pattern = r"- name: (.+)\n\s+type: (\w+)\n\s+capacity: (\d+)\n\s+polygon: (\[.*\])"
    return [(name, kind, int(capacity), json.loads(polygon)) for name, kind, capacity, polygon in re.findall(pattern, text)]


class Demo(unittest.TestCase):
    def setUp(self):
        self.config = (DEMO / "config.yaml").read_text()
        self.scene = json.loads((DEMO / "scene.json").read_text())

    def test_zones_agree(self):
        zones = zones_of_config(self.config)
        self.assertEqual([(z["name"], z["type"], z["capacity"]) for z in self.scene["zones"]], [z[:3] for z in zones])
        for (_, _, _, polygon), zone in zip(zones, self.scene["zones"]):
            for (x, y), (px, py) in zip(polygon, zone["polygon"], strict=True):
                self.assertAlmostEqual(x * self.scene["width"], px, delta=0.1)
                self.assertAlmostEqual(y * self.scene["height"], py, delta=0.1)

    def test_there_is_a_zone_of_each_type(self):
        self.assertEqual({z["type"] for z in self.scene["zones"]}, {"CHAIR", "WASH", "WAIT"})

    def test_times_agree(self):
        for key, expected in (("dwell_time", self.scene["dwell_s"]),
                              ("grace", {z["type"].lower(): z["grace_s"] for z in self.scene["zones"]})):
            flow = re.search(rf"^{key}: \{{(.*)\}}$", self.config, re.M)[1]
            self.assertEqual({k: float(v) for k, v in (pair.split(":") for pair in re.sub(r"\s", "", flow).split(","))}, expected)


if __name__ == "__main__":
    unittest.main()
