// The made-up service's answers.
import { picture } from './picture.mjs';
import { localDate, random } from './shop.mjs';
import { summaries } from './summaries.mjs';

const MINUTE_MS = 60e3;

function send(response, status, body, headers = {}) {
  response.writeHead(status, { 'Content-Type': status >= 400 ? 'application/problem+json' : 'application/json', 'Cache-Control': 'no-store', ...headers });
  response.end(body === null ? undefined : JSON.stringify(body));
}

const problem = (response, status, title, more = {}) => send(response, status, { type: 'about:blank', title, status, ...more });

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return chunks.length ? JSON.parse(Buffer.concat(chunks).toString()) : {};
}

export async function routes(shop, request, response, url) {
  const path = url.pathname.slice('/api/v1'.length);
  const key = `${request.method} ${path}`;
  if (path === '/session') return session(shop, request, response);
  if (!shop.session.role) return problem(response, 401, 'Log in first', { type: '/problems/login' });
  const changes = request.method !== 'GET';
  if (changes && request.headers['x-csrf-token'] !== 'mock-token') return problem(response, 403, 'Wrong token', { type: '/problems/csrf' });
  if (changes && shop.session.role !== 'admin' && !path.startsWith('/zones/validate') && !path.startsWith('/zones/try')) return problem(response, 403, 'Only the admin may');
  const simple = SIMPLE[key];
  if (simple) return simple(shop, request, response, url);
  return byPattern(shop, request, response, url, path) ?? problem(response, 404, 'Not found');
}

async function session(shop, request, response) {
  if (request.method === 'POST') {
    const { user, password } = await bodyOf(request);
    if (password !== 'four words are best') return problem(response, 401, 'Wrong password', { detail: 'This password is not right.' });
    shop.session.role = user;
  }
  if (request.method === 'DELETE') {
    shop.session.role = null;
    return send(response, 204, null);
  }
  if (!shop.session.role && shop.session.viewing === 'open') shop.session.role = 'viewer';
  return send(response, 200, shop.sessionDocument());
}

function filtered(shop, url) {
  const ask = url.searchParams;
  const first = ask.get('from') ? localDate(Date.parse(ask.get('from'))) : shop.present.monthAgo();
  const list = [...shop.past.events(first, shop.past.today), ...shop.present.open.values()];
  const fits = (event) =>
    (!ask.get('from') || event.start >= ask.get('from')) && (!ask.get('to') || event.start < ask.get('to')) &&
    ['type', 'camera', 'zone', 'verdict', 'state'].every((name) => !ask.get(name) || event[name] === ask.get(name));
  return list.filter(fits).sort((one, other) => other.start.localeCompare(one.start));
}

function events(shop, request, response, url) {
  const list = filtered(shop, url);
  const at = Number(url.searchParams.get('cursor') ?? 0);
  const limit = Number(url.searchParams.get('limit') ?? 100);
  send(response, 200, { events: list.slice(at, at + limit), next: at + limit < list.length ? String(at + limit) : null });
}

function eventsCsv(shop, request, response, url) {
  response.writeHead(200, { 'Content-Type': 'text/csv', 'Content-Disposition': 'attachment; filename="events.csv"' });
  response.end('\ufeffid,camera,zone,start\r\n' + filtered(shop, url).map((event) => [event.id, event.camera, event.zone, event.start].join(',')).join('\r\n'));
}

const listed = (shop, camera) => ({
  ...camera, source: shop.sources.get(camera.id) ?? `rtsp://192.168.1.2${camera.id.length}:554/stream2`, live: true, width: 1280, height: 720,
  zones: shop.present.zones.find((one) => one.id === camera.id)?.zones.length ?? 0, origin: shop.sources.has(camera.id) ? 'dashboard' : 'file',
});

function cameras(shop, request, response) {
  send(response, 200, { picture: shop.session.picture ?? 'pixelated', demo: true, cameras: shop.present.cameraStates().map((camera) => listed(shop, camera)) });
}

const REACHED = /^(demo|rtsp:\/\/([^@/]*@)?good)/;
const withoutPassword = (source) => source.replace(/^(\w+:\/\/[^:@/]+):[^@/]+@/, '$1:***@');

async function testCamera(shop, request, response) {
  const { source } = await bodyOf(request);
  const shot = `data:image/png;base64,${picture('entrance', [], []).toString('base64')}`;
  if (REACHED.test(source)) return send(response, 200, { ok: true, words: 'A picture of 1280 × 720 came after 1.2 s.', details: null, width: 1280, height: 720, fps: 25, picture: shot });
  return send(response, 200, { ok: false, words: 'The camera refused the user name or password.', details: `${withoutPassword(source)}: 401 Unauthorized`, width: null, height: null, fps: null, picture: null });
}

async function addCamera(shop, request, response) {
  const { id, source } = await bodyOf(request);
  if (shop.present.cameras.has(id)) return problem(response, 409, 'Its name is taken', { detail: `There is a camera '${id}' already.` });
  openCamera(shop, id, source);
  send(response, 201, listed(shop, shop.present.cameraStates().find((one) => one.id === id)), { Location: `/api/v1/cameras/${id}` });
}

