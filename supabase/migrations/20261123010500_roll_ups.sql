-- Sums by day and by hour. A write only marks what it touched; private.roll_up() then computes the marked business days
-- anew from the events. So it does not matter in which order, how late or how often something arrives.

create table public.daily_summary (
    branch_code       text not null references public.branches (branch_code),
    business_date     date not null,
    haircuts          integer not null,
    haircuts_finished integer not null,
    haircut_dwell_s   double precision not null,
    haircut_median_s  double precision,
    washes            integer not null,
    washes_finished   integer not null,
    wash_dwell_s      double precision not null,
    wash_median_s     double precision,
    waits             integer not null,
    waits_finished    integer not null,
    wait_dwell_s      double precision not null,
    wait_median_s     double precision,
    people            integer not null,
    visits            integer not null,
    still_open        integer not null,
    to_review         integer not null,
    rejected          integer not null,
    unknown_s         double precision not null,
    coverage          text not null check (coverage in ('known', 'partly', 'unknown')),
    first_at          timestamptz,
    last_at           timestamptz,
    computed_at       timestamptz not null default now(),
    primary key (branch_code, business_date)
) with (fillfactor = 80);
create index daily_summary_by_date on public.daily_summary (business_date, branch_code);
comment on table public.daily_summary is 'one row per branch and business day with events or gaps; a day without a row has neither';
comment on column public.daily_summary.haircuts is 'verdict counted, part of no other event; of the day on which they began';
comment on column public.daily_summary.haircuts_finished is 'of these closed; dwell and median are of them';
comment on column public.daily_summary.haircut_dwell_s is 'sum over the finished, with the time of their parts, so that means of any range are exact';
comment on column public.daily_summary.people is 'visits, and persons of events without a visit, with a counted service';
comment on column public.daily_summary.unknown_s is 'seconds that the camera which was blind longest saw nothing';

create table public.hourly_summary (
    branch_code   text not null references public.branches (branch_code),
    hour_at       timestamptz not null,
    business_date date not null,
    haircuts      integer not null,
    washes        integer not null,
    waits         integer not null,
    to_review     integer not null,
    unknown_s     double precision not null,
    coverage      text not null check (coverage in ('known', 'partly', 'unknown')),
    primary key (branch_code, hour_at)
) with (fillfactor = 80);
create index hourly_summary_by_date on public.hourly_summary (business_date, branch_code);
comment on column public.hourly_summary.hour_at is 'hours of real time from the start of the business day; those without events and gaps have no row';

-- What was touched: appended to, never updated, so that devices never wait for each other or for the roll-up.
create table private.rollup_marks (
    id          bigint generated always as identity primary key,
    branch_code text not null,
    from_at     timestamptz not null,
    to_at       timestamptz not null,
    marked_at   timestamptz not null default now()
);
create table private.settings (
    one                 boolean primary key default true check (one),
    events_kept_months  integer not null default 25 check (events_kept_months between 2 and 1200),
    outages_kept_months integer not null default 25 check (outages_kept_months between 1 and 1200),
    months_ahead        integer not null default 3 check (months_ahead between 1 and 24),
    -- Days up to this one are as they are: some of their events have been deleted, the sums stay.
    frozen_until        date
);
insert into private.settings default values;

-- The first instant at which the wall clock shows that date and time of day, or later.
create function private.day_start(day date, timezone text, day_end time) returns timestamptz
language plpgsql stable strict set search_path = '' as $$
declare
    wall timestamp := day + day_end;
    at timestamptz := wall at time zone timezone;
begin
    if (at - interval '3 hours') at time zone timezone = wall - interval '3 hours'
       and (at + interval '3 hours') at time zone timezone = wall + interval '3 hours' then
        return at;
    end if;
    return (select min(t) from generate_series(at - interval '3 hours', at, interval '1 minute') t
            where t at time zone timezone >= wall);
end
$$;
create function private.business_date(at timestamptz, timezone text, day_end time) returns date
language plpgsql stable strict set search_path = '' as $$
declare
    day date := (at at time zone timezone) - day_end;
