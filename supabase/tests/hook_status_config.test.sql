-- The access-token hook, heartbeats and outages, and the configuration that managers set.
begin;
create extension if not exists pgtap with schema extensions;
\ir helpers/people.psql
select no_plan();

-- The hook, as Supabase Auth calls it.
create function pg_temp.token(who uuid, claims jsonb default '{"role": "authenticated", "aud": "authenticated"}') returns jsonb language plpgsql as $$
declare
    answer jsonb;
begin
    begin
        set local role supabase_auth_admin;
    exception when insufficient_privilege then
        null;  -- hosted, nobody may become Auth: asked as the owner then
    end;
    answer := private.access_token_hook(jsonb_build_object('user_id', who, 'claims', claims || jsonb_build_object('sub', who), 'authentication_method', 'password'));
    reset role;
    return answer;
end
$$;
select is(pg_temp.token('00000000-0000-4000-8000-0000000000a1') -> 'claims',
    '{"role": "edge_device", "aud": "authenticated", "sub": "00000000-0000-4000-8000-0000000000a1", "branch_code": "T-A", "device_id": "pc-1"}',
    'a device gets its role, branch and name');
select is(pg_temp.token('00000000-0000-4000-8000-0000000000c1', '{"role": "authenticated", "branch_code": "T-B", "device_id": "pc-1"}') -> 'claims',
    '{"role": "authenticated", "sub": "00000000-0000-4000-8000-0000000000c1"}', 'a person does not get what is a device''s');
select is(pg_temp.token('00000000-0000-4000-8000-0000000000a2') #>> '{error,http_code}', '403', 'a disabled device gets no token');
select is(pg_temp.token('00000000-0000-4000-8000-0000000000c1', '{"role": "edge_device"}') #>> '{error,http_code}', '403', 'a log-in made for a device that is none gets no token');
update public.devices set auth_user_id = '00000000-0000-4000-8000-0000000000c3' where branch_code = 'T-A' and device_id = 'pc-1';
select is(pg_temp.try('device A', 'select from public.events'), '0 rows', 'a device that got another log-in: the old token sees nothing');
select is(pg_temp.post_events('device A', jsonb_build_array(pg_temp.body()), false), '42501', '… and writes nothing');
update public.devices set auth_user_id = '00000000-0000-4000-8000-0000000000a1' where branch_code = 'T-A' and device_id = 'pc-1';
delete from auth.users where id = '00000000-0000-4000-8000-0000000000b1';
select is((select auth_user_id from public.devices where branch_code = 'T-B'), null, 'a log-in that is deleted leaves the device without one');
select is(pg_temp.post_events('device B', jsonb_build_array(pg_temp.body('{"branch_code": "T-B"}')), false), '42501', '… its token is worth nothing at once');

-- Heartbeats.
create function pg_temp.heartbeat(more jsonb) returns text language sql as $$
    select pg_temp.try('device A', format($q$
        insert into public.device_status (branch_code, device_id, boot_id, uptime_s, reported_at, events_queued, config_revision, config_refused, config_error, cameras)
        select * from jsonb_to_record(%L) as _ (branch_code text, device_id text, boot_id text, uptime_s double precision, reported_at timestamptz,
            events_queued bigint, config_revision integer, config_refused integer, config_error text, cameras jsonb)
        on conflict (branch_code, device_id) do update set branch_code = excluded.branch_code, device_id = excluded.device_id, boot_id = excluded.boot_id,
            uptime_s = excluded.uptime_s, reported_at = excluded.reported_at, events_queued = excluded.events_queued,
            config_revision = excluded.config_revision, config_refused = excluded.config_refused, config_error = excluded.config_error, cameras = excluded.cameras
        returning 1 $q$, '{"branch_code": "T-A", "device_id": "pc-1", "boot_id": "boot-1", "uptime_s": 100, "events_queued": 3, "config_revision": 0,
            "cameras": [{"id": "cam-1", "state": "ok"}, {"id": "cam-2", "state": "offline"}]}'::jsonb
        || jsonb_build_object('reported_at', now() + interval '90 seconds') || more), true)
$$;
select is(pg_temp.heartbeat('{}'), '1 rows', 'a heartbeat is stored');
select ok(clock_offset_ms between 30000 and 90000, 'the server sees that the device''s clock is 90 s ahead') from public.device_status where branch_code = 'T-A';
select is(pg_temp.heartbeat('{"uptime_s": 130, "events_queued": 0}'), '1 rows', 'the next one replaces it');
select is(pg_temp.heartbeat('{"uptime_s": 115, "events_queued": 9}'), '0 rows', 'an older one of the same run that comes late does not');
select is(events_queued, 0::bigint, '… the newest stays') from public.device_status where branch_code = 'T-A';
select is(pg_temp.heartbeat('{"uptime_s": 2, "boot_id": "boot-2"}'), '1 rows', 'after a restart the uptime begins anew');
select is(pg_temp.heartbeat('{"uptime_s": 3, "boot_id": "boot-2", "reported_at": "1970-01-01T00:00:10Z"}'), '1 rows', 'a clock that fell back to 1970 is no obstacle');
select is(pg_temp.heartbeat('{"device_id": "pc-7"}'), '42501', 'a device that is not registered is refused');

-- Outages.
select is(private.note_outages(), 0, 'who was just heard of is not offline');
alter table public.device_status disable trigger receive_status;
update public.device_status set seen_at = now() - interval '6 minutes' where branch_code = 'T-A';
alter table public.device_status enable trigger receive_status;
select is(private.note_outages(), 1, 'who was silent for longer than the branch allows is');
select is(private.note_outages(), 0, '… noted once');
create function pg_temp.state() returns text language plpgsql as $$
declare
    found_state text;
begin
    perform pg_temp.become('manager A');
    select state || ' ' || cameras_not_ok into found_state from public.device_overview where device_id = 'pc-1';
    reset role;
    return found_state;
end
$$;
select is(pg_temp.state(), 'offline 1', 'the manager sees it');
select is(pg_temp.heartbeat('{"uptime_s": 200, "boot_id": "boot-2"}'), '1 rows', 'when it is heard of again');
select ok(ended_at is not null, '… the outage has ended') from public.device_outages where branch_code = 'T-A';
select is(pg_temp.state(), 'online 1', '… and the manager sees that');

-- Configuration.
select is(private.config_fault(settings), null, format('allowed: %s', left(settings::text, 60)))
from (values ('{}'::jsonb), ('{"dwell_time": {"chair": 120, "wash": 60.5}, "grace": {"wait": 0}, "counting": {"count_from": 0.5, "review_from": 0.2, "chair": {"count_from": 0.6}}}'),
    ('{"cameras": {"cam-1": {"zones": [{"name": "chair-1", "type": "CHAIR", "polygon": [[0.1, 0.4], [0.3, 0.4], [0.3, 0.8], [0.1, 0.8]], "capacity": 1, "anchor": "center", "overlap": 0.5, "dwell_time": 90, "grace": 20},
        {"name": "bench", "type": "WAIT", "polygon": [[0, 0], [1, 0], [0.5, 0.2], [1, 1], [0, 1]]}], "ignore": [{"name": "mirror", "polygon": [[0.3, 0.1], [0.5, 0.1], [0.5, 0.4]]}], "ignore_still": false}, "cam-2": {}}, "visits": {"same_service_within": 2700}}')) x (settings);
