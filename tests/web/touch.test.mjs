// The zone editor by finger, as Chromium makes touches of it: draw, drag, insert, pinch.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { MockShop } from '../../web/mock/server.mjs';
import { WEB, close, hasChromium, openBrowser, openPage, settled, steady, until } from './browser.mjs';

const skip = hasChromium ? false : 'Chromium is not installed';
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };
let browser;
let shop;
let root;

before(async () => {
  if (!skip) browser = await openBrowser();
});
after(async () => browser?.close());
beforeEach(async () => {
  shop = new MockShop({ folder: `${WEB}dist` });
  root = await shop.listen();
});
afterEach(async () => {
  await Promise.all(browser?.contexts().map((context) => context.close()) ?? []);
  await shop.close();
});

async function openEditor() {
  const page = await openPage(browser, `${root}/zones?camera=cutting`, PHONE);
  await settled(page, 'zones');
  await page.waitForSelector('canvas.drawn');
  page.devtools = await page.context().newCDPSession(page);
  return page;
}

const touch = (page, type, points) => page.devtools.send('Input.dispatchTouchEvent', { type, touchPoints: points.map(([x, y], id) => ({ x, y, id })) });

/** Fingers go from `from` to `to` (one point each) in steps, as fingers do. */
async function slide(page, from, to, steps = 6) {
  await touch(page, 'touchStart', from);
  for (let step = 1; step <= steps; step += 1) await touch(page, 'touchMove', from.map(([x, y], at) => [x + ((to[at][0] - x) * step) / steps, y + ((to[at][1] - y) * step) / steps]));
  await touch(page, 'touchEnd', []);
}

const middle = (box) => [box.x + box.width / 2, box.y + box.height / 2];
/** What is drawn and not saved: the camera's shapes. */
const draft = (page) => page.evaluate(() => JSON.parse(localStorage.getItem('chairside.zones') ?? 'null')?.shapes.cutting);
const chair = (of) => of.zoneSet.cameras[0].zones[0].polygon;

async function choose(page, name) {
  await page.getByRole('button', { name: new RegExp(`^${name}`) }).tap();
  await page.locator('svg[role=application]').scrollIntoViewIfNeeded();
}

test('touch: a corner is dragged, alone, and the page does not scroll meanwhile', { skip }, async () => {
  const page = await openEditor();
  await choose(page, 'chair 1');
  const from = middle(await steady(page.locator('[data-corner="2"]')));
  const scrolled = await page.evaluate(() => scrollY);
  await slide(page, [from], [[from[0] + 20, from[1] - 16]]);
  const [shape] = await until('it is changed', () => draft(page));
  assert.ok(shape.polygon[2][0] > chair(shop)[2][0] + 0.02 && shape.polygon[2][1] < chair(shop)[2][1] - 0.02, JSON.stringify(shape.polygon));
  assert.deepEqual([0, 1, 3].map((at) => shape.polygon[at]), [0, 1, 3].map((at) => chair(shop)[at]));
  assert.equal(await page.evaluate(() => scrollY), scrolled);
  await close(page);
});

test('touch: a finger between two corners draws a new one out', { skip }, async () => {
  const page = await openEditor();
  await choose(page, 'chair 1');
  const from = middle(await steady(page.locator('[data-middle="1"]')));
  await slide(page, [from], [[from[0] + 24, from[1]]]);
  const [shape] = await until('it is changed', () => draft(page));
  assert.equal(shape.polygon.length, 5);
  assert.ok(shape.polygon[2][0] > chair(shop)[1][0] + 0.03, JSON.stringify(shape.polygon));
  await close(page);
});

test('touch: a whole zone is dragged once it is chosen', { skip }, async () => {
  const page = await openEditor();
  await choose(page, 'chair 3');
  const from = middle(await steady(page.locator('[data-shape="2"]')));
  await slide(page, [from], [[from[0] - 12, from[1] + 10]]);
  const shapes = await until('it is changed', () => draft(page));
  const before = shop.zoneSet.cameras[0].zones[2].polygon;
  const by = shapes[2].polygon.map((point, at) => [point[0] - before[at][0], point[1] - before[at][1]]);
  assert.ok(by.every(([x, y]) => x < -0.01 && y > 0.01 && Math.abs(x - by[0][0]) < 0.002 && Math.abs(y - by[0][1]) < 0.002), JSON.stringify(by));
  await close(page);
});

test('touch: two fingers zoom where they are, a corner is then as easy to hold, and nothing was moved', { skip }, async () => {
  const page = await openEditor();
  await choose(page, 'chair 1');
  const canvas = page.locator('svg[role=application]');
  const before = await steady(canvas);
  const [x, y] = middle(await steady(page.locator('[data-shape="0"]')));
  await slide(page, [[x - 20, y], [x + 20, y]], [[x - 60, y], [x + 60, y]]);
  const after = await steady(canvas);
  assert.ok(after.width > before.width * 2.5 && after.width < before.width * 3.5, `${before.width} to ${after.width}`);
  const [there] = [middle(await steady(page.locator('[data-shape="0"]')))];
  assert.ok(Math.hypot(there[0] - x, there[1] - y) < 40, `what was between the fingers is there still: ${there} was ${[x, y]}`);
  assert.equal(await draft(page), undefined, 'zooming changes no zone');
  // Handles keep their size on the screen.
  const { width } = await steady(page.locator('[data-corner="0"]'));
  assert.ok(Math.abs(width - 32) < 4, `${width} px`);
  await slide(page, [[x - 40, y], [x + 60, y]], [[x - 8, y], [x + 8, y]]);
  const small = await steady(canvas);
  assert.ok(small.width < before.width * 1.1, `${small.width} of ${before.width}`);
  await close(page);
});

test('touch: corners are tapped, the first one again closes', { skip }, async () => {
  const page = await openEditor();
  await page.getByRole('button', { name: 'Waiting', exact: true }).tap();
  const canvas = page.locator('svg[role=application]');
  await canvas.scrollIntoViewIfNeeded();
  const box = await steady(canvas);
  const at = (right, down) => [box.x + right * box.width, box.y + down * box.height];
  for (const point of [at(0.3, 0.86), at(0.6, 0.86), at(0.6, 0.97), at(0.3, 0.86)]) await page.touchscreen.tap(...point);
  const shapes = await until('it is drawn', () => draft(page));
  const drawn = shapes.filter((one) => one.kind === 'WAIT');
  assert.deepEqual(drawn.map((one) => one.polygon.length), [3], JSON.stringify(shapes));
  await close(page);
});
