// One stream of the service's updates that comes back by itself. Own reader instead of EventSource: it sees the status
// (401 means log in), keeps Last-Event-ID over its own reconnects, and drops a connection that is silent but open.
import { EventParser, type Message } from './sse.ts';

/** Without a byte for this long the connection is taken for dead; the service sends a status each second. */
const SILENT_MS = 12_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8_000;

export interface StreamOptions {
  address: () => string;
  message: (message: Message) => void;
  /** The service asks for a log-in. */
  denied: () => void;
  /** A connection ended or could not be made. */
  lost?: () => void;
  fetch?: typeof fetch;
  random?: () => number;
}

export class LiveStream {
  #options: StreamOptions;
  #stop: AbortController | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #watch: ReturnType<typeof setInterval> | null = null;
  #lastByte = 0;
  #wait = FIRST_WAIT_MS;
  lastEventId = '';

  constructor(options: StreamOptions) {
    this.#options = options;
  }

  get open(): boolean {
    return this.#stop !== null || this.#timer !== null;
  }

  start(): void {
    if (!this.open) void this.#connect();
  }

  /** Closes; `start` goes on where it stopped. */
  stop(): void {
    this.#stop?.abort();
    this.#stop = null;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#watch) clearInterval(this.#watch);
    this.#watch = null;
  }

  /** Does not wait for the next attempt's time. */
  hurry(): void {
    if (!this.#timer) return;
    clearTimeout(this.#timer);
    this.#timer = null;
    void this.#connect();
  }

  async #connect(): Promise<void> {
    this.#timer = null;
    const stop = new AbortController();
    this.#stop = stop;
    this.#lastByte = Date.now();
    this.#watch = setInterval(() => {
      if (Date.now() - this.#lastByte > SILENT_MS) stop.abort();
    }, 1000);
    let denied = false;
    try {
      denied = await this.#read(stop.signal);
    } catch {
      // Every way to lose the connection is answered alike: try again.
    }
    if (this.#stop !== stop) return;
    this.stop();
    this.#options.lost?.();
    if (denied) this.#options.denied();
    else this.#again();
  }

  #again(): void {
    const spread = 0.75 + 0.5 * (this.#options.random ?? Math.random)();
    this.#timer = setTimeout(() => void this.#connect(), this.#wait * spread);
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT_MS);
  }

  async #read(signal: AbortSignal): Promise<boolean> {
    const headers: Record<string, string> = { Accept: 'text/event-stream' };
    if (this.lastEventId) headers['Last-Event-ID'] = this.lastEventId;
    const ask = this.#options.fetch ?? fetch;
    const response = await ask(this.#options.address(), { headers, signal, cache: 'no-store', credentials: 'same-origin' });
    if (response.status === 401) return true;
    if (!response.ok || !response.body) return false;
    const reader = response.body.getReader();
    const text = new TextDecoder();
    const parser = new EventParser();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return false;
      this.#lastByte = Date.now();
      this.#wait = FIRST_WAIT_MS;
      for (const message of parser.push(text.decode(value, { stream: true }))) this.#deliver(message);
    }
  }

  #deliver(message: Message): void {
    if (message.id !== null) this.lastEventId = message.id;
    this.#options.message(message);
  }
}
