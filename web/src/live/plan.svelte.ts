// Where the places stand on the plan of the shop: kept by the service, the same in every browser and on the wall screen.
import { ApiError, get, send } from '../api/client.ts';
import type { Point } from '../api/types.ts';

type Places = Record<string, Point>;

/** Between the last move and saving: a drag is one save. */
const SAVE_MS = 600;
/** What somebody else arranged is seen by then. */
const AGAIN_MS = 60_000;
/** Where earlier versions kept it: in this browser. */
const BEFORE = 'chairside.plan';

export class KeptPlan {
  places = $state.raw<Places>({});
  error = $state.raw<ApiError | null>(null);
  #timer: ReturnType<typeof setTimeout> | null = null;
  #again: ReturnType<typeof setInterval>;

  constructor() {
    void this.load(true);
    this.#again = setInterval(() => document.hidden || void this.load(), AGAIN_MS);
  }

  async load(first = false): Promise<void> {
    try {
      const { places } = await get<{ places: Places }>('/plan');
      // Not over a move that is not saved yet.
      if (this.#timer) return;
      const before = first && Object.keys(places).length === 0 ? this.#before() : null;
      this.places = before ?? places;
    } catch {
      // The plan as laid out by itself is as good until it comes.
    }
  }

  #before(): Places | null {
    try {
      return JSON.parse(localStorage.getItem(BEFORE) ?? 'null') as Places | null;
    } catch {
      return null;
    }
  }

  set(places: Places): void {
    this.places = places;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#save(), SAVE_MS);
  }

  async #save(): Promise<void> {
    try {
      await send('PUT', '/plan', { places: this.places });
      localStorage.removeItem(BEFORE);
      this.error = null;
    } catch (caught) {
      if (caught instanceof ApiError) this.error = caught;
    } finally {
      this.#timer = null;
    }
  }

  close(): void {
    clearInterval(this.#again);
    if (!this.#timer) return;
    clearTimeout(this.#timer);
    void this.#save();
  }
}
