// The pages as an installed app: what is kept for when the service is away, and that it is never a number or a picture.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { MockShop } from '../../web/mock/server.mjs';
import { PAGES, WEB, checkAccess, close, goTo, hasChromium, openBrowser, openPage, settled, until } from './browser.mjs';

const skip = hasChromium ? false : 'Chromium is not installed';
let browser;
let shop;
let root;
let folder;

before(async () => {
  if (!skip) browser = await openBrowser();
});
after(async () => browser?.close());
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'chairside-app-'));
  cpSync(`${WEB}dist`, folder, { recursive: true });
  shop = new MockShop({ folder });
  root = await shop.listen();
});
afterEach(async () => {
  await Promise.all(browser?.contexts().map((context) => context.close()) ?? []);
  await shop.close();
  rmSync(folder, { recursive: true, force: true });
});

const kept = (page) => page.evaluate(async () => {
  const found = [];
  for (const name of await caches.keys()) for (const request of await (await caches.open(name)).keys()) found.push(new URL(request.url).pathname);
  return found;
});

/** The service worker runs, is in charge of this page, and has the shell. */
async function installed(page) {
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await until('the shell is kept', async () => (await kept(page)).includes('/now'));
}

test('app: it can be installed', { skip }, async () => {
  const page = await openPage(browser, `${root}/now`);
  await installed(page);
  const devtools = await page.context().newCDPSession(page);
  const { errors, data } = await devtools.send('Page.getAppManifest');
  assert.deepEqual(errors, []);
  const { icons } = JSON.parse(data);
  for (const { src, sizes } of icons) {
    const bytes = readFileSync(join(folder, src));
    if (src.endsWith('.png')) assert.equal(sizes, `${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`);
  }
  const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
  assert.deepEqual(installabilityErrors.map((one) => one.errorId).filter((id) => id !== 'in-incognito'), []);
  await close(page);
});

test('app: kept are the pages\' own files, after every page was seen, and nothing that the service answered', { skip }, async () => {
  const page = await openPage(browser, `${root}/now`);
  await installed(page);
  for (const name of PAGES) await goTo(page, `/${name}`);
  await goTo(page, '/cameras');
  await page.getByRole('button', { name: 'Live picture' }).first().click();
  await page.waitForSelector('canvas.drawn');
  const files = await kept(page);
  assert.ok(files.some((file) => file.startsWith('/assets/Zones')), files.join(' '));
  assert.deepEqual(files.filter((file) => file !== '/now' && !file.startsWith('/assets/')), []);
  await close(page);
});

test('app: opened while the service is away it says so and shows no number; back, it is live by itself', { skip }, async () => {
  const page = await openPage(browser, `${root}/now`);
  await page.waitForSelector('[data-number="haircuts"]');
  await installed(page);
  await shop.stopListening();
  await page.goto(`${root}/today`);
  await page.waitForSelector('text=The service does not answer');
  assert.equal(await page.locator('[data-number], [data-zone], [data-fresh="live"]').count(), 0);
  await checkAccess(page, 'opened while the service is away');
  await shop.restart();
  await settled(page, 'today');
  await page.waitForSelector('[data-fresh="live"]');
  await close(page);
});

test('app: a new version of the pages is there at once, and the old one\'s files go', { skip }, async () => {
  const page = await openPage(browser, `${root}/now`);
  await settled(page, 'now');
  await installed(page);
  await goTo(page, '/history');
  await until("the page's file is kept", async () => (await kept(page)).some((file) => file.startsWith('/assets/History')));
  writeFileSync(join(folder, 'index.html'), readFileSync(join(folder, 'index.html'), 'utf8').replace('<title>', '<meta name="build" content="next" /><title>'));
  await page.goto(`${root}/now`);
  await page.waitForSelector('meta[name="build"]', { state: 'attached' });
  await until('the old files are gone', async () => !(await kept(page)).some((file) => file.startsWith('/assets/History')));
  await shop.stopListening();
  await page.goto(`${root}/now`);
  await page.waitForSelector('meta[name="build"]', { state: 'attached' });
  await close(page);
});

test('app: over plain HTTP on the shop\'s network there is no service worker, and everything works', { skip }, async () => {
  const page = await openPage(browser, `http://shop.test:${shop.port}/now`);
  await page.waitForSelector('[data-fresh="live"]');
  assert.equal(await page.evaluate(() => isSecureContext || 'serviceWorker' in navigator), false);
  for (const name of PAGES) await goTo(page, `/${name}`);
  await shop.restart();
  await until('it comes back', () => shop.readers.size > 0);
  await page.waitForSelector('[data-fresh="live"]');
  await close(page);
});
