// Debian's Chromium, driven by playwright-core from web/node_modules, and what the tests of the pages share.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

export const WEB = fileURLToPath(new URL('../../web/', import.meta.url));
const require = createRequire(`${WEB}package.json`);
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
export const hasChromium = existsSync(CHROMIUM);
/** How long a condition may take on a slow machine with other work. Nothing waits this long where all is well. */
export const SLOW = 45000;
export const PAGES = ['now', 'today', 'history', 'events', 'cameras', 'zones', 'health', 'reports', 'settings', 'start'];

/** In it, shop.test is this machine under a name that browsers do not trust: no HTTPS, no service worker, no clipboard. */
export async function openBrowser() {
  const { chromium } = require('playwright-core');
  return chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--host-resolver-rules=MAP shop.test 127.0.0.1'] });
}

/** A page of its own browser context. What it throws or its policy refuses is kept in `faults`; close() holds it against nothing. */
export async function openPage(browser, address, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(SLOW);
  page.faults = [];
  page.on('pageerror', (error) => page.faults.push(error.message));
  page.on('console', (message) => message.type() === 'error' && /Content Security|Refused/.test(message.text()) && page.faults.push(message.text()));
  // For whoever reads a failed test's output.
  page.on('requestfailed', (request) => request.failure()?.errorText !== 'net::ERR_ABORTED' && console.log(`# ${request.method()} ${request.url()}: ${request.failure()?.errorText}`));
  page.on('response', (response) => response.status() >= 400 && console.log(`# ${response.request().method()} ${response.url()}: ${response.status()}`));
  await page.goto(address);
  return page;
}

export async function close(page) {
  assert.deepEqual(page.faults, []);
  await page.context().close();
}

/** The page's own file has come, its heading stands and nothing is a skeleton. */
export async function settled(page, name) {
  await page.waitForSelector(name ? `main[data-page="${name}"] h1` : 'main h1');
  await page.waitForFunction(() => !document.querySelector('.skeleton'));
}

/** Another page without loading the document again. */
export async function goTo(page, path) {
  await page.evaluate((to) => (history.pushState(null, '', to), dispatchEvent(new PopStateEvent('popstate'))), path);
  await settled(page, path.split(/[/?]/)[1]);
}

/** Where an element is, once it stays there. */
export async function steady(locator) {
  let last = null;
  for (const end = Date.now() + SLOW; ; ) {
    const box = await locator.boundingBox();
    if (box && JSON.stringify(box) === JSON.stringify(last)) return box;
    assert.ok(Date.now() < end, `${locator} does not come to rest`);
    last = box;
    await new Promise((go) => setTimeout(go, 120));
  }
}

export async function until(what, condition, limit_ms = SLOW) {
  for (const end = Date.now() + limit_ms; ; ) {
    const value = await condition();
    if (value) return value;
    assert.ok(Date.now() < end, `not within ${limit_ms / 1000} s: ${what}`);
    await new Promise((go) => setTimeout(go, 50));
  }
}

let axe = null;
/** No serious or critical finding of axe-core. Evaluated, not loaded: the page's policy stays in force. */
export async function checkAccess(page, where) {
  axe ??= readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe);
  // Colours on their way from one state to the next are nobody's to read.
  await page.waitForFunction(() => document.getAnimations().every((one) => one.playState !== 'running'));
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  const bad = violations.filter((one) => ['serious', 'critical'].includes(one.impact)).map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 120)).slice(0, 3).join(' | ')}`);
  assert.deepEqual(bad, [], where);
}

/** Nothing reaches beyond the screen's right edge. */
export async function checkWidth(page, where) {
  const [wide, screen] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(wide <= screen, `${where} is ${wide} px wide on ${screen}`);
}
