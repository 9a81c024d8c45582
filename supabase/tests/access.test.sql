-- Each person × table × verb × branch, tried. `allowed` says what shall work in the own branch; everything else must not.
begin;
create extension if not exists pgtap with schema extensions;
\ir helpers/people.psql
select no_plan();

-- One row of each branch in every table, and how to add one and change one.
create temp table sample (tab text primary key, new_row text not null, change text not null) on commit drop;
insert into sample values
    ('branches', 'insert into public.branches (branch_code, name) values (''NEW'', ''new'')', 'name = ''changed'''),
    ('devices', 'insert into public.devices (branch_code, device_id) values (%L, ''pc-9'')', 'note = ''changed'''),
    ('branch_members', 'insert into public.branch_members (branch_code, user_id) values (%L, ''00000000-0000-4000-8000-0000000000c3'')', 'role = ''manager'''),
    ('events', 'insert into public.events (branch_code, event_id, revision, device_id, boot_id, camera, zone, type, person, started_at, ended_at, dwell_s, state)
        values (%L, gen_random_uuid(), 1, ''pc-1'', ''b'', ''c'', ''z'', ''CHAIR'', 1, now(), now(), 1, ''open'')', 'revision = revision + 1'),
    ('gaps', 'insert into public.gaps (branch_code, device_id, camera, started_at) values (%L, ''pc-1'', ''c'', now())', 'ended_at = ''2026-12-01'''),
    ('device_status', 'insert into public.device_status (branch_code, device_id, boot_id, uptime_s, reported_at) values (%L, ''pc-1'', ''b2'', 1, now())
        on conflict (branch_code, device_id) do update set boot_id = excluded.boot_id', 'active_people = 5, uptime_s = 20'),
    ('device_outages', 'insert into public.device_outages (branch_code, device_id, began_at, ended_at) values (%L, ''pc-1'', ''2026-01-02'', ''2026-01-03'')', 'ended_at = ''2026-12-01'''),
    ('branch_config', 'insert into public.branch_config (branch_code, revision, settings) values (%L, 2, ''{}'')', 'note = ''changed'''),
    ('daily_summary', 'insert into public.daily_summary select (jsonb_populate_record(d, ''{"business_date": "2026-01-01"}'')).* from public.daily_summary d where branch_code = %L', 'haircuts = 99'),
    ('hourly_summary', 'insert into public.hourly_summary select (jsonb_populate_record(h, ''{"hour_at": "2026-01-01"}'')).* from public.hourly_summary h where branch_code = %L', 'haircuts = 99');

select pg_temp.post_events('device A', jsonb_build_array(pg_temp.body())),
    pg_temp.post_events('device B', jsonb_build_array(pg_temp.body('{"branch_code": "T-B"}')));
insert into public.gaps (branch_code, device_id, camera, started_at) values ('T-A', 'pc-1', 'cam-1', '2026-11-22 10:00Z'), ('T-B', 'pc-1', 'cam-1', '2026-11-22 10:00Z');
insert into public.device_status (branch_code, device_id, boot_id, uptime_s, reported_at) values ('T-A', 'pc-1', 'b', 10, now()), ('T-B', 'pc-1', 'b', 10, now());
insert into public.device_outages (branch_code, device_id, began_at) values ('T-A', 'pc-1', '2026-01-01'), ('T-B', 'pc-1', '2026-01-01');
insert into public.branch_config (branch_code, revision, settings) values ('T-A', 1, '{}'), ('T-B', 1, '{}');
select private.roll_up();

-- Letters: Select, Insert, Update, Delete in the own branch. What a table is not named for is denied outright.
create temp table allowed (who text, tab text, verbs text) on commit drop;
insert into allowed
select who, t, v from (values
    ('device A', array['branches S', 'devices S', 'events SIU', 'gaps SIU', 'device_status SIU', 'branch_config S']),
    ('manager A', array['branches S', 'devices S', 'branch_members S', 'events S', 'gaps S', 'device_status S', 'device_outages S',
                        'branch_config SI', 'daily_summary S', 'hourly_summary S']),
    ('viewer A', array['branches S', 'devices S', 'branch_members S', 'events S', 'gaps S', 'device_status S', 'device_outages S',
                       'branch_config S', 'daily_summary S', 'hourly_summary S']),
    ('service', array['branches SIUD', 'devices SIUD', 'branch_members SIUD', 'events SIUD', 'gaps SIUD', 'device_status SIUD',
                      'device_outages SIUD', 'branch_config SID', 'daily_summary S', 'hourly_summary S'])
    ) a (who, tabs), unnest(tabs) tab, lateral (select split_part(tab, ' ', 1), split_part(tab, ' ', 2)) x (t, v);

-- Whether the role has a grant at all: without, every try is 42501; with, another branch's rows are just not there.
create function pg_temp.granted(role text, tab text, verb text) returns boolean language sql as $$
    select has_table_privilege(role, 'public.' || tab, verb)
        or (verb in ('SELECT', 'INSERT', 'UPDATE') and has_any_column_privilege(role, 'public.' || tab, verb))
$$;
create function pg_temp.statement(tab text, verb text, branch text) returns text language sql as $$
    select case verb
        when 'SELECT' then format('select from public.%I where branch_code = %L', tab, branch)
        when 'INSERT' then format(s.new_row, branch)
        when 'UPDATE' then format('update public.%I set %s where branch_code = %L', tab, s.change, branch)
        when 'DELETE' then format('delete from public.%I where branch_code = %L', tab, branch) end
    from sample s where s.tab = statement.tab
$$;
create temp table outcome on commit drop as
select p.name as who, p.role, s.tab, v.verb, b.branch,
    coalesce(position(left(v.verb, 1) in a.verbs) > 0, false) and (b.branch = 'T-A' or p.name = 'service') as expected,
    pg_temp.granted(p.role, s.tab, v.verb) as granted, pg_temp.try(p.name, pg_temp.statement(s.tab, v.verb, b.branch)) as got
from persona p cross join sample s
cross join (values ('SELECT'), ('INSERT'), ('UPDATE'), ('DELETE')) v (verb)
cross join (values ('T-A'), ('T-B')) b (branch)
left join allowed a on a.who = p.name and a.tab = s.tab
where p.name not in ('device B', 'member of both');

select set_eq('select tab from sample', $$
    select c.relname::text from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') $$,
    'every table of public is in the matrix');
select cmp_ok(count(*), '=', (9 * 10 * 4 * 2)::bigint, 'the matrix is whole: 9 persons, 10 tables, 4 verbs, 2 branches') from outcome;
-- Deleting what others refer to stops at the foreign key, after the policy let it through.
select ok(case
        when expected then got ~ '^[1-9]\d* rows$' or (verb = 'DELETE' and got = '23503')
        when not granted then got = '42501'
        when verb = 'INSERT' then got = '42501'
        -- Deleting or changing needs no row that may be seen.
        else got = '0 rows' end,
    format('%s %s %s of %s: %s (%s)', who, verb, tab, branch, case when expected then 'allowed' else 'denied' end, got))
from outcome order by who, tab, verb, branch;

-- Within the own branch there is more that must not work.
select is(pg_temp.try('device A', $$update public.device_status set uptime_s = 20 where device_id = 'pc-2'$$), '0 rows', 'a device does not touch the status of another device of its branch');
select is(pg_temp.try('device A', $$insert into public.device_status (branch_code, device_id, boot_id, reported_at) values ('T-A', 'pc-2', 'b', now())$$), '42501',
    'a device does not write the status of another device of its branch');
select is(pg_temp.try('device A', $$update public.events set branch_code = 'T-B', revision = 9$$), '42501', 'a device does not move an event to another branch');
select is(pg_temp.try('device A', $$update public.events set received_at = '2000-01-01'$$), '42501', 'a device does not set what the server sets: received_at');
select is(pg_temp.try('device A', $$update public.device_status set seen_at = '2100-01-01'$$), '42501', 'a device does not set what the server sets: seen_at');
select is(pg_temp.try('device A', $$select from public.devices where device_id = 'pc-2'$$), '0 rows', 'a device sees itself only');
select is(pg_temp.try('manager A', $$select from public.branch_members where user_id <> '00000000-0000-4000-8000-0000000000c1'$$), '0 rows', 'a member sees the own membership only');
select is(pg_temp.try('manager A', $$insert into public.branch_config (branch_code, revision, settings, created_by) values ('T-A', 2, '{}', gen_random_uuid())$$), '42501',
    'a manager does not sign for another');
select is(pg_temp.try('member of both', $$select from public.events$$), '2 rows', 'a member of two branches sees both');
select is(pg_temp.try('member of both', $$insert into public.branch_config (branch_code, revision, settings) values ('T-B', 2, '{}')$$), '42501',
    'a manager of one branch who views another does not configure the other');
select is(pg_temp.try(who, 'select from ' || v), case when who in ('manager A', 'viewer A', 'stranger', 'service') then n || ' rows' else '42501' end,
    format('%s reads the view %s as the tables behind it', who, v))
from (values ('device_overview', 'manager A', 2), ('device_overview', 'stranger', 0), ('device_overview', 'anon', 0), ('device_overview', 'device A', 0),
             ('branch_overview', 'viewer A', 1), ('branch_overview', 'stranger', 0), ('branch_overview', 'anon', 0),
             ('services', 'manager A', 1), ('services', 'stranger', 0), ('services', 'anon', 0), ('services', 'service', 2)) x (v, who, n);
select is(pg_temp.try(who, format('select %s', f)), '42501', format('%s may not call %s', who, f))
from (values ('anon'), ('device A')) p (who), (values ('public.branch_totals(''2026-01-01'', ''2027-01-01'')'), ('public.save_branch_config(''T-A'', ''{}'', 1)'),
    ('private.roll_up()'), ('private.apply_retention()'), ('private.member_branches()'), ('private.access_token_hook(''{}'')')) x (f);
select is(pg_temp.try('manager A', 'select ' || f), '42501', format('a manager may not call %s', f))
from (values ('private.roll_up()'), ('private.apply_retention()'), ('private.keep_partitions()'), ('private.health()'), ('private.access_token_hook(''{}'')'),
             ('public.device_check()'), ('private.device_branch()')) x (f);
select is(pg_temp.try('manager A', 'select from auth.users'), '42501', 'nobody of the API reads auth.users');
-- Cut off at once, though the token is still good.
select is(pg_temp.post_events('device A', jsonb_build_array(pg_temp.body('{"revision": 5}')), false), '1 rows', 'a device may revise');
update public.devices set enabled = false where branch_code = 'T-A' and device_id = 'pc-1';
select is(pg_temp.post_events('device A', jsonb_build_array(pg_temp.body('{"revision": 5}')), false), '42501', 'a disabled device is denied with its next request');
delete from public.branch_members where user_id = '00000000-0000-4000-8000-0000000000c1';
select is(pg_temp.try('manager A', $$select from public.events$$), '0 rows', 'who was taken out of a branch sees nothing with the next request');

select * from finish();
rollback;
