// Addresses that name what is seen: /history?by=hour&from=…; Back works, links can be sent.

export const PAGES = ['now', 'today', 'history', 'events', 'cameras', 'zones', 'health', 'reports', 'settings', 'start'] as const;
export type Page = (typeof PAGES)[number];

class Router {
  #url = $state.raw(new URL(location.href));

  constructor() {
    window.addEventListener('popstate', () => (this.#url = new URL(location.href)));
  }

  get page(): Page {
    const name = this.#url.pathname.split('/')[1] ?? '';
    return (PAGES as readonly string[]).includes(name) ? (name as Page) : 'now';
  }
  get kiosk(): boolean {
    return this.#url.searchParams.has('kiosk');
  }
  param(name: string): string {
    return this.#url.searchParams.get(name) ?? '';
  }

  go(address: string, replace = false): void {
    if (replace) history.replaceState(null, '', address);
    else history.pushState(null, '', address);
    this.#url = new URL(location.href);
    if (!replace) window.scrollTo(0, 0);
  }

  /** Changes some parameters of the page that is shown; empty removes. */
  set(changes: Record<string, string>, replace = false): void {
    const url = new URL(this.#url);
    for (const [name, value] of Object.entries(changes)) {
      if (value) url.searchParams.set(name, value);
      else url.searchParams.delete(name);
    }
    this.go(url.pathname + url.search, replace);
  }
}

export const router = new Router();

/** For links inside the page: follows them without loading, leaves new tabs and downloads to the browser. */
export function followLinks(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = (event.target as Element | null)?.closest('a');
  const target = link?.getAttribute('href');
  if (!link || !target || !target.startsWith('/') || target.startsWith('/api/') || link.hasAttribute('download') || link.getAttribute('target')) return;
  event.preventDefault();
  router.go(target);
}
