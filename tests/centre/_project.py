#!/usr/bin/env python3
"""A Supabase project on this machine for the edge's tests: our migrations in a PostgreSQL of its own, behind the calls of
docs/supabase.md, with the faults of a bad network.

  _project.py [--faults SHARE] [--seed N] [--token-life S]

Prints its port; ends with SIGTERM. It has branch TEST with device test-pc (pc@devices.example, password
`word`) and manager@example (password `manager`), the publishable key sb_publishable_stub and the secret one sb_secret_stub
(service_role, /auth/v1/admin/users). With --faults a share of the requests ends in one of: nothing arrives; done but the
reply is lost, or half of it; late; 429 or 503 with Retry-After; 500; expired token.

  GET  /_/events   {"event id": revision}      GET /_/seen    counts of requests, log-ins, faults
  GET  /_/status   heartbeats by device        GET /_/gaps    gaps
  POST /_/sql      a statement, run as the owner; its rows
  POST /_/set      {"faults": 0.2, "bad": ["event id"], "branch": "OTHER", "device": "old-pc", "password": "…",
                    "missing": ["gaps"], "clock_s": 3600, "silent_s": 10, "enabled": false}
"""
import argparse
import contextlib
import email.utils
import json
import random
import signal
import socket
import struct
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parent))
import _auth  # noqa: E402
import _postgres  # noqa: E402
import _rest  # noqa: E402

PUBLISHABLE, SECRET = "sb_publishable_stub", "sb_secret_stub"
DEVICE, MANAGER = "pc@devices.example", "manager@example"


