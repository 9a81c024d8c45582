-- What must hold for every table, view, function and policy, also for those of later migrations.
begin;
create extension if not exists pgtap with schema extensions;
set local search_path = public, extensions;
select no_plan();

select is_empty($$
    select c.oid::regclass from pg_class c
    where c.relnamespace in ('public'::regnamespace, 'private'::regnamespace) and c.relkind in ('r', 'p') and not c.relrowsecurity
    $$, 'every table of public and private has row level security, partitions too');
select is_empty($$
    select c.oid::regclass from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
    and not exists (select from pg_policy p where p.polrelid = c.oid)
    $$, 'every table of public has a policy');
select is_empty($$
    select c.oid::regclass from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'v'
    and not coalesce(c.reloptions::text[] @> array['security_invoker=true'], false)
    $$, 'every view runs with the rights of whoever asks');
select is_empty($$
    select c.oid::regclass from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('m', 'f')
    $$, 'public has no materialized view or foreign table: they know no policies');
select is_empty($$
    select c.oid::regclass, r.rolname, p.privilege from pg_class c
    cross join (values ('anon'), ('authenticated'), ('edge_device'), ('service_role')) r (rolname)
    cross join (values ('SELECT'), ('INSERT'), ('UPDATE'), ('DELETE'), ('TRUNCATE'), ('REFERENCES'), ('TRIGGER')) p (privilege)
    where c.relnamespace = 'private'::regnamespace and c.relkind in ('r', 'p', 'v')
    and has_table_privilege(r.rolname, c.oid, p.privilege)
    $$, 'no role of the API has a grant on a table of private');
select is_empty($$
    select c.oid::regclass, a.privilege_type from pg_class c, aclexplode(c.relacl) a
    where c.relnamespace in ('public'::regnamespace, 'private'::regnamespace) and a.grantee = 0
    $$, 'nothing is granted to everybody');
select is_empty($$
    select c.oid::regclass, r.rolname, p.privilege from pg_class c
    cross join (values ('anon'), ('authenticated'), ('edge_device'), ('service_role')) r (rolname)
    cross join (values ('TRUNCATE'), ('REFERENCES'), ('TRIGGER')) p (privilege)
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v') and has_table_privilege(r.rolname, c.oid, p.privilege)
    $$, 'nobody may truncate (that asks no policy), reference, or add triggers');

-- Every grant on a table or view of public: Select, Insert, Update, Delete of the whole, i and u of single columns.
select set_eq($$
    select format('%s %s %s', tab, grantee, string_agg(verb, '' order by array_position(array['S', 'I', 'U', 'D', 'i', 'u'], verb)))
    from (select c.relname as tab, a.grantee::regrole::text as grantee, coalesce(
              case a.privilege_type when 'SELECT' then 'S' when 'INSERT' then 'I' when 'UPDATE' then 'U' when 'DELETE' then 'D' end, a.privilege_type) as verb
          from pg_class c, aclexplode(c.relacl) a where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v') and a.grantee <> c.relowner
          union
          select c.relname, a.grantee::regrole::text, case a.privilege_type when 'INSERT' then 'i' when 'UPDATE' then 'u' else a.privilege_type end
          from pg_class c join pg_attribute t on t.attrelid = c.oid, aclexplode(t.attacl) a where c.relnamespace = 'public'::regnamespace) g
    where tab !~ '^pg_|_pg_|tap_funky' group by tab, grantee
    $$, array[
    'branches edge_device S', 'branches authenticated S', 'branches service_role SIUD',
    'devices edge_device S', 'devices authenticated S', 'devices service_role SIUD', 'devices supabase_auth_admin S',
    'branch_members authenticated S', 'branch_members service_role SIUD',
    'events edge_device Siu', 'events authenticated S', 'events service_role SIUD',
    'gaps edge_device Siu', 'gaps authenticated S', 'gaps service_role SIUD',
    'device_status edge_device Siu', 'device_status authenticated S', 'device_status service_role SIUD',
    'device_outages authenticated S', 'device_outages service_role SIUD',
    'branch_config edge_device S', 'branch_config authenticated Si', 'branch_config service_role SID',
    'daily_summary authenticated S', 'daily_summary service_role S', 'hourly_summary authenticated S', 'hourly_summary service_role S',
    'device_overview authenticated S', 'device_overview service_role S', 'branch_overview authenticated S', 'branch_overview service_role S',
    'services authenticated S', 'services service_role S'], 'every grant is one of these');
select set_eq($$
    select format('%s.%s', c.relname, t.attname) from pg_class c join pg_attribute t on t.attrelid = c.oid and t.attnum > 0 and not t.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relname in ('events', 'gaps', 'device_status')
    and not (has_column_privilege('edge_device', c.oid, t.attnum, 'INSERT') and has_column_privilege('edge_device', c.oid, t.attnum, 'UPDATE'))
    $$, array['events.received_at', 'events.revised_at', 'gaps.received_at', 'device_status.seen_at', 'device_status.clock_offset_ms'],
    'a device writes every column but those that the server fills');

