-- What dashboards ask. All of it runs with the rights of whoever asks: the policies decide what is in it.
-- Figures are null where nobody knows: a device that is silent is not a shop without clients. Compiling these functions
-- (jit) would take longer than running them.

create view public.device_overview with (security_invoker = true) as
select d.branch_code, d.device_id,
    case when not d.enabled then 'disabled'
         when s.seen_at is null then 'never'
         when s.seen_at < now() - b.offline_after then 'offline'
         else 'online' end as state,
    s.seen_at, s.version, s.uptime_s, s.clock_offset_ms, s.events_queued, s.oldest_queued_s, s.events_dead, s.events_dropped,
    s.last_error, s.active_people, s.active_tracks, s.cameras,
    (select count(*)::integer from jsonb_array_elements(s.cameras) c where c ->> 'state' not in ('ok', 'ended')) as cameras_not_ok,
    coalesce((select max(c.revision) from public.branch_config c where c.branch_code = d.branch_code), 0) as config_newest,
    s.config_revision as config_running, s.config_refused, s.config_error
from public.devices d
join public.branches b using (branch_code)
left join public.device_status s using (branch_code, device_id);
comment on view public.device_overview is 'each device with how it is and which configuration runs';

create view public.branch_overview with (security_invoker = true) as
select b.branch_code, b.name, b.timezone, today.day as business_date,
    case when known.yes then coalesce(d.haircuts, 0) end as haircuts, case when known.yes then coalesce(d.washes, 0) end as washes,
    case when known.yes then coalesce(d.waits, 0) end as waits, case when known.yes then coalesce(d.people, 0) end as people,
    case when known.yes then coalesce(d.still_open, 0) end as still_open, case when known.yes then coalesce(d.to_review, 0) end as to_review,
    case when known.yes then coalesce(d.coverage, 'known') else 'unknown' end as coverage, d.computed_at,
    s.devices, s.online, s.seen_at, s.active_people, s.events_queued
from public.branches b
cross join lateral (select ((now() at time zone b.timezone) - b.day_end)::date as day) today
left join (
    select v.branch_code, count(*)::integer as devices, count(*) filter (where v.state = 'online')::integer as online,
        max(v.seen_at) as seen_at, sum(v.active_people) filter (where v.state = 'online')::integer as active_people,
        sum(v.events_queued)::bigint as events_queued
    from public.device_overview v where v.state <> 'disabled' group by v.branch_code) s using (branch_code)
left join lateral (
    -- The limit makes it a look-up per branch: the planner cannot know how few rows one date has.
    select t.* from public.daily_summary t where t.branch_code = b.branch_code and t.business_date = today.day limit 1) d on true
-- Nothing counted today is zero where a device has been heard of since the day began, else unknown.
cross join lateral (select d.branch_code is not null or coalesce(s.seen_at >= (today.day + b.day_end) at time zone b.timezone, false) as yes) known;
comment on view public.branch_overview is 'today in each branch; figures are null where no device was heard of today';

create view public.services with (security_invoker = true) as
select e.branch_code, e.event_id, e.revision,
    case e.type when 'CHAIR' then 'haircut' when 'WASH' then 'wash' else 'wait' end as service,
    e.type, e.camera, e.zone, e.person, e.started_at, e.ended_at, e.dwell_s, e.state, e.verdict, e.confidence, e.metadata,
    e.visit_id, e.part_of, e.verdict = 'counted' and e.part_of is null as counts, e.device_id, e.received_at, e.revised_at
from public.events e;
comment on view public.services is 'events with the name of the service, and whether each counts';

-- Every day of the range, also those without a row.
create function public.daily_figures(branch text, from_date date, to_date date)
returns table (business_date date, haircuts integer, washes integer, waits integer, people integer, visits integer,
               haircut_mean_s double precision, haircut_median_s double precision, wash_mean_s double precision,
               wait_mean_s double precision, to_review integer, unknown_s double precision, coverage text)