class Project:
    """Threads: any. `lock` guards what is not PostgreSQL's."""

    def __init__(self, cluster, faults=0.0, seed=1, token_life=3600):
        self.cluster, self.lock, self.random = cluster, threading.Lock(), random.Random(seed)
        self.set = {"faults": faults, "bad": [], "silent_s": 0, "clock_s": 0, "missing": []}
        self.seen = {"requests": 0, "logins": 0, "refreshes": 0, "faults": 0, "rows": 0, "largest": 0}
        self.local = threading.local()
        self.auth = _auth.Auth(self.owner, token_life)
        self.rest = _rest.Rest(self.owner)
        device = self.auth.add_user(DEVICE, "word", "edge_device")
        manager = self.auth.add_user(MANAGER, "manager")
        with self.owner() as cursor:
            cursor.execute("""insert into branches (branch_code, name) values ('TEST', 'Test');
                insert into devices (branch_code, device_id, auth_user_id) values ('TEST', 'test-pc', %s);
                insert into branch_members (branch_code, user_id, role) values ('TEST', %s, 'manager')""", [device, manager])

    def connection(self, user):
        found = getattr(self.local, user, None)
        if found is None or found.closed:
            found = self.cluster.connect("centre", user)
            setattr(self.local, user, found)
        return found

    def close_connections(self):
        for user in ("postgres", "authenticator"):
            found = getattr(self.local, user, None)
            if found is not None:
                found.close()

    @contextlib.contextmanager
    def owner(self):
        """A cursor as the owner of everything, in a transaction."""
        db = self.connection("postgres")
        try:
            with db.cursor() as cursor:
                yield cursor
            db.commit()
        except BaseException:
            if not db.closed:
                db.rollback()
            raise

    def change(self, values):
        with self.lock:
            self.set.update({key: value for key, value in values.items() if key in self.set})
            self.auth.clock_offset_s = self.set["clock_s"]
        if "password" in values:
            self.auth.set_password(DEVICE, values["password"])
        with self.owner() as cursor:
            if "branch" in values or "device" in values:
                self.register(cursor, values)
            if "enabled" in values:
                cursor.execute("update devices set enabled = %s where auth_user_id = %s", [values["enabled"], self.auth.users[DEVICE][0]])
        if "missing" in values:  # as before the migrations
            self.rest = _rest.Rest(self.owner)
            for table in values["missing"]:
                self.rest.tables.pop(table, None)

    def register(self, cursor, values):
        user = self.auth.users[DEVICE][0]
        cursor.execute("select branch_code, device_id from devices where auth_user_id = %s", [user])
        branch, device = cursor.fetchone()
        branch, device = values.get("branch", branch), values.get("device", device)
        cursor.execute("insert into branches (branch_code, name) values (%s, %s) on conflict do nothing", [branch, branch])
        cursor.execute("update devices set auth_user_id = null where auth_user_id = %s", [user])
        cursor.execute("""insert into devices (branch_code, device_id, auth_user_id) values (%s, %s, %s)
            on conflict (branch_code, device_id) do update set auth_user_id = excluded.auth_user_id""", [branch, device, user])

    def fault(self, rest):
        with self.lock:
            self.seen["requests"] += 1
            if self.random.random() >= self.set["faults"]:
                return None
            self.seen["faults"] += 1
            kinds = ["reset", "lost reply", "half reply", "late", 429, 503, 500]
            return self.random.choice(kinds + ["expired"] if rest else kinds)

    def spoil(self, body):
        """Rows named in `bad` break a CHECK of the table."""
        with self.lock:
            bad = set(self.set["bad"])
        rows = _rest.Rest.parse(body)
        rows = rows if isinstance(rows, list) else [rows]
        with self.lock:
            self.seen["rows"] += len(rows)
            self.seen["largest"] = max(self.seen["largest"], len(rows))
        if not bad:
            return body
        return json.dumps([dict(row, camera="") if row.get("event_id") in bad else row for row in rows])

    def look(self, what):
        queries = {"events": "select coalesce(jsonb_object_agg(event_id, revision), '{}') from events",
                   "status": "select coalesce(jsonb_object_agg(device_id, to_jsonb(s)), '{}') from device_status s",
                   "gaps": "select coalesce(jsonb_agg(to_jsonb(g)), '[]') from gaps g"}
        if what == "seen":
            return self.seen
        with self.owner() as cursor:
            cursor.execute(queries[what])
            return cursor.fetchone()[0]

    def sql(self, text):
        with self.owner() as cursor:
            cursor.execute(text)
            return [[str(value) if value is not None else None for value in row] for row in cursor.fetchall()] if cursor.description else []


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    project = None

    def log_message(self, *_):
        pass

    def date_time_string(self, timestamp=None):
        return email.utils.formatdate((timestamp or time.time()) + self.project.set["clock_s"], usegmt=True)

    def finish(self):
        super().finish()
        self.project.close_connections()

    def answer(self, status, body=None, headers=(), half=False):
        data = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        for key, value in headers:
            self.send_header(key, value)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        if status != 204:
            self.send_header("Content-Length", str(len(data) + (100 if half else 0)))
        self.end_headers()
        self.wfile.write(data)
        self.close_connection = self.close_connection or half

    def reset(self):
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True

    def control(self, body):
        what = self.path.removeprefix("/_/")
        if self.command == "GET" and what in ("events", "status", "gaps", "seen"):
            return self.answer(200, self.project.look(what))
        if what == "set":
            self.project.change(json.loads(body))
            return self.answer(200, {})
        if what == "sql":
            return self.answer(200, self.project.sql(body.decode()))
        return self.answer(404, {})

    def respond(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path.startswith("/_/"):
            return self.control(body)
        fault = self.project.fault(self.path.startswith("/rest/"))
        time.sleep(self.project.set["silent_s"])
        if fault == "reset":
            return self.reset()
        if fault == "late":
            time.sleep(self.project.random.random() * 0.3)
        if isinstance(fault, int):
            return self.answer(fault, {"message": "fault"}, [("Retry-After", "0")] if fault != 500 else [])
        try:
            status, said, headers = self.serve(body, fault)
        except (_rest.Fault, _auth.Refused) as error:
            status, said, headers = error.status, error.body, [("Proxy-Status", "PostgREST; error=" + str(error.body["code"]))]
        if fault == "lost reply":
            return self.reset()
        return self.answer(status, said, headers, half=fault == "half reply")

    do_GET = do_POST = do_PATCH = do_DELETE = respond

    def serve(self, body, fault):
        project, key = self.project, self.headers.get("apikey")
        if key not in (PUBLISHABLE, SECRET):
            return 401, {"message": "Invalid API key", "hint": "Double check your API key."}, []
        url = urlsplit(self.path)
        if url.path == "/auth/v1/token":
            refresh = parse_qs(url.query).get("grant_type", [""])[0] == "refresh_token"
            with project.lock:
                project.seen["refreshes" if refresh else "logins"] += 1
            given = json.loads(body)
            return 200, project.auth.refresh(given) if refresh else project.auth.login(given), []
        if url.path == "/auth/v1/admin/users" and self.command == "POST":
            if key != SECRET:
                raise _auth.Refused(403, "not_admin", "User not allowed")
            given = json.loads(body)
            return 200, {"id": project.auth.add_user(given["email"], given["password"], given.get("role", "authenticated"))}, []
        if url.path.startswith("/auth/v1/admin/users/") and self.command == "DELETE":
            if key != SECRET:
                raise _auth.Refused(403, "not_admin", "User not allowed")
            project.auth.remove_user(url.path.rsplit("/", 1)[1])
            return 200, {}, []
        if not url.path.startswith("/rest/v1/"):
            return 404, {"message": "no Route matched with those values"}, []
        claims = self.claims(key, fault)
        if url.path == "/rest/v1/events" and self.command == "POST":
            body = project.spoil(body)
        return project.rest.handle(project.connection("authenticator"), claims, self.command, self.path, self.headers, body)

    def claims(self, key, fault):
        if key == SECRET:
            return {"role": "service_role"}
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if not token:
            return {"role": "anon"}
        claims, wrong = self.project.auth.read(token)
        if fault == "expired" and claims:
            wrong = ("PGRST303", "JWT expired")
        if wrong:
            raise _rest.Fault(401, *wrong)
        return claims


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        """A client that was killed in mid-request is what the tests are about."""
        if not isinstance(sys.exc_info()[1], (ConnectionError, BrokenPipeError)):
            super().handle_error(request, client_address)


def serve(cluster, **options):
    """Starts serving in a thread; the server with its project."""
    handler = type("ProjectHandler", (Handler,), {"project": Project(cluster, **options)})
    server = Server(("127.0.0.1", 0), handler)
    server.project = handler.project
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faults", type=float, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--token-life", type=int, default=3600)
    options = parser.parse_args()
    reason = _postgres.missing()
    if reason:
        print(reason, file=sys.stderr)
        return 77
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    with _postgres.Cluster() as cluster:
        cluster.create("centre", migrate=False)
        cluster.migrate_by_psql("centre")
        server = serve(cluster, faults=options.faults, seed=options.seed, token_life=options.token_life)
        print(server.server_address[1], flush=True)
        signal.sigwait({signal.SIGTERM, signal.SIGINT})
        server.shutdown()
    return 0


if __name__ == "__main__":
    sys.exit(main())
