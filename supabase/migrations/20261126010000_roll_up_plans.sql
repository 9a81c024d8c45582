-- The roll-up's queries with plans that are kept. As SQL functions they were planned anew for each branch day, over all
-- partitions: that was most of the time that a roll-up took. Nothing else about them is changed.

create or replace function private.blind_times(branch text, from_at timestamptz, to_at timestamptz)
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

create or replace function private.roll_up_hours(branch text, day date, day_from timestamptz, day_to timestamptz) returns void
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

create or replace function private.daily_row(branch text, day date, day_from timestamptz, day_to timestamptz)
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