-- Functions.
select is_empty($$
    select p.oid::regprocedure from pg_proc p
    where p.pronamespace in ('public'::regnamespace, 'private'::regnamespace) and not exists (
        select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
    and not coalesce(p.proconfig::text ~ 'search_path=', false)
    $$, 'every function fixes its search_path');
select is_empty($$
    select p.oid::regprocedure from pg_proc p
    where p.pronamespace in ('public'::regnamespace, 'private'::regnamespace) and not exists (
        select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
    and (has_function_privilege('anon', p.oid, 'EXECUTE')
         or exists (select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a where a.grantee = 0))
    $$, 'no function can be called by everybody, or by anon');
select is_empty($$
    select p.oid::regprocedure from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prosecdef and not exists (
        select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
    $$, 'no function of the API runs with its owner''s rights');
-- Who may call what; of private a device only what its policies ask.
select set_eq($$
    select format('%s.%s %s', n.nspname, p.proname, a.grantee::regrole) from pg_proc p
    join pg_namespace n on n.oid = p.pronamespace and n.nspname in ('public', 'private'), aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
    where a.grantee not in (p.proowner, 'service_role'::regrole) and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
    $$, array['private.device_branch edge_device', 'public.device_check edge_device', 'private.access_token_hook supabase_auth_admin',
     'private.member_branches authenticated', 'private.member_branch_rows authenticated', 'private.managed_branches authenticated',
    'private.uuid_at authenticated', 'private.uuid_time authenticated',
    'private.day_start authenticated', 'private.business_date authenticated',
    'public.daily_figures authenticated', 'public.hourly_figures authenticated',
    'public.zone_figures authenticated', 'public.visit_figures authenticated',
    'public.branch_totals authenticated', 'public.save_branch_config authenticated'], 'every right to call a function is one of these; service_role may anyway');

-- Policies.
select is_empty($$
    select schemaname, tablename, policyname, roles from pg_policies
    where schemaname in ('public', 'private') and roles && array['public', 'anon']::name[]
    $$, 'no policy is for everybody, or for anon');
select is_empty($$
    select tablename, policyname from pg_policies
    where schemaname in ('public', 'private')
    and regexp_replace(coalesce(qual, '') || ' ' || coalesce(with_check, ''), '\( ?SELECT (auth|private)\.\w+\(\)', '', 'gi') ~* '(auth|private)\.\w+\(\)'
    $$, 'policies ask who it is once per statement: auth and private functions stand in (select …)');
select is_empty($$
    select tablename, policyname from pg_policies where schemaname = 'public'
    and coalesce(qual, '') || coalesce(with_check, '') ~* 'user_metadata'
    $$, 'no policy believes what users write of themselves');
select is_empty($$
    select tablename, policyname from pg_policies where schemaname = 'public' and roles <> array['supabase_auth_admin']::name[]
    and 'true' in (coalesce(qual, ''), coalesce(with_check, ''))
    $$, 'no policy is always true');
select is_empty($$
    select tablename, cmd, role from pg_policies, unnest(roles) role where schemaname = 'public'
    group by tablename, cmd, role having count(*) > 1
    $$, 'one policy per table, role and verb: several would be joined by OR');

-- Keys and indexes.
select is_empty($$
    select c.conrelid::regclass, c.conname from pg_constraint c
    where c.contype = 'f' and c.connamespace in ('public'::regnamespace, 'private'::regnamespace) and c.conparentid = 0
    and not exists (select from pg_index i where i.indrelid = c.conrelid
                    and (i.indkey::int2[])[0:cardinality(c.conkey) - 1] @> c.conkey)
    $$, 'every foreign key has an index');
select is_empty($$
    select c.oid::regclass from pg_class c
    where c.relnamespace in ('public'::regnamespace, 'private'::regnamespace) and c.relkind in ('r', 'p')
    and not exists (select from pg_constraint k where k.conrelid = c.oid and k.contype = 'p')
    $$, 'every table has a primary key');
select col_is_pk('public', 'events', array['branch_code', 'event_id'], 'the branch is in the key of events');
select is(pg_get_partkeydef('public.events'::regclass), 'RANGE (event_id)', 'events are partitioned by their id, which never changes');
select ok(exists (select from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'public.events'::regclass
                  and pg_get_expr(c.relpartbound, c.oid) = 'DEFAULT'), 'there is a default partition');
select ok(not (rolbypassrls or rolsuper or rolcanlogin), 'edge_device is nobody special') from pg_roles where rolname = 'edge_device';
select is_empty($$
    select r.rolname from pg_auth_members m join pg_roles r on r.oid = m.roleid join pg_roles u on u.oid = m.member
    where u.rolname = 'edge_device' or (r.rolname = 'edge_device' and u.rolname in ('anon', 'authenticated'))
    $$, 'devices and people are different roles, neither within the other');

select * from finish();
rollback;
