#!/usr/bin/env python3
"""A Supabase project of a few tables in memory, on a free port of this machine, with the faults of a bad network.

  supabase_stub.py [--faults SHARE] [--seed N] [--token-life S]

Prints its port. It has the log-in (/auth/v1/token, refresh tokens that rotate), upserts of events, gaps and device_status
that never go back a revision, branch_config, and rpc/device_check. With --faults a share of the requests ends in one of:
nothing arrives; done but the reply is lost, or half of it (cut in its head or its body); late; 429 or 503 with
Retry-After; 500; expired token; done, but the server's clock is hours off.

  GET  /_/events   {"event id": revision}      GET /_/seen   counts of requests, log-ins, and faults, also by kind
  POST /_/config   {"revision": 3, "settings": {…}}: a manager saves
  POST /_/set      {"faults": 0.2, "bad": ["event id"], "branch": "OTHER", "password": "…", "missing": ["gaps"],
                    "clock_s": 3600, "silent_s": 10}
"""
import argparse
import email.utils
import io
import json
import random
import socket
import struct
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

KEY = "sb_publishable_stub"
EMAIL = "pc@devices.example"
FAULTS = ("reset", "lost reply", "half head", "half reply", "late", "wrong clock", 429, 503, 500)
FAULTS_OF_REST = FAULTS + ("expired",)


