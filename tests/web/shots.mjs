// Screenshots of every page from the made-up shop: node tests/web/shots.mjs FOLDER [PAGE…]
// Sizes 320, 1280 and 1920, light and dark. Needs web/dist (tools/build_web).
import { mkdirSync } from 'node:fs';
import { MockShop } from '../../web/mock/server.mjs';
import { WEB, openBrowser } from './browser.mjs';

const SIZES = (process.env.SIZES ?? '320,1280,1920').split(',').map((width) => ({ width: Number(width), height: { 320: 640, 1280: 800, 1920: 1080 }[width] ?? 800 }));
const PAGES = { now: '/now', kiosk: '/now?kiosk=1', today: '/today', history: '/history', events: '/events', cameras: '/cameras', zones: '/zones', health: '/health', reports: '/reports', settings: '/settings', start: '/start', login: '/now' };
const [folder, ...wanted] = process.argv.slice(2);
const themes = (process.env.THEMES ?? 'light,dark').split(',');

mkdirSync(folder, { recursive: true });
const shop = new MockShop({ folder: `${WEB}dist` });
const root = await shop.listen();
if (process.env.BROKEN) shop.present.break('entrance');
const browser = await openBrowser();
for (const theme of themes) {
  for (const size of SIZES) {
    const context = await browser.newContext({ viewport: size, colorScheme: theme, locale: process.env.LOCALE ?? 'en-GB' });
    const page = await context.newPage();
    page.on('pageerror', (error) => console.log('page error:', error.message));
    page.on('console', (message) => message.type() === 'error' && console.log('console:', message.text()));
    for (const name of wanted.length ? wanted : Object.keys(PAGES)) {
      shop.session.role = name === 'login' ? null : 'admin';
      await page.goto(root + PAGES[name]);
      await page.waitForTimeout(Number(process.env.SETTLE ?? 700));
      await page.screenshot({ path: `${folder}/${name}-${size.width}-${theme}.png`, fullPage: process.env.FULL !== '0' && name !== 'kiosk' });
    }
    await context.close();
  }
}
await browser.close();
await shop.close();
