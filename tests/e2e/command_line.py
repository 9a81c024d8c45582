#!/usr/bin/env python3
# timeout: 900
"""The command line: help everywhere, faults of the configuration in words, models, examples."""
import subprocess

import _e2e as e2e


class CommandLine(e2e.Case):
    def test_every_subcommand_has_help_with_its_exit_codes(self):
        self.assertIn("Exit codes", self.chairside("--help", check=0).stdout)
        for name in ("run", "check", "status", "replay", "report", "eval"):
            self.assertIn("Exit codes", self.chairside(name, "--help", check=0).stdout, name)
        self.assertIn("Exit codes", self.chairside("zones", "doctor", "--help", check=0).stdout)
        for name in ("list", "fetch", "test"):
            self.chairside("models", name, "--help", check=0)
        self.assertEqual(self.chairside("--version", check=0).stdout.split()[0], "chairside")
        for wrong in ((), ("dance",), ("run",), ("report", "--config", "x"), ("status",)):
            self.assertEqual(self.chairside(*wrong).returncode, 2, wrong)

    def test_check_and_run_refuse_the_same_faults(self):
        config = self.config(zones="""
      - {name: a, type: CHIAR, polygon: [[0, 0], [1, 1], [1, 0], [0, 1]]}
      - {name: a, type: CHAIR, polygon: [[0, 0], [700, 0], [1, 1]], capacty: 1}
""", source=self.dir / "missing.avi")
        checked = self.chairside("check", "--config", config)
        self.assertEqual(checked.returncode, 3)
        for words in ("CHIAR", "CHAIR", "cross", "capacity", "700", "missing.avi"):
            self.assertIn(words, checked.stderr)
        for line in checked.stderr.splitlines()[:-1]:
            self.assertRegex(line, r"config\.yaml:\d+:\d+: ", line)
        ran = self.chairside("run", "--config", config)
        self.assertEqual((ran.returncode, ran.stderr), (3, checked.stderr))
        self.assertFalse((self.dir / "store.db").exists(), "nothing was started")

    def test_the_example_configurations_are_right(self):
        for path in [*e2e.ROOT.glob("config/*.yaml"), *e2e.ROOT.glob("demo/*.yaml")]:
            done = self.chairside("check", "--no-paths", "--config", path)
            secret = "is not set" in done.stderr or "environment" in done.stderr
            self.assertTrue(done.returncode == 0 or secret, f"{path}\n{done.stderr}")

    def test_models_are_listed_with_licence_and_hash_and_measured(self):
        listed = self.chairside("models", "list", check=0).stdout
        for words in ("nanodet-g-416", "coco-ssdlite-mobilenet-v2", "pedestrian-ssdlite", "Apache-2.0", "MIT", "sha256"):
            self.assertIn(words, listed)
        self.assertNotIn("WRONG HASH", listed)
        if "(here)" not in listed:
            self.skipTest("no model was fetched")
        measured = self.chairside("models", "test", "--seconds", "0.5", check=0).stdout
        self.assertIn("nanodet-g-416", measured)

    def test_a_report_without_a_store_says_so(self):
        done = self.chairside("report", "--config", self.config(source="rtsp://127.0.0.1/x"), "--date", "2026-03-02")
        self.assertEqual(done.returncode, 1)
        self.assertIn("store.db", done.stderr)
        self.assertFalse((self.dir / "store.db").exists(), "a report creates no store")


class Examples(e2e.Case):
    def example(self, name, *arguments):
        path = e2e.CHAIRSIDE.parent / "examples" / f"example_{name}"
        if not path.exists():
            self.skipTest("the examples are not built")
        return subprocess.run([path, *map(str, arguments)], capture_output=True, text=True, timeout=120, cwd=self.dir)

    def test_the_examples_do_what_they_say(self):
        if not e2e.VIDEO.exists():
            self.skipTest("the sample video is not here")
        config = self.config(camera="    start_time: 2026-03-02T10:00:00Z")
        started = self.example("start_service", config, 60)
        self.assertEqual(started.returncode, 0, started.stderr)
        self.assertIn('"haircuts"', started.stdout)
        (self.dir / "store.db").unlink()
        heard = self.example("subscribe_events", config)
        self.assertEqual(heard.returncode, 0, heard.stderr)
        self.assertRegex(heard.stdout, r"haircut open in crossing: \d+ s")
        self.assertRegex(heard.stdout, r"haircut closed in crossing: \d+ s")
        report = self.example("write_report", self.dir / "store.db", "UTC", "2026-03-02", self.dir / "out")
        self.assertEqual(report.returncode, 0, report.stderr)
        self.assertTrue(list((self.dir / "out").glob("*.html")))


if __name__ == "__main__":
    e2e.main()
