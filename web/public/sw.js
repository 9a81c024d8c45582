// Keeps the pages' own files, so that the installed app opens while the service is away, and says so. Nothing else is
// kept or even touched: what the service answers (numbers, events, pictures) always comes from the service.
const KEPT = 'chairside-shell';
const SHELL = '/now';
const FILES = /\/assets\/[\w.-]+/g;

// The document and what it names. A new document means new files: the old ones go, those of later pages come when asked for.
async function renew(response) {
  const text = await response.clone().text();
  const kept = await caches.open(KEPT);
  const before = await kept.match(SHELL);
  if (before && (await before.text()) === text) return;
  const files = [...new Set(text.match(FILES) ?? [])];
  const fresh = await Promise.all(files.map(async (file) => [file, (await kept.match(file)) ?? (await fetch(file))]));
  if (fresh.some(([, answer]) => !answer.ok)) return;
  await caches.delete(KEPT);
  const empty = await caches.open(KEPT);
  await Promise.all(fresh.map(([file, answer]) => empty.put(file, answer)));
  await empty.put(SHELL, response);
}

async function open(event) {
  let response;
  try {
    response = await fetch(event.request);
  } catch (error) {
    const shell = await caches.match(SHELL);
    if (shell) return shell;
    throw error;
  }
  if (response.ok && !response.redirected && response.headers.get('Content-Type')?.startsWith('text/html')) event.waitUntil(renew(response.clone()));
  return response;
}

// Files with a hash in their names never change.
async function file(event) {
  const known = await caches.match(event.request);
  if (known) return known;
  const response = await fetch(event.request);
  const copy = response.clone();
  if (response.ok) event.waitUntil(caches.open(KEPT).then((kept) => kept.put(event.request, copy)));
  return response;
}

self.addEventListener('install', (event) => {
  self.skipWaiting();
  event.waitUntil(fetch(SHELL).then((response) => (response.ok ? renew(response) : undefined)));
});

self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== self.location.origin || url.pathname.startsWith('/api/')) return;
  if (event.request.mode === 'navigate') event.respondWith(open(event));
  else if (url.pathname.startsWith('/assets/')) event.respondWith(file(event));
});
