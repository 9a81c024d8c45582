"""A PostgreSQL of our own for a test: made in a temporary folder, on a free port of 127.0.0.1, as a user without
privileges, with what a Supabase project has (emulation.sql) and our migrations; stopped by its process id.

    with Cluster() as cluster:
        cluster.create("centre")              # a database with supabase/migrations applied
        with cluster.connect("centre") as db: …
"""
import ctypes
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
HERE = Path(__file__).resolve().parent
DEPS = Path(os.environ.get("DEPS", ROOT / ".deps"))
BIN = Path(os.environ.get("PG_BIN", "/usr/lib/postgresql/15/bin"))
CLI = DEPS / "supabase-cli" / "bin" / "supabase"
MIGRATIONS = ROOT / "supabase" / "migrations"
START_SECONDS = 60


def missing():
    """Why there can be no test here, or None."""
    if not (BIN / "postgres").exists():
        return "PostgreSQL 15 is not here; tools/setup installs it"
    if importlib.util.find_spec("psycopg2") is None:
        return "python3-psycopg2 is not here; tools/setup installs it"
    return None


def missing_extension(name):
    folder = subprocess.run([BIN / "pg_config", "--sharedir"], capture_output=True, text=True).stdout.strip()
    found = Path(folder, "extension", f"{name}.control").exists()
    return None if found else f"the extension {name} is not here; tools/setup installs it"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def end_with_parent():
    """In the child before it becomes PostgreSQL: a test that is killed leaves no server behind."""
    ctypes.CDLL(None).prctl(1, signal.SIGINT)  # PR_SET_PDEATHSIG
    signal.pthread_sigmask(signal.SIG_SETMASK, [])


def sweep(base):
    """Removes what tests that were killed could not."""
    for folder in Path(base).glob("chairside-pg-*"):
        try:
            os.kill(int((folder / "owner").read_text()), 0)
        except ProcessLookupError:
            shutil.rmtree(folder, ignore_errors=True)
        except (OSError, ValueError):
            continue  # of someone else, or just being made


class Cluster:
    """Threads: one. After stop() nothing of it is left."""

    def __init__(self, settings=()):
        self.settings = list(settings)
        self.process = None
        self.port = None
        # PostgreSQL refuses to run as root.
        self.user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        self.cli = CLI if CLI.exists() and os.environ.get("CENTRE_NO_CLI") is None else None
        base = os.environ.get("CENTRE_TMP", tempfile.gettempdir())
        sweep(base)
        self.dir = Path(tempfile.mkdtemp(prefix="chairside-pg-", dir=base))
        (self.dir / "owner").write_text(str(os.getpid()))
        self.data = self.dir / "data"

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.stop()
            raise

    def __exit__(self, *_):
        self.stop()

    def _as_user(self):
        return {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []} if self.user else {}

    def _environment(self):
        kept = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
        return dict(kept, LC_ALL="C.UTF-8", TZ="UTC", HOME=str(self.dir))

    def start(self):
        if self.user:
            os.chown(self.dir, self.user.pw_uid, self.user.pw_gid)
        self._run([BIN / "initdb", "-D", self.data, "-U", "supabase_admin", "-A", "trust", "-E", "UTF8",
                   "--locale=C.UTF-8", "--no-sync"])
        self.port = free_port()
        settings = ["listen_addresses=127.0.0.1", f"unix_socket_directories={self.dir}", "fsync=off", "full_page_writes=off",
                    "synchronous_commit=off", "shared_buffers=64MB", "max_connections=60", "timezone=UTC",
                    "log_min_messages=warning", "autovacuum_naptime=10s"]
        if (BIN.parent / "lib" / "pg_cron.so").exists():
            # The jobs are there to be looked at and run by hand; nothing runs by itself during a test.
            settings += ["shared_preload_libraries=pg_cron", "cron.database_name=centre", "cron.launch_active_jobs=off"]
        settings += self.settings
        arguments = [part for setting in settings for part in ("-c", setting)]
        with open(self.dir / "log", "wb") as log:
            self.process = subprocess.Popen(
                [BIN / "postgres", "-D", self.data, "-p", str(self.port), *arguments], stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT, cwd=self.dir, env=self._environment(), preexec_fn=end_with_parent, **self._as_user())
        end = time.monotonic() + START_SECONDS
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError("PostgreSQL did not start:\n" + (self.dir / "log").read_text()[-3000:])
            time.sleep(0.05)
        return self

    def _answers(self):
        done = subprocess.run([BIN / "pg_isready", "-q", "-h", self.dir, "-p", str(self.port)], env=self._environment())
        return done.returncode == 0

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)  # fast: it ends all sessions
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.process.send_signal(signal.SIGQUIT)
                self.process.wait()
        shutil.rmtree(self.dir, ignore_errors=True)

    def _run(self, command, **more):
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True, cwd=self.dir,
                              env=self._environment(), **self._as_user(), **more)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
        return done.stdout

    def url(self, database, user="postgres"):
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}?sslmode=disable"

    def psql(self, database, file=None, sql=None, user="postgres", variables=(), folder=None):
        command = [BIN / "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", self.url(database, user)]
        command += [part for pair in variables for part in ("-v", f"{pair[0]}={pair[1]}")]
        text = sql if sql is not None else Path(file).read_text(encoding="utf-8")
        done = subprocess.run([str(part) for part in command], input=text, capture_output=True, text=True,
                              cwd=folder or "/", env=self._environment())
        if done.returncode != 0:
            raise RuntimeError(f"{file or 'psql'}: {done.stdout[-1000:]}{done.stderr[-4000:]}")
        return done.stdout

    def connect(self, database, user="postgres"):
        import psycopg2
        return psycopg2.connect(host="127.0.0.1", port=self.port, dbname=database, user=user)

    def create(self, database="centre", defaults="none", migrate=True):
        """A database as a new project, with the migrations."""
        self.psql("template1", sql=f'create database "{database}"', user="supabase_admin")
        self.psql(database, file=HERE / "emulation.sql", user="supabase_admin", variables=[("defaults", defaults)])
        if migrate:
            self.migrate(database)

    def migrate(self, database):
        if self.cli:
            return self.supabase("db", "push", "--yes", f"--remote={self.url(database)}")
        return self.migrate_by_psql(database)

    def migrate_by_psql(self, database):
        """In the CLI's order, each file in one transaction, remembered where the CLI remembers it."""
        self.psql(database, sql="""create schema if not exists supabase_migrations;
            create table if not exists supabase_migrations.schema_migrations
                (version text primary key, statements text[], name text);""")
        done = self.psql(database, sql="select version from supabase_migrations.schema_migrations").split()
        for file in sorted(MIGRATIONS.glob("*.sql")):
            version, name = file.stem.split("_", 1)
            if version not in done:
                self.psql(database, sql=f"begin;\n{file.read_text(encoding='utf-8')}\n;insert into "
                          f"supabase_migrations.schema_migrations (version, name) values ('{version}', '{name}');\ncommit;")
        return "by psql"

    def supabase(self, *arguments):
        """The Supabase CLI, in the checkout; with a home of its own, telling nobody of it."""
        environment = dict(self._environment(), HOME=str(self.dir / "home"), DO_NOT_TRACK="1", NO_COLOR="1",
                           SUPABASE_TELEMETRY_DISABLED="1")
        done = subprocess.run([str(self.cli), *arguments, "--workdir", str(ROOT)], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, env=environment, timeout=300)
        if done.returncode != 0:
            raise RuntimeError(f"supabase {' '.join(arguments)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout + done.stderr