function openCamera(shop, id, source) {
  shop.sources.set(id, withoutPassword(source));
  const good = REACHED.test(source);
  shop.present.cameras.set(id, { state: good ? 'ok' : 'offline', since: shop.present.now() });
  if (!shop.present.zones.some((one) => one.id === id)) shop.present.zones.push({ id, zones: [], ignore: [] });
  shop.zoneSet = { ...shop.zoneSet, cameras: structuredClone(shop.present.zones) };
  shop.present.changed();
}

async function changeCamera(shop, request, response, id) {
  if (!shop.present.cameras.has(id)) return problem(response, 404, 'No such camera');
  if (!shop.sources.has(id)) return problem(response, 409, 'It is in the file', { type: '/problems/file', detail: 'Change it in the configuration file.' });
  if (request.method === 'DELETE') {
    shop.sources.delete(id);
    shop.present.cameras.delete(id);
    shop.present.zones = shop.present.zones.filter((one) => one.id !== id);
    shop.zoneSet = { ...shop.zoneSet, cameras: structuredClone(shop.present.zones) };
    shop.present.changed();
    return send(response, 204, null);
  }
  openCamera(shop, id, (await bodyOf(request)).source);
  return send(response, 200, listed(shop, shop.present.cameraStates().find((one) => one.id === id)));
}

const zonesAnswer = (shop, response) => send(response, 200, shop.zoneSet, { ETag: `"${shop.zoneSet.revision}"` });

/** A new revision, as if `by` had saved it. */
export function saveZones(shop, cameras, by, note) {
  for (const camera of cameras) {
    const old = shop.present.zones.findIndex((one) => one.id === camera.id);
    if (old >= 0) shop.present.zones[old] = { ignore: [], ...camera, zones: camera.zones.map((zone) => ({ capacity: 1, anchor: 'foot', overlap: 0.5, threshold_s: 60, grace_s: 40, ...zone })) };
  }
  shop.zoneSet = { revision: shop.zoneSet.revision + 1, saved: new Date(shop.present.now()).toISOString(), by, note: note ?? '', origin: 'dashboard', cameras: structuredClone(shop.present.zones) };
  shop.zoneHistory.unshift(shop.zoneSet);
}

function stale(shop, request, response) {
  if (request.headers['if-match'] === `"${shop.zoneSet.revision}"`) return false;
  const { revision, by, saved } = shop.zoneSet;
  problem(response, 412, 'Somebody saved in between', { type: '/problems/stale', revision, by, saved });
  return true;
}

async function putZones(shop, request, response) {
  const { cameras: edited, note } = await bodyOf(request);
  if (stale(shop, request, response)) return;
  saveZones(shop, edited, 'admin', note);
  zonesAnswer(shop, response);
}

async function undoZones(shop, request, response) {
  const { revision } = await bodyOf(request);
  if (stale(shop, request, response)) return;
  const old = shop.zoneHistory.find((one) => one.revision === (revision ?? shop.zoneSet.revision - 1));
  if (!old) return problem(response, 404, 'No such revision');
  saveZones(shop, structuredClone(old.cameras), 'admin', `back to ${old.revision}`);
  zonesAnswer(shop, response);
}

async function tryZones(shop, request, response) {
  const { zones } = await bodyOf(request);
  const now = shop.present.now();
  const dice = random(5);
  const tried = (list) => list.map((zone) => {
    const stays = Array.from({ length: dice.whole(0, 3) }, () => ({ start: new Date(now - dice.whole(5, 55) * MINUTE_MS).toISOString(), dwell_s: dice.whole(70, 1500), verdict: dice.chance(0.8) ? 'counted' : 'review' }));
    return { zone: zone.name, type: zone.type, counted: stays.filter((stay) => stay.verdict === 'counted').length, to_review: stays.filter((stay) => stay.verdict === 'review').length, stays };
  });
  send(response, 200, { from: new Date(now - 60 * MINUTE_MS).toISOString(), to: new Date(now).toISOString(), frames: 36000, tried: tried(zones), now: tried(shop.present.zones[0].zones) });
}

function health(shop, request, response) {
  const broken = shop.present.cameraStates().filter((camera) => camera.state !== 'ok');
  send(response, 200, {
    ok: broken.length === 0,
    problems: broken.map((camera) => ({ what: 'camera', camera: camera.id, severity: 'error', words: camera.words, details: camera.error, since: new Date(shop.present.cameras.get(camera.id).since).toISOString() })),
    version: '0.2.0', uptime_s: 183540, store: { bytes: 48234496, max_bytes: 1073741824, schema: 6 }, disk: { free_bytes: 61203283968, total_bytes: 118111600640 }, memory_bytes: 312475648, threads: 24,
    queue: { queued: 3, dead: 0, oldest_s: 4, kept: 0 }, dashboard: { readers: shop.readers.size, removed: 0, resyncs: 1, requests: 1200, refused: 3 },
  });
}