language sql stable set search_path = '' set jit = off as $$
    with b as materialized (
        select t.branch_code, t.timezone, t.day_end,
            (select max(s.seen_at) from public.device_status s where s.branch_code = t.branch_code) as seen_at,
            (select min(d.business_date) from public.daily_summary d where d.branch_code = t.branch_code) as first_day
        from public.branches t where t.branch_code = branch),
    days as materialized (
        select g.day::date as day, b.branch_code,
            -- Before the first day with anything, and after the last sign of life, nobody knows.
            d.branch_code is null and (b.first_day is null or g.day::date < b.first_day or b.seen_at is null
                or b.seen_at < (g.day::date + b.day_end) at time zone b.timezone) as unseen, d as sums
        from b cross join generate_series(from_date, least(to_date, from_date + 3660), interval '1 day') g (day)
        left join (select * from public.daily_summary s where s.branch_code = branch and s.business_date between from_date and to_date) d
            on d.business_date = g.day::date)
    select day,
        case when not unseen then coalesce((sums).haircuts, 0) end, case when not unseen then coalesce((sums).washes, 0) end,
        case when not unseen then coalesce((sums).waits, 0) end, case when not unseen then coalesce((sums).people, 0) end,
        case when not unseen then coalesce((sums).visits, 0) end,
        (sums).haircut_dwell_s / nullif((sums).haircuts_finished, 0), (sums).haircut_median_s,
        (sums).wash_dwell_s / nullif((sums).washes_finished, 0), (sums).wait_dwell_s / nullif((sums).waits_finished, 0),
        case when not unseen then coalesce((sums).to_review, 0) end, coalesce((sums).unknown_s, 0),
        case when unseen then 'unknown' else coalesce((sums).coverage, 'known') end
    from days order by day
$$;

-- The 24 hours of a business day, 23 or 25 when the clock is changed. Hours to come and hours without a sign of life: null.
create function public.hourly_figures(branch text, day date)
returns table (hour_at timestamptz, hour_label text, haircuts integer, washes integer, waits integer, to_review integer,
               unknown_s double precision, coverage text)
language sql stable set search_path = '' set jit = off as $$
    with b as materialized (
        select t.branch_code, t.timezone, private.day_start(day, t.timezone, t.day_end) as day_from,
            private.day_start(day + 1, t.timezone, t.day_end) as day_to,
            (select max(s.seen_at) from public.device_status s where s.branch_code = t.branch_code) as seen_at,
            exists (select from public.daily_summary d where d.branch_code = t.branch_code and d.business_date <= day) as begun
        from public.branches t where t.branch_code = branch)
    select g.at, to_char(g.at at time zone b.timezone, 'HH24:MI'),
        case when seen.yes then coalesce(h.haircuts, 0) end, case when seen.yes then coalesce(h.washes, 0) end,
        case when seen.yes then coalesce(h.waits, 0) end, case when seen.yes then coalesce(h.to_review, 0) end,
        coalesce(h.unknown_s, 0), case when seen.yes then coalesce(h.coverage, 'known') else 'unknown' end
    from b cross join generate_series(b.day_from, b.day_to - interval '1 microsecond', interval '1 hour') g (at)
    left join (select * from public.hourly_summary s where s.branch_code = branch and s.hour_at >= (select day_from from b)
               and s.hour_at < (select day_to from b)) h on h.hour_at = g.at
    cross join lateral (select h.branch_code is not null or (b.begun and coalesce(b.seen_at > g.at, false)) as yes) seen
    order by g.at
$$;

-- From the events themselves; for a few months at most.
create function public.zone_figures(branch text, from_date date, to_date date)
returns table (camera text, zone text, type text, count integer, finished integer, mean_dwell_s double precision,
               median_dwell_s double precision, to_review integer)
