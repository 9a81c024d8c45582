// The pages in Chromium against the real program on the sample video: set-up from nothing, each page, zones that count,
// two browsers, log-ins that end, and a service that is killed or does not answer.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { PAGES, SLOW, checkAccess, checkWidth, close, goTo, hasChromium, openBrowser, openPage, settled, steady, until } from '../browser.mjs';
import { Agent, CROSSING, LAWN, PASSWORD, missing } from './agent.mjs';

const skip = missing() || (hasChromium ? false : 'Chromium is not installed');
let browser;
const agents = [];

before(async () => {
  if (!skip) browser = await openBrowser();
});
after(async () => browser?.close());
afterEach(async () => {
  await Promise.all(browser?.contexts().map((context) => context.close()) ?? []);
  await Promise.all(agents.splice(0).map((agent) => agent.close()));
});

async function begin(options) {
  const agent = await Agent.begin(options);
  agents.push(agent);
  return agent;
}

/** The picture is drawn: the canvas has the camera's size. */
const pictured = (page) => page.waitForFunction(() => document.querySelector('canvas.drawn')?.width > 300);

async function drawZone(page, corners) {
  const canvas = page.locator('svg[role=application]');
  await canvas.scrollIntoViewIfNeeded();
  const box = await steady(canvas);
  for (const [x, y] of corners) await page.mouse.click(box.x + x * box.width, box.y + y * box.height);
  await page.keyboard.press('f');
}

async function logIn(page) {
  await page.fill('input[type=password]', PASSWORD);
  await page.click('form button');
}

test('set-up from nothing: password, camera, zones, done; what was drawn counts, and every page has something to say', { skip }, async () => {
  const agent = await begin();
  const page = await openPage(browser, `${agent.address}/`);
  await page.waitForSelector('[aria-current="step"] input[type=password]');
  await checkAccess(page, 'the guide, first step');
  await page.fill('input[type=password]', PASSWORD);
  await page.getByRole('button', { name: 'Set password' }).click();
  await page.waitForSelector('li:nth-child(1) .sign.done');
  await page.waitForSelector('li:nth-child(2) .sign.done');
  await checkAccess(page, 'the guide, third step');
  // Nothing has been counted and nothing is drawn: each page says so and what to do.
  for (const name of PAGES) {
    await goTo(page, `/${name}`);
    await checkAccess(page, `${name}, empty`);
  }
  await goTo(page, '/start');
  await page.getByRole('link', { name: 'Draw a chair' }).click();
  await settled(page, 'zones');
  await pictured(page);
  await page.getByRole('button', { name: 'Chair', exact: true }).click();
  await drawZone(page, [[0.06, 0.2], [0.94, 0.2], [0.94, 0.94], [0.06, 0.94]]);
  await page.waitForSelector('text=chair 1 new');
  await page.getByRole('spinbutton', { name: 'Seats' }).fill('12');
  await page.keyboard.press('Tab');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.waitForSelector('text=in effect now');
  await checkAccess(page, 'zones, saved');
  await goTo(page, '/start');
  await page.waitForSelector('text=Done. It counts.');
  await page.getByRole('link', { name: 'The shop now' }).click();
  await page.waitForSelector('[data-zone="chair 1"][data-state="occupied"]');
  await goTo(page, '/events');
  await page.waitForSelector('[data-event]');
  assert.match(await page.locator('[data-event]').first().textContent(), /chair 1/);
  await checkAccess(page, 'events of the new zone');
  await close(page);
});
