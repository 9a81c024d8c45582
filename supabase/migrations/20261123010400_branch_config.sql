-- Thresholds and zones that a manager sets. Each save is a new revision and none is ever changed: a device fetches the
-- newest, checks it by its own rules, applies it, and says in device_status which one runs or why it refuses it.

create function private.number_fault(value jsonb, what text, low numeric, high numeric) returns text
language sql immutable set search_path = '' as $$
    select case
        when value is null then null
        when jsonb_typeof(value) <> 'number' then format('%s is not a number', what)
        when value::numeric < low or value::numeric > high then format('%s is %s; allowed is %s to %s', what, value, low, high)
    end
$$;

-- A member that is not among `known`. Null where all are.
create function private.member_fault(value jsonb, what text, known text[]) returns text
language sql immutable set search_path = '' as $$
    select case
        when value is null then null
        when jsonb_typeof(value) <> 'object' then format('%s is not an object', what)
        else (select format('%s has no member "%s"; it has %s', what, key, array_to_string(known, ', '))
              from jsonb_object_keys(value) key where key <> all (known) order by key limit 1)
    end
$$;

-- {"chair": number, "wash": …, "wait": …}
create function private.by_type_fault(value jsonb, what text, low numeric, high numeric) returns text
language sql immutable set search_path = '' as $$
    select coalesce(
        private.member_fault(value, what, array['chair', 'wash', 'wait']),
        case when jsonb_typeof(value) = 'object' then
            (select min(private.number_fault(v, what || '.' || k, low, high)) from jsonb_each(value) e (k, v))
        end)
$$;

create function private.counting_fault(value jsonb, what text, types text[]) returns text
language plpgsql immutable set search_path = '' as $$
declare
    fault text := private.member_fault(value, what, array['count_from', 'review_from'] || types);
    kind text;
begin
    if fault is not null or value is null then
        return fault;
    end if;
    fault := coalesce(private.number_fault(value -> 'count_from', what || '.count_from', 0, 1),
                      private.number_fault(value -> 'review_from', what || '.review_from', 0, 1));
    if fault is null and (value ->> 'review_from')::numeric > (value ->> 'count_from')::numeric then
        fault := format('%s.review_from is above %s.count_from', what, what);
    end if;
    foreach kind in array types loop
        exit when fault is not null;
        fault := private.counting_fault(value -> kind, what || '.' || kind, '{}');
    end loop;
    return fault;
end
$$;

-- Corners [x, y], each part 0 to 1, no crossing edges.
create function private.polygon_fault(value jsonb, what text) returns text
language plpgsql immutable set search_path = '' as $$
declare
    corners integer;
