// The real program on the sample video, for the tests that open its pages: started, killed, stopped by its own pid.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from '../browser.mjs';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
export const CHAIRSIDE = process.env.CHAIRSIDE ?? join(ROOT, 'build/chairside');
export const VIDEO = join(process.env.DEPS ?? join(ROOT, '.deps'), 'video/vtest.avi');
export const PASSWORD = 'four words are best';

export function missing() {
  if (!existsSync(CHAIRSIDE)) return 'the program is not built';
  return existsSync(VIDEO) ? '' : 'the sample video is not here; tools/setup fetches it';
}

/** Places of the sample video where people pass and linger. */
export const LAWN = '{name: lawn, type: WAIT, capacity: 12, polygon: [[0.05, 0.2], [0.43, 0.2], [0.43, 0.95], [0.05, 0.95]]}';
export const CROSSING = '{name: crossing, type: CHAIR, capacity: 12, polygon: [[0.43, 0.33], [0.73, 0.33], [0.73, 0.573], [0.43, 0.573]]}';

/** A real RTSP server that plays the sample video (tests/support/rtsp_server.py); null where GStreamer's is not installed. */
export async function startCamera() {
  const child = spawn('/usr/bin/python3', [join(ROOT, 'tests/support/rtsp_server.py'), VIDEO, '--user', 'owner', '--password', 's3cretpass'], { stdio: ['pipe', 'pipe', 'ignore'] });
  let said = '';
  child.stdout.on('data', (bytes) => (said += bytes));
  await until('the camera plays', () => /port \d+/.test(said) || child.exitCode !== null, 120000);
  const port = /port (\d+)/.exec(said)?.[1];
  return port ? { child, port, address: (password) => `rtsp://owner:${password}@127.0.0.1:${port}/cam` } : null;
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

export class Agent {
  #process = null;
  #cookie = '';
  #csrf = '';

  constructor() {
    this.dir = mkdtempSync(join(tmpdir(), 'chairside-web-'));
  }

  /** `zones`: of the camera `demo`, which plays the sample video for ever, as fast as a camera would. */
  static async begin({ zones = [], dashboard = '', cameras } = {}) {
    const agent = new Agent();
    agent.port = await freePort();
    const list = cameras ?? `\n  - {id: demo, source: ${JSON.stringify(VIDEO)}, loop: true, realtime: true, target_fps: 5, zones: [${zones.join(', ')}]}`;
    writeFileSync(join(agent.dir, 'config.yaml'), `
branch: {name: Salon, timezone: UTC}
device: {id: test-pc}
dwell_time: {chair: 2, wash: 2, wait: 2}
grace: {chair: 2, wash: 2, wait: 2}
storage: {path: store.db}
reports: {dir: reports, schedule: false}
logging: {level: info, file: chairside.log, console: true}
dashboard: {port: ${agent.port}${dashboard}}
cameras: ${list}
`);
    await agent.start();
    return agent;
  }

  get address() {
    return `http://localhost:${this.port}`;
  }

  get log() {
    return readFileSync(join(this.dir, 'chairside.log'), 'utf8');
  }

  async start() {
    let said = '';
    const child = spawn(CHAIRSIDE, ['run', '--config', 'config.yaml'], { cwd: this.dir, env: { ...process.env, CHAIRSIDE_DEMO_VIDEO: VIDEO }, stdio: ['ignore', 'ignore', 'pipe'] });
    child.stderr.on('data', (bytes) => (said += bytes));
    this.#process = child;
    await until('the dashboard is served', () => {
      if (child.exitCode !== null) throw new Error(`it ended: ${said.slice(-1500)}`);
      return said.includes('the dashboard is served');
    });
  }

  signal(name) {
    this.#process.kill(name);
  }

  async kill() {
    if (!this.#process || this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill('SIGKILL');
    await ended;
  }

  async close() {
    await this.kill();
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** A request beside the browser's, with its own session. */
  async call(method, path, body, headers = {}) {
    const head = { ...headers, ...(this.#cookie ? { Cookie: this.#cookie } : {}), ...(method === 'GET' ? {} : { 'X-CSRF-Token': this.#csrf }) };
    if (body !== undefined) head['Content-Type'] = 'application/json';
    const response = await fetch(`${this.address}/api/v1${path}`, { method, headers: head, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const cookie = response.headers.get('set-cookie');
    if (cookie) this.#cookie = cookie.split(';')[0];
    const text = await response.text();
    const answer = { status: response.status, etag: response.headers.get('etag'), body: text ? JSON.parse(text) : null };
    if (path === '/session') this.#csrf = answer.body?.csrf ?? '';
    return answer;
  }

  get cookie() {
    return this.#cookie;
  }

  async enter(password) {
    await (password ? this.call('POST', '/session', { user: 'admin', password }) : this.call('GET', '/session'));
    return this;
  }

  /** The browser context's session is no longer one, as after a week. */
  async expire(context) {
    const [cookie] = (await context.cookies(this.address)).filter((one) => one.httpOnly);
    const headers = { Cookie: `${cookie.name}=${cookie.value}` };
    const session = await (await fetch(`${this.address}/api/v1/session`, { headers })).json();
    const gone = await fetch(`${this.address}/api/v1/session`, { method: 'DELETE', headers: { ...headers, 'X-CSRF-Token': session.csrf } });
    return gone.status;
  }
}
