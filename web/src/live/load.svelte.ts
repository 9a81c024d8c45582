// Something fetched that a page shows: value, whether it is on its way, what went wrong. The last value stays while
// the next one comes.
import { ApiError } from '../api/client.ts';

/** Until then a page shows nothing instead of a skeleton. */
const SKELETON_MS = 300;

export class Loaded<T> {
  value = $state.raw<T | null>(null);
  error = $state.raw<ApiError | null>(null);
  slow = $state(false);
  #stop: AbortController | null = null;

  async load(fetcher: (signal: AbortSignal) => Promise<T>): Promise<void> {
    this.#stop?.abort();
    const stop = new AbortController();
    this.#stop = stop;
    const timer = setTimeout(() => (this.slow = true), SKELETON_MS);
    try {
      const value = await fetcher(stop.signal);
      if (this.#stop !== stop) return;
      this.value = value;
      this.error = null;
    } catch (error) {
      if (this.#stop === stop && error instanceof ApiError) this.error = error;
    } finally {
      clearTimeout(timer);
      if (this.#stop === stop) this.slow = false;
    }
  }
}