begin
    -- The clock was set back over the day end: it shows less again, but the next day has begun.
    return day + (at >= private.day_start(day + 1, timezone, day_end))::integer;
end
$$;

create function private.mark_events() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    if tg_op in ('INSERT', 'UPDATE') then
        insert into private.rollup_marks (branch_code, from_at, to_at)
        select branch_code, min(started_at), max(started_at) from fresh group by branch_code, date_trunc('day', started_at);
    end if;
    if tg_op in ('UPDATE', 'DELETE') then
        insert into private.rollup_marks (branch_code, from_at, to_at)
        select branch_code, min(started_at), max(started_at) from stale group by branch_code, date_trunc('day', started_at);
    end if;
    return null;
end
$$;
create trigger mark_inserted after insert on public.events referencing new table as fresh
    for each statement execute function private.mark_events();
create trigger mark_updated after update on public.events referencing old table as stale new table as fresh
    for each statement execute function private.mark_events();
create trigger mark_deleted after delete on public.events referencing old table as stale
    for each statement execute function private.mark_events();

-- A gap touches all days that it spans; of a longer one than 400 days (a clock that was set) the last.
create function private.mark_gaps() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    if tg_op in ('INSERT', 'UPDATE') then
        insert into private.rollup_marks (branch_code, from_at, to_at)
        select branch_code, greatest(started_at, coalesce(ended_at, started_at) - interval '400 days'), coalesce(ended_at, started_at)
        from fresh;
    end if;
    if tg_op in ('UPDATE', 'DELETE') then
        insert into private.rollup_marks (branch_code, from_at, to_at)
        select branch_code, greatest(started_at, coalesce(ended_at, started_at) - interval '400 days'), coalesce(ended_at, started_at)
        from stale;
    end if;
    return null;
end
$$;
create trigger mark_inserted after insert on public.gaps referencing new table as fresh
    for each statement execute function private.mark_gaps();
create trigger mark_updated after update on public.gaps referencing old table as stale new table as fresh
    for each statement execute function private.mark_gaps();
create trigger mark_deleted after delete on public.gaps referencing old table as stale
    for each statement execute function private.mark_gaps();

-- Another time zone or day end cuts all days of the branch anew.
create function private.mark_branch() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
    frozen date := (select s.frozen_until from private.settings s);
begin
    insert into private.rollup_marks (branch_code, from_at, to_at)
    select new.branch_code, min(e.started_at) - interval '2 days', max(e.started_at) + interval '2 days'
    from public.events e where e.branch_code = new.branch_code group by date_trunc('month', e.started_at);
    insert into private.rollup_marks (branch_code, from_at, to_at)
    select new.branch_code, g.started_at - interval '2 days', coalesce(g.ended_at, g.started_at) + interval '2 days'
    from public.gaps g where g.branch_code = new.branch_code and coalesce(g.ended_at, g.started_at) - g.started_at < interval '400 days';
    delete from public.hourly_summary h
    where h.branch_code = new.branch_code and (frozen is null or h.business_date > frozen);
    return null;
end
$$;
create trigger mark_branch after update of timezone, day_end on public.branches for each row
    when (new.timezone <> old.timezone or new.day_end <> old.day_end) execute function private.mark_branch();

-- The queries of a roll-up are plpgsql, so that their plans are kept: as SQL functions they were planned anew for each
-- branch day, over all partitions, and that was most of the time it took (docs/scale.md).