select alike(private.config_fault(settings), fault, format('refused: %s', fault))
from (values ('[]'::jsonb, 'settings is not an object%'), ('{"dwel_time": {}}', '%has no member "dwel_time"%'), ('{"dwell_time": 5}', 'dwell_time is not an object'),
    ('{"dwell_time": {"chair": 0}}', 'dwell_time.chair is 0; allowed is 0.1 to 86400'), ('{"dwell_time": {"sofa": 1}}', '%no member "sofa"%'),
    ('{"grace": {"chair": "long"}}', 'grace.chair is not a number'), ('{"grace": {"chair": 3601}}', 'grace.chair is 3601%'),
    ('{"counting": {"count_from": 0.1, "review_from": 0.2}}', 'counting.review_from is above%'), ('{"counting": {"chair": {"wash": 1}}}', '%no member "wash"%'),
    ('{"cameras": []}', 'cameras is not an object%'), ('{"cameras": {"a b": {}}}', '%"a b" is no camera id'), ('{"cameras": {"c": {"zones": {}}}}', 'cameras.c.zones is not a list'),
    ('{"cameras": {"c": {"zones": [{}]}}}', '%.name is not a text%'), ('{"cameras": {"c": {"zones": [7]}}}', '%is not an object'),
    ('{"cameras": {"c": {"zones": [{"name": "a", "type": "chair"}]}}}', '%none of CHAIR, WASH, WAIT'),
    ('{"cameras": {"c": {"zones": [{"name": "a", "type": "CHAIR", "polygon": [[0, 0], [1, 1]]}]}}}', '%has 2 corners%'),
    ('{"cameras": {"c": {"zones": [{"name": "a", "type": "CHAIR", "polygon": [[0, 0], [1, 1], [0, 1.5]]}]}}}', '%not [x, y] with 0 to 1%'),
    ('{"cameras": {"c": {"zones": [{"name": "a", "type": "CHAIR", "polygon": [[0, 0], [1, 1], "x"]}]}}}', '%not [x, y] with 0 to 1%'),
    ('{"cameras": {"c": {"zones": [{"name": "a", "type": "CHAIR", "polygon": [[0, 0], [1, 1], [1, 0], [0, 1]]}]}}}', 'edges of%cross'),
    ('{"cameras": {"c": {"zones": [{"name": "a", "type": "CHAIR", "capacity": 1.5, "polygon": [[0, 0], [1, 0], [1, 1]]}]}}}', '%capacity is not a whole number'),
    ('{"cameras": {"c": {"zones": [{"name": "a", "type": "CHAIR", "capacity": "x", "polygon": [[0, 0], [1, 0], [1, 1]]}]}}}', '%capacity is not a number'),
    ('{"cameras": {"c": {"zones": [{"name": "a", "type": "CHAIR", "anchor": "head", "polygon": [[0, 0], [1, 0], [1, 1]]}]}}}', '%none of foot, center, overlap'),
    ('{"cameras": {"c": {"zones": [{"name": "a", "type": "CHAIR", "polygon": [[0, 0], [1, 0], [1, 1]]}]}, "d": {"zones": [{"name": "a", "type": "CHAIR", "polygon": [[0, 0], [1, 0], [1, 1]]}]}}}', '%"a" is there twice'),
    ('{"cameras": {"c": {"ignore": [{"name": "a", "polygon": []}]}}}', '%has 0 corners%'), ('{"cameras": {"c": {"ignore_still": "no"}}}', '%neither true nor false'),
    ('{"visits": {"same_service_within": -1}}', 'visits.same_service_within is -1%'), ('{"visits": {"within": 1}}', '%no member "within"%')) x (settings, fault);

