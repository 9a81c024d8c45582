#!/usr/bin/env python3
# timeout: 3600
"""The service with ThreadSanitizer (TSAN_CHAIRSIDE: the program of the preset `tsan`; tools/check all builds it): a short soak, a reload,
the dashboard's API, the broker and the centre, and no report of a race, a lock's order or a leaked thread."""
import os
import re
import shutil
import subprocess
import sys

import _e2e as e2e

PROGRAM = os.environ.get("TSAN_CHAIRSIDE", "")
SUPPRESSIONS = e2e.ROOT / "tools" / "tsan.supp"
HERE = e2e.ROOT / "tests" / "e2e"


class ThreadSanitizer(e2e.Case):
    def reports(self):
        """The first lines of each."""
        texts = "\n".join(path.read_text(errors="replace") for path in sorted(self.dir.glob("report.*")))
        return [one[:2500] for one in texts.split("==================\n") if "WARNING: ThreadSanitizer" in one]

    def run_with_it(self, script, least, **more):
        """least: tests of the script that have to pass even at this speed."""
        # Misuse of a mutex is told of OpenVINO's alone, whose first locks are out of sight; races and orders of locks are not left out.
        options = f"suppressions={SUPPRESSIONS}:log_path={self.dir}/report:exitcode=0:report_mutex_bugs=0:second_deadlock_stack=1"
        symbolizer = shutil.which("llvm-symbolizer-16")
        options += f":external_symbolizer_path={symbolizer}" if symbolizer else ":allow_addr2line=1"
        environment = {**os.environ, "CHAIRSIDE": PROGRAM, "TSAN_OPTIONS": options, "TBB_ENABLE_SANITIZERS": "1", **more}
        done = subprocess.run([sys.executable, str(HERE / script)], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              timeout=1800)
        passed = re.findall(r"^ok \d+ - (?!.*# SKIP)", done.stdout, re.MULTILINE)
        print("".join(f"# {script}: {line}\n" for line in done.stdout.splitlines() if line.startswith(("ok", "not ok"))), end="", flush=True)
        found = self.reports()
        if found:
            self.fail(f"{script}: {len(found)} reports\n" + "\n".join(found[:6]))
        self.assertGreaterEqual(len(passed), least, done.stdout[-4000:])

    def test_a_race_is_reported(self):
        """Else the other tests would pass with any program."""
        symbols = subprocess.run(["nm", "-C", PROGRAM], capture_output=True, text=True, timeout=300).stdout
        self.assertIn("__tsan_init", symbols)

    def test_reload(self):
        self.run_with_it("config_reload.py", 1)

    def test_dashboard(self):
        self.run_with_it("dashboard_api.py", 5)

    def test_broker(self):
        self.run_with_it("mqtt.py", 2)

    def test_centre(self):
        self.run_with_it("sync.py", 1)

    def test_faults_of_cameras_with_everything_else(self):
        self.run_with_it("soak.py", 1, SOAK_MINUTES="3")


if __name__ == "__main__":
    if not PROGRAM:
        print("1..0 # SKIP TSAN_CHAIRSIDE is not set; tools/check all sets it")
        sys.exit(77)
    e2e.need_video()
    e2e.main()
