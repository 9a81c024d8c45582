// node mock/main.mjs [port] [speed]: the made-up shop with the built pages, until Ctrl+C.
import { fileURLToPath } from 'node:url';
import { MockShop } from './server.mjs';

const shop = new MockShop({ folder: fileURLToPath(new URL('../dist', import.meta.url)), start: Date.now(), speed: Number(process.argv[3] ?? 1) });
console.log(`${await shop.listen(Number(process.argv[2] ?? 8091))}/`);