create function pg_temp.save(who text, based_on integer, settings jsonb default '{"grace": {"chair": 30}}') returns text language sql as $$
    select pg_temp.try(who, format('select public.save_branch_config(%L, %L, %L, %L)', 'T-A', settings, based_on, 'try'), true)
$$;
select is(pg_temp.save('manager A', 0), '1 rows', 'a manager saves the first revision');
select is(pg_temp.save('manager A', 1), '1 rows', '… and the next');
select is(pg_temp.save('member of both', 1), '23505', 'who loaded an older one is told (409)');
select is(pg_temp.save('manager A', 5), '23505', 'revisions have no holes');
select is(pg_temp.save('manager A', 2, '{"grace": {"chair": -1}}'), '23514', 'a fault is refused (400)');
select is(pg_temp.save('viewer A', 2), '42501', 'a viewer saves nothing');
select is(pg_temp.save('stranger', 2), '42501', 'a stranger saves nothing');
select is(pg_temp.save('device A', 2), '42501', 'a device saves nothing');
select is(created_by, '00000000-0000-4000-8000-0000000000c1'::uuid, 'it is noted who saved') from public.branch_config where branch_code = 'T-A' and revision = 2;
select is(pg_temp.try('device A', 'select from public.branch_config where revision > 1'), '1 rows', 'the device fetches the newest');
select is(pg_temp.heartbeat('{"uptime_s": 300, "boot_id": "boot-2", "config_revision": 1, "config_refused": 2, "config_error": "cameras.cam-9: no such camera"}'), '1 rows', '… says which one runs and what it refuses');
create function pg_temp.running() returns text language plpgsql as $$
declare
    line text;
begin
    perform pg_temp.become('viewer A');
    select format('%s of %s, refused %s: %s', config_running, config_newest, config_refused, config_error) into line from public.device_overview where device_id = 'pc-1';
    reset role;
    return line;
end
$$;
select is(pg_temp.running(), '1 of 2, refused 2: cameras.cam-9: no such camera', '… and people see it');

-- device_check
create function pg_temp.check(who text) returns jsonb language plpgsql as $$
declare
    answer jsonb;
begin
    perform pg_temp.become(who);
    answer := public.device_check();
    reset role;
    return answer - 'server_time';
end
$$;
select is(pg_temp.check('device A'), '{"centre_version": 1, "branch_code": "T-A", "device_id": "pc-1", "timezone": "Europe/Berlin", "day_end": "00:00", "config_revision": 2}', 'a device learns who it is here');
select is(pg_temp.check('disabled device A') ->> 'branch_code', null, 'a disabled one that it is nobody');

select * from finish();
rollback;