-- Blind times per camera within [from_at, to_at), of all cameras that the branch is known to have.
create function private.blind_times(branch text, from_at timestamptz, to_at timestamptz)
returns table (camera text, blind tstzmultirange)
language plpgsql stable set search_path = '' as $$
#variable_conflict use_column
begin
    return query
    with gap as (
        select g.device_id, g.camera, range_agg(tstzrange(greatest(g.started_at, from_at), least(coalesce(g.ended_at, to_at), to_at))) as blind
        from public.gaps g
        where g.branch_code = branch and g.started_at < to_at and (g.ended_at is null or g.ended_at > from_at)
        group by g.device_id, g.camera),
    known as (
        select g.device_id, g.camera from gap g
        union
        select e.device_id, e.camera from public.events e
        where e.branch_code = branch and e.started_at >= from_at and e.started_at < to_at
        union
        select s.device_id, c ->> 'id' from public.device_status s, jsonb_array_elements(s.cameras) c
        where s.branch_code = branch and jsonb_typeof(c) = 'object' and c ? 'id')
    select k.device_id || '/' || k.camera, coalesce(g.blind, '{}'::tstzmultirange)
    from known k left join gap g using (device_id, camera);
end
$$;

-- As the device's own report judges it: gaps under 30 s matter to nobody, unknown is when no camera saw anything.
create function private.coverage_of(unknown_s double precision, all_blind boolean) returns text
language sql immutable set search_path = '' as $$
    select case when all_blind then 'unknown' when unknown_s >= 30 then 'partly' else 'known' end
$$;
create function private.seconds_in(span tstzrange, blind tstzmultirange) returns double precision
language sql immutable set search_path = '' as $$
    select coalesce(sum(extract(epoch from upper(r) - lower(r))), 0)::double precision
    from unnest(blind * tstzmultirange(span)) r
$$;

create function private.roll_up_hours(branch text, day date, day_from timestamptz, day_to timestamptz) returns void
language plpgsql volatile set search_path = '' as $$
#variable_conflict use_column
begin
    with hour as (
        select t as hour_at, tstzrange(t, least(t + interval '1 hour', day_to)) as span
        from generate_series(day_from, day_to - interval '1 microsecond', interval '1 hour') t),
    counts as (
        select day_from + floor(extract(epoch from e.started_at - day_from) / 3600) * interval '1 hour' as hour_at,
            count(*) filter (where e.verdict = 'counted' and e.part_of is null and e.type = 'CHAIR') as haircuts,
            count(*) filter (where e.verdict = 'counted' and e.part_of is null and e.type = 'WASH') as washes,
            count(*) filter (where e.verdict = 'counted' and e.part_of is null and e.type = 'WAIT') as waits,
            count(*) filter (where e.verdict = 'review') as to_review
        from public.events e
        where e.branch_code = branch and e.started_at >= day_from and e.started_at < day_to
        group by 1),
    unseen as (
        select h.hour_at, max(b.s) as unknown_s, bool_and(extract(epoch from upper(h.span) - lower(h.span)) - b.s < 1) as all_blind
        from hour h, lateral (select private.seconds_in(h.span, t.blind) as s
                              from private.blind_times(branch, day_from, day_to) t) b
        where exists (select from public.gaps g where g.branch_code = branch and g.started_at < day_to
                      and (g.ended_at is null or g.ended_at > day_from))
        group by h.hour_at),
    now_so as (
        select h.hour_at, coalesce(c.haircuts, 0) as haircuts, coalesce(c.washes, 0) as washes, coalesce(c.waits, 0) as waits,
            coalesce(c.to_review, 0) as to_review, coalesce(u.unknown_s, 0) as unknown_s,
            private.coverage_of(coalesce(u.unknown_s, 0), coalesce(u.all_blind, false)) as coverage
        from hour h left join counts c using (hour_at) left join unseen u using (hour_at)
        where c.hour_at is not null or u.unknown_s > 0),
    gone as (
        delete from public.hourly_summary s
        where s.branch_code = branch and s.business_date = day and s.hour_at not in (select hour_at from now_so))
    insert into public.hourly_summary as s
    select branch, hour_at, day, haircuts, washes, waits, to_review, unknown_s, coverage from now_so
    on conflict (branch_code, hour_at) do update set
        business_date = excluded.business_date, haircuts = excluded.haircuts, washes = excluded.washes, waits = excluded.waits,
        to_review = excluded.to_review, unknown_s = excluded.unknown_s, coverage = excluded.coverage
    where (s.business_date, s.haircuts, s.washes, s.waits, s.to_review, s.unknown_s, s.coverage)
        is distinct from (excluded.business_date, excluded.haircuts, excluded.washes, excluded.waits, excluded.to_review,
                          excluded.unknown_s, excluded.coverage);
