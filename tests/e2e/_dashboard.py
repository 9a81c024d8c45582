"""What the tests of the dashboard share: a browser's session, and the running service behind it."""
import http.client
import json
import re
import sys
from pathlib import Path

import _e2e as e2e

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
try:
    import openapi_check
except ImportError:
    print("1..0 # SKIP python3-yaml is not here")
    sys.exit(77)

Interface = openapi_check.Interface
PASSWORD = "four words are best"
LOOPING = "    realtime: true\n    loop: true"


class Browser:
    """A session: its cookie, its CSRF token, one connection per call."""

    def __init__(self, port):
        self.port, self.cookie, self.csrf = port, None, None

    def call(self, method, target, body=None, headers=(), csrf=True):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        head = {"Host": f"localhost:{self.port}", **dict(headers)}
        if self.cookie:
            head["Cookie"] = self.cookie
        if self.csrf and csrf and method != "GET":
            head["X-CSRF-Token"] = self.csrf
        if body is not None:
            head["Content-Type"] = "application/json"
            body = body if isinstance(body, (str, bytes)) else json.dumps(body)
        connection.request(method, "/api/v1" + target if not target.startswith("!") else target[1:], body, head)
        answer = connection.getresponse()
        answer.content = answer.read()
        connection.close()
        if answer.getheader("Set-Cookie"):
            self.cookie = answer.getheader("Set-Cookie").split(";")[0]
        return answer

    def json(self, target):
        answer = self.call("GET", target)
        assert answer.status == 200, (target, answer.status, answer.content)
        return json.loads(answer.content)

    def enter(self, user=None, password=None):
        answer = self.call("GET", "/session") if user is None else \
            self.call("POST", "/session", {"user": user, "password": password}, csrf=False)
        session = json.loads(answer.content)
        self.csrf = session.get("csrf")
        return answer.status, session

    def stream(self, topics="status,event,summary,tracks", last=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        head = {"Host": f"localhost:{self.port}", "Cookie": self.cookie}
        if last:
            head["Last-Event-ID"] = last
        connection.request("GET", f"/api/v1/stream?topics={topics}", headers=head)
        answer = connection.getresponse()
        assert answer.status == 200, answer.read()
        try:
            message = {}
            for line in answer:
                line = line.decode().rstrip("\n")
                if not line and "data" in message:
                    yield message["event"], json.loads(message["data"]), message.get("id")
                if not line:
                    message = {}
                name, _, value = line.partition(": ")
                message[name] = value
        finally:
            connection.close()


class Case(e2e.Case):
    def run_service(self, dashboard="{port: 0}", more=""):
        self.path = self.config(camera=LOOPING, dashboard=dashboard, more=more)
        return self.start_again()

    def start_again(self):
        (self.dir / "stderr.txt").unlink(missing_ok=True)
        process = self.start(e2e.CHAIRSIDE, "run", "--config", self.path)
        found = self.wait_for("the dashboard's address",
                              lambda: re.search(r"the dashboard is served address=http://localhost:(\d+)/", self.stderr()), seconds=60)
        self.browser = Browser(int(found.group(1)))
        return process

    def wait_for_frames(self):
        self.wait_for("pictures", lambda: self.browser.json("/cameras")["cameras"][0]["frames"] > 20, seconds=120)
