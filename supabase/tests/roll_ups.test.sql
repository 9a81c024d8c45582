-- Sums by day and hour: what counts, which day and hour it is counted on, gaps, and what dashboards make of it.
begin;
create extension if not exists pgtap with schema extensions;
\ir helpers/people.psql
select no_plan();

create function pg_temp.event(n integer, started timestamptz, more jsonb default '{}') returns text language sql as $$
    select pg_temp.post_events('device A', jsonb_build_array(pg_temp.body(jsonb_build_object(
        'event_id', format('01935e0a-0000-7000-8000-%s', lpad(n::text, 12, '0')), 'person', n, 'started_at', started, 'ended_at', started + interval '600 s',
        'dwell_s', 600) || more)))
$$;
create function pg_temp.day(d date) returns text language sql as $$
    select private.roll_up();
    select format('%s/%s/%s open %s review %s rejected %s people %s %s %s', haircuts, washes, waits, still_open, to_review, rejected, people,
                  coverage, unknown_s) from public.daily_summary where branch_code = 'T-A' and business_date = d
$$;

-- Business days. Berlin: summer time ends on 25 October 2026 at 03:00, begins on 29 March 2026 at 02:00.
select is(private.day_start('2026-11-22', 'Europe/Berlin', '00:00'), '2026-11-21 23:00Z'::timestamptz, 'a day begins at midnight of the branch');
select is(private.day_start('2026-11-22', 'Europe/Berlin', '22:00'), '2026-11-22 21:00Z'::timestamptz, '… or at its day end');
select is(private.day_start('2026-10-25', 'Europe/Berlin', '02:30'), '2026-10-25 00:30Z'::timestamptz, 'a time that comes twice is the first of the two');
select is(private.day_start('2026-03-29', 'Europe/Berlin', '02:30'), '2026-03-29 01:00Z'::timestamptz, 'a time that does not exist is the first after it');
select is(private.day_start('2018-11-04', 'America/Sao_Paulo', '00:00'), '2018-11-04 03:00Z'::timestamptz, 'a midnight that does not exist, too');
select is(private.day_start('2026-11-22', 'Asia/Kathmandu', '00:00'), '2026-11-21 18:15Z'::timestamptz, 'zones are not always whole hours');
select is(private.business_date(t::timestamptz, 'Europe/Berlin', e::time), d::date, format('%s with day end %s belongs to %s', t, e, d))
from (values ('2026-11-21 22:59:59.999Z', '00:00', '2026-11-21'), ('2026-11-21 23:00Z', '00:00', '2026-11-22'), ('2026-11-22 20:59Z', '22:00', '2026-11-21'),
    ('2026-11-22 21:00Z', '22:00', '2026-11-22'), ('2026-10-25 00:15Z', '02:30', '2026-10-24'), ('2026-10-25 00:45Z', '02:30', '2026-10-25'),
    ('2026-10-25 01:15Z', '02:30', '2026-10-25'), ('2026-03-29 00:59Z', '02:30', '2026-03-28'), ('2026-03-29 01:10Z', '02:30', '2026-03-29')) x (t, e, d);

-- What counts.
select pg_temp.event(1, '2026-11-22 09:10Z', '{"dwell_s": 100}'), pg_temp.event(2, '2026-11-22 09:50Z', '{"dwell_s": 300}'),
    pg_temp.event(3, '2026-11-22 10:00Z', '{"type": "WASH"}'), pg_temp.event(4, '2026-11-22 10:05Z', '{"type": "WAIT"}'),
    pg_temp.event(5, '2026-11-22 10:10Z', '{"state": "open", "person": 1}'), pg_temp.event(6, '2026-11-22 10:20Z', '{"verdict": "review"}'),
    pg_temp.event(7, '2026-11-22 10:30Z', '{"verdict": "rejected"}'),
    pg_temp.event(8, '2026-11-22 11:00Z', '{"part_of": "01935e0a-0000-7000-8000-000000000001", "person": 1}') \g /dev/null
select is(pg_temp.day('2026-11-22'), '3/1/1 open 1 review 1 rejected 1 people 4 known 0', 'counted ones count; to review, rejected and parts of others do not');
select is((haircuts_finished, haircut_dwell_s, haircut_median_s), (2, 1000::float8, 500::float8), 'dwell is of the finished, with the time of their parts') from public.daily_summary;
select is(private.roll_up(), 0, 'nothing new: nothing to compute');
select pg_temp.event(5, '2026-11-22 10:10Z', '{"revision": 2, "state": "closed", "person": 1}'), pg_temp.event(6, '2026-11-22 10:20Z', '{"revision": 2}'),
    pg_temp.event(2, '2026-11-22 09:50Z', '{"revision": 2, "verdict": "rejected"}') \g /dev/null
