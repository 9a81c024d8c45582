#!/usr/bin/env python3
"""Prints `<uuid> <revision> <unix ms>` when an event's revision is in the store for others to see: bench/page_updates.mjs reads it.

    commit_watch.py STORE

Looks every half millisecond whether another connection has committed, so that the time is at most about a millisecond late.
"""
import sqlite3
import sys
import time
import uuid

store = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True, isolation_level=None)
known, version = None, None
while True:
    now = time.time()
    found = store.execute("PRAGMA data_version").fetchone()[0]
    if found == version:
        time.sleep(0.0005)
        continue
    version = found
    rows = set(store.execute("SELECT id, revision FROM events"))
    for blob, revision in rows - known if known is not None else ():
        print(uuid.UUID(bytes=blob), revision, f"{1000 * now:.2f}", flush=True)
    if known is None:
        print("watching", flush=True)
    known = rows
