"""The central store, on a PostgreSQL of its own: migrations, access, roll-ups, lints. `tools/check` runs it.
# timeout: 900

CENTRE_SEEDS=N tries N random salons per property (3 if not); CENTRE_SEED=S only that one. CENTRE_ALL=1 also waits for pg_cron's
clock (two minutes; `tools/check all`).
"""
import json
import os
import re
import subprocess
import sys
import threading
import time
import unittest
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parent.parent / "e2e")]
import _postgres as postgres  # noqa: E402
import _salons as salons  # noqa: E402
from _e2e import main  # noqa: E402

TESTS = postgres.ROOT / "supabase" / "tests"
cluster = None


def setUpModule():
    global cluster
    cluster = postgres.Cluster()
    try:
        cluster.start()
        cluster.create("centre")
        # A second one, migrated by psql and without pg_cron; what tests change is done in copies of it.
        cluster.create("base", migrate=False)
        cluster.migrate_by_psql("base")
    except BaseException:
        cluster.stop()
        raise


def tearDownModule():
    cluster.stop()


def copy_of_base(name):
    cluster.psql("template1", sql=f'create database "{name}" template base', user="supabase_admin")
    return name


def dump(database):
    text = subprocess.run([postgres.BIN / "pg_dump", "--schema-only", "-N", "cron", "-N", "supabase_migrations", "-d",
                           cluster.url(database, "supabase_admin")], capture_output=True, text=True, check=True).stdout
    # Names of the dump itself, and the extension that only one has.
    left_out = r"^\\(un)?restrict .*\n|^.*\b(pg_)?cron\b.*\n|^--.*\n|^\n"
    return re.sub(left_out, "", text, flags=re.M)


def need_cli(test):
    if not cluster.cli:
        test.skipTest("the Supabase CLI is not here; tools/supabase_cli fetches it")


class Migrations(unittest.TestCase):
    def test_a_second_run_changes_nothing(self):
        before = dump("centre")
        cluster.migrate("centre")
        self.assertEqual(before, dump("centre"))

    def test_the_cli_and_psql_make_the_same_schema(self):
        need_cli(self)
        self.assertEqual(dump("centre"), dump("base"))

    def test_the_cli_has_noted_every_migration(self):
        need_cli(self)
        noted = cluster.psql("centre", sql="select version from supabase_migrations.schema_migrations order by 1").split()
        self.assertEqual(noted, sorted(file.name.split("_")[0] for file in postgres.MIGRATIONS.glob("*.sql")))


class Documentation(unittest.TestCase):
    def test_the_statements_of_the_document_run(self):
        text = (postgres.ROOT / "docs" / "supabase.md").read_text(encoding="utf-8")
        blocks = re.findall(r"^ *```sql\n(.*?)^ *```", text, flags=re.M | re.S)
        self.assertGreaterEqual(len(blocks), 4)
        user = "00000000-0000-4000-8000-000000000001"
        given = f"insert into auth.users (id, email) values ('{user}', 'MANAGER@YOURDOMAIN');"
        run = "\n".join(blocks).replace("ID OF THE ANSWER", user)
        cluster.psql("centre", sql=f"begin; {given}\n{run}\nselect 1 / count(*) from branch_members where branch_code = 'BER-01'; rollback;")


class TapFiles:
    def run_file(self, database, file):
        done = subprocess.run([postgres.BIN / "psql", "-X", "-q", "-A", "-t", "-d", cluster.url(database), "-f", str(file)],
                              capture_output=True, text=True, cwd=TESTS)
        lines = done.stdout.splitlines()
        bad = [line for line in lines if line.startswith(("not ok", "# ", "#  "))]
        errors = [line for line in done.stderr.splitlines() if "ERROR" in line or "FATAL" in line]
        plan = next((int(match[1]) for match in (re.match(r"1\.\.(\d+)", line) for line in lines) if match), 0)
        passed = sum(line.startswith("ok ") for line in lines)
        self.assertEqual((bad[:30], errors), ([], []))
        self.assertTrue(0 < passed == plan, f"{passed} of {plan} assertions passed")
        print(f"# {file.name} in '{database}': {passed} assertions", flush=True)


class PgTap(TapFiles, unittest.TestCase):
    """supabase/tests, each file a test; a file has up to hundreds of assertions."""


def add_pgtap_tests():
    for file in sorted(TESTS.glob("*.test.sql")):
        name = file.name.split(".")[0]

        def test(self, file=file):
            self.run_file("centre", file)
        setattr(PgTap, f"test_{name}", test)


