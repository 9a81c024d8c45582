-- What runs by itself: partitions made ahead, old data dropped, silent devices noticed. private.health() says whether it does.

-- One month of events. Rows of it that are in the default partition by now (it was made late, or a clock ran ahead) move over.
create function private.add_month(month date) returns boolean
language plpgsql volatile set search_path = '' set lock_timeout = '5s' as $$
declare
    first date := date_trunc('month', month);
    name text := 'events_' || to_char(first, 'YYYY_MM');
    low uuid := private.uuid_at(first::timestamp at time zone 'UTC');
    high uuid := private.uuid_at((first + interval '1 month')::timestamp at time zone 'UTC');
begin
    if to_regclass('private.' || name) is not null then
        return false;
    end if;
    lock table private.events_default in access exclusive mode;
    -- Room for the second revision beside the first: updates then touch no index.
    execute format('create table private.%I (like public.events including all) with (fillfactor = 80)', name);
    execute format('alter table private.%I enable row level security', name);
    execute format('revoke all on private.%I from public, anon, authenticated, service_role, edge_device', name);
    execute format('with moved as (delete from private.events_default where event_id >= %L and event_id < %L returning *)
                    insert into private.%I select * from moved', low, high, name);
    execute format('alter table public.events attach partition private.%I for values from (%L) to (%L)', name, low, high);
    return true;
end
$$;

-- From last month to months_ahead; the number made.
create function private.keep_partitions() returns integer
language plpgsql volatile set search_path = '' as $$
declare
    this_month date := date_trunc('month', now() at time zone 'UTC');
    made integer := 0;
begin
    for n in -1 .. (select s.months_ahead from private.settings s) loop
        made := made + private.add_month((this_month + n * interval '1 month')::date)::integer;
    end loop;
    return made;
end
$$;

-- Months of events that are wholly older than events_kept_months are dropped. Their sums stay, and are frozen: what still
-- arrives for those days is kept but changes no figure. Nothing is dropped before its roll-up is done. The number dropped.
create function private.apply_retention() returns integer
language plpgsql volatile set search_path = '' set lock_timeout = '5s' as $$
declare
    kept private.settings := (select s from private.settings s);
    horizon date := date_trunc('month', now() at time zone 'UTC') - kept.events_kept_months * interval '1 month';
    old_month record;
    dropped integer := 0;
begin
    delete from public.device_outages o where o.ended_at < now() - kept.outages_kept_months * interval '1 month';
    -- Named directly, so that no roll-up is marked: the figures of its days stay as they are.
    delete from private.events_default e where e.received_at < now() - (kept.events_kept_months + 1) * interval '1 month';
    perform private.roll_up();
    if exists (select from private.rollup_marks m where m.from_at < horizon + interval '2 days') then
        raise notice 'roll-up of old days is not done; retention waits for it';
        return 0;
    end if;
    for old_month in
        select c.relname from pg_catalog.pg_inherits i join pg_catalog.pg_class c on c.oid = i.inhrelid
        where i.inhparent = 'public.events'::regclass and c.relname ~ '^events_\d{4}_\d{2}$'
          and to_date(substr(c.relname, 8), 'YYYY_MM') < horizon
        order by c.relname
    loop
        execute format('drop table private.%I', old_month.relname);
        dropped := dropped + 1;
    end loop;
    if dropped > 0 then
        update private.settings set frozen_until = greatest(frozen_until, horizon);
    end if;
    return dropped;
end
$$;

-- Notes devices that have been silent for longer than their branch allows. receive_status() ends the outage. The number.
create function private.note_outages() returns integer
language plpgsql volatile set search_path = '' as $$
declare
    noted integer;
begin
    insert into public.device_outages (branch_code, device_id, began_at)
    select s.branch_code, s.device_id, s.seen_at
    from public.device_status s
    join public.devices d using (branch_code, device_id)
    join public.branches b using (branch_code)
    where d.enabled and b.closed_on is null and s.seen_at < now() - b.offline_after
    on conflict do nothing;
    get diagnostics noted = row_count;
    return noted;
end
$$;

create function private.health() returns table (what text, value text, ok boolean)
language plpgsql stable set search_path = '' as $$
begin
    return query select 'roll-up: marks waiting', count(*)::text, count(*) < 50000 from private.rollup_marks;
    return query select 'roll-up: oldest mark', coalesce((now() - min(m.marked_at))::text, 'none'),
        coalesce(now() - min(m.marked_at) < interval '10 minutes', true) from private.rollup_marks m;
    return query select 'partitions: newest month', max(c.relname)::text,
        max(c.relname) > 'events_' || to_char(now() at time zone 'UTC', 'YYYY_MM')
        from pg_catalog.pg_inherits i join pg_catalog.pg_class c on c.oid = i.inhrelid
        where i.inhparent = 'public.events'::regclass and c.relname ~ '^events_\d{4}_\d{2}$';
    return query select 'partitions: rows in the default one', count(*)::text, count(*) < 100000 from private.events_default;
    return query select 'retention: sums frozen until', coalesce(s.frozen_until::text, 'none'), true from private.settings s;
    return query select 'devices: offline', count(*)::text, true from public.device_outages o where o.ended_at is null;
    if to_regclass('cron.job') is null then
        return query select 'jobs'::text, 'pg_cron is not installed: call the functions by other means'::text, false;
        return;
    end if;
    return query execute $jobs$
        select 'job: ' || j.jobname, coalesce(r.status || ' ' || r.start_time::text, 'has not run'), j.active and coalesce(r.status, 'failed') <> 'failed'
        from cron.job j left join lateral (
            select d.status, d.start_time from cron.job_run_details d where d.jobid = j.jobid order by d.runid desc limit 1) r on true
        where j.jobname like 'chairside-%' order by j.jobname $jobs$;
end
$$;
comment on function private.health() is 'for the SQL editor: select * from private.health()';

revoke execute on function private.add_month(date), private.keep_partitions(), private.apply_retention(),
    private.note_outages(), private.health() from public;

select private.keep_partitions();

-- A hosted project has pg_cron. Where it cannot be had nothing else fails for it: private.health() says that there are no jobs.
do $$
begin
    begin
        create extension if not exists pg_cron with schema pg_catalog;
    exception when others then
        raise notice 'no jobs are scheduled: %', sqlerrm;
        return;
    end;
    perform cron.schedule('chairside-roll-up', '* * * * *', 'select private.roll_up()');
    perform cron.schedule('chairside-outages', '* * * * *', 'select private.note_outages()');
    perform cron.schedule('chairside-partitions', '10 2 * * *', 'select private.keep_partitions()');
    perform cron.schedule('chairside-retention', '40 2 * * *', 'select private.apply_retention()');
    perform cron.schedule('chairside-job-log', '20 3 * * *',
                          'delete from cron.job_run_details where end_time < now() - interval ''7 days''');
end
$$;