language sql stable set search_path = '' set jit = off as $$
    with days as (
        select private.day_start(from_date, b.timezone, b.day_end) as low, private.day_start(to_date + 1, b.timezone, b.day_end) as high
        from public.branches b where b.branch_code = branch),
    e as (
        select * from public.events t
        where t.branch_code = branch and t.started_at >= (select low from days) and t.started_at < (select high from days)),
    parts as (select t.part_of as event_id, sum(t.dwell_s) as s from e t where t.part_of is not null and t.verdict = 'counted' group by t.part_of),
    f as (
        select e.camera, e.zone, e.type, e.verdict, e.dwell_s + coalesce(p.s, 0) as s, e.verdict = 'counted' and e.part_of is null as counted,
            e.verdict = 'counted' and e.part_of is null and e.state = 'closed' as finished
        from e left join parts p using (event_id))
    select camera, zone, type, count(*) filter (where counted)::integer, count(*) filter (where finished)::integer,
        avg(s) filter (where finished), percentile_cont(0.5) within group (order by s) filter (where finished),
        count(*) filter (where verdict = 'review')::integer
    from f group by camera, zone, type order by camera, zone, type
$$;

-- One row per client's visit that began in [from_at, to_at).
create function public.visit_figures(branch text, from_at timestamptz, to_at timestamptz)
returns table (visit_id uuid, began_at timestamptz, ended_at timestamptz, wait_s double precision, wash_s double precision,
               chair_s double precision, services integer, going_on boolean)
language sql stable set search_path = '' set jit = off as $$
    select e.visit_id, min(e.started_at), max(e.ended_at),
        coalesce(sum(e.dwell_s) filter (where e.type = 'WAIT'), 0), coalesce(sum(e.dwell_s) filter (where e.type = 'WASH'), 0),
        coalesce(sum(e.dwell_s) filter (where e.type = 'CHAIR'), 0),
        count(*) filter (where e.part_of is null and e.type <> 'WAIT')::integer, bool_or(e.state = 'open')
    from public.events e
    where e.branch_code = branch and e.visit_id is not null and e.verdict = 'counted'
      and e.started_at >= from_at - interval '1 day' and e.started_at < to_at + interval '1 day'
    group by e.visit_id having min(e.started_at) >= from_at and min(e.started_at) < to_at order by 2
$$;

-- All branches of whoever asks, added up over a range.
create function public.branch_totals(from_date date, to_date date)
returns table (branch_code text, name text, haircuts bigint, washes bigint, waits bigint, people bigint,
               haircut_mean_s double precision, days integer, days_partly_unknown integer)
language sql stable set search_path = '' set jit = off as $$
    select b.branch_code, b.name, d.haircuts, d.washes, d.waits, d.people, d.dwell_s / nullif(d.finished, 0), coalesce(d.days, 0),
        coalesce(d.days_partly, 0)
    from public.branches b
    left join (
        select s.branch_code, sum(s.haircuts) as haircuts, sum(s.washes) as washes, sum(s.waits) as waits, sum(s.people) as people,
            sum(s.haircut_dwell_s) as dwell_s, sum(s.haircuts_finished) as finished, count(*)::integer as days,
            count(*) filter (where s.coverage <> 'known')::integer as days_partly
        from public.daily_summary s where s.business_date between from_date and to_date group by s.branch_code) d using (branch_code)
    order by b.branch_code
$$;

-- Saves settings on top of the revision that was loaded; the new revision. 409 where someone else has saved since.
create function public.save_branch_config(branch text, settings jsonb, based_on integer, note text default null) returns integer
language sql volatile set search_path = '' as $$
    insert into public.branch_config (branch_code, revision, settings, note) values (branch, based_on + 1, settings, note)
    returning revision
$$;

revoke all on public.device_overview, public.branch_overview, public.services from public, anon, authenticated, service_role, edge_device;
grant select on public.device_overview, public.branch_overview, public.services to authenticated, service_role;
revoke execute on function public.daily_figures(text, date, date), public.hourly_figures(text, date),
    public.zone_figures(text, date, date), public.visit_figures(text, timestamptz, timestamptz),
    public.branch_totals(date, date), public.save_branch_config(text, jsonb, integer, text) from public, anon, edge_device;
grant execute on function public.daily_figures(text, date, date), public.hourly_figures(text, date),
    public.zone_figures(text, date, date), public.visit_figures(text, timestamptz, timestamptz),
    public.branch_totals(date, date) to authenticated, service_role;
grant execute on function public.save_branch_config(text, jsonb, integer, text) to authenticated;

-- PostgREST takes up the new tables, and edge_device's time-out.
notify pgrst, 'reload schema';
notify pgrst, 'reload config';
