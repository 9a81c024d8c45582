"""The project over HTTP, as devices and dashboards use it: log-in, tokens, upserts, isolation, and the faults that the
edge's tests count on; once behind Postrust and once behind our own few lines. `tools/check` runs it.
# timeout: 300
"""
import http.client
import json
import sys
import time
import unittest
import uuid
from pathlib import Path
from urllib.parse import quote

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parent.parent / "e2e")]
import _postgres as postgres  # noqa: E402
import _postrust as postrust  # noqa: E402
import _project as project  # noqa: E402
from _e2e import main  # noqa: E402

COLUMNS = ("branch_code,event_id,revision,device_id,boot_id,camera,zone,type,person,started_at,ended_at,dwell_s,state,verdict,confidence,"
           "metadata,visit_id,part_of")
UPSERT = "/rest/v1/events?on_conflict=branch_code,event_id&columns=" + COLUMNS
MERGE = {"Prefer": "resolution=merge-duplicates,return=minimal,missing=default"}
cluster = None


def setUpModule():
    global cluster
    cluster = postgres.Cluster()
    try:
        cluster.start()
        cluster.create("base", migrate=False)
        cluster.migrate_by_psql("base")
    except BaseException:
        cluster.stop()
        raise


def tearDownModule():
    cluster.stop()


def body(number=1, **more):
    """An outbox body, as docs/formats/store.md shows it."""
    return {"event_id": str(uuid.UUID(int=0x01935e0a_0000_7000_8000_000000000000 + number)), "revision": 1, "branch_code": "TEST",
            "device_id": "test-pc", "boot_id": "b", "camera": "cam-1", "zone": "chair 1", "type": "CHAIR", "service": "haircut",
            "person": 7, "started_at": "2026-11-22T08:00:00.000Z", "ended_at": "2026-11-22T08:30:30.250Z", "dwell_s": 1830.25,
            "state": "open", "verdict": "counted", "confidence": 0.875, "metadata": {"end": "left"}, **more}


class Client:
    server = None

    def __init__(self, email=None, password=None, key=project.PUBLISHABLE):
        self.key, self.access = key, None
        if email:
            self.status, self.tokens = self.grant("password", email=email, password=password)
            self.access = self.tokens.get("access_token")

    def grant(self, kind, **fields):
        return self.ask("POST", f"/auth/v1/token?grant_type={kind}", fields)

    def ask(self, method, path, said=None, headers=None, raw=None):
        """(status, body). A broken answer raises what http.client raises."""
        line = http.client.HTTPConnection("127.0.0.1", self.server.server_address[1], timeout=30)
        try:
            given = {"apikey": self.key, "Content-Type": "application/json", **(headers or {})}
            if self.access:
                given["Authorization"] = "Bearer " + self.access
            line.request(method, path, raw if raw is not None else json.dumps(said) if said is not None else None, given)
            answer = line.getresponse()
            self.headers = answer.headers
            data = answer.read()
            return answer.status, json.loads(data) if data else None
        finally:
            line.close()

    def send(self, *rows):
        return self.ask("POST", UPSERT, rows[0] if len(rows) == 1 else list(rows), MERGE)


