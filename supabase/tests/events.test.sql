-- Writing events: revisions, repeats, what is refused, where rows end up, and how long they stay.
begin;
create extension if not exists pgtap with schema extensions;
\ir helpers/people.psql
select plan(50);

create function pg_temp.post(more jsonb) returns text language sql as $$
    select pg_temp.post_events('device A', jsonb_build_array(pg_temp.body(more)))
$$;
create function pg_temp.stored() returns text language sql as $$
    select string_agg(format('%s %s', revision, state), ', ' order by event_id) from public.events where branch_code = 'T-A'
$$;

-- Revisions.
select is(pg_temp.post('{"revision": 1, "state": "open"}'), '1 rows', 'a first revision is stored');
select is(pg_temp.post('{"revision": 1, "state": "open"}'), '0 rows', 'the same again changes nothing');
select is(pg_temp.stored(), '1 open', '… and is there once');
select is(pg_temp.post('{"revision": 3, "state": "closed"}'), '1 rows', 'a newer one replaces it');
select is(pg_temp.post('{"revision": 2, "state": "open"}'), '0 rows', 'an older one that comes late does not');
select is(pg_temp.stored(), '3 closed', '… the newest stays');
select is(pg_temp.post('{"revision": 3, "state": "open"}'), '0 rows', 'another text of the same revision does not');
select is(pg_temp.stored(), '3 closed', '… the first one stays');
select isnt(revised_at, null, 'the server notes when it was revised') from public.events where branch_code = 'T-A';
select is(pg_temp.post('{"revision": 4, "received_at": "2000-01-01", "later_member": 1}'), '1 rows', 'members that the centre does not know change nothing');
select is(pg_temp.post('{"revision": 5, "started_at": "2026-09-30T08:00:00Z"}'), '1 rows', 'a revision may move the start into another month');
select is(count(*), 1::bigint, '… and it is still one event') from public.events where branch_code = 'T-A';
select is(pg_temp.post_events('device A', (select jsonb_agg(pg_temp.body(jsonb_build_object('event_id', gen_random_uuid(), 'revision', n))) from generate_series(1, 500) n)),
    '500 rows', 'a batch of 500 is one request');
select is(pg_temp.post_events('device A', jsonb_build_array(pg_temp.body('{"revision": 6}'), pg_temp.body('{"revision": 7}'))),
    '21000', 'two revisions of one event in one batch are refused: the device sends the newest');
select is(pg_temp.post_events('device B', jsonb_build_array(pg_temp.body('{"branch_code": "T-B"}'))), '1 rows',
    'the same id in another branch (a copied store) is an event of its own');
select is(count(distinct branch_code), 2::bigint, '… none hides the other') from public.events where event_id = '01935e0a-0000-7000-8000-00000000000a';
select is(pg_temp.post('{"branch_code": "T-B"}'), '42501', 'an event of another branch is refused');
select is(pg_temp.post_events('device A', jsonb_build_array(pg_temp.body('{"event_id": "01935e0a-0000-7000-8000-0000000000ff"}'), pg_temp.body('{"branch_code": "T-B"}'))),
    '42501', 'one bad row refuses the batch');
select is(count(*), 0::bigint, '… and nothing of it is stored') from public.events where event_id = '01935e0a-0000-7000-8000-0000000000ff';
select is(pg_temp.post('{"event_id": "01935e0a-0000-7000-8000-0000000000fe", "device_id": "old-pc"}'), '1 rows', 'a queue that came from an older PC of the branch is taken');

-- What a row may hold. Each is a fault of the row (22…/23502/23514), which the device puts aside.
select is(pg_temp.post(more), fault, format('refused: %s', more))
from (values
    ('{"revision": 0}'::jsonb, '23514'), ('{"revision": "x"}', '22P02'), ('{"revision": 3000000000}', '22003'), ('{"event_id": "x"}', '22P02'),
    ('{"event_id": null}', '23502'), ('{"camera": ""}', '23514'), ('{"type": "SOFA"}', '23514'), ('{"state": "ended"}', '23514'),
    ('{"verdict": "maybe"}', '23514'), ('{"confidence": 1.5}', '23514'), ('{"confidence": "NaN"}', '23514'), ('{"dwell_s": -1}', '23514'),
    ('{"dwell_s": "Infinity"}', '23514'), ('{"started_at": "infinity"}', '23514'), ('{"started_at": "yesterday at tea"}', '22007'),
    ('{"metadata": []}', '23514'), ('{"part_of": "01935e0a-0000-7000-8000-00000000000a"}', '23514')) x (more, fault);
select is(pg_temp.post(jsonb_build_object('revision', 99, 'metadata', jsonb_build_object('x', (select string_agg(md5(n::text), '') from generate_series(1, 2000) n)))), '23514',
    'refused: metadata of 64 KB');

-- Where they end up.
select is(private.uuid_time('01935e0a-0000-7000-8000-00000000000a'), '2024-11-24 11:58:53.952Z'::timestamptz, 'the time in an id');
select is(private.uuid_time(private.uuid_at('2026-11-22 08:00Z')), '2026-11-22 08:00Z'::timestamptz, 'an id of a time and back');
create function pg_temp.place(born timestamptz) returns text language plpgsql as $$
declare
    id text := overlay(private.uuid_at(born)::text placing '7' from 15 for 1);
begin
    perform pg_temp.post(jsonb_build_object('event_id', id));
    return (select tableoid::regclass from public.events where event_id = id::uuid);
end
$$;
select is(pg_temp.place(now()), 'private.events_' || to_char(now() at time zone 'UTC', 'YYYY_MM'), 'an event lies in the month in which it was born');
select is(pg_temp.place('1970-01-01 00:00:05Z'), 'private.events_default', 'one of a clock that began in 1970 is kept in the default partition');
select is(pg_temp.place('2150-01-01'), 'private.events_default', 'and so is one of a clock that is far ahead');
select is(pg_temp.place(now() + interval '6 months'), 'private.events_default', 'and one of a month that has no partition yet');
select is(private.add_month((now() + interval '6 months')::date), true, 'when that month is made');
select is(count(*), 1::bigint, '… its event has moved there') from public.events
where tableoid::regclass::text = 'private.events_' || to_char((now() + interval '6 months') at time zone 'UTC', 'YYYY_MM');
select is(private.add_month((now() + interval '6 months')::date), false, 'a month that is there is not made again');

select is(private.keep_partitions(), 0, 'nothing is missing of the months ahead');
-- Retention, with only two months kept.
update private.settings set events_kept_months = 2;
select private.add_month(m::date) from generate_series(date_trunc('month', now()) - interval '5 months', date_trunc('month', now()) - interval '2 months', interval '1 month') m \g /dev/null
select pg_temp.place(date_trunc('month', now()) - interval '3 months' + interval '5 days') \g /dev/null
select is(private.apply_retention(), 3, 'months before those kept are dropped');
select ok(not exists (select from public.events where tableoid::regclass::text = 'private.events_' || to_char(now() - interval '3 months', 'YYYY_MM')), '… with their events');

select * from finish();
rollback;
