#!/usr/bin/env python3
# timeout: 900
# alone
"""tools/demo from its beginning to Ctrl-C: counts, then serves the sample video as a camera; and ends by itself where nobody watches."""
import os
import re
import signal
import subprocess
import time

import _e2e as e2e
from _dashboard import Browser

DEMO = e2e.ROOT / "tools" / "demo"


class Demo(e2e.Case):
    def demo(self, *arguments):
        log = open(self.dir / "demo.txt", "wb")
        process = subprocess.Popen([DEMO, *arguments], stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, start_new_session=True,
                                   env={**os.environ, "CHAIRSIDE_NO_SETUP": "1", "CHAIRSIDE_DEMO_PORT": "0"})
        log.close()
        self.processes.append(process)
        return process

    def said(self):
        return (self.dir / "demo.txt").read_text()

    def test_it_counts_and_serves_until_ctrl_c(self):
        process = self.demo("--serve")
        found = self.wait_for("the address", lambda: process.poll() is not None or re.search(r"Open +http://localhost:(\d+)/", self.said()), seconds=800)
        self.assertIsNone(process.poll(), self.said()[-1000:])
        self.assertIn("haircuts", self.said().lower())
        browser = Browser(int(found.group(1)))
        browser.enter()
        self.wait_for("pictures", lambda: browser.json("/cameras")["cameras"][0]["frames"] > 10, seconds=60)
        self.assertTrue(browser.json("/events")["events"], "what was counted before is there to see")
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does
        started = time.monotonic()
        self.assertEqual(process.wait(timeout=60), 0, self.said()[-1000:])
        self.assertLess(time.monotonic() - started, 20)
        with self.assertRaises(ConnectionRefusedError):
            browser.call("GET", "/session")

    def test_without_a_terminal_it_ends_by_itself(self):
        process = self.demo()
        self.assertEqual(process.wait(timeout=800), 0, self.said()[-1000:])
        self.assertNotIn("Open ", self.said())


e2e.need_video()
e2e.main()