begin
    if value is null or jsonb_typeof(value) <> 'array' then
        return format('%s is not a list of corners', what);
    end if;
    corners := jsonb_array_length(value);
    if corners < 3 or corners > 100 then
        return format('%s has %s corners; allowed are 3 to 100', what, corners);
    end if;
    if exists (select from jsonb_array_elements(value) c
               where case when jsonb_typeof(c) <> 'array' then true
                          when jsonb_array_length(c) <> 2 then true
                          else exists (select from jsonb_array_elements(c) p
                                       where private.number_fault(p, '', 0, 1) is not null or jsonb_typeof(p) <> 'number') end) then
        return format('%s has a corner that is not [x, y] with 0 to 1 each', what);
    end if;
    if exists (
        with corner as (
            select i, pg_catalog.point((c ->> 0)::float8, (c ->> 1)::float8) as p
            from jsonb_array_elements(value) with ordinality e (c, i)),
        edge as (
            select a.i, pg_catalog.lseg(a.p, b.p) as s from corner a join corner b on b.i = a.i % corners + 1)
        select from edge a join edge b on a.i + 1 < b.i and not (a.i = 1 and b.i = corners)
        where a.s operator(pg_catalog.?#) b.s) then
        return format('edges of %s cross', what);
    end if;
    return null;
end
$$;

create function private.text_fault(value jsonb, what text) returns text
language sql immutable set search_path = '' as $$
    select case when value is null or jsonb_typeof(value) <> 'string' or length(value #>> '{}') not between 1 and 100
                then format('%s is not a text of 1 to 100 characters', what) end
$$;

create function private.zone_fault(zone jsonb, what text) returns text
language sql immutable set search_path = '' as $$
    select coalesce(
        private.member_fault(zone, what, array['name', 'type', 'polygon', 'capacity', 'anchor', 'overlap', 'dwell_time', 'grace']),
        private.text_fault(zone -> 'name', what || '.name'),
        case when zone ->> 'type' is null or zone ->> 'type' not in ('CHAIR', 'WASH', 'WAIT')
             then format('%s.type is none of CHAIR, WASH, WAIT', what) end,
        private.polygon_fault(zone -> 'polygon', what || '.polygon'),
        private.number_fault(zone -> 'capacity', what || '.capacity', 1, 100),
        case when (zone -> 'capacity')::numeric % 1 <> 0 then format('%s.capacity is not a whole number', what) end,
        case when zone ? 'anchor' and coalesce(zone ->> 'anchor', '') not in ('foot', 'center', 'overlap')
             then format('%s.anchor is none of foot, center, overlap', what) end,
        private.number_fault(zone -> 'overlap', what || '.overlap', 0.01, 1),
        private.number_fault(zone -> 'dwell_time', what || '.dwell_time', 0.1, 86400),
        private.number_fault(zone -> 'grace', what || '.grace', 0, 3600))
$$;

create function private.ignored_fault(region jsonb, what text) returns text
language sql immutable set search_path = '' as $$
    select coalesce(private.member_fault(region, what, array['name', 'polygon']),
                    private.text_fault(region -> 'name', what || '.name'),
                    private.polygon_fault(region -> 'polygon', what || '.polygon'))
$$;

create function private.list_fault(value jsonb, what text) returns text
language sql immutable set search_path = '' as $$
    select case when value is null then null
                when jsonb_typeof(value) <> 'array' then format('%s is not a list', what)
                when jsonb_array_length(value) > 100 then format('%s has more than 100 entries', what) end
$$;

create function private.cameras_fault(cameras jsonb) returns text
language plpgsql immutable set search_path = '' as $$
declare
    fault text;
    id text;
    camera jsonb;
    names text[] := array[]::text[];
    regions text[];
    entry jsonb;
begin
    if jsonb_typeof(cameras) <> 'object' then
        return 'cameras is not an object by camera id';
    end if;
    for id, camera in select key, value from jsonb_each(cameras) loop
        regions := array[]::text[];
        if id !~ '^[A-Za-z0-9_-]{1,64}$' then
            return format('cameras: "%s" is no camera id', id);
        end if;
        fault := coalesce(private.member_fault(camera, 'cameras.' || id, array['zones', 'ignore', 'ignore_still']),
                          private.list_fault(camera -> 'zones', format('cameras.%s.zones', id)),
                          private.list_fault(camera -> 'ignore', format('cameras.%s.ignore', id)),
                          case when jsonb_typeof(camera -> 'ignore_still') <> 'boolean'
                               then format('cameras.%s.ignore_still is neither true nor false', id) end);
        if fault is not null then
            return fault;
        end if;
        for entry in select jsonb_array_elements(coalesce(camera -> 'zones', '[]')) loop
            fault := private.zone_fault(entry, format('cameras.%s.zones[%s]', id, coalesce(entry ->> 'name', '?')));
            if fault is null and entry ->> 'name' = any (names) then
                fault := format('the zone name "%s" is there twice', entry ->> 'name');
            end if;
            if fault is not null then
                return fault;
            end if;
            names := names || (entry ->> 'name');
        end loop;
        for entry in select jsonb_array_elements(coalesce(camera -> 'ignore', '[]')) loop
            fault := private.ignored_fault(entry, format('cameras.%s.ignore[%s]', id, coalesce(entry ->> 'name', '?')));
            if fault is null and entry ->> 'name' = any (regions) then
                fault := format('cameras.%s.ignore: the name "%s" is there twice', id, entry ->> 'name');
            end if;
            if fault is not null then
                return fault;
            end if;
            regions := regions || (entry ->> 'name');
        end loop;
    end loop;
    return null;
end
$$;

-- The first thing wrong with settings, in words; null if nothing is. The ranges are those of docs/config.md.
create function private.config_fault(settings jsonb) returns text
language sql immutable set search_path = '' as $$
    select coalesce(
        case when settings is null then 'settings are missing' end,
        private.member_fault(settings, 'settings', array['dwell_time', 'grace', 'counting', 'visits', 'cameras']),
        case when length(settings::text) > 262144 then 'settings are longer than 256 KiB' end,
        private.by_type_fault(settings -> 'dwell_time', 'dwell_time', 0.1, 86400),
        private.by_type_fault(settings -> 'grace', 'grace', 0, 3600),
        private.counting_fault(settings -> 'counting', 'counting', array['chair', 'wash', 'wait']),
        private.member_fault(settings -> 'visits', 'visits', array['same_service_within']),
        private.number_fault(settings #> '{visits,same_service_within}', 'visits.same_service_within', 0, 86400),
        case when settings ? 'cameras' then private.cameras_fault(settings -> 'cameras') end)
$$;

create table public.branch_config (
    branch_code text not null references public.branches (branch_code),
    revision    integer not null check (revision >= 1),
    settings    jsonb not null,
    note        text check (length(note) <= 500),
    created_by  uuid default auth.uid(),
    created_at  timestamptz not null default now(),
    primary key (branch_code, revision)
);
comment on column public.branch_config.created_by is 'auth.users.id; no foreign key, the record outlives the user';

create function private.check_config() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
    newest integer := (select coalesce(max(c.revision), 0) from public.branch_config c where c.branch_code = new.branch_code);
    fault text := private.config_fault(new.settings);
begin
    if fault is not null then
        raise exception using errcode = 'check_violation', message = fault;
    end if;
    -- Whoever saves says what they had before them: of two at once, one is told.
    if new.revision <> newest + 1 then
        raise exception using errcode = 'unique_violation',
            message = format('revision %s of branch %s cannot be saved: the newest is %s', new.revision, new.branch_code, newest),
            hint = 'someone else has saved since; load the newest revision and save on top of it';
    end if;
    return new;
end
$$;
create trigger check_config before insert on public.branch_config for each row execute function private.check_config();

do $$
declare
    one regprocedure;
begin
    for one in select oid::regprocedure from pg_catalog.pg_proc
               where pronamespace = 'private'::regnamespace and (proname like '%\_fault' or proname = 'check_config') loop
        execute format('revoke execute on function %s from public', one);
    end loop;
end
$$;

alter table public.branch_config enable row level security;
revoke all on public.branch_config from public, anon, authenticated, service_role, edge_device;
grant select, insert, delete on public.branch_config to service_role;
grant select on public.branch_config to edge_device, authenticated;
grant insert (branch_code, revision, settings, note) on public.branch_config to authenticated;
create policy device_reads_its_branch on public.branch_config for select to edge_device
    using (branch_code = (select private.device_branch()));
create policy member_reads_branches on public.branch_config for select to authenticated
    using (branch_code in (select private.member_branch_rows()));
create policy manager_adds_revisions on public.branch_config for insert to authenticated
    with check (branch_code = any ((select private.managed_branches())::text[]));

-- One request that tells a device whether everything is in place: `chairside sync test`.
create function public.device_check() returns jsonb
language sql stable set search_path = '' as $$
    select jsonb_build_object(
        'centre_version', 1,
        'server_time', to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        'branch_code', d.branch_code,
        'device_id', d.device_id,
        'timezone', b.timezone,
        'day_end', to_char(b.day_end, 'HH24:MI'),
        'config_revision', (select coalesce(max(c.revision), 0) from public.branch_config c where c.branch_code = b.branch_code))
    from (select) one left join (public.devices d join public.branches b using (branch_code)) on true
$$;
comment on function public.device_check() is 'who the asking device is to the centre; branch_code null: not registered, disabled, or an old log-in';
revoke execute on function public.device_check() from public, anon, authenticated, service_role;
grant execute on function public.device_check() to edge_device;
