"""Random salons for the property tests: branches in awkward time zones, events in several revisions, gaps, and what the
centre must make of them, computed here a second time in another language and by other means."""
import json
import random
import statistics
import uuid
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

UTC = timezone.utc
# Zones and day ends at which something is odd within DAYS: changes of the clock, half hours, days that begin late.
PLACES = [("Europe/Berlin", time(0, 0)), ("Europe/Berlin", time(2, 30)), ("America/New_York", time(22, 0)), ("Asia/Kathmandu", time(4, 15)),
          ("Australia/Lord_Howe", time(1, 45)), ("Pacific/Auckland", time(3, 0)), ("America/Santiago", time(0, 0)), ("UTC", time(23, 59))]
DAYS = [date(2026, 3, 28), date(2026, 4, 4), date(2026, 9, 5), date(2026, 10, 3), date(2026, 10, 24), date(2026, 11, 1)]
TYPES = ["CHAIR", "WASH", "WAIT"]
COLUMNS = ["branch_code", "event_id", "revision", "device_id", "boot_id", "camera", "zone", "type", "person", "started_at", "ended_at",
           "dwell_s", "state", "verdict", "confidence", "metadata", "visit_id", "part_of"]


def uuid7(rng, born):
    ms = int(born.timestamp() * 1000)
    return str(uuid.UUID(int=ms << 80 | 7 << 76 | rng.getrandbits(12) << 64 | 2 << 62 | rng.getrandbits(62)))


def iso(at):
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Salon:
    def __init__(self, rng, code):
        self.rng, self.code = rng, code
        self.zone_name, self.day_end = rng.choice(PLACES)
        self.zone = ZoneInfo(self.zone_name)
        self.revisions = {}  # event id -> bodies by revision
        self.gaps = {}       # (camera, start) -> ends in order

    def moment(self):
        start = datetime.combine(self.rng.choice(DAYS), time(), UTC) + timedelta(days=self.rng.choice([0, 0, 1]))
        return start + timedelta(milliseconds=self.rng.randrange(86_400_000))

    def make_events(self, count):
        for _ in range(count):
            born = self.rng.choice([self.moment(), self.moment(), datetime(1970, 1, 2, tzinfo=UTC), datetime(2090, 1, 1, tzinfo=UTC)])
            started, event_id = self.moment(), uuid7(self.rng, born)
            body = {"branch_code": self.code, "event_id": event_id, "device_id": "pc-1", "boot_id": self.rng.choice(["b1", "b2"]),
                    "camera": self.rng.choice(["c1", "c2"]), "zone": "z", "type": self.rng.choice(TYPES), "person": self.rng.randrange(12),
                    "visit_id": self.rng.choice([None, None, str(uuid.UUID(int=1)), str(uuid.UUID(int=2))]), "part_of": None, "confidence": 0.5, "metadata": {}}
            others = list(self.revisions) or [str(uuid.UUID(int=5))]
            for revision in range(1, self.rng.choice([1, 2, 2, 3, 5]) + 1):
                if self.rng.random() < 0.1:
                    started = self.moment()
                dwell = self.rng.randrange(1, 4_000_000) / 1000
                last = dict(body, revision=revision, started_at=iso(started), ended_at=iso(started + timedelta(seconds=dwell)), dwell_s=dwell,
                            state=self.rng.choice(["open", "closed"]), verdict=self.rng.choice(["counted"] * 6 + ["review", "rejected"]),
                            part_of=self.rng.choice([None] * 3 + self.rng.sample(others, 1)))
                self.revisions.setdefault(event_id, []).append(last)

    def make_gaps(self, count):
        for _ in range(count):
            start = self.moment()
            ends = [None] + [start + timedelta(seconds=s) for s in sorted(self.rng.randrange(1, 200_000) for _ in range(2))]
            self.gaps[(self.rng.choice(["c1", "c2", "c3"]), start)] = ends[:self.rng.choice([2, 3, 3])]

    # --- what must come out ---

    def final_events(self):
        return [bodies[-1] for bodies in self.revisions.values()]

    def day_start(self, day):
        """The first instant at which the clock on the wall shows the day end of that date, or later."""
        wall = datetime.combine(day, self.day_end)
        at = wall.replace(tzinfo=self.zone, fold=0).astimezone(UTC)
        if at.astimezone(self.zone).replace(tzinfo=None) != wall:  # it does not exist: go back to the jump
            while (at - timedelta(minutes=1)).astimezone(self.zone).replace(tzinfo=None) >= wall:
                at -= timedelta(minutes=1)
        return at

    def date_of(self, at):
        day = at.astimezone(self.zone).date() - timedelta(days=2)
        while self.day_start(day + timedelta(days=1)) <= at:
            day += timedelta(days=1)
        return day

    def blind(self, camera, start, end):
        """Merged spans within [start, end) in which the camera saw nothing."""
        spans = sorted((max(a, start), min(ends[-1], end)) for (c, a), ends in self.gaps.items() if c == camera and a < end and ends[-1] > start)
        merged = []
        for a, b in spans:
            if merged and a <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(b, merged[-1][1]))
            else:
                merged.append((a, b))
        return merged

    def coverage(self, cameras, start, end):
        blind = [sum((min(b, end) - max(a, start)).total_seconds() for a, b in spans if a < end and b > start) for spans in cameras.values()]
        unknown = max(blind, default=0)
        all_blind = bool(blind) and all((end - start).total_seconds() - s < 1 for s in blind)
        return "unknown" if all_blind else "partly" if unknown >= 30 else "known", round(unknown, 3)

    def expected(self):
        """({day: daily row}, {hour: hourly row}) in the shape of observed()."""
        by_day, hours = {}, {}
        for event in self.final_events():
            by_day.setdefault(self.date_of(datetime.fromisoformat(event["started_at"])), []).append(event)
        for (_, start), ends in self.gaps.items():
            day = self.date_of(start)
            while self.day_start(day) < ends[-1]:
                by_day.setdefault(day, [])
                day += timedelta(days=1)
        days = {}
        for day, events in by_day.items():
            start, end = self.day_start(day), self.day_start(day + timedelta(days=1))
            cameras = {e["camera"]: [] for e in events}
            cameras.update({c: self.blind(c, start, end) for (c, a), ends in self.gaps.items() if a < end and ends[-1] > start})
            coverage, unknown = self.coverage(cameras, start, end)
            if events or unknown > 0:
                days[day] = self.sums(events) + (coverage, unknown)
            self.add_hours(hours, day, events, cameras, start, end)
        return days, hours

    @staticmethod
    def sums(events):
        seen = [e for e in events if e["verdict"] == "counted"]
        counted = [e for e in seen if e["part_of"] is None]
        out = []
        for kind in TYPES:
            dwells = [e["dwell_s"] + sum(p["dwell_s"] for p in seen if p["part_of"] == e["event_id"])
                      for e in counted if e["type"] == kind and e["state"] == "closed"]
            out += [sum(e["type"] == kind for e in counted), len(dwells), round(sum(dwells), 3),
                    round(statistics.median(dwells), 4) if dwells else None]
        people = {e["visit_id"] or (e["boot_id"], e["camera"], e["person"]) for e in seen}
        return tuple(out) + (len(people), len({e["visit_id"] for e in seen} - {None}), sum(e["state"] == "open" for e in seen),
                             sum(e["verdict"] == "review" for e in events), sum(e["verdict"] == "rejected" for e in events))

    def add_hours(self, hours, day, events, cameras, start, end):
        at = start
        while at < end:
            until = min(at + timedelta(hours=1), end)
            inside = [e for e in events if at <= datetime.fromisoformat(e["started_at"]) < until]
            coverage, unknown = self.coverage(cameras, at, until)
            if inside or unknown > 0:
                counted = [e["type"] for e in inside if e["verdict"] == "counted" and e["part_of"] is None]
                hours[at] = (day, *(counted.count(kind) for kind in TYPES), sum(e["verdict"] == "review" for e in inside), coverage, unknown)
            at = until


