// The page's one source of truth: session, snapshot, clock, freshness. Only this file talks to the stream.
import { address, get, onLoggedOut, useToken } from '../api/client.ts';
import type { Live, Session } from '../api/types.ts';
import { LiveStream } from './stream.ts';
import { EMPTY, apply, freshness, type LiveState } from './state.ts';
import type { Message } from './sse.ts';

const CLOCK_MS = 1000;
/** A hidden page gives its connection back: browsers allow six per address, over all tabs. */
const HIDDEN_MS = 20_000;

class Shop {
  session = $state.raw<Session | null>(null);
  #state = $state.raw<LiveState>(EMPTY);
  /** Server time, Unix milliseconds, ticking each second. */
  now = $state(Date.now());
  #offsetMs = 0;
  #lastMs = $state<number | null>(null);
  #openedMs = Date.now();
  #localNow = $state(Date.now());
  #hideTimer: ReturnType<typeof setTimeout> | null = null;
  #stream = new LiveStream({
    address: () => address('/stream', { topics: 'status,event,summary' }),
    message: (message) => this.#take(message),
    denied: () => void this.refreshSession(),
  });

  get live(): Live | null {
    return this.#state.live;
  }
  get events() {
    return this.#state.events;
  }
  /** Derived, as `businessDate` is: who waits for it to change is not woken by each message that changes something else. */
  resyncs = $derived(this.#state.resyncs);
  businessDate = $derived(this.#state.live?.business_date ?? '');
  get timezone(): string {
    return this.session?.timezone ?? 'UTC';
  }
  get admin(): boolean {
    return this.session?.role === 'admin';
  }
  get fresh() {
    return freshness(this.#lastMs, this.#localNow, this.#openedMs);
  }
  /** Seconds since the last snapshot, and the server's time of it. */
  get age(): number {
    return Math.round((this.#localNow - (this.#lastMs ?? this.#openedMs)) / 1000);
  }
  get lastSeen(): number | null {
    return this.live ? Date.parse(this.live.time) : null;
  }
  /** A newer page is there: reload at the next chance. */
  get outdated(): boolean {
    return this.#state.build !== '' && this.session !== null && this.#state.build !== this.session.build;
  }

  async begin(): Promise<void> {
    onLoggedOut(() => void this.refreshSession());
    setInterval(() => this.#tick(), CLOCK_MS);
    document.addEventListener('visibilitychange', () => this.#visible());
    window.addEventListener('online', () => this.#stream.hurry());
    await this.refreshSession();
  }

  #refreshing: Promise<void> | null = null;

  refreshSession(): Promise<void> {
    this.#refreshing ??= this.#readSession().finally(() => (this.#refreshing = null));
    return this.#refreshing;
  }

  async #readSession(): Promise<void> {
    try {
      this.enter(await get<Session>('/session'));
    } catch {
      // No answer: the stream's own attempts go on, and a page without a session asks again.
      setTimeout(() => void this.refreshSession(), 2000);
    }
  }

  enter(session: Session): void {
    const before = this.session?.build;
    this.session = before ? { ...session, build: before } : session;
    useToken(session.csrf);
    this.#setClock(session.now);
    if (session.role) this.#stream.start();
    else this.#stream.stop();
  }

  #take(message: Message): void {
    const before = this.#state.live;
    this.#state = apply(this.#state, message);
    if (message.type === 'status' && this.#state.live && this.#state.live !== before) {
      this.#lastMs = Date.now();
      this.#localNow = this.#lastMs;
      this.#setClock(this.#state.live.time);
    }
    if (message.type === 'hello' && this.outdated && document.hidden) location.reload();
  }

  #setClock(time: string): void {
    this.#offsetMs = Date.parse(time) - Date.now();
    this.now = Date.parse(time);
  }

  #tick(): void {
    this.#localNow = Date.now();
    // Stale numbers must not look alive: their clocks stand still with them.
    if (this.fresh !== 'offline') this.now = Date.now() + this.#offsetMs;
  }

  #visible(): void {
    if (this.#hideTimer) clearTimeout(this.#hideTimer);
    this.#hideTimer = null;
    if (document.hidden) {
      this.#hideTimer = setTimeout(() => this.#stream.stop(), HIDDEN_MS);
      return;
    }
    this.#tick();
    if (this.outdated) location.reload();
    if (!this.session?.role) return;
    this.#stream.start();
    this.#stream.hurry();
    void this.#snapshot();
  }

  async #snapshot(): Promise<void> {
    try {
      const live = await get<Live>('/live');
      this.#take({ type: 'status', data: JSON.stringify({ ...live, seq: this.live?.seq ?? 0 }), id: null });
    } catch {
      // The stream brings it.
    }
  }
}

export const shop = new Shop();
