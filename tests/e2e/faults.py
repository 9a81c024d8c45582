#!/usr/bin/env python3
# timeout: 600
"""What the computer does to the service: a full disk, no files left to open, no memory, a clock that is set. Each is named in the
log and in the status, survived, and over once it is over."""
import datetime
import os
import re
import resource
import signal
import socket
import sqlite3
import subprocess
import time
import urllib.request
from pathlib import Path

import _e2e as e2e
from rtsp import Gate, Server

LOOPING = "    realtime: true\n    loop: true"
EVERYWHERE = """
      - {name: all, type: WAIT, capacity: 20, dwell_time: 2, grace: 2, polygon: [[0, 0], [1, 0], [1, 1], [0, 1]]}
"""
FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")
DISK_MB = 120  # the store leaves 64 MB of a disk to others


class SmallDisk:
    """A file system of its own where that is allowed; else files of the process may not grow."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", folder], capture_output=True)
        self.mounted = done.returncode == 0

    def fill(self, process):
        if not self.mounted:
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
            return
        with open(self.folder / "other", "wb", buffering=0) as filler:
            for size in (1 << 20, 4096):
                try:
                    while True:
                        filler.write(bytes(size))
                except OSError:
                    pass

    def free(self, process):
        if self.mounted:
            (self.folder / "other").unlink()
        else:
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    def close(self):
        if self.mounted:
            subprocess.run(["umount", "-l", self.folder], check=False)


def cpu_s(process):
    parts = Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")


class Faults(e2e.Case):
    def run_service(self, config, **more):
        self.path = config
        process = self.start(e2e.CHAIRSIDE, "run", "--config", config, **more)
        self.wait_for("a status", lambda: process.poll() is not None or self.status(config), seconds=60)
        self.assertIsNone(process.poll(), self.stderr()[-2000:])
        return process

    def frames(self):
        return self.frames_seen(self.path)

    def problems(self):
        return {one["what"]: one["words"] for one in (self.status(self.path) or {}).get("problems", [])}

    def port(self):
        return int(self.wait_for("the dashboard's address", lambda: re.search(
            r"the dashboard is served address=http://localhost:(\d+)/", self.stderr())).group(1))

    def health(self, port):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/session", timeout=10) as answer:
            return answer.status

    def query(self, store, sql):
        database = sqlite3.connect(f"file:{store}?mode=ro", uri=True)
        try:
            return database.execute(sql).fetchall()
        finally:
            database.close()

    def test_a_full_disk_stops_no_camera_and_loses_no_service(self):
        disk = SmallDisk(self.dir / "disk")
        self.addCleanup(disk.close)
        config = self.config(camera=LOOPING, zones=EVERYWHERE)
        text = config.read_text().replace("path: store.db", "path: disk/store.db").replace("dir: reports", "dir: disk/reports")
        config.write_text(text.replace("file: chairside.log", "file: disk/chairside.log"))
        process = self.run_service(config)
        store = self.dir / "disk/store.db"
        self.wait_for("a service", lambda: self.query(store, "SELECT 1 FROM events"))
        disk.fill(process)
        began = time.time()
        said = self.wait_for("what waits for the disk", lambda: self.problems().get("store"))
        self.assertRegex(said, r"Make room on it and do not switch off\. \(\d+ changes wait; .*full")

        def say_something():  # the last page of the file may have room for some lines
            process.send_signal(signal.SIGHUP)
            return self.problems().get("disk")

        self.assertRegex(self.wait_for("the log's file", say_something), "The log's file takes no lines")
        before = self.frames()
        self.wait_for("pictures while the disk is full", lambda: self.frames() > before + 10)
        if disk.mounted:
            today = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d")
            report = self.chairside("report", "--config", config, "--date", today)
            self.assertNotEqual(report.returncode, 0)
            self.assertIn("No space left on device", report.stdout + report.stderr)
        self.assertEqual(self.stderr().count("the store takes no events"), 1, "said once, not with each picture")
        self.assertLess(self.stderr().count(" WARNING "), 6, self.stderr()[-3000:])
        last_seen = self.query(store, "SELECT count(*) FROM events")[0][0]
        disk.free(process)
        freed = time.time()
        self.wait_for("all is well again", lambda: self.status(config) is not None and not self.problems())
        self.assertIn("the store takes events again; everything kept was written", (self.dir / "disk/chairside.log").read_text())
        during = self.query(store, f"SELECT count(*) FROM events WHERE start_us BETWEEN {began * 1e6 - 2e6} AND {freed * 1e6}")[0][0]
        total = self.query(store, "SELECT count(*) FROM events")[0][0]
        self.assertGreater(total, last_seen)
        self.assertGreater(during, 0, "services of the time in which the disk was full")
        self.assertEqual(self.query(store, "PRAGMA integrity_check"), [("ok",)])
        if disk.mounted:
            self.chairside("report", "--config", config, "--date", today, check=0)
            rows = self.rows(next((self.dir / "disk/reports").glob("*.csv")))
            self.assertGreaterEqual(len(rows), during)
        self.stop(process)
        self.assertEqual(self.query(store, "SELECT count(*) FROM events WHERE dwell_us < 0 OR end_us < start_us")[0][0], 0)

    def test_without_files_left_to_open_it_neither_spins_nor_forgets_its_cameras(self):
        self.need_rtsp_server()
        gate = self.gate()
        config = self.config(source=f"rtsp://127.0.0.1:{gate.port}/cam", camera="    timeout: 3\n    target_fps: 4", zones=EVERYWHERE,
                             dashboard="{port: 0}")
        process = self.run_service(config)
        port = self.port()
        self.wait_for("pictures", lambda: self.frames() > 5)
        hard = resource.prlimit(process.pid, resource.RLIMIT_NOFILE)[1]
        resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (4, hard))  # what is open stays open
        gate.cut()
        self.wait_for("the reason", lambda: "Too many open files" in self.stderr())
        self.wait_for("the trouble's name", lambda: "The service may open no more files" in self.stderr())
        # Who asks waits meanwhile, and nobody turns in a circle for that.
        asking = [socket.create_connection(("127.0.0.1", port), timeout=10)]
        status = socket.socket(socket.AF_UNIX)
        status.connect(str(self.dir / "store.db.sock"))
        asking.append(status)
        time.sleep(1)
        used, began = cpu_s(process), time.monotonic()
        time.sleep(5)
        share = (cpu_s(process) - used) / (time.monotonic() - began)
        print(f"# CPU while nothing can be opened: {share:.2f} of a core", flush=True)
        self.assertLess(share, 0.25)
        self.assertEqual(self.stderr().count("The service may open no more files"), 1)
        self.assertIsNone(process.poll())
        resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (hard, hard))
        for one in asking:
            one.close()
        before = self.wait_for("a status", self.frames)
        self.wait_for("the camera", lambda: self.frames() > before + 5)
        self.assertEqual(self.health(port), 200)
        self.wait_for("no problem", lambda: not self.problems())
        self.assertIn("files can be opened again", self.stderr())
        self.stop(process)

    def gate(self):
        clip = self.dir / "clip.avi"
        subprocess.run(["ffmpeg", "-v", "error", "-i", e2e.VIDEO, "-t", "8", "-c", "copy", clip], check=True, timeout=120)
        gate = Gate(Server(self, clip).port)
        self.addCleanup(gate.close)
        return gate

    def test_without_memory_it_says_so_and_the_next_start_goes_on(self):
        config = self.config(camera=LOOPING, zones=EVERYWHERE, dashboard="{port: 0}")
        process = self.run_service(config)
        port = self.port()
        store = self.dir / "store.db"
        self.wait_for("a service", lambda: self.query(store, "SELECT 1 FROM events"))
        size = int(re.search(r"VmSize:\s+(\d+)", Path(f"/proc/{process.pid}/status").read_text()).group(1)) * 1024
        resource.prlimit(process.pid, resource.RLIMIT_AS, (size, resource.RLIM_INFINITY))
        end = time.monotonic() + 30
        connections = []
        while process.poll() is None and time.monotonic() < end:
            try:  # each reader takes some memory, until there is none
                connections.append(socket.create_connection(("127.0.0.1", port), timeout=1))
                connections[-1].sendall(b"POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900000\r\n\r\n" + bytes(400000))
            except OSError:
                time.sleep(0.1)
        for one in connections:
            one.close()
        named = re.search(r"there is no memory left|[Cc]annot allocate memory|out of memory", self.stderr())
        print(f"# it ended with {process.poll()}: {named.group(0) if named else None}", flush=True)
        if process.poll() is None:
            resource.prlimit(process.pid, resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            before = self.frames()
            self.wait_for("pictures", lambda: self.frames() > before + 10)
        else:
            self.assertEqual(process.poll(), 6, self.stderr()[-2000:])
            self.assertTrue(named, self.stderr()[-2000:])
            process = self.run_service(config)
            self.wait_for("pictures", lambda: self.frames() > 10)
        self.assertEqual(self.query(store, "PRAGMA integrity_check"), [("ok",)])
        self.stop(process)

    def test_whatever_is_done_to_the_clock_no_service_and_no_gap_is_longer_than_the_run(self):
        if not FAKETIME.exists():
            self.skipTest("libfaketime is not installed")
        self.need_rtsp_server()
        gate = self.gate()
        config = self.config(source=f"rtsp://127.0.0.1:{gate.port}/cam", camera="    timeout: 3\n    target_fps: 5", zones=EVERYWHERE)
        clock = self.dir / "clock"
        clock.write_text("@1970-01-01 00:01:00\n")
        began = time.monotonic()
        process = self.run_service(config, env={**os.environ, "LD_PRELOAD": str(FAKETIME), "FAKETIME_TIMESTAMP_FILE": str(clock),
                                                "FAKETIME_CACHE_DURATION": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1"})
        self.wait_for("the unset clock", lambda: "This PC's clock is not set" in self.problems().get("clock", ""))
        for told, wanted in enumerate(("+0", "+3600", "+0", "+86400", "-3600", "+0"), start=1):
            before = self.frames()
            self.wait_for("pictures", lambda: self.frames() > before + 8)
            if wanted == "+86400":
                gate.cut()  # it comes back by another clock
            clock.write_text(wanted + "\n")
            self.wait_for(f"{wanted}: the step", lambda: self.stderr().count("the computer's clock was set") == told)
        self.assertEqual(self.problems(), {})
        before = self.frames()
        self.wait_for("pictures", lambda: self.frames() > before + 20)
        self.stop(process)
        took = (time.monotonic() - began) * 1e6
        events = self.query(self.dir / "store.db", "SELECT start_us, end_us, dwell_us FROM events")
        self.assertGreater(len(events), 0)
        for start, end, dwell in events:
            self.assertGreaterEqual(dwell, 0)
            self.assertLess(dwell, took)
            self.assertEqual(end - start, dwell)
        for start, end in self.query(self.dir / "store.db", "SELECT start_us, end_us FROM gaps WHERE end_us IS NOT NULL"):
            self.assertTrue(0 <= end - start < took, (start, end))
        rows = self.chairside("report", "--config", config, "--date",
                              datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d"), check=0)
        self.assertTrue(rows.stdout)


if __name__ == "__main__":
    e2e.need_video()
    e2e.main()
