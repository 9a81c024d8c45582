#!/usr/bin/env python3
"""The dashboard against strangers: every operation of schema/openapi.yaml, so that a new one cannot be forgotten; paths, sizes, bytes that
are no request; and that no picture leaves where pictures are off."""
# timeout: 900
import base64
import functools
import http.server
import json
import re
import socket
import threading
import time

import _e2e as e2e
from _dashboard import PASSWORD, Browser, Case, Interface

VIEWER = "looking is for all"
WITHOUT_SESSION = {"getSession", "logIn", "logOut"}
# What an operation is asked with, so that only the session can be what is wrong with it.
BODIES = {
    "setPassword": {"password": "a password of a stranger"}, "reviewEvent": {"decision": "rejected"},
    "addCamera": {"id": "strange", "source": "demo"}, "changeCamera": {"target_fps": 1}, "testCamera": {"source": "rtsp://127.0.0.1:9/x"},
    "saveZones": {"cameras": [{"id": "street", "zones": []}]}, "validateZones": {"cameras": []},
    "tryZones": {"camera": "street", "zones": []}, "undoZones": {}, "savePlan": {"places": {"street/lawn": [0, 0]}}}
VALUES = {"{user}": "viewer", "{date}": "2026-01-02", "{format}": "json"}
IDS = {"/events/{id}": "/events/01919f3e-7c1b-7c1b-8c1b-0123456789ab", "/cameras/{id}": "/cameras/street"}
QUERIES = {"getSummaries": "?by=hour"}
PICTURES = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"RIFF", b"data:image", b"data:video", b"\x00\x00\x01\xb3", b"ftyp")


def concrete(path, operation):
    for what, value in {**IDS, **VALUES}.items():
        path = path.replace(what, value)
    assert "{" not in path, path
    return path + QUERIES.get(operation["operationId"], "")


def is_admins(operation):
    return operation["summary"].startswith("Admin.")


