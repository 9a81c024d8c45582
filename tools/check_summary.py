#!/usr/bin/env python3
"""Adds up the results that the steps of tools/check left, and says what failed and what was skipped, with reasons.

  tools/check_summary.py FOLDER

In FOLDER: NAME.tsv has lines `test <tab> passed|failed|skipped <tab> reason`.
The last line is `N passed, N failed`. Exit: 1 if a test failed or none passed.
"""
import re
import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"
SHOWN_FAILURES = 60


class Result(NamedTuple):
    suite: str
    test: str
    status: str
    reason: str = ""


def read_tsv(path):
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            test, status, reason = (line.split("\t") + ["", ""])[:3]
            # A line that says nothing we know must not pass for a success.
            known = status in (PASSED, FAILED, SKIPPED)
            yield Result(path.stem, test, status if known else FAILED, reason if known else f"unreadable result: {line!r}")


def skip_reason(output):
    """What GTEST_SKIP or a script said."""
    match = re.search(r"Skipped\s*\n\s*(\S[^\n]*)|# SKIP ([^\n]+)", output)
    return (match[1] or match[2]).strip() if match else "no reason given"


def failure_words(output):
    """What GoogleTest or a sanitizer said; nothing where neither did."""
    match = re.search(r"^[^\n]*: Failure\n(?:[^\n]*\n){0,1}|ERROR: (?:Address|Leak|Thread)Sanitizer[^\n]*|runtime error:[^\n]*", output, re.M)
    return " ".join(match[0].split()) if match else ""


def read_folder(folder):
    results = []
    for path in sorted(folder.iterdir()):
        if path.suffix == ".tsv":
            results += list(read_tsv(path)) or [Result(path.stem, path.name, FAILED, "it holds no result")]
    return results


def lines(results):
    counts = Counter(result.status for result in results)
    for suite in dict.fromkeys(result.suite for result in results):
        of_suite = Counter(result.status for result in results if result.suite == suite)
        yield f"{suite:16} {of_suite[PASSED]:5} passed {of_suite[FAILED]:4} failed {of_suite[SKIPPED]:4} skipped"
    failures = [result for result in results if result.status == FAILED]
    for result in failures[:SHOWN_FAILURES]:
        yield f"FAILED {result.suite}: {result.test}" + (f" ({result.reason[:200]})" if result.reason else "")
    if len(failures) > SHOWN_FAILURES:
        yield f"… and {len(failures) - SHOWN_FAILURES} more"
    if counts[SKIPPED]:
        reasons = Counter(result.reason for result in results if result.status == SKIPPED)
        yield f"{counts[SKIPPED]} skipped: " + "; ".join(f"{reason} ({n})" for reason, n in reasons.most_common())
    yield f"{counts[PASSED]} passed, {counts[FAILED]} failed"


def main():
    if len(sys.argv) != 2 or sys.argv[1] in ("-h", "--help"):
        print(__doc__)
        return 2
    results = read_folder(Path(sys.argv[1]))
    print("\n".join(lines(results)))
    statuses = {result.status for result in results}
    return 0 if PASSED in statuses and FAILED not in statuses else 1


if __name__ == "__main__":
    sys.exit(main())
