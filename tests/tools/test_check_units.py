"""tools/check_units.py: many cases in one process, and what that may not hide."""
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import check_units  # noqa: E402

# Says what GoogleTest says of the cases it is asked for: what a case does is in its name.
PROGRAM = """#!/usr/bin/env python3
import os, sys, time
asked = next(a for a in sys.argv if a.startswith("--gtest_filter=")).split("=", 1)[1].split(":")
code = 0
for case in asked:
    print(f"[ RUN      ] {case}", flush=True)
    open(sys.argv[0] + ".runs", "a").write(f"{os.getpid()} {case}\\n")
    alone = len(asked) == 1
    if "crashes" in case: os.kill(os.getpid(), 11)
    if "sleeps" in case: time.sleep(30)
    if "skips" in case: print("a_test.cpp:9: Skipped\\nno camera here\\n"); print(f"[  SKIPPED ] {case} (0 ms)"); continue
    if "fails" in case or ("minds_others" in case and not alone):
        print("a_test.cpp:7: Failure\\nExpected equality\\n"); print(f"[  FAILED  ] {case} (0 ms)"); code = 1; continue
    if "leaks" in case or ("taints" in case and not alone): code = 23
    print(f"half a line[       OK ] {case} (0 ms)")
if code == 23: print("==1==ERROR: LeakSanitizer: detected memory leaks")
sys.exit(code)
"""


class Units(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.program = Path(holder.name) / "a_test"
        self.program.write_text(PROGRAM)
        self.program.chmod(0o755)

    def case(self, name, **more):
        return check_units.Case(name, (str(self.program), f"--gtest_filter={name}", "--gtest_also_run_disabled_tests"), name, **more)

    def judge(self, *names):
        rows, self.told = check_units.judge([self.case(name) for name in names])
        return [(status, reason) for _, status, reason in rows]

    def processes(self):
        return len({line.split()[0] for line in Path(str(self.program) + ".runs").read_text().splitlines()})

    def test_good_cases_share_a_process(self):
        self.assertEqual(self.judge("A.one", "A.skips", "A.two"), [("passed", ""), ("skipped", "no camera here"), ("passed", "")])
        self.assertEqual(self.processes(), 1)
        self.assertEqual(self.told, [])

    def test_a_failure_is_told_with_its_output(self):
        self.assertEqual(self.judge("A.one", "A.fails", "A.two"),
                         [("passed", ""), ("failed", "a_test.cpp:7: Failure Expected equality"), ("passed", "")])
        self.assertIn("Expected equality", "".join(self.told))

    def test_what_a_crash_left_out_is_run_alone(self):
        self.assertEqual(self.judge("A.one", "A.crashes", "A.two", "A.skips"),
                         [("passed", ""), ("failed", "exit -11"), ("passed", ""), ("skipped", "no camera here")])
        self.assertEqual(self.processes(), 4)

    def test_what_fails_only_beside_others_passes_and_is_told(self):
        self.assertEqual(self.judge("A.one", "A.minds_others"), [("passed", ""), ("passed", "")])
        self.assertIn("passed alone", self.told[0])

    def test_a_leak_is_found_in_its_case(self):
        self.assertEqual(self.judge("A.one", "A.leaks"), [("passed", ""), ("failed", "ERROR: LeakSanitizer: detected memory leaks")])

    def test_a_group_that_fails_as_a_whole_is_a_failure(self):
        leak = "ERROR: LeakSanitizer: detected memory leaks"
        self.assertEqual(self.judge("A.taints", "A.one"), [("passed", ""), ("passed", ""), ("failed", leak)])
        self.assertIn("a_test from A.taints to A.one", self.told[0])

    def test_a_program_that_is_not_there_is_a_failure(self):
        self.program.unlink()
        self.assertEqual(self.judge("A.one", "A.two"), [("failed", "its program was not built")] * 2)

    def test_one_that_does_not_end(self):
        rows, _ = check_units.judge([self.case("A.sleeps", timeout=0.5)])
        self.assertEqual(rows, [("A.sleeps", "failed", "not ended after 0.5 s")])

    def test_groups_are_of_one_program_and_not_too_large(self):
        cases = [self.case(f"A.{i}") for i in range(95)] + [self.case("A.slow", timeout=300)]
        groups = check_units.groups_of(cases, most=40)
        self.assertEqual(sorted(map(len, groups)), [1, 31, 32, 32])
        self.assertEqual([c.gtest for c in groups[0]], ["A.slow"], "the slow one begins")
        self.assertEqual(sorted(c.gtest for g in groups for c in g), sorted(c.gtest for c in cases))

    def test_from_ctests_listing(self):
        listing = {"tests": [{"name": "X", "command": ["/b/x", "--gtest_filter=X.y"],
                              "properties": [{"name": "TIMEOUT", "value": 300.0}, {"name": "WORKING_DIRECTORY", "value": "/b"}]},
                             {"name": "x_test_NOT_BUILT"}]}
        one, other = check_units.cases_of(listing)
        self.assertEqual((one.gtest, one.timeout, one.folder), ("X.y", 300.0, "/b"))
        self.assertEqual(check_units.judge([other])[0], [("x_test_NOT_BUILT", "failed", "its program was not built")])

    def test_no_build_folder_is_an_error(self):
        done = subprocess.run([sys.executable, ROOT / "tools/check_units.py", self.program.parent / "r.tsv", self.program.parent / "no"],
                              capture_output=True, text=True)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("check_units: ", done.stderr)
