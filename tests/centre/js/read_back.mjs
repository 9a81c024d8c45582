// Reads back what is at a project, with the library that dashboards use, and prints it as JSON.
//   node read_back.mjs URL KEY EMAIL PASSWORD BRANCH FROM_DATE TO_DATE DEVICE_EMAIL DEVICE_PASSWORD
import { createClient } from "@supabase/supabase-js";
import ws from "ws";

const [url, key, email, password, branch, fromDate, toDate, deviceEmail, devicePassword] = process.argv.slice(2);
const PAGE = 700; // not the server's 1000, so that the pages are ours

// Node before 22 has no WebSocket, which the library wants for its Realtime part.
const client = createClient(url, key, { auth: { persistSession: false, autoRefreshToken: false }, realtime: { transport: ws } });

function good({ data, error, status, count }) {
  if (error) throw new Error(`${status} ${JSON.stringify(error)}`);
  return { data, count };
}

async function everyService() {
  const rows = [];
  for (;;) {
    const { data } = good(await client.from("services").select("event_id,revision,service,type,zone,person,started_at,dwell_s,state,verdict,metadata,counts")
      .eq("branch_code", branch).order("event_id").range(rows.length, rows.length + PAGE - 1));
    rows.push(...data);
    if (data.length < PAGE) return rows;
  }
}

const answer = {};
good(await client.auth.signInWithPassword({ email, password }));
answer.services = await everyService();
answer.washes = good(await client.from("services").select("event_id", { count: "exact" }).eq("branch_code", branch).in("type", ["WASH", "WAIT"]).limit(1)).count;
answer.days = good(await client.rpc("daily_figures", { branch, from_date: fromDate, to_date: toDate })).data;
answer.devices = good(await client.from("device_overview").select("device_id,state,config_newest")).data;
answer.one = good(await client.from("branch_overview").select("branch_code,name").eq("branch_code", branch).single()).data;
// What a person must not be able to do, in the words that the library hands on.
const written = await client.from("events").update({ verdict: "rejected" }).eq("branch_code", branch);
answer.forbidden = [written.status, written.error?.code];
answer.saved = good(await client.rpc("save_branch_config", { branch, based_on: 0, settings: { grace: { chair: 30 } } })).data;
answer.again = (await client.rpc("save_branch_config", { branch, based_on: 0, settings: {} })).error?.code;
// A device's rows, of several at once the library names the columns.
good(await client.auth.signInWithPassword({ email: deviceEmail, password: devicePassword }));
const gap = { branch_code: branch, device_id: "test-pc", camera: "cam-1", started_at: "2026-11-22T09:00:00Z", reason: "offline" };
good(await client.from("gaps").upsert([gap, { ...gap, camera: "cam-2" }], { onConflict: "branch_code,device_id,camera,started_at" }));
answer.gaps = good(await client.from("gaps").select("camera,reason").order("camera")).data;
console.log(JSON.stringify(answer));
