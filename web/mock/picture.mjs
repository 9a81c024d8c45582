// A drawn picture of the made-up shop, as PNG: the mock has no camera and no JPEG encoder.
import { crc32 as zlibCrc, deflateSync } from 'node:zlib';

const WIDTH = 640;
const HEIGHT = 360;
const BACK = { cutting: [185, 179, 166], entrance: [169, 176, 178] };
const SEATS = { CHAIR: [91, 70, 54], WASH: [223, 230, 234], WAIT: [108, 122, 88] };

function crc(bytes) {
  if (zlibCrc) return zlibCrc(bytes);
  let value = 0xffffffff;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  }
  return (value ^ 0xffffffff) >>> 0;
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc(body), out.length - 4);
  return out;
}

/** A PNG of rows that each begin with a filter byte. `type`: 2 red, green, blue; 3 places in the palette. */
export function encode({ width, height, depth, type, palette = null, rows, level = 9 }) {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([depth, type, 0, 0, 0], 8);
  const parts = [Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), chunk('IHDR', head), ...(palette ? [chunk('PLTE', palette)] : []), chunk('IDAT', deflateSync(rows, { level })), chunk('IEND', Buffer.alloc(0))];
  return Buffer.concat(parts);
}

function png(pixels) {
  const rows = Buffer.alloc(HEIGHT * (WIDTH * 3 + 1));
  for (let y = 0; y < HEIGHT; y += 1) pixels.copy(rows, y * (WIDTH * 3 + 1) + 1, y * WIDTH * 3, (y + 1) * WIDTH * 3);
  return encode({ width: WIDTH, height: HEIGHT, depth: 8, type: 2, rows, level: 1 });
}

export function picture(camera, zones, people) {
  const pixels = Buffer.alloc(WIDTH * HEIGHT * 3);
  const fill = (left, top, right, bottom, [red, green, blue]) => {
    for (let y = Math.max(0, Math.round(top * HEIGHT)); y < Math.min(HEIGHT, Math.round(bottom * HEIGHT)); y += 1) {
      for (let x = Math.max(0, Math.round(left * WIDTH)); x < Math.min(WIDTH, Math.round(right * WIDTH)); x += 1) pixels.set([red, green, blue], (y * WIDTH + x) * 3);
    }
  };
  fill(0, 0, 1, 0.6, BACK[camera] ?? [170, 170, 170]);
  fill(0, 0.6, 1, 1, [141, 123, 102]);
  fill(0.3, 0.05, 0.62, 0.26, [215, 222, 224]);
  for (const { type, polygon } of zones) {
    const xs = polygon.map((point) => point[0]);
    const ys = polygon.map((point) => point[1]);
    const middle = (Math.min(...ys) + Math.max(...ys)) / 2;
    fill(Math.min(...xs), middle, Math.max(...xs), Math.max(...ys), SEATS[type]);
  }
  for (const { box: [x, y, w, h] } of people) {
    for (let row = 0; row < h / 0.02; row += 1) {
      for (let column = 0; column < w / 0.012; column += 1) {
        const grey = 70 + ((row * 31 + column * 17) % 60);
        fill(x + column * 0.012, y + row * 0.02, x + (column + 1) * 0.012, y + (row + 1) * 0.02, [grey, grey - 8, grey - 14]);
      }
    }
  }
  return png(pixels);
}