# Each makes one thing more open than it should be; the tests of access must see it.
WEAKENED = {
    "any branch may be written": "alter policy device_adds_to_its_branch on events with check (true)",
    "rows move to another branch": "alter policy device_revises_its_branch on gaps with check (true)",
    "members see all branches": "alter policy member_reads_branches on events using (true)",
    "members see all figures": "alter policy member_reads_branches on daily_summary using (true)",
    "members see all members": "alter policy member_reads_own_membership on branch_members using (true)",
    "status of another device": "alter policy device_renews_its_status on device_status using (branch_code = (select private.device_branch())) with check (true)",
    "viewers configure": "alter policy manager_adds_revisions on branch_config with check (branch_code = any ((select private.member_branches())::text[]))",
    "no row security": "alter table gaps disable row level security",
    "a partition without it": "alter table private.events_default disable row level security",
    "a view of its owner": "alter view services set (security_invoker = false)",
    "a stray grant": "grant delete on gaps to edge_device",
    "anon looks": "grant select on branches to anon",
    "the server's column": "grant update (received_at) on events to edge_device",
    "a private table": "grant select on private.rollup_marks to authenticated",
    "a private function": "grant execute on function private.roll_up(integer) to authenticated",
    "disabled devices": "create or replace function private.device_branch() returns text language sql stable security definer set search_path = '' as "
                        "$$ select d.branch_code from public.devices d where d.auth_user_id = auth.uid() $$",
    "claims of another log-in": "create or replace function private.device_branch() returns text language sql stable security definer set search_path = '' as "
                                "$$ select d.branch_code from public.devices d where d.enabled and d.branch_code = auth.jwt() ->> 'branch_code' "
                                "and d.device_id = auth.jwt() ->> 'device_id' $$",
}


class Weakened(TapFiles, unittest.TestCase):
    def test_the_tests_of_access_see_every_weakness(self):
        unseen = []
        self.assertFalse(self.fails("base", TESTS / "structure.test.sql"))
        for n, (what, change) in enumerate(WEAKENED.items()):
            name = copy_of_base(f"weak{n}")
            cluster.psql(name, sql=change)
            if not any(self.fails(name, TESTS / file) for file in ("structure.test.sql", "access.test.sql")):
                unseen.append(what)
            cluster.psql("template1", sql=f'drop database "{name}"', user="supabase_admin")
        self.assertEqual(unseen, [])

    def fails(self, database, file):
        try:
            self.run_file(database, file)
        except AssertionError:
            return True
        return False


class OlderProject(TapFiles, unittest.TestCase):
    """Projects made before May 2026 grant all on each new table to anon, authenticated and service_role by themselves."""

    @classmethod
    def setUpClass(cls):
        cluster.create("older", defaults="all", migrate=False)
        cluster.migrate_by_psql("older")

    def test_access_is_the_same(self):
        self.run_file("older", TESTS / "structure.test.sql")
        self.run_file("older", TESTS / "access.test.sql")


class Lints(unittest.TestCase):
    def test_the_advisors_find_nothing(self):
        need_cli(self)
        said = cluster.supabase("db", "advisors", "--level", "warn", "--fail-on", "none", f"--remote={cluster.url('centre')}")
        found = json.loads(said[said.index("["):said.rindex("]") + 1]) if "[" in said else []
        self.assertEqual([(lint["name"], lint["detail"]) for lint in found], [])

    def test_the_advisors_would_find_something(self):
        need_cli(self)
        copy_of_base("bad")
        cluster.psql("bad", sql="create table public.open_to_all (x int primary key); grant select on public.open_to_all to anon")
        said = cluster.supabase("db", "advisors", "--level", "warn", "--fail-on", "none", f"--remote={cluster.url('bad')}")
        self.assertIn("rls_disabled_in_public", said)

    def test_functions_are_correct(self):
        """plpgsql_check, which `supabase db lint` uses too: names and types in every function, also those never called."""
        if postgres.missing_extension("plpgsql_check"):
            self.skipTest(postgres.missing_extension("plpgsql_check"))
        found = cluster.psql("centre", user="supabase_admin", sql="""
            begin;
            create extension plpgsql_check with schema extensions;
            select p.proname, c.lineno, c.level, c.message
            from pg_proc p join pg_language l on l.oid = p.prolang and l.lanname = 'plpgsql'
            -- Of a function with several triggers the one that has both transition tables.
            left join lateral (select * from pg_trigger t where t.tgfoid = p.oid and t.tgparentid = 0 order by t.tgoldtable, t.tgnewtable limit 1) t on true,
            lateral extensions.plpgsql_check_function_tb(p.oid, coalesce(t.tgrelid, 0::oid), oldtable => t.tgoldtable, newtable => t.tgnewtable,
                                                         performance_warnings => false) c
            where p.pronamespace in ('public'::regnamespace, 'private'::regnamespace) and c.level in ('error', 'warning');
            rollback;""")
        self.assertEqual(found, "")