def observed(db, code):
    with db.cursor() as cursor:
        cursor.execute("""select business_date, haircuts, haircuts_finished, haircut_dwell_s, haircut_median_s, washes, washes_finished, wash_dwell_s,
            wash_median_s, waits, waits_finished, wait_dwell_s, wait_median_s, people, visits, still_open, to_review, rejected, coverage, unknown_s
            from daily_summary where branch_code = %s""", [code])
        days = {row[0]: tuple(value if n not in (2, 6, 10, 18) and n not in (3, 7, 11) else value if value is None
                              else round(value, 4 if n in (3, 7, 11) else 3) for n, value in enumerate(row[1:])) for row in cursor}
        cursor.execute("""select hour_at, business_date, haircuts, washes, waits, to_review, coverage, unknown_s
            from hourly_summary where branch_code = %s""", [code])
        hours = {row[0]: row[1:7] + (round(row[7], 3),) for row in cursor}
    return days, hours


def batches(rng, bodies):
    """In any order, some twice, 1 to 20 at a time; of each event one revision per batch, as a device sends them."""
    queue = bodies + rng.sample(bodies, len(bodies) // 4)
    rng.shuffle(queue)
    while queue:
        batch = {}
        for body in queue[:rng.randrange(1, 21)]:
            batch.setdefault(body["event_id"], body)
        for body in batch.values():
            queue.remove(body)
        yield list(batch.values())


UPSERT = """
    with source as (
        insert into public.events ({columns}) select {columns} from json_to_recordset(%s) as _ (branch_code text, event_id uuid,
            revision integer, device_id text, boot_id text, camera text, zone text, type text, person bigint, started_at timestamptz,
            ended_at timestamptz, dwell_s double precision, state text, verdict text, confidence double precision, metadata jsonb,
            visit_id uuid, part_of uuid)
        on conflict (branch_code, event_id) do update set {sets} returning 1)
    select count(*) from source""".format(columns=", ".join(COLUMNS), sets=", ".join(f"{c} = excluded.{c}" for c in COLUMNS))


def new_rng(seed):
    return random.Random(seed)


def as_json(batch):
    return json.dumps(batch)