select is(pg_temp.day('2026-11-22'), '3/1/1 open 0 review 0 rejected 2 people 4 known 0', 'revisions change the sums');
select pg_temp.event(5, '2026-11-22 10:10Z', '{"revision": 1, "state": "open"}') \g /dev/null
select is(private.roll_up(), 0, 'an old revision touches nothing');
select pg_temp.event(5, '2026-11-20 10:10Z', '{"revision": 3, "person": 1}') \g /dev/null
select is(pg_temp.day('2026-11-22'), '2/1/1 open 0 review 0 rejected 2 people 4 known 0', 'a start that moved leaves the one day');
select is(pg_temp.day('2026-11-20'), '1/0/0 open 0 review 0 rejected 0 people 1 known 0', '… and is in the other');
delete from public.events where event_id = '01935e0a-0000-7000-8000-000000000005';
select is(pg_temp.day('2026-11-20'), null, 'a day whose last event was deleted has no row');
select pg_temp.event(10, '2026-11-22 12:00Z', '{"visit_id": "01935e0a-0000-7000-8000-000000000010"}'), pg_temp.event(11, '2026-11-22 12:30Z', '{"visit_id": "01935e0a-0000-7000-8000-000000000010", "type": "WASH"}') \g /dev/null
select is(pg_temp.day('2026-11-22'), '3/2/1 open 0 review 0 rejected 2 people 5 known 0', 'a visit is one person, whatever its tracks');
select results_eq($$select hour_at, haircuts, washes, waits from public.hourly_summary where branch_code = 'T-A' order by 1$$,
    $$values ('2026-11-22 09:00Z'::timestamptz, 1, 0, 0), ('2026-11-22 10:00Z', 1, 1, 1), ('2026-11-22 11:00Z', 0, 0, 0), ('2026-11-22 12:00Z', 1, 1, 0)$$, 'sums by hour');

-- Gaps.
create function pg_temp.gap(camera text, started timestamptz, ended timestamptz) returns text language sql as $$
    select pg_temp.try('device A', format($q$insert into public.gaps (branch_code, device_id, camera, started_at, ended_at, reason) values ('T-A', 'pc-1', %L, %L, %L, 'offline')
        on conflict (branch_code, device_id, camera, started_at) do update set ended_at = excluded.ended_at, reason = excluded.reason$q$, camera, started, ended), true)
$$;
select is(pg_temp.gap('cam-1', '2026-11-22 13:00Z', null), '1 rows', 'a gap begins');
select is(pg_temp.gap('cam-1', '2026-11-22 13:00Z', '2026-11-22 13:40Z'), '1 rows', '… and ends');
select is(pg_temp.gap('cam-1', '2026-11-22 13:00Z', null), '0 rows', '… and does not open again');
select is(pg_temp.day('2026-11-22'), '3/2/1 open 0 review 0 rejected 2 people 5 partly 2400', 'the day is partly unknown');
select is(pg_temp.gap('cam-1', '2026-11-22 13:30Z', '2026-11-22 14:00Z'), '1 rows', 'another one that overlaps');
select is(pg_temp.day('2026-11-22'), '3/2/1 open 0 review 0 rejected 2 people 5 partly 3600', 'what two gaps share is unknown once');
select is((coverage, unknown_s), ('unknown'::text, 3600::float8), 'an hour in which the only camera saw nothing is unknown') from public.hourly_summary where hour_at = '2026-11-22 13:00Z';
select pg_temp.event(12, '2026-11-22 15:00Z', '{"camera": "cam-2"}') \g /dev/null
select is(pg_temp.day('2026-11-22'), '4/2/1 open 0 review 0 rejected 2 people 6 partly 3600', 'with a second camera');
select is(coverage, 'partly', '… that hour is partly unknown') from public.hourly_summary where hour_at = '2026-11-22 13:00Z';
select pg_temp.gap('cam-2', '2026-11-22 16:00Z', '2026-11-22 16:00:20Z') \g /dev/null
select private.roll_up() \g /dev/null
select is(coverage, 'known', 'gaps under 30 s make no hour unknown') from public.hourly_summary where hour_at = '2026-11-22 16:00Z';
select pg_temp.gap('cam-1', '2026-11-23 02:00Z', '2026-11-26 02:00Z') \g /dev/null
select pg_temp.gap('cam-2', '2026-11-23 02:00Z', '2026-11-26 02:00Z') \g /dev/null
select is(pg_temp.day('2026-11-24'), '0/0/0 open 0 review 0 rejected 0 people 0 unknown 86400', 'a day within a long gap is unknown, not zero');

-- Another time zone cuts the days anew.
update public.branches set timezone = 'Pacific/Auckland' where branch_code = 'T-A';
select is(pg_temp.day('2026-11-23'), '2/1/0 open 0 review 0 rejected 0 people 3 partly 36000', 'in Auckland the same events belong to the next day');
select is(sum(haircuts), 4::bigint, 'and none is counted twice') from public.daily_summary where branch_code = 'T-A';
select is(sum(haircuts), 4::bigint, '… nor by hour') from public.hourly_summary where branch_code = 'T-A';
update public.branches set timezone = 'Europe/Berlin' where branch_code = 'T-A';
select is(pg_temp.day('2026-11-22'), '4/2/1 open 0 review 0 rejected 2 people 6 partly 3600', 'and back');