class Project:
    """All that the server knows. `lock` guards it."""

    def __init__(self, options):
        self.lock = threading.Lock()
        self.random = random.Random(options.seed)
        self.set = {"faults": options.faults, "bad": [], "branch": "TEST", "device": "test-pc", "password": "word",
                    "missing": [], "clock_s": 0, "silent_s": 0}
        self.token_life = options.token_life
        self.events, self.gaps, self.status = {}, {}, {}
        self.tokens, self.refresh, self.serial = {}, "", 0
        self.seen = {"requests": 0, "logins": 0, "refreshes": 0, "faults": 0, "rows": 0, "largest": 0,
                     "kinds": {str(kind): 0 for kind in FAULTS_OF_REST}}
        self.configs = {}

    def fault(self, rest):
        if self.random.random() >= self.set["faults"]:
            return None
        self.seen["faults"] += 1
        kind = self.random.choice(FAULTS_OF_REST if rest else FAULTS)
        self.seen["kinds"][str(kind)] += 1
        return kind

    def newest_config(self, query):
        """select=revision or revision,settings; order=revision.desc&limit=1"""
        if "order=revision.desc" not in query or "limit=1" not in query:
            return 400, {"code": "PGRST100", "message": "the stub knows no such query"}
        newest = max(self.configs, default=None)
        if newest is None:
            return 200, []
        row = {"revision": newest, "settings": self.configs[newest]}
        return 200, [row if "select=revision,settings" in query else {"revision": newest}]

    def login(self, grant, body):
        if grant == "password":
            self.seen["logins"] += 1
            if body.get("email") != EMAIL or body.get("password") != self.set["password"]:
                return 400, {"error_code": "invalid_credentials", "msg": "Invalid login credentials"}
        else:
            self.seen["refreshes"] += 1
            if body.get("refresh_token") != self.refresh:
                return 400, {"error_code": "refresh_token_not_found", "msg": "Invalid Refresh Token"}
        self.serial += 1
        access, self.refresh = f"eyJhbGciOiJIUzI1NiJ9.stub{self.serial}.c2ln", f"stub-refresh-{self.serial}"
        self.tokens = {access: time.monotonic() + self.token_life}
        return 200, {"access_token": access, "refresh_token": self.refresh, "expires_in": self.token_life,
                     "token_type": "bearer"}

    def write(self, table, rows):
        if table in self.set["missing"]:
            return 404, {"code": "PGRST205", "message": f"Could not find the table 'public.{table}'"}
        if any(row["branch_code"] != self.set["branch"] for row in rows):
            return 403, {"code": "42501", "message": f'new row violates row-level security policy for table "{table}"'}
        if table == "events":
            ids = [row["event_id"] for row in rows]
            if len(set(ids)) < len(ids):
                return 500, {"code": "21000", "message": "ON CONFLICT DO UPDATE command cannot affect row a second time"}
            if set(ids) & set(self.set["bad"]):
                return 400, {"code": "23514", "message": "new row violates check constraint"}
            for row in rows:
                if row["revision"] > self.events.get(row["event_id"], 0):
                    self.events[row["event_id"]] = row["revision"]
            self.seen["rows"] += len(rows)
            self.seen["largest"] = max(self.seen["largest"], len(rows))
        elif table == "gaps":
            for row in rows:
                self.gaps[row["camera"], row["started_at"]] = row
        else:
            for row in rows:
                self.status[row["device_id"]] = row
        return 201, None


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    project = None
    clock_fault_s = 0

    def log_message(self, *_):
        pass

    def date_time_string(self, timestamp=None):
        return email.utils.formatdate((timestamp or time.time()) + self.project.set["clock_s"] + self.clock_fault_s, usegmt=True)

    def answer(self, status, body=None, headers=(), fault=None):
        """With `half head` or `half reply` it ends in the middle of the one or of the other, and so does the connection."""
        data = b"" if body is None else json.dumps(body).encode()
        to, self.wfile = self.wfile, io.BytesIO()
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data) + (100 if fault == "half reply" else 0)))
        self.end_headers()
        head, self.wfile = self.wfile.getvalue(), to
        if fault == "half head":
            head, data = head[:len(head) // 2], b""
        elif fault == "half reply":
            data = data[:(len(data) + 1) // 2]
        self.wfile.write(head + data)
        if fault in ("half head", "half reply"):
            self.close_connection = True

    def reset(self):
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True

    def do_GET(self):
        if not self.path.startswith("/_/"):
            return self.do_POST()
        with self.project.lock:
            what = {"/_/events": self.project.events, "/_/seen": self.project.seen, "/_/status": self.project.status,
                    "/_/gaps": list(self.project.gaps.values())}.get(self.path)
            self.answer(404 if what is None else 200, what)

    def do_PATCH(self):
        self.do_POST()

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        url = urlsplit(self.path)
        project = self.project
        if url.path == "/_/set":
            with project.lock:
                project.set.update(json.loads(body))
            return self.answer(200, {})
        if url.path == "/_/config":
            with project.lock:
                given = json.loads(body)
                project.configs[given["revision"]] = given["settings"]
            return self.answer(200, {})
        with project.lock:
            project.seen["requests"] += 1
            fault = project.fault(url.path.startswith("/rest/"))
            silent = project.set["silent_s"]
        time.sleep(silent)
        if fault == "reset":
            return self.reset()
        if fault == "late":
            time.sleep(project.random.random() * 0.3)
        self.clock_fault_s = project.random.choice((-1, 1)) * project.random.randrange(600, 7 * 86400) if fault == "wrong clock" else 0
        if isinstance(fault, int):
            wait = str(project.random.choice((0, 1)))
            return self.answer(fault, {"message": "fault"}, [("Retry-After", wait)] if fault != 500 else [])
        with project.lock:
            status, said, headers = self.serve(url, json.loads(body or b"null"), fault)
        if fault == "lost reply":
            return self.reset()
        return self.answer(status, said, headers, fault)

    def serve(self, url, body, fault):
        project = self.project
        if self.headers.get("apikey") != KEY:
            return 401, {"message": "Invalid API key"}, []
        if url.path == "/auth/v1/token":
            return *project.login(parse_qs(url.query)["grant_type"][0], body), []
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if fault == "expired" or project.tokens.get(token, 0) < time.monotonic():
            return 401, {"code": "PGRST303", "message": "JWT expired"}, []
        table = url.path.removeprefix("/rest/v1/")
        if table == "rpc/device_check":
            return 200, {"branch_code": project.set["branch"], "device_id": project.set["device"]}, [("Content-Range", "0-0/*")]
        if self.command == "GET" and table == "branch_config":
            status, said = project.newest_config(url.query)
            return status, said, [("Content-Range", "0-0/*" if said else "*/*")]
        prefer = self.headers.get("Prefer", "")
        if "resolution=merge-duplicates" not in prefer or "on_conflict=" not in url.query:
            return 400, {"code": "PGRST000", "message": "not an upsert"}, []
        status, said = project.write(table, body if isinstance(body, list) else [body])
        return status, said, [("Preference-Applied", prefer), ("Content-Range", "*/*")] if status == 201 else []


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], ConnectionError):  # a client that was killed is what this is for
            super().handle_error(request, client_address)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faults", type=float, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--token-life", type=int, default=3600)
    Handler.project = Project(parser.parse_args())
    server = Server(("127.0.0.1", 0), Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
