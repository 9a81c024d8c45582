"""Postrust between the gateway and PostgreSQL: the crate that answers as PostgREST does (tools/postrust builds it), started
on a free port of 127.0.0.1 and stopped by its process id. It checks the tokens itself; what it does otherwise than PostgREST
is put right here, and said in docs/supabase.md."""
import http.client
import json
import os
import re
import subprocess
import threading
import time
from urllib.parse import unquote

import _postgres

TOOL = _postgres.ROOT / "tools" / "postrust"
FORWARDED = ("Content-Type", "Prefer", "Accept", "Range", "Range-Unit")
RETURNED = ("Content-Type", "Content-Range", "Preference-Applied", "Location", "Retry-After", "Proxy-Status")
START_SECONDS = 60


def program():
    """Where it is, or None. CENTRE_POSTRUST=none leaves it out, CENTRE_POSTRUST=PATH takes another one."""
    given = os.environ.get("CENTRE_POSTRUST")
    if given:
        return None if given == "none" else given
    found = subprocess.run([TOOL, "--find"], capture_output=True, text=True)
    return found.stdout.strip() if found.returncode == 0 else None


MISSING = "the REST server is not built; tools/postrust builds it (8 minutes; needs cargo 1.94)"


class Unreachable(Exception):
    pass


class Postrust:
    """Threads: any; each keeps a connection of its own."""

    def __init__(self, cluster, database, secret):
        self.port, self.local = _postgres.free_port(), threading.local()
        settings = {"DB_URI": cluster.url(database, "authenticator"), "DB_SCHEMAS": "public", "DB_ANON_ROLE": "anon", "DB_MAX_ROWS": "1000",
                    "DB_POOL": "20", "JWT_SECRET": secret.decode(), "COMPAT_MODE": "true", "SERVER_HOST": "127.0.0.1",
                    "SERVER_PORT": str(self.port), "LOG_LEVEL": "error", "ROLE_SETTINGS": json.dumps(self.role_settings(cluster, database))}
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("PGRST_", "PG", "RUST"))}
        environment.update({f"PGRST_{key}": value for key, value in settings.items()})
        self.log = open(cluster.dir / "postrust.log", "wb")
        self.process = subprocess.Popen([program()], stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT, cwd="/",
                                        env=environment, preexec_fn=_postgres.end_with_parent)
        end = time.monotonic() + START_SECONDS
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > end:
                self.stop()
                raise RuntimeError("Postrust did not start:\n" + (cluster.dir / "postrust.log").read_text(errors="replace")[-3000:])
            time.sleep(0.05)

    @staticmethod
    def role_settings(cluster, database):
        """PostgREST takes over what `alter role … set` says; here it is handed on."""
        lines = cluster.psql(database, sql="select rolname || ' ' || unnest(rolconfig) from pg_roles where rolname in ('anon', 'authenticated', 'edge_device')")
        found = re.findall(r"^(\w+) statement_timeout=(\d+)s$", lines, flags=re.M)
        return {role: {"statement_timeout": int(seconds) * 1000} for role, seconds in found}

    def answers(self):
        try:
            self.ask("GET", "/", {}, b"")
            return True
        except Unreachable:
            return False

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()

    def close(self):
        """The connection of this thread."""
        line = getattr(self.local, "line", None)
        if line is not None:
            line.close()

    def ask(self, method, path, headers, body):
        for again in (True, False):
            line = getattr(self.local, "line", None)
            fresh = line is None or line.sock is None
            if line is None:
                line = self.local.line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
            try:
                line.request(method, path, body, headers)
                answer = line.getresponse()
                return answer.status, answer.read(), answer.headers
            except (OSError, http.client.HTTPException) as error:
                line.close()
                # A connection that was idle may have been closed by the other side meanwhile.
                if fresh or not again:
                    raise Unreachable(str(error)) from error
        raise Unreachable("no answer")

    def handle(self, method, path, headers, body, token):
        """(status, body as bytes, headers) of a request below /rest/v1/. Without a token: anon."""
        given = {key: headers[key] for key in FORWARDED if headers.get(key)}
        if token:
            given["Authorization"] = "Bearer " + token
        status, said, answered = self.ask(method, self.plain_columns(path.removeprefix("/rest/v1")), given, body)
        # PostgREST: 401 tells anon to log in, 403 whoever is logged in that it is not allowed.
        if status == 401 and token and b'"42501"' in said:
            status = 403
        return status, said, [(key, answered[key]) for key in RETURNED if answered.get(key)]

    @staticmethod
    def plain_columns(path):
        """supabase-js quotes the names in `columns`, which PostgREST takes and Postrust does not."""
        return re.sub(r"(?<=[?&])columns=([^&]*)", lambda found: "columns=" + unquote(found[1]).replace('"', ""), path)