end
$$;

create function private.daily_row(branch text, day date, day_from timestamptz, day_to timestamptz)
returns setof public.daily_summary
language plpgsql stable set search_path = '' as $$
#variable_conflict use_column
begin
    return query
    with day_events as (
        select * from public.events where branch_code = branch and started_at >= day_from and started_at < day_to),
    parts as (
        select part_of as event_id, sum(dwell_s) as dwell_s from day_events
        where part_of is not null and verdict = 'counted' group by part_of),
    e as (
        select d.event_id, d.device_id, d.boot_id, d.camera, d.person, d.type, d.state, d.verdict, d.visit_id, d.started_at,
            d.dwell_s + coalesce(p.dwell_s, 0) as dwell_s, d.verdict = 'counted' and d.part_of is null as counted,
            d.verdict = 'counted' and d.part_of is null and d.state = 'closed' as finished
        from day_events d left join parts p using (event_id)),
    unseen as (
        select coalesce(max(private.seconds_in(tstzrange(day_from, day_to), b.blind)), 0) as unknown_s,
            coalesce(bool_and(extract(epoch from day_to - day_from)
                              - private.seconds_in(tstzrange(day_from, day_to), b.blind) < 1), false) as all_blind
        from private.blind_times(branch, day_from, day_to) b)
    select branch, day,
        count(*) filter (where counted and type = 'CHAIR')::integer,
        count(*) filter (where finished and type = 'CHAIR')::integer,
        coalesce(sum(dwell_s) filter (where finished and type = 'CHAIR'), 0),
        percentile_cont(0.5) within group (order by dwell_s) filter (where finished and type = 'CHAIR'),
        count(*) filter (where counted and type = 'WASH')::integer,
        count(*) filter (where finished and type = 'WASH')::integer,
        coalesce(sum(dwell_s) filter (where finished and type = 'WASH'), 0),
        percentile_cont(0.5) within group (order by dwell_s) filter (where finished and type = 'WASH'),
        count(*) filter (where counted and type = 'WAIT')::integer,
        count(*) filter (where finished and type = 'WAIT')::integer,
        coalesce(sum(dwell_s) filter (where finished and type = 'WAIT'), 0),
        percentile_cont(0.5) within group (order by dwell_s) filter (where finished and type = 'WAIT'),
        count(distinct coalesce(visit_id::text, concat_ws('/', device_id, boot_id, camera, person))) filter (where verdict = 'counted')::integer,
        count(distinct visit_id) filter (where verdict = 'counted')::integer,
        count(*) filter (where verdict = 'counted' and state = 'open')::integer,
        count(*) filter (where verdict = 'review')::integer,
        count(*) filter (where verdict = 'rejected')::integer,
        max(u.unknown_s), private.coverage_of(max(u.unknown_s), bool_or(u.all_blind)),
        min(started_at), max(started_at), now()
    from unseen u left join e on true
    having count(e.event_id) > 0 or max(u.unknown_s) > 0;
end
$$;

create function private.roll_up_day(branch text, day date) returns void
language plpgsql volatile set search_path = '' set jit = off as $$
declare
    day_from timestamptz;
    day_to timestamptz;
