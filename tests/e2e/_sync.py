"""What the tests of sending share: the project (a stub, or ours on PostgreSQL), and the worker that is killed."""
import json
import os
import subprocess
import urllib.request
from pathlib import Path

import _e2e as e2e

WORKER = e2e.CHAIRSIDE.parent / "tests" / "sync" / "sync_worker"
# SYNC_PROJECT=tests/centre/_project.py: the same tests against PostgreSQL with our migrations.
STUB = os.environ.get("SYNC_PROJECT", e2e.ROOT / "tests" / "support" / "supabase_stub.py")
PASSWORD = "word-that-nobody-may-see"
SECRETS = (PASSWORD, "sb_publishable_stub", "eyJhbGci", "stub-refresh")


class Stub:
    """The project, and what is asked of it."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen(["/usr/bin/python3", STUB, *map(str, arguments)], stdout=subprocess.PIPE, text=True)
        self.url = f"http://127.0.0.1:{int(self.process.stdout.readline())}"
        self.set(password=PASSWORD)

    def get(self, what):
        with urllib.request.urlopen(f"{self.url}/_/{what}", timeout=30) as answer:
            return json.load(answer)

    def set(self, **values):
        request = urllib.request.Request(f"{self.url}/_/set", json.dumps(values).encode(), method="POST")
        urllib.request.urlopen(request, timeout=30).close()

    def save_config(self, revision, settings):
        """As a manager does."""
        if Path(STUB).name == "_project.py":
            text = json.dumps(settings).replace("'", "''")
            path, body = "sql", f"insert into branch_config (branch_code, revision, settings) values ('TEST', {revision}, '{text}')"
        else:
            path, body = "config", json.dumps({"revision": revision, "settings": settings})
        urllib.request.urlopen(urllib.request.Request(f"{self.url}/_/{path}", body.encode(), method="POST"), timeout=30).close()

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()
