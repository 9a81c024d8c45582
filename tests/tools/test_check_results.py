"""What tools/check counts: nothing that failed, was skipped or never ran may pass for a success."""
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import check_scripts  # noqa: E402
import check_summary  # noqa: E402

ROWS = "good\tpassed\t\nbad\tfailed\t3 is not 4\nabsent\tskipped\tno camera here\noff\tskipped\tdisabled\n"


class Folder(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)

    def write(self, name, text):
        (self.folder / name).write_text(text)
        return self.folder / name


class Summary(Folder):
    def statuses(self, name, text):
        self.write(name, text)
        return [(r.test, r.status, r.reason) for r in check_summary.read_folder(self.folder)]

    def run_summary(self):
        result = subprocess.run([sys.executable, ROOT / "tools" / "check_summary.py", self.folder], capture_output=True, text=True)
        return result.returncode, result.stdout.splitlines()

    def test_empty_results_are_failures(self):
        self.assertEqual([s for _, s, _ in self.statuses("a.tsv", "")], ["failed"])
        self.assertEqual([s for _, s, _ in self.statuses("a.tsv", "\n\n")], ["failed"])

    def test_tsv(self):
        self.assertEqual(self.statuses("format.tsv", "a\tpassed\t\nb\tskipped\twhy\nc\tfailed\tbad\n"),
                         [("a", "passed", ""), ("b", "skipped", "why"), ("c", "failed", "bad")])

    def test_unknown_status_is_a_failure(self):
        self.assertEqual([s for _, s, _ in self.statuses("format.tsv", "a\tsplendid\t\n")], ["failed"])

    def test_last_lines_and_exit_code(self):
        self.write("release.tsv", ROWS)
        code, out = self.run_summary()
        self.assertEqual(code, 1)
        self.assertEqual(out[-1], "1 passed, 1 failed")
        self.assertEqual(out[-2], "2 skipped: no camera here (1); disabled (1)")
        self.assertIn("FAILED release: bad (3 is not 4)", out)

    def test_all_good(self):
        self.write("a.tsv", "x\tpassed\t\n")
        self.assertEqual(self.run_summary(), (0, ["a                    1 passed    0 failed    0 skipped", "1 passed, 0 failed"]))

    def test_nothing_ran_is_no_success(self):
        self.assertEqual(self.run_summary()[0], 1)
        self.write("a.tsv", "x\tskipped\twhy\n")
        self.assertEqual(self.run_summary()[0], 1)


class Tap(unittest.TestCase):
    def of(self, code, output):
        return [(test, status) for test, status, _ in check_scripts.results_of("t.sh", code, output)]

    def test_plain_exit_codes(self):
        self.assertEqual(self.of(0, "hello\n"), [("t.sh", "passed")])
        self.assertEqual(self.of(3, "oops\n"), [("t.sh", "failed")])
        self.assertEqual(check_scripts.results_of("t.sh", 77, "no server here\n"), [("t.sh", "skipped", "no server here")])

    def test_lines(self):
        self.assertEqual(self.of(1, "1..3\nok 1 - one\nnot ok 2 - two\nok 3 - three # SKIP none\n"),
                         [("t.sh: one", "passed"), ("t.sh: two", "failed"), ("t.sh: three", "skipped")])

    def test_a_failure_says_why(self):
        self.assertEqual(check_scripts.results_of("t.sh", 1, "not ok 1 - two # because AssertionError: 3 != 4 in test_two\n1..1\n"),
                         [("t.sh: two", "failed", "AssertionError: 3 != 4 in test_two")])

    def test_death_after_good_lines(self):
        self.assertEqual(self.of(139, "ok 1 - one\n"), [("t.sh: one", "passed"), ("t.sh", "failed")])

    def test_plan_not_kept(self):
        self.assertEqual(self.of(0, "1..2\nok 1 - one\n")[-1], ("t.sh", "failed"))

    def test_all_skipped(self):
        self.assertEqual(check_scripts.results_of("t.sh", 0, "1..0 # SKIP no model\n"), [("t.sh", "skipped", "no model")])

    def test_bail_out(self):
        self.assertIn(("t.sh", "failed"), self.of(0, "ok 1 - one\nBail out! no disk\n"))


class Scripts(Folder):
    def test_timeout_fails_and_ends_its_children(self):
        script = self.write("slow.sh", "# timeout: 1\nsleep 60 & echo $!; wait\n")
        output, results = check_scripts.run_script(str(script))
        self.assertEqual(results, [("slow.sh", "failed", "not ended after 1 s")])
        state = Path(f"/proc/{output.split()[0]}/stat")
        ended = lambda: not state.exists() or state.read_text().split()[2] == "Z"
        until = time.monotonic() + 10  # a busy machine takes a moment to end it
        while not ended() and time.monotonic() < until:
            time.sleep(0.05)
        self.assertTrue(ended())

    def test_scripts_run_two_at_once_and_are_told_in_order(self):
        meet = self.folder / "meet"
        wait = f"for _ in $(seq 600); do [ -e {meet} ] && exit 0; sleep 0.1; done; exit 1\n"
        first, second = self.write("a.sh", wait), self.write("b.sh", f"touch {meet}\n")
        alone = self.write("c.sh", "# alone\nexit 77\n")
        found = check_scripts.run_scripts([str(alone), str(first), str(second)])
        self.assertEqual([row[:2] for row in found], [("c.sh", "skipped"), ("a.sh", "passed"), ("b.sh", "passed")])

    def test_unittest_counts_each_case(self):
        self.write("test_x.py", "import unittest\nclass T(unittest.TestCase):\n    def test_a(self): pass\n"
                                "    def test_b(self): self.fail('no')\n    def test_c(self): self.skipTest('why')\n")
        target = self.folder / "out.tsv"
        result = subprocess.run([sys.executable, ROOT / "tools" / "check_scripts.py", target, "--unittest", self.folder],
                                capture_output=True)
        self.assertEqual(result.returncode, 1)
        self.assertEqual([line.split("\t")[:2] for line in target.read_text().splitlines()],
                         [["test_x.T.test_a", "passed"], ["test_x.T.test_b", "failed"], ["test_x.T.test_c", "skipped"]])

    def test_module_that_does_not_load_is_a_failure(self):
        self.write("test_y.py", "import nothing_of_this_name\n")
        target = self.folder / "out.tsv"
        subprocess.run([sys.executable, ROOT / "tools" / "check_scripts.py", target, "--unittest", self.folder], capture_output=True)
        self.assertIn("failed", target.read_text())


if __name__ == "__main__":
    unittest.main()