begin
    select private.day_start(day, b.timezone, b.day_end), private.day_start(day + 1, b.timezone, b.day_end)
    into day_from, day_to from public.branches b where b.branch_code = branch;
    perform private.roll_up_hours(branch, day, day_from, day_to);
    insert into public.daily_summary select * from private.daily_row(branch, day, day_from, day_to)
    on conflict (branch_code, business_date) do update set
        (haircuts, haircuts_finished, haircut_dwell_s, haircut_median_s, washes, washes_finished, wash_dwell_s, wash_median_s,
         waits, waits_finished, wait_dwell_s, wait_median_s, people, visits, still_open, to_review, rejected, unknown_s,
         coverage, first_at, last_at, computed_at)
        = row (excluded.haircuts, excluded.haircuts_finished, excluded.haircut_dwell_s, excluded.haircut_median_s,
         excluded.washes, excluded.washes_finished, excluded.wash_dwell_s, excluded.wash_median_s,
         excluded.waits, excluded.waits_finished, excluded.wait_dwell_s, excluded.wait_median_s, excluded.people,
         excluded.visits, excluded.still_open, excluded.to_review, excluded.rejected, excluded.unknown_s,
         excluded.coverage, excluded.first_at, excluded.last_at, excluded.computed_at);
    if not found then
        delete from public.daily_summary d where d.branch_code = branch and d.business_date = day;
    end if;
end
$$;

-- Computes what `max_marks` of the oldest marks touched; the number of branch days. One runs at a time: a second one
-- returns 0 at once. Each day is read after its marks were taken, so what commits meanwhile has a mark of its own. Compiling
-- the queries (jit) would take a hundred times as long as running them: their cost is estimated far too high.
create function private.roll_up(max_marks integer default 5000) returns integer
language plpgsql volatile set search_path = '' set jit = off as $$
declare
    touched record;
    frozen date := (select s.frozen_until from private.settings s);
    days integer := 0;
begin
    if not pg_try_advisory_xact_lock(hashtext('chairside roll-up')) then
        return 0;
    end if;
    -- A gap that goes on makes the next day unknown too, though nothing arrives.
    insert into private.rollup_marks (branch_code, from_at, to_at)
    select distinct g.branch_code, now(), now() from public.gaps g join public.branches b using (branch_code)
    where g.ended_at is null and g.started_at < now() and b.closed_on is null and not exists (
        select from public.daily_summary d where d.branch_code = g.branch_code
        and d.business_date = private.business_date(now(), b.timezone, b.day_end));
    for touched in
        with taken as (
            delete from private.rollup_marks where id in (select id from private.rollup_marks order by id limit max_marks)
            returning branch_code, from_at, to_at)
        select distinct b.branch_code, private.business_date(t.from_at, b.timezone, b.day_end) + n as day
        from (select distinct branch_code, from_at, to_at from taken) t
        join public.branches b using (branch_code),
        lateral generate_series(0, private.business_date(t.to_at, b.timezone, b.day_end)
                                   - private.business_date(t.from_at, b.timezone, b.day_end)) n
        order by 1, 2
    loop
        continue when touched.day <= frozen;
        perform private.roll_up_day(touched.branch_code, touched.day);
        days := days + 1;
    end loop;
    return days;
end
$$;

do $$
declare
    one regprocedure;
begin
    for one in select oid::regprocedure from pg_catalog.pg_proc
               where pronamespace = 'private'::regnamespace and oid::regprocedure::text ~ 'private\.(day_start|business_date|mark_|blind_times|coverage_of|seconds_in|roll_up|daily_row)' loop
        execute format('revoke execute on function %s from public', one);
    end loop;
end
$$;
grant execute on function private.day_start(date, text, time), private.business_date(timestamptz, text, time) to authenticated, service_role;

alter table public.daily_summary enable row level security;
alter table public.hourly_summary enable row level security;
alter table private.rollup_marks enable row level security;
alter table private.settings enable row level security;
revoke all on public.daily_summary, public.hourly_summary, private.rollup_marks, private.settings
    from public, anon, authenticated, service_role, edge_device;
grant select on public.daily_summary, public.hourly_summary to authenticated, service_role;
create policy member_reads_branches on public.daily_summary for select to authenticated
    using (branch_code in (select private.member_branch_rows()));
create policy member_reads_branches on public.hourly_summary for select to authenticated
    using (branch_code in (select private.member_branch_rows()));