class Security(Case):
    def operations(self):
        return [(method, concrete(path, operation), operation) for method, path, operation in Interface().operations()
                if operation["operationId"] not in WITHOUT_SESSION]

    def ask(self, browser, method, target, operation, **more):
        name = operation["operationId"]
        headers = {"If-Match": '"0"'} if name in ("saveZones", "undoZones") else {}
        headers.update(more.pop("headers", {}))
        answer = browser.call(method, target, BODIES.get(name), headers, **more)
        return answer.status, answer

    def raw(self, data, patience=30):
        """What comes back for these bytes, until the connection ends or is silent."""
        with socket.create_connection(("127.0.0.1", self.browser.port), timeout=patience) as connection:
            out = b""
            try:
                connection.sendall(data)
                connection.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # refused and closed before all of it was sent; what it said is there to read
            try:
                while piece := connection.recv(65536):
                    out += piece
            except OSError:
                pass
            return out

    def people(self):
        """An admin and a viewer with log-ins of their own."""
        self.browser.enter()
        self.assertEqual(self.browser.call("PUT", "/passwords/admin", {"password": PASSWORD}).status, 204)
        admin, viewer = Browser(self.browser.port), Browser(self.browser.port)
        self.assertEqual(admin.enter("admin", PASSWORD)[0], 200)
        set_one = admin.call("PUT", "/passwords/viewer", {"password": VIEWER, "current": PASSWORD})
        self.assertEqual(set_one.status, 204, set_one.content)
        self.assertEqual(viewer.enter("viewer", VIEWER)[0], 200)
        return admin, viewer

    def test_every_operation_asks_who_is_there(self):
        process = self.run_service()
        admin, viewer = self.people()
        stranger = Browser(self.browser.port)
        state = [admin.json(path) for path in ("/zones", "/plan", "/config")]
        cameras = [one["id"] for one in admin.json("/cameras")["cameras"]]
        operations = self.operations()
        self.assertGreater(len(operations), 28)
        for method, target, operation in operations:
            what = f"{method} {target}"
            status, answer = self.ask(stranger, method, target, operation)
            self.assertEqual(status, 401, what)
            self.assertIsNone(answer.getheader("Set-Cookie"), what)
            guess = Browser(self.browser.port)
            guess.cookie, guess.csrf = "chairside_session=" + "A" * 43, admin.csrf
            self.assertEqual(self.ask(guess, method, target, operation)[0], 401, what)
            if is_admins(operation):
                self.assertEqual(self.ask(viewer, method, target, operation)[0], 403, what)
            if method == "GET":
                continue
            # A page elsewhere can make the admin's browser send this, but neither read nor guess the token.
            for forged in ({}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": "A" * 43}, {"X-CSRF-Token": viewer.csrf}):
                status, answer = self.ask(admin, method, target, operation, csrf=False, headers=forged)
                self.assertEqual((status, json.loads(answer.content)["type"]), (403, "/problems/csrf"), (what, forged))
            time.sleep(0.05)  # the limit on requests is another test's
        self.assertEqual([admin.json(path) for path in ("/zones", "/plan", "/config")], state, "nothing has changed")
        self.assertEqual([one["id"] for one in admin.json("/cameras")["cameras"]], cameras)
        self.assertEqual(Browser(self.browser.port).enter("viewer", VIEWER)[0], 200, "the password is the old one")
        self.stop(process)

    def test_no_path_leads_out(self):
        process = self.run_service()
        self.browser.enter()
        ways = ["/../../../../etc/passwd", "/%2e%2e/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2f..%2fetc%2fpasswd", "//etc/passwd",
                "/assets/../../../../etc/passwd", "/assets/..%5c..%5cetc%5cpasswd", "/assets/%00/etc/passwd", "/%c0%ae%c0%ae/etc/passwd",
                "/api/v1/../../etc/passwd", "/api/v1/cameras/..%2f..%2f/picture", "/api/v1/cameras/%2e%2e/picture",
                "/api/v1/reports/..%2f..%2fetc%2fpasswd.html", "/api/v1/reports/2026-01-02.html%00.json", "/api/v1/events/..",
                "http://localhost/../etc/passwd", "file:///etc/passwd", "*", "/" + "a/" * 2000, "/?" + "a=b&" * 2000]
        cookie = self.browser.cookie
        for way in ways:
            got = self.raw(f"GET {way} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n".encode())
            self.assertNotIn(b"root:", got, way)
            self.assertNotIn(b"SQLite format", got, way)
            self.assertRegex(got[:40], rb"^HTTP/1.1 (2|3|4)\d\d |^$", way)
        self.assertEqual(self.browser.call("GET", "/session").status, 200)
        self.stop(process)

    def test_what_is_too_large_or_no_request_is_refused_and_it_serves_on(self):
        process = self.run_service()
        browser = self.browser
        browser.enter()
        head = f"Host: localhost\r\nCookie: {browser.cookie}\r\nX-CSRF-Token: {browser.csrf}\r\n".encode()
        json_head = head + b"Content-Type: application/json\r\n"
        large = json.dumps({"source": "rtsp://" + "x" * 300_000})
        answer = browser.call("POST", "/cameras", large)
        self.assertEqual(answer.status, 413, answer.content)
        odd = {
            b"POST /api/v1/cameras HTTP/1.1\r\n" + json_head + b"Content-Length: 3000000\r\n\r\n" + b"{" * 100: rb"HTTP/1.1 4",
            b"GET / HTTP/1.1\r\n" + head + b"X-Long: " + b"y" * 40_000 + b"\r\n\r\n": rb"HTTP/1.1 4|^$",
            b"GET /" + b"z" * 40_000 + b" HTTP/1.1\r\n" + head + b"\r\n": rb"HTTP/1.1 4|^$",
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 300: rb"HTTP/1.1 4|^$",
            b"GET / HTTP/9.9\r\n\r\n": rb"HTTP/1.1 4|^$",
            b"POST /api/v1/session HTTP/1.1\r\n" + json_head + b"Content-Length: -5\r\n\r\n{}": rb"HTTP/1.1 4|^$",
            b"POST /api/v1/session HTTP/1.1\r\n" + json_head + b"Content-Length: 2\r\nContent-Length: 40\r\n\r\n{}": rb"HTTP/1.1 4|^$",
            b"POST /api/v1/session HTTP/1.1\r\n" + json_head + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n{}": rb"HTTP/1.1 4|^$",
            b"POST /api/v1/session HTTP/1.1\r\n" + json_head + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n": rb"HTTP/1.1 4|^$",
            b"GET / HTTP/1.1\r\nHost: localhost\r\nX: a\x00b\r\n\r\n": rb"HTTP/1.1 4|^$",
            b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n": rb"HTTP/1.1 421",
            b"GET / HTTP/1.1\r\n\r\n": rb"HTTP/1.1 4",
            b"\r\n\r\n\r\n": rb"HTTP/1.1 4|^$", b"": rb"^$", b"GET": rb"HTTP/1.1 4|^$",
        }
        for data, wanted in odd.items():
            got = self.raw(data)
            self.assertRegex(got[:200], wanted, data[:80])
            self.assertNotIn(b"200 OK", got[:40], data[:80])
        for body in ("", "{", "[]", "null", '"x"', "{}x", '{"a":' * 200 + "1" + "}" * 200, '{"id":"\\ud800","source":"demo"}', b"\xff\xfe{}",
                     '{"id":"x","id":"y","source":1e999}', "9" * 5000):
            answer = browser.call("POST", "/cameras", body)
            self.assertIn(answer.status, (400, 413, 415), (body[:60], answer.content))
            self.assertEqual(answer.getheader("Content-Type"), "application/problem+json")
        self.assertEqual(browser.call("GET", "/session").status, 200)
        self.assertEqual([one["id"] for one in browser.json("/cameras")["cameras"]], ["street"])
        self.stop(process)

    def no_picture(self, data, what):
        for mark in PICTURES:
            self.assertNotIn(mark, data, f"{what} holds a picture")
        # … nor one written as text.
        for text in re.findall(rb"[A-Za-z0-9+/]{200,}", data):
            decoded = base64.b64decode(text[:len(text) // 4 * 4])
            self.assertFalse(decoded.startswith(PICTURES), f"{what} holds a picture as base64")

    def test_where_pictures_are_off_none_leaves_by_any_way(self):
        process = self.run_service("{port: 0, picture: 'off'}")
        self.browser.enter()
        self.wait_for_frames()
        self.wait_for("an event", lambda: self.browser.json("/events")["events"], seconds=120)
        event = self.browser.json("/events?limit=1")["events"][0]["id"]
        with Served(e2e.VIDEO.parent) as served:
            tested = 0
            for method, target, operation in self.operations():
                name = operation["operationId"]
                if name == "getStream":
                    continue
                target = target.replace("01919f3e-7c1b-7c1b-8c1b-0123456789ab", event)
                body = {"source": f"http://127.0.0.1:{served.port}/vtest.avi"} if name == "testCamera" else BODIES.get(name)
                if name in ("setPassword", "removeCamera"):
                    continue
                for ending in ("html", "txt", "csv", "json") if name == "getReport" else ("",):
                    answer = self.browser.call(method, re.sub("json$", ending, target) if ending else target, body)
                    self.no_picture(answer.content + str(answer.getheaders()).encode(), f"{method} {target}")
                    tested += 1
                if name == "testCamera":
                    found = json.loads(answer.content)
                    self.assertEqual((found["ok"], found["width"], found["picture"]), (True, 768, None), found)
        self.assertGreater(tested, 28)
        seen = set()
        end = time.monotonic() + 10
        for kind, data, _ in self.browser.stream("status,event,summary,tracks"):
            self.no_picture(json.dumps(data).encode(), kind)
            seen.add(kind)
            if time.monotonic() > end and "tracks" in seen:
                break
        self.assertLessEqual({"hello", "status", "summary", "tracks"}, seen)
        self.stop(process)
        for path in self.dir.rglob("*"):
            if path.is_file():
                self.assertNotIn(b"\xff\xd8\xff", path.read_bytes(), f"{path.name} holds a picture")


class Served:
    """A folder over HTTP, as a camera that the owner tries."""

    def __init__(self, folder):
        class Quiet(http.server.SimpleHTTPRequestHandler):
            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
        self.port = self.server.server_address[1]

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


e2e.need_video()
e2e.main()