class OwnRest(unittest.TestCase):
    rest = "own"

    @classmethod
    def setUpClass(cls):
        cls.server = None
        if cls.rest == "postrust" and not postrust.program():
            return
        cluster.psql("template1", sql=f'create database "{cls.rest}" template base', user="supabase_admin")
        cls.server = Client.server = project.serve(cluster, rest=cls.rest, database=cls.rest)

    @classmethod
    def tearDownClass(cls):
        if cls.server:
            cls.server.shutdown()
            cls.server.server_close()
            cls.server.project.stop()

    def setUp(self):
        if not self.server:
            self.skipTest(postrust.MISSING)
        self.server.project.change({"faults": 0, "bad": [], "branch": "TEST", "device": "test-pc", "enabled": True, "clock_s": 0})
        self.server.project.sql("delete from events; delete from gaps; delete from device_status")
        self.device = Client(project.DEVICE, "word")

    def stored(self):
        return self.server.project.look("events")

    def test_log_in_gives_the_role_and_branch_of_the_device(self):
        self.assertEqual(self.device.status, 200)
        status, who = self.device.ask("POST", "/rest/v1/rpc/device_check", {})
        self.assertEqual((status, who["branch_code"], who["device_id"]), (200, "TEST", "test-pc"))
        self.assertEqual(Client(project.DEVICE, "wrong").status, 400)
        self.assertEqual(Client(key="sb_publishable_other").ask("GET", "/rest/v1/events")[0], 401)
        self.assertEqual(Client().ask("GET", "/rest/v1/events"), (401, {"code": "42501", "message": "permission denied for table events",
                                                                      "details": None, "hint": None}))

    def test_refresh_tokens_rotate_and_survive_a_crash(self):
        first = self.device.tokens["refresh_token"]
        status, second = self.device.grant("refresh_token", refresh_token=first)
        self.assertEqual(status, 200)
        self.assertNotEqual(second["refresh_token"], first)
        status, again = self.device.grant("refresh_token", refresh_token=first)
        self.assertEqual((status, again["refresh_token"]), (200, second["refresh_token"]), "the answer was lost: the same again")
        status, _ = self.device.grant("refresh_token", refresh_token=second["refresh_token"])
        self.assertEqual(status, 200)
        session = self.server.project.auth.sessions[first]
        session["rotated"] -= 60
        self.assertEqual(self.device.grant("refresh_token", refresh_token=first)[0], 400, "one that is long used ends the session")
        self.assertEqual(self.device.grant("refresh_token", refresh_token=session["active"])[0], 400)

    def test_single_and_batch_are_stored_once_and_never_go_back(self):
        self.assertEqual(self.device.send(body()), (201, None))
        self.assertIn("resolution=merge-duplicates", self.device.headers["Preference-Applied"])
        self.assertEqual(self.device.send(*(body(n, revision=2, state="closed") for n in range(1, 201)))[0], 201)
        self.assertEqual(self.device.send(body(), body(2))[0], 201)
        self.assertEqual(self.stored(), {body(n)["event_id"]: 2 for n in range(1, 201)})
        rows = self.server.project.sql("select verdict, visit_id, metadata ->> 'end' from events limit 1")
        self.assertEqual(rows, [["counted", None, "left"]])

    def test_defaults_fill_what_an_older_device_does_not_send(self):
        old = body()
        for member in ("verdict", "metadata", "confidence"):
            del old[member]
        self.assertEqual(self.device.send(old)[0], 201)
        self.assertEqual(self.server.project.sql("select verdict, metadata, confidence from events"), [["counted", "{}", "1.0"]])

    def test_faults_of_rows_and_rights_have_their_codes(self):
        for status, code, rows in ((400, "23514", [body(camera="")]), (400, "22P02", [body(event_id="x")]), (400, "23502", [body(zone=None)]),
                                   (500, "21000", [body(), body(revision=2)]), (403, "42501", [body(branch_code="OTHER")]),
                                   (403, "42501", [body(), body(2, branch_code="OTHER")])):
            got, said = self.device.send(*rows)
            self.assertEqual((got, said["code"]), (status, code))
        self.assertEqual(self.stored(), {})
        for status, code, path in ((404, "PGRST205", "/rest/v1/nothing"), (400, "PGRST204", "/rest/v1/events?columns=nothing")):
            got, said = self.device.ask("POST", path, body())
            self.assertEqual((got, said["code"]), (status, code))
        self.assertEqual(self.device.ask("POST", UPSERT, raw=b"{half", headers=MERGE)[1]["code"], "PGRST102")
        self.assertEqual(self.device.ask("POST", "/rest/v1/rpc/nothing", {})[1]["code"], "PGRST202")
        self.assertEqual(self.device.ask("POST", "/rest/v1/rpc/branch_totals", {"from_date": "2026-01-01", "to_date": "2026-02-01"})[0], 403)
        self.assertEqual(self.device.ask("DELETE", "/rest/v1/events")[0], 403)

    def test_tokens_run_out_and_a_disabled_device_is_cut_off(self):
        self.server.project.change({"clock_s": 3700})
        self.assertEqual(self.device.send(body()), (401, {"code": "PGRST303", "message": "JWT expired", "details": None, "hint": None}))
        self.server.project.change({"clock_s": 0})
        self.device.access = self.device.access[:-4] + "AAAA"
        self.assertEqual(self.device.send(body())[1]["code"], "PGRST301")
        device = Client(project.DEVICE, "word")
        self.server.project.change({"enabled": False})
        self.assertEqual(device.send(body())[0], 403)
        self.assertEqual(device.grant("refresh_token", refresh_token=device.tokens["refresh_token"])[0], 403)
        self.server.project.change({"enabled": True, "branch": "OTHER"})
        self.assertEqual(device.send(body())[0], 403, "the token is of the branch before")
        self.assertEqual(Client(project.DEVICE, "word").ask("POST", "/rest/v1/rpc/device_check", {})[1]["branch_code"], "OTHER")

    def test_gaps_heartbeats_and_configuration(self):
        gap = {"branch_code": "TEST", "device_id": "test-pc", "camera": "cam-1", "started_at": "2026-11-22T09:00:00Z", "ended_at": None, "reason": "offline"}
        path = "/rest/v1/gaps?on_conflict=branch_code,device_id,camera,started_at&columns=" + ",".join(gap)
        for end in (None, "2026-11-22T09:10:00Z", None):
            # 200 where nothing was new, as PostgREST says it.
            self.assertIn(self.device.ask("POST", path, [dict(gap, ended_at=end)], MERGE)[0], (200, 201))
        self.assertEqual(self.server.project.look("gaps")[0]["ended_at"], "2026-11-22T09:10:00+00:00")
        manager = Client(project.MANAGER, "manager")
        save = {"branch": "TEST", "settings": {"grace": {"chair": 30}}, "based_on": 0}
        self.assertEqual(manager.ask("POST", "/rest/v1/rpc/save_branch_config", save), (200, 1))
        self.assertEqual(manager.ask("POST", "/rest/v1/rpc/save_branch_config", save)[0], 409)
        status, fault = manager.ask("POST", "/rest/v1/rpc/save_branch_config", dict(save, based_on=1, settings={"grace": {"chair": "x"}}))
        self.assertEqual((status, fault["message"]), (400, "grace.chair is not a number"))
        fetch = "/rest/v1/branch_config?select=revision,settings&order=revision.desc&limit=1"
        self.assertEqual(self.device.ask("GET", fetch), (200, [{"revision": 1, "settings": save["settings"]}]))
        beat = {"branch_code": "TEST", "device_id": "test-pc", "boot_id": "b", "uptime_s": 5, "reported_at": "2026-11-22T09:00:00Z",
                "config_revision": 1, "cameras": [{"id": "cam-1", "state": "ok"}]}
        path = "/rest/v1/device_status?on_conflict=branch_code,device_id&columns=" + ",".join(beat)
        self.assertEqual(self.device.ask("POST", path, beat, MERGE)[0], 201)
        status, rows = manager.ask("GET", "/rest/v1/device_overview?select=state,config_running,config_newest")
        self.assertEqual((status, rows), (200, [{"state": "online", "config_running": 1, "config_newest": 1}]))

    def test_a_manager_reads_what_a_device_wrote_and_a_stranger_nothing(self):
        self.device.send(body(1, state="closed"), body(2, state="closed", type="WASH"))
        self.server.project.sql("select private.roll_up()")
        manager = Client(project.MANAGER, "manager")
        figures = manager.ask("POST", "/rest/v1/rpc/branch_totals", {"from_date": "2026-11-01", "to_date": "2026-11-30"})[1]
        self.assertEqual([(row["branch_code"], row["haircuts"], row["washes"]) for row in figures], [("TEST", 1, 1)])
        path = "/rest/v1/services?branch_code=eq.TEST&started_at=gte." + quote("2026-11-22T00:00:00+01:00") + "&order=started_at.desc&limit=50"
        self.assertEqual(len(manager.ask("GET", path)[1]), 2)
        self.assertEqual(manager.ask("PATCH", "/rest/v1/events?branch_code=eq.TEST", {"zone": "x"})[0], 403)
        self.server.project.auth.add_user(f"{time.time()}@example", "word word")
        stranger = Client(next(reversed(self.server.project.auth.users)), "word word")
        self.assertEqual(stranger.ask("GET", "/rest/v1/services"), (200, []))
        self.assertEqual(stranger.ask("POST", "/rest/v1/rpc/branch_totals", {"from_date": "2026-11-01", "to_date": "2026-11-30"}), (200, []))

    def test_the_requests_of_the_document_are_answered(self):
        text = (postgres.ROOT / "docs" / "supabase.md").read_text(encoding="utf-8")
        block = text[text.index("As a manager, over REST"):].split("```")[1].replace("BER-01", "TEST")
        manager = Client(project.MANAGER, "manager")
        for line in block.strip().splitlines():
            if line.startswith("POST "):
                path, said = line.removeprefix("POST ").split(None, 1)
                status, answer = manager.ask("POST", "/rest/v1/" + path, json.loads(said))
            else:
                status, answer = manager.ask("GET", "/rest/v1/" + line)
            # Saving on top of a revision that is not the newest is refused, as the document says.
            self.assertEqual(status, 409 if "save_branch_config" in line else 200, f"{line}: {answer}")

    def test_the_secret_key_provisions_a_branch_and_a_device(self):
        owner = Client(key=project.SECRET)
        code = "NEW-" + str(time.monotonic_ns())
        self.assertEqual(owner.ask("POST", "/rest/v1/branches", {"branch_code": code, "name": "New", "timezone": "Europe/Berlin"})[0], 201)
        status, user = owner.ask("POST", "/auth/v1/admin/users", {"email": code + "@devices", "password": "long", "email_confirm": True, "role": "edge_device"})
        self.assertEqual(status, 200)
        self.assertEqual(Client(code + "@devices", "long").status, 403, "not registered yet: no token")
        self.assertEqual(owner.ask("POST", "/rest/v1/devices", {"branch_code": code, "device_id": "pc-1", "auth_user_id": user["id"]})[0], 201)
        device = Client(code + "@devices", "long")
        self.assertEqual(device.send(body(branch_code=code, device_id="pc-1"))[0], 201)
        self.assertEqual(Client().ask("POST", "/auth/v1/admin/users", {"email": "x", "password": "y"})[0], 403)

    def test_under_faults_a_device_that_repeats_ends_with_each_event_once(self):
        self.server.project.change({"faults": 0.4})
        wanted = {}
        for n in range(60):
            row = body(n // 2 + 1, revision=n % 2 + 1)
            wanted[row["event_id"]] = max(wanted.get(row["event_id"], 0), row["revision"])
            for _ in range(50):
                try:
                    status, _ = self.device.send(row)
                except (OSError, http.client.HTTPException):
                    continue
                if status in (200, 201):
                    break
            else:
                self.fail("no way through")
        self.server.project.change({"faults": 0})
        self.assertEqual(self.stored(), wanted)
        self.assertGreater(self.server.project.seen["faults"], 10)


class Postrust(OwnRest):
    rest = "postrust"


if __name__ == "__main__":
    reason = postgres.missing()
    if reason:
        print(f"1..0 # SKIP {reason}")
        sys.exit(77)
    main()
