// Screenshots of every page from the made-up shop, as WebP: node tests/web/shots.mjs [FOLDER [PAGE…]]
// Without a folder those of docs/images/pages, from the shop's fixed day. Needs web/dist (tools/build_web).
//
//   SIZES=320,1280,1920  THEMES=light,dark  LOCALE=en-GB  FULL=1 (the whole page)  BROKEN=1 (a camera is blind)
//   VISION=protanopia | deuteranopia | tritanopia | achromatopsia (as such eyes see it)   FORMAT=webp | png
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MockShop } from '../../web/mock/server.mjs';
import { WEB, openBrowser, openPage, settled } from './browser.mjs';

const HEIGHTS = { 320: 640, 1280: 800, 1920: 1080 };
const PAGES = { now: '/now', kiosk: '/now?kiosk=1', today: '/today', history: '/history', events: '/events', cameras: '/cameras', zones: '/zones', health: '/health', reports: '/reports', settings: '/settings', start: '/start', login: '/now' };
const MOST_BYTES = 200e3;
const [folder = fileURLToPath(new URL('../../docs/images/pages', import.meta.url)), ...wanted] = process.argv.slice(2);
const { SIZES = '320,1280,1920', THEMES = 'light,dark', LOCALE = 'en-GB', FULL, BROKEN, VISION, FORMAT = 'webp' } = process.env;

/** What each page is shown with: somebody has pressed something on it. */
const READY = {
  cameras: async (page) => {
    await page.locator('main section button[aria-pressed="false"]').first().click();
    await page.waitForSelector('canvas.drawn');
  },
  zones: async (page) => {
    await page.waitForSelector('canvas.drawn');
    await page.locator('.zones button').first().click();
  },
};

async function shoot(page, file) {
  const devtools = await page.context().newCDPSession(page);
  if (VISION) await devtools.send('Emulation.setEmulatedVisionDeficiency', { type: VISION });
  const { width, height } = page.viewportSize();
  const tall = FULL ? await page.evaluate(() => document.documentElement.scrollHeight) : height;
  for (const quality of [82, 70, 55]) {
    const { data } = await devtools.send('Page.captureScreenshot', { format: FORMAT, ...(FORMAT === 'webp' ? { quality } : {}), captureBeyondViewport: true, clip: { x: 0, y: 0, width, height: tall, scale: 1 } });
    writeFileSync(file, Buffer.from(data, 'base64'));
    if (statSync(file).size <= MOST_BYTES) break;
  }
  await devtools.detach();
}

mkdirSync(folder, { recursive: true });
const shop = new MockShop({ folder: `${WEB}dist` });
const root = await shop.listen();
if (BROKEN) shop.present.break('entrance');
const browser = await openBrowser();
let sum = 0;
for (const colorScheme of THEMES.split(',')) {
  for (const width of SIZES.split(',').map(Number)) {
    for (const name of wanted.length ? wanted : Object.keys(PAGES)) {
      Object.assign(shop.session, { role: name === 'login' ? null : 'admin', firstRun: name === 'start' });
      const page = await openPage(browser, root + PAGES[name], { viewport: { width, height: HEIGHTS[width] ?? 800 }, colorScheme, locale: LOCALE });
      if (name === 'login') await page.waitForSelector('input[type=password]');
      else await settled(page, PAGES[name].split(/[/?]/)[1]);
      if (name !== 'login') await page.waitForSelector('[data-fresh="live"]');
      await READY[name]?.(page);
      await page.waitForFunction(() => document.fonts.status === 'loaded' && document.getAnimations().every((one) => one.playState !== 'running'));
      await page.waitForTimeout(Number(process.env.SETTLE ?? 400));
      await page.evaluate(() => scrollTo(0, 0));
      const file = join(folder, `${name}-${width}-${colorScheme}.${FORMAT}`);
      await shoot(page, file);
      sum += statSync(file).size;
      if (page.faults.length) console.log(file, page.faults);
      await page.context().close();
    }
  }
}
console.log(`${(sum / 1e6).toFixed(2)} MB`);
await browser.close();
await shop.close();
