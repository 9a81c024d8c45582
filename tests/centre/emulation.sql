-- What a hosted Supabase project has before the first migration, as far as ours see it: roles with their attributes, the
-- schemas auth and extensions, and that migrations run as `postgres`, who is no superuser. Made for this folder's tests;
-- docs/supabase.md says what it lacks. Run as the superuser supabase_admin; :defaults is 'none' or 'all', what new tables
-- and functions in `public` are granted by themselves (projects of before and after 2026 differ).
\set ON_ERROR_STOP on

create function pg_temp.role(name text, attributes text) returns void language plpgsql as $$
begin
    if not exists (select from pg_roles where rolname = name) then
        execute format('create role %I %s', name, attributes);
    end if;
end
$$;
select pg_temp.role('postgres', 'login createrole createdb replication bypassrls'),
    pg_temp.role('anon', 'nologin noinherit'),
    pg_temp.role('authenticated', 'nologin noinherit'),
    pg_temp.role('service_role', 'nologin noinherit bypassrls'),
    pg_temp.role('authenticator', 'login noinherit'),
    pg_temp.role('supabase_auth_admin', 'login noinherit createrole') \g /dev/null
grant anon, authenticated, service_role to authenticator;
grant anon, authenticated, service_role, supabase_auth_admin to postgres;
alter role anon set statement_timeout = '3s';
alter role authenticated set statement_timeout = '8s';

select format('alter database %I owner to postgres', current_database()) \gexec
alter schema public owner to pg_database_owner;
revoke create on schema public from public;
grant usage on schema public to anon, authenticated, service_role;
grant all on schema public to postgres;

create schema extensions;
grant usage on schema extensions to public;
grant all on schema extensions to postgres;

create schema auth authorization supabase_auth_admin;
grant usage on schema auth to anon, authenticated, service_role, postgres;
create table auth.users (
    id uuid primary key,
    email text unique,
    encrypted_password text,
    role text,
    raw_app_meta_data jsonb not null default '{}',
    raw_user_meta_data jsonb not null default '{}',
    banned_until timestamptz,
    created_at timestamptz not null default now()
);
alter table auth.users owner to supabase_auth_admin;
alter table auth.users enable row level security;
grant all on auth.users to postgres;

-- In meaning as Supabase Auth's: from the claims that PostgREST sets for each request.
create function auth.jwt() returns jsonb language sql stable as $$
    select coalesce(nullif(current_setting('request.jwt.claim', true), ''),
                    nullif(current_setting('request.jwt.claims', true), ''))::jsonb
$$;
create function auth.uid() returns uuid language sql stable as $$
    select (coalesce(nullif(current_setting('request.jwt.claims', true), ''), '{}')::jsonb ->> 'sub')::uuid
$$;
create function auth.role() returns text language sql stable as $$
    select coalesce(nullif(current_setting('request.jwt.claims', true), ''), '{}')::jsonb ->> 'role'
$$;
alter function auth.jwt() owner to supabase_auth_admin;
alter function auth.uid() owner to supabase_auth_admin;
alter function auth.role() owner to supabase_auth_admin;

select :'defaults' = 'all' as generous \gset
\if :generous
alter default privileges for role postgres in schema public grant all on tables to anon, authenticated, service_role;
alter default privileges for role postgres in schema public grant all on functions to anon, authenticated, service_role;
alter default privileges for role postgres in schema public grant all on sequences to anon, authenticated, service_role;
\endif

-- As hosted: the extension is there for postgres to use, who could not create it.
select exists (select from pg_available_extensions where name = 'pg_cron')
    and current_setting('cron.database_name', true) = current_database() as has_cron \gset
\if :has_cron
create extension pg_cron with schema pg_catalog;
grant usage on schema cron to postgres;
grant all on all tables in schema cron to postgres;
\endif
