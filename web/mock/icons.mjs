// node mock/icons.mjs: draws public/icon.svg full-bleed, as PNG for phones' home screens (web/public/icon-*.png).
// Needs Chromium. Its pixels lie between two colours: sixteen steps are enough, and a few kilobytes.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { encode } from './picture.mjs';

const PUBLIC = fileURLToPath(new URL('../public/', import.meta.url));
const BACK = [0x1b, 0x4f, 0x9c];
const STEPS = 16;
const { chromium } = createRequire(import.meta.url)('playwright-core');

// A platform cuts the edge off (a circle, a drop): what is drawn stays within the middle 80 %.
const svg = readFileSync(`${PUBLIC}icon.svg`, 'utf8').replace(/<rect[^>]*>/, '<rect x="-8" y="-8" width="80" height="80" fill="#1b4f9c"/>').replace('viewBox="0 0 64 64"', 'viewBox="-6 -6 76 76"');
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
for (const size of [192, 512]) {
  const page = await browser.newPage();
  const reds = await page.evaluate(async ([source, side]) => {
    const image = new Image();
    image.src = `data:image/svg+xml,${encodeURIComponent(source)}`;
    await image.decode();
    const canvas = new OffscreenCanvas(side, side).getContext('2d');
    canvas.drawImage(image, 0, 0, side, side);
    return [...canvas.getImageData(0, 0, side, side).data].filter((_, at) => at % 4 === 0);
  }, [svg.replace('<svg ', `<svg width="${size}" height="${size}" `), size]);
  const levels = reds.map((red) => Math.round(((red - BACK[0]) / (255 - BACK[0])) * (STEPS - 1)));
  const palette = Array.from({ length: STEPS }, (_, step) => BACK.map((part) => Math.round(part + ((255 - part) * step) / (STEPS - 1)))).flat();
  const row = size / 2 + 1;
  const rows = Buffer.alloc(row * size);
  levels.forEach((level, at) => {
    rows[Math.floor(at / size) * row + 1 + Math.floor((at % size) / 2)] |= at % 2 ? level : level << 4;
  });
  writeFileSync(`${PUBLIC}icon-${size}.png`, encode({ width: size, height: size, depth: 4, type: 3, palette: Buffer.from(palette), rows }));
}
await browser.close();