class Clock(unittest.TestCase):
    """pg_cron runs the jobs of each minute by itself, as the owner of the migrations."""
    SETTINGS = ("cron.launch_active_jobs=on", "cron.use_background_workers=on")
    GIVEN = """
        insert into branches (branch_code, name) values ('CRON', 'x');
        insert into devices (branch_code, device_id) values ('CRON', 'pc-1');
        insert into device_status (branch_code, device_id, boot_id, reported_at) values ('CRON', 'pc-1', 'b', now());
        alter table device_status disable trigger receive_status;
        update device_status set seen_at = now() - interval '1 hour';
        insert into gaps (branch_code, device_id, camera, started_at, ended_at) values ('CRON', 'pc-1', 'c', now() - interval '2 hours', now() - interval '1 hour');"""

    def test_jobs_run_by_themselves(self):
        if os.environ.get("CENTRE_ALL") is None:
            self.skipTest("it waits for two minutes; tools/check all")
        if postgres.missing_extension("pg_cron"):
            self.skipTest(postgres.missing_extension("pg_cron"))
        with postgres.Cluster(self.SETTINGS) as own:
            own.create("centre", migrate=False)
            own.migrate_by_psql("centre")
            own.psql("centre", sql=self.GIVEN)
            wanted = "select count(*) from daily_summary union all select count(*) from device_outages where ended_at is null"
            end = time.monotonic() + 240
            while "0" in (found := own.psql("centre", sql=wanted).split()) and time.monotonic() < end:
                time.sleep(2)
            self.assertNotIn("0", found, "sums, outages")
            health = own.psql("centre", sql="select what || ' ' || value || ' ' || ok from private.health() where what ~ 'chairside-(roll-up|outages)'")
            self.assertRegex(health, r"chairside-roll-up (succeeded|running) .* true")
            self.assertRegex(health, r"chairside-outages (succeeded|running) .* true")


