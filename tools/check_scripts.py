#!/usr/bin/env python3
"""Runs test scripts, two at once, and writes one line per test for tools/check_summary.py.

  tools/check_scripts.py RESULTS.tsv SCRIPT…            scripts that print TAP, or just exit 0 (passed), 77 (skipped)
  tools/check_scripts.py RESULTS.tsv --unittest FOLDER  Python's unittest, FOLDER/test_*.py

A script may say `# timeout: SECONDS` in its first 20 lines (300 if not), and `# alone` if nothing may run beside it. Those
with the longest time-outs begin. It finds CHAIRSIDE (the program), DEPS (.deps)
and SHARED (the folder beside the checkout with measured data, which may be absent) in its environment.
Exit: 1 if a test failed.
"""
import os
import re
import signal
import subprocess
import sys
import time
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TIMEOUT_S = 300
AT_ONCE = 2  # most wait for something most of the time
SKIP = 77


def parse_tap(output, script):
    """(test, status, reason) of each TAP line; a plan that is not kept is a failure."""
    found, planned = [], None
    for line in output.splitlines():
        plan = re.match(r"1\.\.(\d+)(?:\s*#\s*SKIP\s*(.*))?", line, re.I)
        test = re.match(r"(not )?ok\b\s*(\d*)[\s-]*([^#]*)(?:#\s*(\w+)\s*(.*))?", line)
        if plan:
            planned = int(plan[1])
            if planned == 0:
                found.append((script, "skipped", plan[2] or "no reason given"))
                planned = 1
        elif line.startswith("Bail out!"):
            found.append((script, "failed", line))
        elif test:
            status = "failed" if test[1] else "passed"
            if (test[4] or "").upper() == "SKIP":
                status = "skipped"
            found.append((f"{script}: {test[3].strip() or test[2]}", status, (test[5] or "").strip()))
    if planned is not None and planned != len(found):
        found.append((script, "failed", f"{planned} tests were planned, {len(found)} ran"))
    return found


def results_of(script, code, output):
    found = parse_tap(output, script)
    last = next((line for line in reversed(output.splitlines()) if line.strip()), "")
    if code == SKIP and not found:
        return [(script, "skipped", last or "no reason given")]
    if not found:
        return [(script, "passed" if code == 0 else "failed", "" if code == 0 else f"exit {code}: {last}")]
    if code not in (0, SKIP) and not any(status == "failed" for _, status, _ in found):
        found.append((script, "failed", f"exit {code}: {last}"))
    return found


def command_of(script):
    # Debian's own Python: only it has the GStreamer bindings of the RTSP server.
    return ["/usr/bin/python3", script] if script.endswith(".py") else ["bash", script]


def head_of(script):
    return "\n".join(Path(script).read_text(encoding="utf-8").splitlines()[:20])


def timeout_of(script):
    match = re.search(r"# timeout: (\d+)", head_of(script))
    return int(match[1]) if match else TIMEOUT_S


def is_alone(script):
    return re.search(r"^# alone$", head_of(script), re.M) is not None


def run_bounded(command, timeout, **more):
    """(exit status, all it printed); None for the status where it took too long. Its own process group: servers that it started
    go with it."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               errors="replace", start_new_session=True, **more)
    late, output = False, ""
    try:
        output, _ = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        late = True
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    if late:
        output, _ = process.communicate()
    return None if late else process.returncode, output


def run_script(script):
    environment = dict(os.environ, CHAIRSIDE=str(ROOT / "build" / "chairside"), DEPS=str(ROOT / ".deps"),
                       SHARED=str(ROOT.parent / "shared"))
    limit, name = timeout_of(script), Path(script).name
    status, output = run_bounded(command_of(script), limit, cwd=ROOT, env=environment)
    if status is None:
        return output, [(name, "failed", f"not ended after {limit} s")]
    return output, results_of(name, status, output)


def run_scripts(scripts):
    def run(script):
        started = time.monotonic()
        output, results = run_script(script)
        print(f"=== {script} ({time.monotonic() - started:.1f} s)\n{output}", end="" if output.endswith("\n") else "\n", flush=True)
        return results

    beside = sorted((s for s in scripts if not is_alone(s)), key=timeout_of, reverse=True)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = dict(zip(beside, pool.map(run, beside)))
    found.update((script, run(script)) for script in scripts if script not in found)
    return [result for script in scripts for result in found[script]]


class Recorder(unittest.TextTestResult):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.found = []

    def stopTest(self, test):
        super().stopTest(test)
        name = test.id()
        failed = [text for other, text in self.failures + self.errors if getattr(other, "test_case", other) is test]
        skipped = [reason for other, reason in self.skipped if other is test]
        if failed:
            self.found.append((name, "failed", failed[0].strip().splitlines()[-1]))
        elif skipped:
            self.found.append((name, "skipped", skipped[0]))
        else:
            self.found.append((name, "passed", ""))


def run_unittest(folder):
    suite = unittest.TestLoader().discover(folder)
    result = unittest.TextTestRunner(verbosity=2, resultclass=Recorder).run(suite)
    known = {name for name, _, _ in result.found}
    for test, text in result.errors:  # a setUpClass or module that fails has no stopTest
        if getattr(test, "test_case", test).id() not in known:
            result.found.append((test.id(), "failed", text.strip().splitlines()[-1]))
    return result.found


def write_rows(target, rows):
    """For tools/check_summary.py."""
    clean = [[re.sub(r"[\t\n\r]+", " ", field) for field in row] for row in rows]
    target.write_text("".join("\t".join(row) + "\n" for row in clean), encoding="utf-8")


def main():
    if len(sys.argv) < 3 or sys.argv[1] in ("-h", "--help"):
        print(__doc__)
        return 2
    target, arguments = Path(sys.argv[1]), sys.argv[2:]
    found = run_unittest(arguments[1]) if arguments[0] == "--unittest" else run_scripts(arguments)
    write_rows(target, found)
    return 1 if any(status == "failed" for _, status, _ in found) else 0


if __name__ == "__main__":
    sys.exit(main())
