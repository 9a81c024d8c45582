#!/usr/bin/env python3
"""Runs the unit tests of a build folder, many cases in one process, and writes one line per case for tools/check_summary.py.

  tools/check_units.py RESULTS.tsv BUILD [--jobs N] [CTEST ARGUMENTS, as -LE slow]

ctest starts a process for each case, and with sanitizers half of the time is the starting. Here a process runs up to a few dozen
cases of a program; what fails there, or is not reached because another one crashed, is run again alone, as ctest does it, and
only that counts. A group that fails as a whole although each of its cases passes alone (a leak that is found at the end) is one
more failure. Exit: 1 if a test failed, or none was found.
"""
import argparse
import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import check_scripts
import check_summary

AT_ONCE_MOST = 40  # cases in one process
USUAL_TIMEOUT_S = 120  # of a case; those that are given more are run alone
GROUP_TIMEOUT_S = 300
SHOWN_LINES = 60  # of the output of a failed case


@dataclass(frozen=True)
class Case:
    name: str  # as ctest says it
    command: tuple  # program, its arguments
    gtest: str  # as GoogleTest's filter knows it
    timeout: float = USUAL_TIMEOUT_S
    folder: str = "."
    disabled: bool = False


def cases_of(listing):
    """ctest's listing as JSON, as cases. A program that is not there gives a case without a command: it fails."""
    for test in listing["tests"]:
        properties = {p["name"]: p["value"] for p in test.get("properties", [])}
        command = tuple(test.get("command", ()))
        names = [a.split("=", 1)[1] for a in command if a.startswith("--gtest_filter=")]
        yield Case(test["name"], command, names[0] if names else "", float(properties.get("TIMEOUT", USUAL_TIMEOUT_S)),
                   properties.get("WORKING_DIRECTORY", "."), bool(properties.get("DISABLED", False)))


def groups_of(cases, most=AT_ONCE_MOST):
    """Those of one program in groups, the longest first."""
    alone, together = [], {}
    for case in cases:
        if case.gtest and case.timeout <= USUAL_TIMEOUT_S:
            together.setdefault((case.command[0], case.folder), []).append(case)
        else:
            alone.append([case])
    groups = []
    for of_program in together.values():
        count = -(-len(of_program) // most)
        groups += [of_program[len(of_program) * i // count:len(of_program) * (i + 1) // count] for i in range(count)]
    return alone + sorted(groups, key=len, reverse=True)


def said_of(output):
    """What GoogleTest said of each case: its word and what it printed meanwhile."""
    said = {}
    for part in output.split("[ RUN      ] ")[1:]:
        end = re.search(r"\[ +(OK|FAILED|SKIPPED) +\] ", part)
        if end:
            said[part.split("\n", 1)[0].strip()] = (end[1], part[:end.start()])
    return said


def judge_alone(case):
    """(status, reason, output) of a case in a process of its own."""
    if case.disabled:
        return "skipped", "disabled", ""
    if not case.command or not os.access(case.command[0], os.X_OK):
        return "failed", "its program was not built", ""
    status, output = check_scripts.run_bounded(case.command, case.timeout, cwd=case.folder)
    if status is None:
        return "failed", f"not ended after {case.timeout:g} s", output
    if status != 0:
        return "failed", check_summary.failure_words(output) or f"exit {status}", output
    word, said = said_of(output).get(case.gtest, ("OK", ""))
    return ("skipped", check_summary.skip_reason(said + output), output) if word == "SKIPPED" else ("passed", "", output)


def judge(group):
    """Rows of (test, status, reason) and what to print."""
    rows, told, passed_alone = [], [], True
    together = len(group) > 1 and os.access(group[0].command[0], os.X_OK) and not any(c.disabled for c in group)
    said, status, output = {}, 0, ""
    if together:
        others = [a for a in group[0].command[1:] if not a.startswith("--gtest_filter=")]
        names = ":".join(case.gtest for case in group)
        status, output = check_scripts.run_bounded([group[0].command[0], f"--gtest_filter={names}", *others], GROUP_TIMEOUT_S,
                                                   cwd=group[0].folder)
        said = said_of(output)
    again = not together or (status != 0 and all(said.get(c.gtest, ("",))[0] in ("OK", "SKIPPED") for c in group))
    for case in group:
        word, text = said.get(case.gtest, ("", ""))
        if word == "OK" and not again:
            rows.append((case.name, "passed", ""))
        elif word == "SKIPPED" and not again:
            rows.append((case.name, "skipped", check_summary.skip_reason(text)))
        else:
            result, reason, alone = judge_alone(case)
            rows.append((case.name, result, reason))
            passed_alone &= result != "failed"
            if result == "failed":
                told.append(f"=== {case.name}: {reason}\n" + "\n".join(alone.splitlines()[-SHOWN_LINES:]))
            elif together and not again:
                told.append(f"=== {case.name}: {result} alone, {word or 'no result'} beside others\n"
                            + "\n".join(text.splitlines()[-SHOWN_LINES:]))
    if together and again and passed_alone:
        reason = check_summary.failure_words(output) or f"exit {status}"
        rows.append((f"{Path(group[0].command[0]).name} from {group[0].name} to {group[-1].name}", "failed", reason))
        told.append(f"=== {rows[-1][0]}: {reason}\n" + "\n".join(output.splitlines()[-SHOWN_LINES:]))
    return rows, told


def listed(build, arguments):
    out = subprocess.run(["ctest", "--test-dir", build, "--show-only=json-v1", *arguments], capture_output=True, text=True)
    if out.returncode != 0:
        sys.exit(f"check_units: ctest cannot list the tests of {build}: {out.stderr.strip()[-600:]}")
    return list(cases_of(json.loads(out.stdout)))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", type=Path)
    parser.add_argument("build")
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)))
    arguments, of_ctest = parser.parse_known_args()
    cases = listed(arguments.build, of_ctest)
    rows = []
    with ThreadPoolExecutor(max(1, arguments.jobs)) as pool:
        for found, told in pool.map(judge, groups_of(cases)):
            rows += found
            print("\n".join([*told, f"{len(rows)} of {len(cases)}"]), flush=True)
    check_scripts.write_rows(arguments.results, rows)
    return 0 if rows and not any(row[1] == "failed" for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