-- Frozen days.
update private.settings set frozen_until = '2026-11-22';
select pg_temp.event(13, '2026-11-22 17:00Z') \g /dev/null
select is(pg_temp.day('2026-11-22'), '4/2/1 open 0 review 0 rejected 2 people 6 partly 3600', 'a day whose events were dropped keeps its sums');
update private.settings set frozen_until = null;

-- What dashboards ask, as a viewer.
update public.device_status set seen_at = now();
insert into public.device_status (branch_code, device_id, boot_id, reported_at) values ('T-A', 'pc-1', 'b', now());
select pg_temp.become('viewer A') \g /dev/null
select results_eq($$select business_date, haircuts, coverage from public.daily_figures('T-A', '2026-11-20', '2026-11-23')$$,
    $$values ('2026-11-20'::date, null::integer, 'unknown'), ('2026-11-21', null, 'unknown'), ('2026-11-22', 4, 'partly'), ('2026-11-23', 0, 'partly')$$,
    'days before the first with anything are unknown');
select results_eq($$select hour_label, haircuts, washes, coverage from public.hourly_figures('T-A', '2026-11-22') where hour_label between '08:00' and '14:00'$$,
    $$values ('08:00', 0, 0, 'known'), ('09:00', 0, 0, 'known'), ('10:00', 1, 0, 'known'), ('11:00', 1, 1, 'known'), ('12:00', 0, 0, 'known'), ('13:00', 1, 1, 'known'), ('14:00', 0, 0, 'partly')$$,
    'hours by the clock on the wall, also those without anything');
select is((select count(*) from public.hourly_figures('T-A', '2026-10-25')), 25::bigint, 'the day on which the clock is set back has 25 hours');
select is((select count(*) from public.hourly_figures('T-A', '2026-03-29')), 23::bigint, 'the one on which it is set forward 23');
select is((select haircuts from public.hourly_figures('T-A', '2100-01-01') limit 1), null, 'hours to come are unknown');
select is((select count(*) from public.daily_figures('T-B', '2026-11-20', '2026-11-23')), 0::bigint, 'nothing of another branch');
select is((select count(*) from public.hourly_figures('T-B', '2026-11-22')), 0::bigint, '… nor its hours');
select is((select count(*) from public.zone_figures('T-B', '2026-01-01', '2026-12-31')), 0::bigint, '… nor its zones');
select results_eq($$select zone, type, count, to_review from public.zone_figures('T-A', '2026-11-22', '2026-11-22')$$,
    $$values ('chair 1', 'CHAIR', 4, 0), ('chair 1', 'WAIT', 1, 0), ('chair 1', 'WASH', 2, 0), ('chair 1', 'CHAIR', 1, 0)$$, 'by zone');
select results_eq($$select visit_id, chair_s, wash_s, services from public.visit_figures('T-A', '2026-11-22', '2026-11-23')$$,
    $$values ('01935e0a-0000-7000-8000-000000000010'::uuid, 600::float8, 600::float8, 2)$$, 'by visit');
select results_eq($$select branch_code, haircuts, days from public.branch_totals('2026-11-01', '2026-11-30')$$, $$values ('T-A', 4::bigint, 5)$$, 'all branches of who asks');
select results_eq($$select service, counts from public.services where event_id in ('01935e0a-0000-7000-8000-000000000003', '01935e0a-0000-7000-8000-000000000008') order by 1$$,
    $$values ('haircut', false), ('wash', true)$$, 'services say whether they count');
reset role;
insert into public.device_status (branch_code, device_id, boot_id, reported_at) values ('T-B', 'pc-1', 'b', now());
select pg_temp.become('member of both') \g /dev/null
select results_eq($$select haircuts, coverage, online from public.branch_overview where branch_code = 'T-B'$$, $$values (0, 'known', 1)$$,
    'nothing counted today, and a device is there: zero');
reset role;
alter table public.device_status disable trigger receive_status;
update public.device_status set seen_at = now() - interval '2 days';
select pg_temp.become('member of both') \g /dev/null
select results_eq($$select haircuts, coverage, online from public.branch_overview where branch_code = 'T-B'$$, $$values (null::integer, 'unknown', 0)$$,
    'nobody was there today: unknown');
reset role;

-- Jobs: each runs as it is scheduled.
create function pg_temp.run_jobs() returns setof text language plpgsql as $$
declare
    job record;
begin
    if to_regclass('cron.job') is null then
        return next skip('pg_cron is not here', 2);
        return;
    end if;
    return next is((select count(*) from cron.job where jobname like 'chairside-%' and active), 5::bigint, 'five jobs are scheduled');
    for job in select jobname, command from cron.job where jobname like 'chairside-%' order by jobname loop
        return next lives_ok(job.command, job.jobname || ' runs');
    end loop;
end
$$;
select pg_temp.run_jobs();
select ok(ok, format('health: %s is %s', what, value)) from private.health() where what !~ '^job';

select * from finish();
rollback;
