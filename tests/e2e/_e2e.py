"""What the end-to-end tests share: the program, a scratch folder, a configuration for the sample video, TAP output.

Each test script ends with `e2e.main()`; its tests are ordinary unittest cases.
"""
import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
CHAIRSIDE = Path(os.environ.get("CHAIRSIDE", ROOT / "build" / "chairside"))
DEPS = Path(os.environ.get("DEPS", ROOT / ".deps"))
SHARED = Path(os.environ.get("SHARED", ROOT.parent / "shared"))
VIDEO = DEPS / "video" / "vtest.avi"

# Zones of the demo: places of the sample video where people pass and linger.
ZONES = """
      - {name: crossing, type: CHAIR, capacity: 12, dwell_time: 3, grace: 2,
         polygon: [[0.43, 0.33], [0.73, 0.33], [0.73, 0.573], [0.43, 0.573]]}
      - {name: kerb, type: WASH, capacity: 12, dwell_time: 3, grace: 2,
         polygon: [[0.73, 0.26], [0.998, 0.26], [0.998, 0.573], [0.73, 0.573]]}
      - {name: lawn, type: WAIT, capacity: 12, dwell_time: 3, grace: 2,
         polygon: [[0.05, 0.2], [0.43, 0.2], [0.43, 0.95], [0.05, 0.95]]}
"""
# The head of the configurations that tests write.
HEAD = """
branch: {name: Test, timezone: UTC}
device: {id: test-pc}
supabase: {branch_code: TEST}
storage: {path: store.db}
reports: {dir: reports, schedule: false}
"""


class Case(unittest.TestCase):
    """A scratch folder per test; processes that are still there at its end are killed by their ids."""

    def setUp(self):
        self.dir = Path(tempfile.mkdtemp(prefix="chairside-e2e-"))
        self.processes = []

    def tearDown(self):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
                process.wait()
        shutil.rmtree(self.dir, ignore_errors=True)

    def need_rtsp_server(self):
        probe = subprocess.run(["/usr/bin/python3", "-c", "import gi; gi.require_version('GstRtspServer', '1.0')"], capture_output=True)
        if probe.returncode != 0:
            self.skipTest("GStreamer's RTSP server is not installed")

    def chairside(self, *arguments, timeout=300, check=None):
        done = subprocess.run([CHAIRSIDE, *map(str, arguments)], capture_output=True, text=True, timeout=timeout, cwd=self.dir)
        if check is not None:
            self.assertEqual(done.returncode, check, f"{arguments}\n{done.stdout}\n{done.stderr}")
        return done

    def start(self, *arguments, **more):
        log = open(self.dir / "stderr.txt", "ab")
        process = subprocess.Popen([str(a) for a in arguments], stdout=subprocess.DEVNULL, stderr=log, cwd=self.dir, **more)
        log.close()
        self.processes.append(process)
        return process

    def stderr(self):
        return (self.dir / "stderr.txt").read_text(errors="replace")

    def config(self, source=VIDEO, camera="", zones=ZONES, more="", name="config.yaml", dashboard="{listen: off}"):
        path = self.dir / name
        path.write_text(f"""{HEAD}logging: {{level: info, file: chairside.log, console: true}}
dashboard: {dashboard}
cameras:
  - id: street
    source: {json.dumps(str(source))}
{camera}
    zones:{zones}
{more}
""")
        return path

    def status(self, config):
        done = self.chairside("status", "--config", config, timeout=60)
        return json.loads(done.stdout) if done.returncode == 0 else None

    def frames_seen(self, config):
        """By the first camera; 0 while nobody answers, or answers before the cameras are there."""
        cameras = (self.status(config) or {}).get("cameras", [])
        return cameras[0]["frames"] if cameras else 0

    def wait_for(self, what, condition, seconds=90):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            value = condition()
            if value:
                return value
            time.sleep(0.05)
        self.fail(f"not within {seconds} s: {what}\n{self.stderr()[-2000:]}")

    def stop(self, process, seconds=5):
        """SIGTERM; returns how long it took. The promise is 0 within 5 s."""
        started = time.monotonic()
        process.send_signal(signal.SIGTERM)
        code = process.wait(timeout=seconds + 55)
        took = time.monotonic() - started
        self.assertEqual(code, 0, self.stderr()[-2000:])
        self.assertLess(took, seconds)
        return took

    def rows(self, path):
        with open(path, newline="", encoding="utf-8-sig") as file:
            return list(csv.DictReader(file))


def need_video():
    if not VIDEO.exists():
        print("1..0 # SKIP the sample video is not here; tools/setup fetches it")
        sys.exit(77)


def _reason(trace):
    """What is wrong, and where: the line after the last of a traceback's indented places."""
    lines = trace.strip().splitlines()
    place = max((i for i, line in enumerate(lines) if line.startswith("  File ")), default=0)
    message = next((line for line in lines[place + 1:] if not line.startswith(" ")), lines[-1])
    return message + ",".join(lines[place].split(",")[1:2])


class _Tap(unittest.TestResult):
    def startTest(self, test):
        super().startTest(test)
        self.skip, self.began = None, time.monotonic()
        self.before = len(self.failures), len(self.errors)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.skip = reason

    def stopTest(self, test):
        super().stopTest(test)
        # Not by addFailure: what fails in a subTest is only in the lists.
        bad = [trace for _, trace in self.failures[self.before[0]:] + self.errors[self.before[1]:]]
        name = test.id().split(".", 1)[-1]
        why = f" # SKIP {self.skip}" if self.skip else f" # because {_reason(bad[-1])}" if bad else ""
        print(f"{'not ok' if bad else 'ok'} {self.testsRun} - {name}{why}", flush=True)
        print(f"# took {time.monotonic() - self.began:.1f} s", flush=True)
        for trace in bad:
            print("\n".join("  " + line for line in trace.splitlines()), flush=True)


def main():
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"])
    result = _Tap()
    suite.run(result)
    for test, text in result.errors:
        if not isinstance(test, unittest.TestCase):  # a class or module that could not be set up
            print(f"not ok - {test}\n  " + "\n  ".join(text.splitlines()))
    print(f"1..{result.testsRun}")
    sys.exit(0 if result.wasSuccessful() else 1)
