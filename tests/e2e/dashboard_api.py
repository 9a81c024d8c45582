#!/usr/bin/env python3
"""The dashboard's HTTP interface on the running service: held against schema/openapi.yaml, live, restarted, locked."""
# timeout: 600
import json
import re
import time
from pathlib import Path

import _e2e as e2e
from _dashboard import PASSWORD, Browser, Case, Interface


class Api(Case):
    def test_every_answer_is_as_the_file_says(self):
        process = self.run_service()
        interface = Interface()
        browser = self.browser
        self.assertEqual(browser.enter()[1]["role"], "admin", "on this machine, before there is a password")
        self.wait_for_frames()
        self.wait_for("an event that has ended", lambda: browser.json("/events?state=closed")["events"], seconds=120)
        event = browser.json("/events?state=closed&limit=1")["events"][0]["id"]
        today = browser.json("/reports")["today"]
        values = {"{date}": today, "{user}": "viewer", "/events/{id}": f"/events/{event}", "/cameras/{id}": "/cameras/street"}
        queries = {"getSummaries": [f"?by={by}" for by in ("hour", "day", "week", "month", "zone")],
                   "getEvents": ["", "?limit=2", "?verdict=counted&type=WAIT&camera=street&zone=lawn&state=open"],
                   "getLogs": ["", "?lines=5&level=warning"]}
        formats = {"getReport": ["html", "txt", "csv", "json"]}
        bodies = {"reviewEvent": {"decision": "rejected", "note": "only passing"}}
        tried = 0
        for method, path, operation in interface.operations():
            name = operation["operationId"]
            if name in ("getStream", "logIn", "logOut", "setPassword") or method != "GET" and name not in bodies:
                continue
            for query in queries.get(name, [""]):
                for ending in formats.get(name, [""]):
                    target = path.replace("{format}", ending)
                    for what, value in values.items():
                        target = target.replace(what, value)
                    answer = browser.call(method, target + query, bodies.get(name))
                    self.assertLess(answer.status, 300, (target + query, answer.content))
                    self.fits(interface, operation, answer, f"{method} {target}{query}")
                    tried += 1
            # And what is wrong is said as the file says.
            answer = browser.call(method, re.sub(r"\{\w+\}", "nothing", path) + "?colour=red", "{" if method != "GET" else None)
            self.assertIn(answer.status, (400, 404), (method, path, answer.content))
            self.fits(interface, operation, answer, f"{method} {path} (wrong)")
            tried += 1
        self.assertGreater(tried, 30)
        review = browser.json(f"/events/{event}")
        self.assertEqual((review["verdict"], review["review"]["decision"]), ("rejected", "rejected"))
        self.stop(process)

    def fits(self, interface, operation, answer, what):
        described = interface.answer(operation, answer.status)
        self.assertIsNotNone(described, what)
        kind = answer.getheader("Content-Type", "").split(";")[0]
        content = described.get("content", {})
        self.assertIn(kind, content, f"{what}: {answer.status}")
        if "json" in kind and operation["operationId"] != "getReport":
            self.assertEqual(interface.faults(json.loads(answer.content), content[kind]["schema"])[:5], [], what)
        self.assertEqual(answer.getheader("X-Content-Type-Options"), "nosniff", what)

    def test_the_stream_tells_everything_as_it_happens(self):
        process = self.run_service()
        interface = Interface()
        self.browser.enter()
        schemas = {"status": "Live", "summary": "Today", "event": "Event", "tracks": "Tracks"}
        seen, newest, epoch = {}, {}, None
        end = time.monotonic() + 180
        for kind, data, mark in self.browser.stream():
            if kind == "hello":
                self.assertEqual(seen, {}, "hello comes first")
                epoch = data["epoch"]
            if kind in schemas:
                self.assertEqual(interface.faults(data, interface.schema(schemas[kind]))[:5], [], kind)
                key = (kind, data.get("camera") if kind == "tracks" else None)
                self.assertGreater(data["seq"], newest.get(key, 0))
                if kind == "event":
                    self.assertEqual(mark, f"{epoch}.{data['seq']}")
                    self.assertEqual(data["seq"], newest.get(key, data["seq"] - 1) + 1, "no event is left out")
                newest[key] = data["seq"]
            seen[kind] = seen.get(kind, 0) + 1
            if all(seen.get(k, 0) > n for k, n in (("status", 3), ("event", 2), ("summary", 1), ("tracks", 10))):
                break
            self.assertLess(time.monotonic(), end, seen)
        live = self.browser.json("/live")
        self.assertEqual([zone["name"] for zone in live["zones"]], ["crossing", "kerb", "lawn"])
        self.stop(process)

    def test_after_a_kill_the_log_in_holds_and_the_reader_is_told(self):
        process = self.run_service()
        browser = self.browser
        browser.enter()
        self.assertEqual(browser.call("PUT", "/passwords/admin", {"password": PASSWORD}).status, 204)
        self.assertEqual(browser.enter()[1]["role"], "admin")
        last = None
        for kind, data, mark in browser.stream("event"):
            last = mark or last
            if last:
                break
        cookie, csrf = browser.cookie, browser.csrf
        process.kill()
        process.wait()
        process = self.start_again()
        self.browser.cookie, self.browser.csrf = cookie, csrf
        self.assertEqual(self.browser.json("/session")["role"], "admin", "the log-in outlives the service")
        kinds = []
        for kind, data, mark in self.browser.stream("status,event", last):
            kinds.append(kind)
            if kind == "resync":
                self.assertEqual(data["reason"], "restarted")
                break
            self.assertLess(len(kinds), 20)
        self.stop(process)

    def test_nobody_gets_in_without_a_password_once_there_is_one(self):
        process = self.run_service()
        admin, stranger = self.browser, Browser(self.browser.port)
        admin.enter()
        self.assertEqual(admin.call("PUT", "/passwords/admin", {"password": PASSWORD}).status, 204)
        self.assertIsNone(stranger.enter()[1]["role"])
        for _, path, operation in Interface().operations():
            if operation.get("security") != [] and "{" not in path:
                self.assertIn(stranger.call("GET", path).status, (401, 405), path)
        for _ in range(5):
            self.assertEqual(stranger.enter("admin", "guess")[0], 401)
        self.assertEqual(stranger.enter("admin", PASSWORD)[0], 429, "enough guesses")
        self.stop(process)

    def test_pictures_come_pixelated_or_not_at_all_and_are_never_stored(self):
        process = self.run_service()
        self.browser.enter()
        self.wait_for_frames()
        answer = self.browser.call("GET", "/cameras/street/picture")
        self.assertEqual(answer.status, 200, answer.content)
        self.assertEqual((answer.getheader("Content-Type"), answer.getheader("X-Picture-Mode")), ("image/jpeg", "pixelated"))
        self.assertEqual(answer.content[:3], b"\xff\xd8\xff")
        self.stop(process)
        self.nothing_stored()
        process = self.run_service("{port: 0, picture: off}")
        self.browser.enter()
        self.wait_for_frames()
        answer = self.browser.call("GET", "/cameras/street/picture")
        self.assertEqual((answer.status, answer.getheader("Content-Type")), (409, "application/problem+json"))
        self.assertNotIn(b"\xff\xd8\xff", answer.content)
        self.stop(process)
        self.nothing_stored()

    def test_zones_drawn_in_a_browser_count_at_once_and_two_browsers_do_not_overwrite_each_other(self):
        process = self.run_service()
        first, second = self.browser, Browser(self.browser.port)
        first.enter()
        second.enter()
        self.wait_for_frames()
        got = first.call("GET", "/zones")
        tag, zones = got.getheader("ETag"), json.loads(got.content)
        self.assertEqual((tag, zones["origin"]), ('"0"', "file"))
        whole = [[0, 0], [1, 0], [1, 1], [0, 1]]
        edit = {"note": "drawn", "cameras": [{"id": "street", "zones": [
            {"name": "everywhere", "type": "WAIT", "polygon": whole, "capacity": 50, "threshold_s": 2, "grace_s": 2}]}]}
        check = json.loads(first.call("POST", "/zones/validate", edit).content)
        self.assertTrue(check["valid"], check)
        crossed = json.loads(first.call("POST", "/zones/validate", {"cameras": [{"id": "street", "zones": [
            {"name": "a", "type": "WAIT", "polygon": [[0, 0], [1, 1], [1, 0], [0, 1]]}]}]}).content)
        self.assertEqual([fault["at"] for fault in crossed["faults"]], ["cameras[0].zones[0].polygon"])
        tried = json.loads(first.call("POST", "/zones/try", {"camera": "street", "zones": edit["cameras"][0]["zones"]}).content)
        self.assertGreater(tried["frames"], 10)
        self.assertEqual([zone["zone"] for zone in tried["tried"]], ["everywhere"])
        saved = first.call("PUT", "/zones", edit, {"If-Match": tag})
        self.assertEqual(saved.status, 200, saved.content)
        late = second.call("PUT", "/zones", edit, {"If-Match": tag})
        self.assertEqual((late.status, json.loads(late.content)["by"]), (412, "admin"))
        self.wait_for("an event of the new zone", lambda: first.json("/events?zone=everywhere")["events"], seconds=120)
        process.kill()
        process.wait()
        process = self.start_again()
        self.browser.enter()
        self.assertEqual([zone["name"] for zone in self.browser.json("/live")["zones"]], ["everywhere"], "kept")
        now = self.browser.call("GET", "/zones")
        undone = self.browser.call("POST", "/zones/undo", {}, {"If-Match": now.getheader("ETag")})
        self.assertEqual(undone.status, 200, undone.content)
        names = [zone["name"] for zone in json.loads(undone.content)["cameras"][0]["zones"]]
        self.assertEqual(names, ["crossing", "kerb", "lawn"])
        self.stop(process)

    def nothing_stored(self):
        for path in self.dir.rglob("*"):
            if path.is_file():
                self.assertNotIn(b"\xff\xd8\xff", path.read_bytes(), f"{path.name} holds a picture")

    def test_on_the_network_only_with_a_password(self):
        process = self.run_service("{port: 0, listen: network}")
        self.assertIn("only this machine is served until one is set", self.stderr())
        tables = (Path(f"/proc/{process.pid}/net/{name}").read_text() for name in ("tcp", "tcp6"))
        port = f":{self.browser.port:04X} "
        listening = [line.split()[1] for table in tables for line in table.splitlines() if f"{port}0" in line and " 0A " in line]
        self.assertTrue(listening)
        for address in listening:
            self.assertIn(address.split(":")[0], ("0100007F", "00000000000000000000000001000000"), "this machine's own")
        self.stop(process)


e2e.need_video()
e2e.main()
