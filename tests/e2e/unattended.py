#!/usr/bin/env python3
"""The service under a supervisor as systemd is one: told when it is ready and turns, started anew when a part of it hangs."""
# timeout: 400
import ctypes
import os
import socket
import subprocess
import time
from pathlib import Path

import _e2e as e2e

PTRACE_SEIZE, PTRACE_INTERRUPT, WALL = 0x4206, 0x4207, 0x40000000
UNIT = e2e.ROOT / "deploy/systemd/chairside.service"


class Supervisor:
    """systemd's end of sd_notify: a datagram socket."""

    def __init__(self, folder):
        self.path = str(folder / "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.socket.setblocking(False)
        self.told = []

    def lines(self):
        while True:
            try:
                self.told += self.socket.recv(4096).decode().splitlines()
            except BlockingIOError:
                return self.told

    def count(self, line):
        return self.lines().count(line)

    def environment(self):
        return {**os.environ, "NOTIFY_SOCKET": self.path, "WATCHDOG_USEC": "90000000"}


class Unattended(e2e.Case):
    def setUp(self):
        super().setUp()
        self.supervisor = Supervisor(self.dir)

    def tearDown(self):
        self.supervisor.socket.close()
        super().tearDown()

    def run_service(self, config):
        return self.start(e2e.CHAIRSIDE, "run", "--config", config, env=self.supervisor.environment())

    def test_it_says_when_it_is_ready_turns_and_stops(self):
        process = self.run_service(self.config(camera="    realtime: true\n    loop: true", dashboard="{port: 0}"))
        self.wait_for("READY", lambda: self.supervisor.count("READY=1"))
        self.wait_for("the watchdog's food", lambda: self.supervisor.count("WATCHDOG=1") >= 3)
        self.stop(process)
        self.assertEqual(self.supervisor.count("STOPPING=1"), 1)

    def test_a_wrong_configuration_is_never_ready(self):
        config = self.config(zones="\n      - {name: z, type: SOFA, polygon: [[0, 0], [1, 0], [1, 1]]}")
        process = self.run_service(config)
        self.assertEqual(process.wait(60), 3)
        self.assertEqual(self.supervisor.lines(), [])

    def freeze(self, process, name):
        """Stops one thread of the process, and it alone, as a debugger does."""
        tasks = Path(f"/proc/{process.pid}/task")
        thread = self.wait_for(f"the thread {name}", lambda: [task.name for task in tasks.iterdir() if (task / "comm").read_text().strip() == name])
        libc = ctypes.CDLL(None, use_errno=True)
        libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
        for request in (PTRACE_SEIZE, PTRACE_INTERRUPT):
            if libc.ptrace(request, int(thread[0]), None, None) != 0:
                self.skipTest(f"threads cannot be stopped here: {os.strerror(ctypes.get_errno())}")
        return int(thread[0])

    @staticmethod
    def ended(thread):
        try:
            found, status = os.waitpid(thread, os.WNOHANG | WALL)
            return found != 0 and not os.WIFSTOPPED(status)
        except ChildProcessError:
            return True

    def test_a_thread_that_hangs_for_good_is_named_and_the_service_ends_to_be_started_anew(self):
        looping = "    realtime: true\n    loop: true\n    timeout: 1"
        process = self.run_service(self.config(camera=looping))
        self.wait_for("the watchdog's food", lambda: self.supervisor.count("WATCHDOG=1") >= 2)
        thread = self.freeze(process, "cap:street")
        began = time.monotonic()
        # Nobody reads for the supervisor but us. And whoever stopped a thread is told of its end, and only then is the process's own end told.
        self.wait_for("the end of the thread", lambda: self.supervisor.lines() and self.ended(thread), seconds=200)
        code = process.wait(timeout=60)
        took = time.monotonic() - began
        fed = self.supervisor.count("WATCHDOG=1")
        self.assertEqual(code, 6, self.stderr()[-2000:])
        self.assertIn("does not turn any more which=\"capture of camera street\"", self.stderr())
        self.assertIn("the service ends, so that it is started anew", self.stderr())
        self.assertGreater(took, 30, "not before it had its time")
        self.assertLess(fed, took - 20, "a service that hangs is not said to turn")
        # The next start goes on.
        again = self.run_service(self.config(camera=looping))
        self.wait_for("READY again", lambda: self.supervisor.count("READY=1") >= 2)
        self.stop(again)

    def test_after_crashes_in_a_row_the_cameras_wait_and_somebody_is_told(self):
        config = self.config(camera="    realtime: true\n    loop: true")
        for _ in range(3):
            before = self.supervisor.count("READY=1")
            process = self.run_service(config)
            self.wait_for("READY", lambda: self.supervisor.count("READY=1") > before)
            process.kill()
            process.wait()
        process = self.run_service(config)
        status = self.wait_for("a status", lambda: self.status(config))
        self.assertIn("crashed 3 times", status["alarm"])
        self.assertEqual(status["cameras"][0]["state"], "starting")
        self.assertEqual(status["cameras"][0]["frames"], 0)
        self.stop(process)
        # Stopped on purpose: the count begins anew.
        process = self.run_service(config)
        self.wait_for("pictures", lambda: self.frames_seen(config) > 5)
        self.assertNotIn("alarm", self.status(config))
        self.stop(process)

    def test_the_unit_is_one_that_systemd_takes(self):
        text = UNIT.read_text().replace("/usr/bin/chairside", str(e2e.CHAIRSIDE)).replace("User=chairside\n", "").replace("Group=chairside\n", "")
        unit = self.dir / "chairside.service"
        unit.write_text(text)
        done = subprocess.run(["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True, timeout=120)
        ours = [line for line in done.stderr.splitlines() if "chairside.service" in line]
        self.assertEqual(ours, [])


if __name__ == "__main__":
    e2e.need_video()
    e2e.main()
