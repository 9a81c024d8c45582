#!/usr/bin/env python3
# timeout: 3600
"""kill -9 at any moment under the faults of a bad network: each event is at the server once, in its last revision.

SYNC_KILLS (200) rounds, over WORLDS stores and projects at once. A round: a service writes events and sends them, and is
killed after a random number of confirmed writes. Faults: see tests/support/supabase_stub.py; the device's clock is wrong in
every fourth round.
"""
import os
import random
import sqlite3
import subprocess
import threading
import time

import _e2e as e2e
from _sync import PASSWORD, SECRETS, WORKER, Stub

KILLS = int(os.environ.get("SYNC_KILLS", "200"))
WORLDS = 2
SHARE = 0.3  # of the requests


class World(threading.Thread):
    """A store, a project, and its rounds."""

    def __init__(self, folder, seed, rounds):
        super().__init__()
        self.folder, self.seed, self.rounds = folder, seed, rounds
        self.store = folder / f"store-{seed}.db"
        self.stub = Stub("--faults", SHARE, "--seed", seed, "--token-life", 5)
        self.committed, self.said, self.error = {}, "", None

    def run(self):
        try:
            chance = random.Random(self.seed)
            for turn in range(self.rounds):
                self.round(turn, chance)
        except Exception as error:  # told by the test, which is in another thread
            self.error = error

    def round(self, turn, chance):
        clock = chance.choice((-1, 1)) * chance.randrange(600, 30 * 86400) if turn % 4 == 3 else 0
        with open(self.folder / f"stderr-{self.seed}.txt", "ab") as log:
            worker = subprocess.Popen([WORKER, "work", self.store, self.stub.url, PASSWORD, str(turn * 100000), str(clock)],
                                      stdout=subprocess.PIPE, stderr=log, text=True)
        # At a random moment after a random number of confirmed writes, however slow the machine is.
        lines = [worker.stdout.readline() for _ in range(chance.randrange(1, 50))]
        time.sleep(chance.uniform(0, 0.03))
        worker.kill()
        lines += worker.stdout.read().splitlines()
        worker.stdout.close()
        worker.wait()
        for line in lines:
            words = line.split()
            if len(words) == 2 and words[1] in ("1", "2", "3"):
                self.committed[words[0]] = max(self.committed.get(words[0], 0), int(words[1]))

    def drain(self):
        self.stub.set(faults=0)
        done = subprocess.run([WORKER, "drain", self.store, self.stub.url, PASSWORD, "120"], capture_output=True, text=True, timeout=300)
        listed = subprocess.run([WORKER, "list", self.store], capture_output=True, text=True, timeout=60)
        self.said = done.stderr + (self.folder / f"stderr-{self.seed}.txt").read_text()
        stored = {line.split()[0]: int(line.split()[1]) for line in listed.stdout.splitlines()}
        return done, stored


class Kill(e2e.Case):
    def setUp(self):
        super().setUp()
        if not WORKER.exists():
            self.skipTest("build/tests/sync/sync_worker is not built")

    def test_kill_9_at_any_moment_under_faults_loses_and_doubles_nothing(self):
        worlds = [World(self.dir, seed, KILLS // WORLDS + (seed <= KILLS % WORLDS)) for seed in range(1, WORLDS + 1)]
        for world in worlds:
            self.addCleanup(world.stub.stop)
            world.start()
        for world in worlds:
            world.join()
        kinds, events, requests = {}, 0, 0
        for world in worlds:
            self.assertIsNone(world.error)
            done, stored = world.drain()
            self.assertEqual(done.returncode, 0, done.stderr)
            there, seen = world.stub.get("events"), world.stub.get("seen")
            self.assertEqual(there, stored, "what is stored is at the server, in its last revision")
            for event, revision in world.committed.items():
                self.assertGreaterEqual(there.get(event, 0), revision, "what was confirmed is not lost")
            for secret in SECRETS:
                self.assertNotIn(secret, world.said)
            self.books(world.store)
            events, requests = events + len(there), requests + seen["requests"]
            for kind, number in seen.get("kinds", {}).items():
                kinds[kind] = kinds.get(kind, 0) + number
        self.assertGreater(events, KILLS)
        print(f"# {KILLS} kills, {events} events, {requests} requests, faults: {kinds}")
        if KILLS >= 200:
            self.assertTrue(all(kinds.values()), f"a fault never came: {kinds}")

    def books(self, store):
        """Born = acknowledged + superseded + queued + dead, and the file is sound."""
        with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as database:
            born, = database.execute("SELECT seq FROM sqlite_sequence WHERE name = 'outbox'").fetchone()
            counts = dict(database.execute("SELECT name, rows FROM sync_counts"))
            queued, dead = (database.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("outbox", "dead_letter"))
            self.assertEqual(born, sum(counts.values()) + queued + dead, counts)
            self.assertEqual((queued, dead), (0, 0))
            self.assertEqual(database.execute("PRAGMA integrity_check").fetchone()[0], "ok")


if __name__ == "__main__":
    e2e.main()
