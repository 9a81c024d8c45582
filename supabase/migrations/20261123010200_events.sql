-- The counted services. One row per event, as of its newest revision.
--
-- Partitioned by the time inside the event's id (UUIDv7, made once when the event is born): so the key is
-- (branch_code, event_id) alone, and no later change of a start time can make a second row of one event. A device whose
-- clock is wrong, or whose id is none of version 7, ends up in the default partition; nothing is refused for it.

create table public.events (
    branch_code text not null references public.branches (branch_code),
    event_id    uuid not null,
    revision    integer not null check (revision >= 1),
    device_id   text not null check (length(device_id) between 1 and 64),
    boot_id     text not null check (length(boot_id) <= 64),
    camera      text not null check (length(camera) between 1 and 100),
    zone        text not null check (length(zone) between 1 and 100),
    type        text not null check (type in ('CHAIR', 'WASH', 'WAIT')),
    person      bigint not null,
    started_at  timestamptz not null check (started_at >= '1970-01-01 UTC' and started_at < '2200-01-01 UTC'),
    ended_at    timestamptz not null check (ended_at >= '1970-01-01 UTC' and ended_at < '2200-01-01 UTC'),
    dwell_s     double precision not null check (dwell_s >= 0 and dwell_s < 1e9),
    state       text not null check (state in ('open', 'closed')),
    verdict     text not null default 'counted' check (verdict in ('counted', 'review', 'rejected')),
    confidence  double precision not null default 1 check (confidence >= 0 and confidence <= 1),
    metadata    jsonb not null default '{}' check (jsonb_typeof(metadata) = 'object' and pg_column_size(metadata) <= 16384),
    visit_id    uuid,
    part_of     uuid check (part_of <> event_id),
    received_at timestamptz not null default now(),
    revised_at  timestamptz,
    primary key (branch_code, event_id)
) partition by range (event_id);
create index events_by_start on public.events (branch_code, started_at);

comment on table public.events is 'counted services, newest revision of each; partitioned by month of birth (the time in event_id)';
comment on column public.events.ended_at is 'last time seen while open; may lie before started_at where a wall clock was set';
comment on column public.events.dwell_s is 'from a clock that never jumps';
comment on column public.events.verdict is 'only ''counted'' is in figures';
comment on column public.events.visit_id is 'the first event of the client''s visit; null: not linked, or of a device that knows no visits';
comment on column public.events.part_of is 'the service that this stay goes on with: it is not counted again, its time is added there';
comment on column public.events.received_at is 'of the first revision; server''s clock';
comment on column public.events.revised_at is 'when a newer revision replaced one here; server''s clock';

create table private.events_default partition of public.events default;

-- Months are made by private.keep_partitions() (maintenance); here the id of the first moment of a month.
create function private.uuid_at(at timestamptz) returns uuid
language sql immutable strict set search_path = '' as $$
    select (lpad(to_hex(floor(extract(epoch from at) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;
create function private.uuid_time(id uuid) returns timestamptz
language sql immutable strict set search_path = '' as $$
    select to_timestamp((('x' || substr(replace(id::text, '-', ''), 1, 12))::bit(48)::bigint) / 1000.0)
$$;

-- Revisions never go backwards, whatever arrives first: an upsert that brings nothing newer leaves the row alone.
create function private.keep_newest_revision() returns trigger
language plpgsql set search_path = '' as $$
begin
    if new.revision <= old.revision then
        return null;
    end if;
    new.received_at := old.received_at;
    new.revised_at := now();
    return new;
end
$$;
create trigger keep_newest_revision before update on public.events
    for each row execute function private.keep_newest_revision();
revoke execute on function private.uuid_at(timestamptz), private.uuid_time(uuid), private.keep_newest_revision()
    from public;
grant execute on function private.uuid_at(timestamptz), private.uuid_time(uuid) to authenticated, service_role;

-- Times in which a camera saw nothing: unknown is not zero.
create table public.gaps (
    branch_code text not null references public.branches (branch_code),
    device_id   text not null check (length(device_id) between 1 and 64),
    camera      text not null check (length(camera) between 1 and 100),
    started_at  timestamptz not null check (started_at >= '1970-01-01 UTC' and started_at < '2200-01-01 UTC'),
    ended_at    timestamptz check (ended_at >= started_at and ended_at < '2200-01-01 UTC'),
    reason      text not null default '' check (length(reason) <= 500),
    received_at timestamptz not null default now(),
    primary key (branch_code, device_id, camera, started_at)
);
create index gaps_by_start on public.gaps (branch_code, started_at);
create index gaps_open on public.gaps (branch_code) where ended_at is null;
comment on column public.gaps.ended_at is 'null: still going on';

-- A gap that has ended does not open again; its end may still grow.
create function private.keep_gap_end() returns trigger
language plpgsql set search_path = '' as $$
begin
    if new.ended_at is not distinct from old.ended_at or new.ended_at is null or new.ended_at < old.ended_at then
        return null;
    end if;
    new.received_at := old.received_at;
    return new;
end
$$;
create trigger keep_gap_end before update on public.gaps for each row execute function private.keep_gap_end();
revoke execute on function private.keep_gap_end() from public;

alter table public.events enable row level security;
alter table private.events_default enable row level security;
alter table public.gaps enable row level security;
revoke all on public.events, public.gaps, private.events_default from public, anon, authenticated, service_role, edge_device;
grant select, insert, update, delete on public.events, public.gaps to service_role;
grant select on public.events, public.gaps to authenticated;
-- An upsert needs all three: PostgREST names the key (SELECT) and sets every column that was sent (UPDATE). Not the
-- columns that the server fills.
grant select on public.events, public.gaps to edge_device;
grant insert (branch_code, event_id, revision, device_id, boot_id, camera, zone, type, person, started_at, ended_at,
              dwell_s, state, verdict, confidence, metadata, visit_id, part_of),
      update (branch_code, event_id, revision, device_id, boot_id, camera, zone, type, person, started_at, ended_at,
              dwell_s, state, verdict, confidence, metadata, visit_id, part_of)
    on public.events to edge_device;
grant insert (branch_code, device_id, camera, started_at, ended_at, reason),
      update (branch_code, device_id, camera, started_at, ended_at, reason)
    on public.gaps to edge_device;

-- By branch and not by device: a store moved to a new PC still holds the old one's queue.
create policy device_reads_its_branch on public.events for select to edge_device
    using (branch_code = (select private.device_branch()));
create policy device_adds_to_its_branch on public.events for insert to edge_device
    with check (branch_code = (select private.device_branch()));
create policy device_revises_its_branch on public.events for update to edge_device
    using (branch_code = (select private.device_branch())) with check (branch_code = (select private.device_branch()));
create policy member_reads_branches on public.events for select to authenticated
    using (branch_code = any ((select private.member_branches())::text[]));
create policy device_reads_its_branch on public.gaps for select to edge_device
    using (branch_code = (select private.device_branch()));
create policy device_adds_to_its_branch on public.gaps for insert to edge_device
    with check (branch_code = (select private.device_branch()));
create policy device_revises_its_branch on public.gaps for update to edge_device
    using (branch_code = (select private.device_branch())) with check (branch_code = (select private.device_branch()));
create policy member_reads_branches on public.gaps for select to authenticated
    using (branch_code = any ((select private.member_branches())::text[]));
