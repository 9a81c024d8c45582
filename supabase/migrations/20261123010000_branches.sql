-- Who there is: branches, their devices, and the people who may look at them. docs/supabase.md explains all of this.
-- Every grant is written out: what a project grants by default differs by its age, so it is taken away first.

do $$
begin
    if not exists (select from pg_catalog.pg_roles where rolname = 'edge_device') then
        create role edge_device nologin noinherit;
    end if;
end
$$;
comment on role edge_device is 'a PC in a branch; what PostgREST switches to for a device''s token';
grant edge_device to authenticator;
grant edge_device to current_user;
alter role edge_device set statement_timeout = '8s';
grant usage on schema public to edge_device;

-- Not among the API's schemas: helpers of policies, partitions, job state.
create schema private;
revoke all on schema private from public;
grant usage on schema private to edge_device, authenticated, service_role, supabase_auth_admin;

create function private.is_timezone(name text) returns boolean
language plpgsql stable set search_path = '' as $$
begin
    perform now() at time zone name;
    -- PostgreSQL also takes abbreviations and offsets, which know no summer time.
    return name = 'UTC' or name like '%/%';
exception when others then
    return false;
end
$$;
revoke execute on function private.is_timezone(text) from public;
grant execute on function private.is_timezone(text) to service_role;

create table public.branches (
    branch_code   text primary key check (branch_code ~ '^[A-Za-z0-9_-]{1,64}$'),
    name          text not null check (length(name) between 1 and 100),
    timezone      text not null default 'UTC' check (private.is_timezone(timezone)),
    day_end       time not null default '00:00' check (extract(second from day_end) = 0),
    offline_after interval not null default '5 minutes' check (offline_after between '1 minute' and '7 days'),
    closed_on     date,
    created_at    timestamptz not null default now()
);
comment on column public.branches.day_end is 'local time at which the business day ends, as reports.day_end of the device';

create table public.devices (
    branch_code  text not null references public.branches (branch_code),
    device_id    text not null check (device_id ~ '^[A-Za-z0-9_-]{1,64}$'),
    auth_user_id uuid unique references auth.users (id) on delete set null,
    enabled      boolean not null default true,
    note         text check (length(note) <= 500),
    created_at   timestamptz not null default now(),
    primary key (branch_code, device_id)
);
comment on column public.devices.enabled is 'false cuts the device off with its next request, whatever its token says';

create table public.branch_members (
    branch_code text not null references public.branches (branch_code) on delete cascade,
    user_id     uuid not null references auth.users (id) on delete cascade,
    role        text not null default 'viewer' check (role in ('manager', 'viewer')),
    created_at  timestamptz not null default now(),
    primary key (branch_code, user_id)
);
create index branch_members_by_user on public.branch_members (user_id, branch_code);
comment on column public.branch_members.role is 'manager: may also set branch_config; viewer: reads only';

-- What policies ask. Each is wrapped in (select …) there, so that it runs once per statement and not per row.

-- The branch of the device that asks; null if it is no device, is disabled, or has another login by now.
create function private.device_branch() returns text
language sql stable security definer set search_path = '' as $$
    select d.branch_code
    from (select auth.jwt() as claims) token
    join public.devices d
        on d.branch_code = token.claims ->> 'branch_code'
       and d.device_id = token.claims ->> 'device_id'
       and d.auth_user_id::text = token.claims ->> 'sub'
    where d.enabled
$$;
create function private.member_branches() returns text[]
language sql stable security definer set search_path = '' as $$
    select coalesce(array_agg(m.branch_code order by m.branch_code), '{}')
    from public.branch_members m where m.user_id = (select auth.uid())
$$;
-- The same as rows. In a policy this is hashed: right for the small tables, where all rows of a chain are looked at and an
-- array of a thousand branches would be searched for each. For events and gaps the array: an index can use it.
create function private.member_branch_rows() returns setof text
language sql stable security definer rows 100 set search_path = '' as $$
    select m.branch_code from public.branch_members m where m.user_id = (select auth.uid())
$$;
create function private.managed_branches() returns text[]
language sql stable security definer set search_path = '' as $$
    select coalesce(array_agg(m.branch_code order by m.branch_code), '{}')
    from public.branch_members m where m.user_id = (select auth.uid()) and m.role = 'manager'
$$;
revoke execute on function private.device_branch(), private.member_branches(), private.member_branch_rows(),
    private.managed_branches() from public;
grant execute on function private.device_branch() to edge_device;
grant execute on function private.member_branches(), private.member_branch_rows(), private.managed_branches()
    to authenticated;

alter table public.branches enable row level security;
alter table public.devices enable row level security;
alter table public.branch_members enable row level security;
revoke all on public.branches, public.devices, public.branch_members from public, anon, authenticated, service_role, edge_device;
grant select, insert, update, delete on public.branches, public.devices, public.branch_members to service_role;
grant select on public.branches, public.devices to edge_device;
grant select on public.branches, public.devices, public.branch_members to authenticated;

create policy device_reads_its_branch on public.branches for select to edge_device
    using (branch_code = (select private.device_branch()));
create policy member_reads_branches on public.branches for select to authenticated
    using (branch_code in (select private.member_branch_rows()));
create policy device_reads_itself on public.devices for select to edge_device
    using (branch_code = (select private.device_branch()) and device_id = ((select auth.jwt()) ->> 'device_id'));
create policy member_reads_devices on public.devices for select to authenticated
    using (branch_code in (select private.member_branch_rows()));
create policy member_reads_own_membership on public.branch_members for select to authenticated
    using (user_id = (select auth.uid()));
