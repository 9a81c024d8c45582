#!/usr/bin/env python3
"""The running service against requests that schemathesis makes up from schema/openapi.yaml, right ones and wrong ones."""
# timeout: 900
import os
import subprocess
import sys
import unittest
from pathlib import Path

import _e2e as e2e
from _dashboard import Case

PROGRAM = e2e.DEPS / "venv-api" / "bin" / "schemathesis"
EXAMPLES = os.environ.get("API_EXAMPLES", "12")
SEED = os.environ.get("API_SEED", "7")
# The stream never ends; the others take away the session that asks (they come last, each with a service of its own), or open addresses.
APART = ("logIn", "logOut", "setPassword")
LEFT_OUT = ("getStream", "testCamera")


# What their descriptions say in words and a schema can not: days between two dates, an address that can be one, names with a slash, no
# control characters in a query, cameras that there are, the revision that is the newest.
IN_WORDS = ("getSummaries", "addCamera", "changeCamera", "savePlan", "getReport", "getPicture", "getEvents", "getEventsCsv", "saveZones")
CONFIG = "".join(f"""
[[operations]]
include-operation-id = "{name}"
checks.positive_data_acceptance.enabled = false
""" for name in IN_WORDS) + """
# It says in its answer that something is wrong: that is what it is for.
[[operations]]
include-operation-id = "validateZones"
checks.negative_data_rejection.enabled = false
"""


@unittest.skipUnless(PROGRAM.exists(), "schemathesis is not in .deps/venv-api")
class MadeUpRequests(Case):
    def run_schemathesis(self, *selection):
        browser = self.browser
        browser.enter()
        (self.dir / "schemathesis.toml").write_text(CONFIG)
        done = subprocess.run(
            [PROGRAM, "--config-file", self.dir / "schemathesis.toml", "run", e2e.ROOT / "schema/openapi.yaml", "--url", f"http://localhost:{browser.port}/api/v1",
             "-H", f"Cookie: {browser.cookie}", "-H", f"X-CSRF-Token: {browser.csrf}", "--rate-limit", "80/s", "-n", EXAMPLES, "--seed", SEED,
             "--generation-database", "none", "--phases", "examples,coverage,fuzzing", "--request-timeout", "60", "--warnings", "off",
             "--generation-with-security-parameters", "false",
             "--continue-on-failure", "--no-color", *selection],
            capture_output=True, text=True, cwd=self.dir, timeout=800, env={**os.environ, "HOME": str(self.dir)})
        self.assertEqual(done.returncode, 0, done.stdout[-16000:] + done.stderr[-2000:])
        return done.stdout

    def start_up(self):
        process = self.run_service()
        self.browser.enter()
        self.wait_for_frames()
        return process

    def test_every_operation_keeps_to_its_description(self):
        process = self.start_up()
        left_out = [part for name in APART + LEFT_OUT for part in ("--exclude-operation-id", name)]
        self.run_schemathesis(*left_out)
        self.assertIsNone(process.poll())
        self.assertNotIn("could not answer", self.stderr())
        self.stop(process)

    def test_those_that_end_the_session_do_so_too(self):
        for name in APART:
            process = self.start_up()
            # What comes after the session's end is answered by 401 and 403: the right answers then.
            self.run_schemathesis("--include-operation-id", name, "--exclude-checks", "positive_data_acceptance")
            self.assertNotIn("could not answer", self.stderr())
            self.stop(process)


if not Path(PROGRAM).exists():
    print("1..0 # SKIP schemathesis is not here; tools/setup fetches it")
    sys.exit(77)
e2e.need_video()
e2e.main()