class Properties(unittest.TestCase):
    def setUp(self):
        seed = os.environ.get("CENTRE_SEED")
        self.seeds = [int(seed)] if seed else range(1, int(os.environ.get("CENTRE_SEEDS", 3)) + 1)

    def device(self, database, code):
        db = cluster.connect(database, "authenticator")
        db.autocommit = True
        claims = {"role": "edge_device", "branch_code": code, "device_id": "pc-1", "sub": self.logins[code]}
        with db.cursor() as cursor:
            cursor.execute("set role edge_device")
            cursor.execute("select set_config('request.jwt.claims', %s, false)", [json.dumps(claims)])
        return db

    def open_shops(self, owner, shops):
        self.logins = {}
        with owner.cursor() as cursor:
            for n, shop in enumerate(shops):
                login = self.logins[shop.code] = f"00000000-0000-4000-8000-{n:012d}"
                cursor.execute("insert into auth.users (id) values (%s)", [login])
                cursor.execute("insert into branches (branch_code, name, timezone, day_end) values (%s, %s, %s, %s)",
                               [shop.code, shop.code, shop.zone_name, shop.day_end])
                cursor.execute("insert into devices (branch_code, device_id, auth_user_id) values (%s, 'pc-1', %s)", [shop.code, login])

    def send(self, cursor, rng, batch):
        """As a device: a batch in which one row is bad is refused whole, and sent again without that row."""
        import psycopg2
        if rng.random() < 0.1:
            bad = dict(batch[0], event_id="01935e0a-0000-7000-8000-0000000000ff", camera="")
            with self.assertRaises(psycopg2.errors.CheckViolation):
                cursor.execute(salons.UPSERT, [salons.as_json(batch + [bad])])
        cursor.execute(salons.UPSERT, [salons.as_json(batch)])

    def send_gaps(self, cursor, rng, shop):
        sends = [(camera, start, end) for (camera, start), ends in shop.gaps.items() for end in ends]
        rng.shuffle(sends)
        for camera, start, end in sends:
            cursor.execute("""insert into gaps (branch_code, device_id, camera, started_at, ended_at) values (%s, 'pc-1', %s, %s, %s)
                on conflict (branch_code, device_id, camera, started_at) do update set ended_at = excluded.ended_at""", [shop.code, camera, start, end])

    def test_sums_are_right_after_late_doubled_unordered_and_revised_events(self):
        for seed in self.seeds:
            rng = salons.new_rng(seed)
            shops = [salons.Salon(rng, f"S{n}") for n in range(3)]
            owner = cluster.connect(copy_of_base(f"seed{seed}"))
            owner.autocommit = True
            self.open_shops(owner, shops)
            for shop in shops:
                shop.make_events(120)
                shop.make_gaps(6)
                device = self.device(f"seed{seed}", shop.code)
                with device.cursor() as cursor, owner.cursor() as job:
                    self.send_gaps(cursor, rng, shop)
                    for batch in salons.batches(rng, [body for bodies in shop.revisions.values() for body in bodies]):
                        self.send(cursor, rng, batch)
                        if rng.random() < 0.2:
                            job.execute("select private.roll_up(%s)", [rng.choice([1, 5, 5000])])
                device.close()
            with owner.cursor() as job:
                job.execute("select private.roll_up()")
                job.execute("select count(*) from private.rollup_marks")
                self.assertEqual(job.fetchone()[0], 0)
            for shop in shops:
                self.check_events(owner, shop, seed)
                days, hours = salons.observed(owner, shop.code)
                wanted_days, wanted_hours = shop.expected()
                self.assertEqual(days, wanted_days, f"CENTRE_SEED={seed} {shop.code} {shop.zone_name} {shop.day_end}")
                self.assertEqual(hours, wanted_hours, f"CENTRE_SEED={seed} {shop.code} {shop.zone_name} {shop.day_end}")
            owner.close()

    def check_events(self, owner, shop, seed):
        with owner.cursor() as cursor:
            cursor.execute("select event_id::text, revision, state, dwell_s from events where branch_code = %s order by 1", [shop.code])
            stored = cursor.fetchall()
        final = sorted((e["event_id"], e["revision"], e["state"], e["dwell_s"]) for e in shop.final_events())
        self.assertEqual(stored, final, f"CENTRE_SEED={seed} {shop.code}: each event once, as of its newest revision")

    def test_sums_are_right_while_many_write_and_the_roll_up_runs(self):
        import psycopg2
        rng = salons.new_rng(self.seeds[0] + 1000)
        shop = salons.Salon(rng, "BUSY")
        shop.make_events(200)
        owner = cluster.connect(copy_of_base("busy"))
        owner.autocommit = True
        self.open_shops(owner, [shop])
        bodies = [body for revisions in shop.revisions.values() for body in revisions]
        faults, done = [], threading.Event()

        def write(number):
            # Each sends everything in an order of its own: requests of one device that overlap after a time-out.
            own = salons.new_rng(number)
            device = self.device("busy", shop.code)
            try:
                with device.cursor() as cursor:
                    for batch in salons.batches(own, bodies):
                        while True:
                            try:
                                cursor.execute(salons.UPSERT, [salons.as_json(batch)])
                                break
                            except psycopg2.errors.DeadlockDetected:
                                continue  # a 5xx to the device, which sends again
            except Exception as error:
                faults.append(error)
            device.close()

        def roll_up():
            job = cluster.connect("busy")
            job.autocommit = True
            with job.cursor() as cursor:
                while not done.is_set():
                    cursor.execute("select private.roll_up(20)")
            job.close()

        writers = [threading.Thread(target=write, args=[n]) for n in range(3)]
        roller = threading.Thread(target=roll_up)
        for thread in writers + [roller]:
            thread.start()
        for thread in writers:
            thread.join()
        done.set()
        roller.join()
        self.assertEqual(faults, [])
        with owner.cursor() as cursor:
            cursor.execute("select private.roll_up(1000000)")
        self.check_events(owner, shop, self.seeds[0])
        self.assertEqual(salons.observed(owner, shop.code), shop.expected())
        owner.close()


if __name__ == "__main__":
    reason = postgres.missing() or postgres.missing_extension("pgtap")
    if reason:
        print(f"1..0 # SKIP {reason}")
        sys.exit(77)
    add_pgtap_tests()
    main()