function logs(shop, request, response) {
  const now = shop.present.now();
  const line = (ago, level, camera, message, fields = {}) => ({ time: new Date(now - ago * 1000).toISOString(), level, camera, message, fields });
  send(response, 200, { lines: [
    line(3600, 'info', '', 'running', { version: '0.2.0' }), line(1380, 'warning', 'entrance', 'no picture for 5 s', { timeout_s: '5' }),
    line(1375, 'error', 'entrance', 'connection timed out, next try in 1 s', { attempt: '1' }), line(60, 'info', '', 'status', { people: '5', queued: '0' }),
  ] });
}

const SIMPLE = {
  'GET /live': (shop, request, response) => send(response, 200, shop.present.status(0)),
  'GET /stream': (shop, request, response, url) => shop.subscribe(request, response, url),
  'GET /events': events,
  'GET /events.csv': eventsCsv,
  'GET /summaries': (shop, request, response, url) => {
    const from = url.searchParams.get('from') ?? shop.past.today;
    send(response, 200, summaries(shop.past, url.searchParams.get('by'), from, url.searchParams.get('to') ?? from));
  },
  'GET /cameras': cameras,
  'POST /config/reload': (shop, request, response) => {
    if (shop.configFaults.length) return problem(response, 409, 'The file is wrong', { type: '/problems/config', detail: 'The configuration has mistakes; what ran before goes on.', faults: shop.configFaults });
    return send(response, 200, { added: [], removed: [], changed: ['entrance'], restart: ['detector'], notes: [] });
  },
  'POST /cameras': addCamera,
  'POST /cameras/test': testCamera,
  'GET /plan': (shop, request, response) => send(response, 200, shop.plan),
  'PUT /plan': async (shop, request, response) => send(response, 200, (shop.plan = await bodyOf(request))),
  'GET /zones': (shop, request, response) => zonesAnswer(shop, response),
  'PUT /zones': putZones,
  'POST /zones/validate': async (shop, request, response) => send(response, 200, { valid: true, faults: [], hints: [] }),
  'POST /zones/try': tryZones,
  'POST /zones/undo': undoZones,
  'GET /zones/history': (shop, request, response) => send(response, 200, { revisions: shop.zoneHistory.slice(0, 20) }),
  'GET /config': (shop, request, response) => send(response, 200, { file: '/etc/chairside/config.yaml', branch: { name: 'Salon Kastanienallee', timezone: 'Europe/Berlin' }, device: { id: 'front-desk-pc' }, counting: { count_from: 0.5, review_from: 0.2 }, detector: { model: 'nanodet-g-416' }, storage: { retention_days: 400 }, reports: { day_end: '22:00' }, supabase: { url: 'https://example.supabase.co' }, dashboard: { listen: '0.0.0.0:8090', picture: 'pixelated' } }),
  'GET /reports': (shop, request, response) => {
    const day = (ago) => localDate(shop.present.now() - ago * 86400e3);
    send(response, 200, { today: day(0), dates: Array.from({ length: 40 }, (unused, ago) => day(ago)) });
  },
  'GET /health': health,
  'GET /logs': logs,
  'GET /audit': (shop, request, response) => send(response, 200, { entries: [{ time: new Date(shop.present.now() - 86400e3).toISOString(), who: 'admin', address: '192.168.1.40', what: 'zones', details: 'revision 3: chair 4 added' }] }),
};

function byPattern(shop, request, response, url, path) {
  const shot = path.match(/^\/cameras\/([\w-]+)\/picture$/);
  if (shot) {
    const camera = shop.present.zones.find((one) => one.id === shot[1]);
    if (!camera) return null;
    response.writeHead(200, { 'Content-Type': 'image/png', 'Cache-Control': 'no-store', 'X-Picture-Mode': 'pixelated', 'X-Picture-Time': new Date(shop.present.now()).toISOString() });
    return response.end(picture(camera.id, camera.zones, shop.present.tracks(0, camera.id).people));
  }
  const single = path.match(/^\/cameras\/([\w-]+)$/);
  if (single && ['PATCH', 'DELETE'].includes(request.method)) return changeCamera(shop, request, response, single[1]);
  const password = path.match(/^\/passwords\/(admin|viewer)$/);
  if (password && request.method === 'PUT') {
    shop.session.firstRun = false;
    return send(response, 204, null);
  }
  const one = path.match(/^\/events\/([0-9a-f-]+)(\/review)?$/);
  const event = one && (shop.past.find(one[1]) ?? shop.present.open.get(one[1]));
  if (!event) return null;
  return one[2] ? review(shop, request, response, event) : send(response, 200, event);
}

async function review(shop, request, response, event) {
  const { decision, note } = await bodyOf(request);
  const time = new Date(shop.present.now()).toISOString();
  Object.assign(event, { revision: event.revision + 1, verdict: { confirmed: 'counted', rejected: 'rejected', undecided: 'review' }[decision], review: decision === 'undecided' ? null : { decision, by: 'admin', time, note: note ?? '' } });
  shop.stored(event);
  send(response, 200, event);
}

