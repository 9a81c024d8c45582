#!/usr/bin/env node
// How long until an event that was committed is on an open page: the real program on the sample video, its Events page in
// Chromium, and beside it a bare reader of the same stream, which is the limit for any page.
//
//   bench/page_updates.mjs [SECONDS [PAGES]]
//
// Times run from when the event's first revision can be read from the store by another connection (bench/commit_watch.py).
// `dom`: the row is in the document; `frame`: the browser has begun the next frame with it. Bar: 200 ms. PAGES other pages are
// open beside the one that is measured. Needs build/chairside and web/node_modules; exit 77 where something is missing.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Agent, CROSSING, LAWN, missing } from '../tests/web/agent/agent.mjs';
import { goTo, hasChromium, openBrowser, openPage, settled, until } from '../tests/web/browser.mjs';

const BAR_MS = 200;
const [seconds = 60, others = 0] = process.argv.slice(2).map(Number);
const here = fileURLToPath(new URL('.', import.meta.url));

function watchCommits(store) {
  const child = spawn('python3', [join(here, 'commit_watch.py'), store], { stdio: ['ignore', 'pipe', 'inherit'] });
  const commits = new Map();
  let rest = '';
  child.stdout.on('data', (bytes) => {
    const lines = (rest + bytes).split('\n');
    rest = lines.pop();
    for (const line of lines) {
      const [id, , ms] = line.split(' ');
      if (ms && !commits.has(id)) commits.set(id, Number(ms));
      if (line === 'watching') child.watching = true;
    }
  });
  return { child, commits };
}

async function readStream(agent, seen, signal) {
  const response = await fetch(`${agent.address}/api/v1/stream?topics=event`, { signal, headers: { Accept: 'text/event-stream', Cookie: agent.cookie } });
  if (!response.ok) throw new Error(`the stream answers ${response.status}`);
  const text = new TextDecoder();
  let rest = '';
  for await (const bytes of response.body) {
    const now = performance.timeOrigin + performance.now();
    const messages = (rest + text.decode(bytes, { stream: true })).split('\n\n');
    rest = messages.pop();
    for (const message of messages) {
      const id = /"id":"([0-9a-f-]{36})"/.exec(message)?.[1];
      if (id && !seen.has(id)) seen.set(id, now);
    }
  }
}

/** In the page: when each row came. */
function observe() {
  window.rows = {};
  const now = () => performance.timeOrigin + performance.now();
  const note = () => {
    for (const row of document.querySelectorAll('[data-event]')) {
      const id = row.dataset.event;
      if (window.rows[id]) continue;
      const times = (window.rows[id] = { dom: now(), frame: null });
      requestAnimationFrame(() => setTimeout(() => (times.frame = now())));
    }
  };
  new MutationObserver(note).observe(document.body, { childList: true, subtree: true });
}

function figures(name, list) {
  const sorted = [...list].sort((one, other) => one - other);
  const at = (part) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))]?.toFixed(0) ?? '–';
  const within = sorted.filter((one) => one <= BAR_MS).length;
  console.log(`${name.padEnd(7)} p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, most ${at(1)} ms; ${within} of ${sorted.length} within ${BAR_MS} ms`);
}

if (missing() || !hasChromium) {
  console.log(missing() || 'Chromium is not installed');
  process.exit(77);
}
const agent = await Agent.begin({ zones: [LAWN, CROSSING] });
const browser = await openBrowser();
const stop = new AbortController();
const arrived = new Map();
const { child, commits } = watchCommits(join(agent.dir, 'store.db'));
try {
  await agent.enter();
  await until('the store is watched', () => child.watching);
  const reading = readStream(agent, arrived, stop.signal).catch((error) => stop.signal.aborted || console.error(error));
  const page = await openPage(browser, `${agent.address}/events`);
  await settled(page, 'events');
  for (let at = 0; at < others; at += 1) await goTo(await openPage(browser, `${agent.address}/now`), '/now');
  await page.evaluate(observe);
  const from = Date.now();
  await page.waitForTimeout(seconds * 1000);
  const until_ms = Date.now() - 2000;
  const rows = await page.evaluate(() => window.rows);
  stop.abort();
  await reading;
  const measured = [...commits].filter(([id, at]) => at > from && at < until_ms && arrived.has(id));
  const missing = measured.filter(([id]) => !rows[id]).length;
  console.log(`${measured.length} events in ${seconds} s, ${others + 1} page${others ? 's' : ''} open${missing ? `; ${missing} NOT ON THE PAGE` : ''}`);
  const shown = measured.filter(([id]) => rows[id]);
  figures('stream', measured.map(([id, at]) => arrived.get(id) - at));
  figures('dom', shown.map(([id, at]) => rows[id].dom - at));
  figures('frame', shown.filter(([id]) => rows[id].frame).map(([id, at]) => rows[id].frame - at));
  process.exitCode = missing || measured.length === 0 ? 1 : 0;
} finally {
  child.kill();
  await browser.close();
  await agent.close();
}
