-- Supabase Auth calls this for each token it makes, at log-in and at each refresh. It lifts what the policies need into
-- the claims, from the devices table and never from what a user can change.

create function private.access_token_hook(event jsonb) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
    claims jsonb := coalesce(event -> 'claims', '{}');
    device record;
begin
    select d.branch_code, d.device_id, d.enabled into device
    from public.devices d where d.auth_user_id = (event ->> 'user_id')::uuid;
    if found then
        if not device.enabled then
            return jsonb_build_object('error', jsonb_build_object('http_code', 403,
                'message', format('device %s of branch %s is disabled', device.device_id, device.branch_code)));
        end if;
        claims := claims || jsonb_build_object('role', 'edge_device', 'branch_code', device.branch_code,
                                               'device_id', device.device_id);
    else
        if claims ->> 'role' = 'edge_device' then
            return jsonb_build_object('error', jsonb_build_object('http_code', 403,
                'message', 'this log-in is for a device, but no device is registered with it'));
        end if;
        claims := claims - 'branch_code' - 'device_id';
    end if;
    return jsonb_set(event, '{claims}', claims);
end
$$;
revoke execute on function private.access_token_hook(jsonb) from public, anon, authenticated;
grant execute on function private.access_token_hook(jsonb) to supabase_auth_admin;
grant select on public.devices to supabase_auth_admin;
create policy auth_reads_devices on public.devices for select to supabase_auth_admin using (true);
