// The made-up service: the same HTTP interface as the program's (schema/openapi.yaml), for development and tests.
import { readFileSync, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { Present } from './live.mjs';
import { routes } from './routes.mjs';
import { TIME_ZONE, localDate } from './shop.mjs';
import { Past } from './summaries.mjs';

const KINDS = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.png': 'image/png', '.json': 'application/json', '.webmanifest': 'application/manifest+json' };
const POLICY = "default-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
export const DEFAULT_START = Date.parse('2026-11-24T13:20:00Z');

export class MockShop {
  constructor({ seed = 7, start = DEFAULT_START, speed = 1, folder = null, firstRun = false, role = 'admin', viewing = 'login', build = 'dev' } = {}) {
    this.folder = folder;
    this.epoch = 'e1';
    this.seq = { status: 0, event: 0, summary: 0, tracks: 0 };
    this.readers = new Set();
    this.kept = [];
    this.silent = false;
    this.session = { role, firstRun, viewing, build };
    this.reset({ seed, start, speed });
    this.server = createServer((request, response) => this.#answer(request, response));
    this.timers = [setInterval(() => this.#tick(), 1000), setInterval(() => this.present.step(), 200), setInterval(() => this.#sendTracks(), 200)];
  }

  reset({ seed, start, speed }) {
    let present = null;
    this.past = new Past(seed, localDate(start), () => (present ? present.now() : start));
    present = new Present({ seed, start, speed, past: this.past });
    this.present = present;
    this.zoneSet = { revision: 3, saved: new Date(start - 86400e3).toISOString(), by: 'admin', note: 'chair 4 added', origin: 'dashboard', cameras: structuredClone(present.zones) };
    this.zoneHistory = [this.zoneSet];
    /** The addresses of the cameras that were added here. */
    this.sources = new Map();
    this.plan = { places: {} };
    this.configFaults = [];
    present.changed = () => this.#sendStatus();
    present.stored = (event) => {
      this.#sendEvent(event);
      this.#send('summary', { seq: ++this.seq.summary, time: new Date(present.now()).toISOString(), ...present.today() });
    };
  }

  listen(port = 0) {
    return new Promise((resolve) => {
      this.server.listen(port, '127.0.0.1', () => {
        this.port = this.server.address().port;
        resolve(`http://127.0.0.1:${this.port}`);
      });
    });
  }

  async close() {
    this.timers.forEach(clearInterval);
    await this.stopListening();
  }

  stopListening() {
    this.readers.forEach((reader) => reader.response.destroy());
    this.readers.clear();
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(resolve));
  }

  /** As if the service had been started again: a new epoch, everybody is thrown out of the stream. */
  async restart() {
    await this.stopListening();
    this.epoch = `e${Number(this.epoch.slice(1)) + 1}`;
    this.kept = [];
    this.seq.event = 0;
    this.server = createServer((request, response) => this.#answer(request, response));
    await this.listen(this.port);
  }

  sessionDocument() {
    const { role, firstRun, viewing, build } = this.session;
    return {
      role, csrf: role ? 'mock-token' : null, first_run: firstRun, viewing, expires: null, version: '0.2.0', build,
      passwords: { admin: !firstRun, viewer: false }, lan: !firstRun, branch: { code: 'DEMO', name: 'Salon Kastanienallee' }, timezone: TIME_ZONE, now: new Date(this.present.now()).toISOString(),
    };
  }

  #answer(request, response) {
    const url = new URL(request.url, 'http://mock');
    if (url.pathname.startsWith('/api/v1/')) {
      routes(this, request, response, url).catch((error) => {
        response.statusCode = 500;
        response.end(String(error.stack));
      });
      return;
    }
    this.#file(url.pathname, response);
  }

  #file(path, response) {
    let file = this.folder && join(this.folder, normalize(path));
    if (!file || !existsSync(file) || statSync(file).isDirectory()) file = this.folder && extname(path) === '' ? join(this.folder, 'index.html') : null;
    response.setHeader('Content-Security-Policy', POLICY);
    if (!file) {
      response.statusCode = 404;
      response.end();
      return;
    }
    response.setHeader('Content-Type', KINDS[extname(file)] ?? 'application/octet-stream');
    response.end(readFileSync(file));
  }

  subscribe(request, response, url) {
    const topics = (url.searchParams.get('topics') ?? 'status,event,summary').split(',');
    const reader = { response, topics, camera: url.searchParams.get('camera') };
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    response.write(`retry: 500\nevent: hello\ndata: ${JSON.stringify({ epoch: this.epoch, heartbeat_s: 15, version: '0.2.0', build: this.session.build, seq: 1 })}\n\n`);
    this.readers.add(reader);
    request.on('close', () => this.readers.delete(reader));
    this.#replay(reader, request.headers['last-event-id']);
    if (topics.includes('status')) this.#write(reader, 'status', this.present.status(++this.seq.status));
    if (topics.includes('summary')) this.#write(reader, 'summary', { seq: ++this.seq.summary, time: new Date(this.present.now()).toISOString(), ...this.present.today() });
  }

  #replay(reader, last) {
    if (!last) return;
    const [epoch, seq] = last.split('.');
    if (epoch !== this.epoch) {
      this.#write(reader, 'resync', { reason: 'restarted', seq: 1 });
      return;
    }
    for (const message of this.kept) if (message.seq > Number(seq)) this.#write(reader, 'event', message, `${this.epoch}.${message.seq}`);
  }

  #write(reader, type, data, id = null) {
    if (this.silent || !(reader.topics.includes(type) || type === 'resync')) return;
    reader.response.write(`${id ? `id: ${id}\n` : ''}event: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  #send(type, data, id = null) {
    for (const reader of this.readers) this.#write(reader, type, data, id);
  }

  #sendEvent(event) {
    const message = { seq: ++this.seq.event, ...event };
    this.kept.push(message);
    this.#send('event', message, `${this.epoch}.${message.seq}`);
  }

  stored(event) {
    this.#sendEvent(event);
  }

  #sendStatus() {
    if (this.readers.size) this.#send('status', this.present.status(++this.seq.status));
  }

  #sendTracks() {
    for (const reader of this.readers) {
      if (!reader.topics.includes('tracks')) continue;
      for (const camera of this.present.zones) {
        if (!reader.camera || reader.camera === camera.id) this.#write(reader, 'tracks', this.present.tracks(++this.seq.tracks, camera.id));
      }
    }
  }

  #tick() {
    this.#sendStatus();
  }
}
