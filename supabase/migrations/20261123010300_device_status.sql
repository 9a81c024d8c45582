-- What each device says of itself, and when it was heard of. One row per device, replaced by each heartbeat.

create table public.device_status (
    branch_code      text not null,
    device_id        text not null,
    boot_id          text not null check (length(boot_id) <= 64),
    uptime_s         double precision not null default 0 check (uptime_s >= 0 and uptime_s < 1e12),
    reported_at      timestamptz not null,
    version          text not null default '' check (length(version) <= 64),
    active_tracks    integer not null default 0 check (active_tracks >= 0),
    active_people    integer not null default 0 check (active_people >= 0),
    haircuts         integer not null default 0 check (haircuts >= 0),
    washes           integer not null default 0 check (washes >= 0),
    waits            integer not null default 0 check (waits >= 0),
    events_queued    bigint not null default 0 check (events_queued >= 0),
    oldest_queued_s  double precision check (oldest_queued_s >= 0),
    events_dead      bigint not null default 0 check (events_dead >= 0),
    events_dropped   bigint not null default 0 check (events_dropped >= 0),
    last_error       text check (length(last_error) <= 1000),
    cameras          jsonb not null default '[]' check (jsonb_typeof(cameras) = 'array' and pg_column_size(cameras) <= 65536),
    config_revision  integer not null default 0 check (config_revision >= 0),
    config_refused   integer check (config_refused >= 1),
    config_error     text check (length(config_error) <= 1000),
    -- Filled by the server.
    seen_at          timestamptz not null default now(),
    clock_offset_ms  bigint,
    primary key (branch_code, device_id),
    foreign key (branch_code, device_id) references public.devices (branch_code, device_id) on delete cascade
) with (fillfactor = 50);
comment on table public.device_status is 'the newest heartbeat of each device';
comment on column public.device_status.reported_at is 'device''s clock';
comment on column public.device_status.seen_at is 'server''s clock';
comment on column public.device_status.clock_offset_ms is 'how far the device''s clock was ahead, time on the way included';
comment on column public.device_status.haircuts is 'counted on the current business day, by the device itself';
comment on column public.device_status.cameras is 'as cameras[] of docs/formats/status.md';
comment on column public.device_status.config_revision is 'branch_config that runs; 0: the file of the device only';
comment on column public.device_status.config_refused is 'newest revision that the device would not apply; config_error says why';

create table public.device_outages (
    branch_code text not null,
    device_id   text not null,
    began_at    timestamptz not null,
    ended_at    timestamptz check (ended_at >= began_at),
    primary key (branch_code, device_id, began_at),
    foreign key (branch_code, device_id) references public.devices (branch_code, device_id) on delete cascade
);
create unique index device_outages_open on public.device_outages (branch_code, device_id) where ended_at is null;
comment on table public.device_outages is 'times in which a device was not heard of for longer than branches.offline_after';

create function private.receive_status() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
    -- Of the same run and older: a repeated or delayed request. The device's own clock may jump, uptime does not.
    if tg_op = 'UPDATE' and new.boot_id = old.boot_id and new.uptime_s < old.uptime_s then
        return null;
    end if;
    new.seen_at := now();
    new.clock_offset_ms := round(extract(epoch from new.reported_at - clock_timestamp()) * 1000);
    update public.device_outages o set ended_at = greatest(now(), o.began_at)
    where o.branch_code = new.branch_code and o.device_id = new.device_id and o.ended_at is null;
    return new;
end
$$;
create trigger receive_status before insert or update on public.device_status
    for each row execute function private.receive_status();
revoke execute on function private.receive_status() from public;

alter table public.device_status enable row level security;
alter table public.device_outages enable row level security;
revoke all on public.device_status, public.device_outages from public, anon, authenticated, service_role, edge_device;
grant select, insert, update, delete on public.device_status, public.device_outages to service_role;
grant select on public.device_status, public.device_outages to authenticated;
grant select on public.device_status to edge_device;
grant insert (branch_code, device_id, boot_id, uptime_s, reported_at, version, active_tracks, active_people, haircuts,
              washes, waits, events_queued, oldest_queued_s, events_dead, events_dropped, last_error, cameras,
              config_revision, config_refused, config_error),
      update (branch_code, device_id, boot_id, uptime_s, reported_at, version, active_tracks, active_people, haircuts,
              washes, waits, events_queued, oldest_queued_s, events_dead, events_dropped, last_error, cameras,
              config_revision, config_refused, config_error)
    on public.device_status to edge_device;

create policy device_reads_its_status on public.device_status for select to edge_device
    using (branch_code = (select private.device_branch()) and device_id = ((select auth.jwt()) ->> 'device_id'));
create policy device_adds_its_status on public.device_status for insert to edge_device
    with check (branch_code = (select private.device_branch()) and device_id = ((select auth.jwt()) ->> 'device_id'));
create policy device_renews_its_status on public.device_status for update to edge_device
    using (branch_code = (select private.device_branch()) and device_id = ((select auth.jwt()) ->> 'device_id'))
    with check (branch_code = (select private.device_branch()) and device_id = ((select auth.jwt()) ->> 'device_id'));
create policy member_reads_branches on public.device_status for select to authenticated
    using (branch_code in (select private.member_branch_rows()));
create policy member_reads_branches on public.device_outages for select to authenticated
    using (branch_code in (select private.member_branch_rows()));
