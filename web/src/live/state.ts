// What the stream's messages make of the page's state. Pure: a state and a message in, the next state out.
import type { Live, ShopEvent, Today } from '../api/types.ts';
import type { Message } from './sse.ts';

const KEPT_EVENTS = 500;

export interface LiveState {
  live: Live | null;
  /** Events since the page was opened, newest first. */
  events: readonly ShopEvent[];
  epoch: string;
  build: string;
  /** Grows when what was fetched before may miss events. */
  resyncs: number;
}

export const EMPTY: LiveState = { live: null, events: [], epoch: '', build: '', resyncs: 0 };

export function apply(state: LiveState, message: Message): LiveState {
  const data: unknown = read(message.data);
  if (data === null) return state;
  if (message.type === 'status') return withLive(state, data as Live);
  if (message.type === 'summary') return withToday(state, data as Today);
  if (message.type === 'event') return { ...state, events: withEvent(state.events, data as ShopEvent) };
  if (message.type === 'resync') return { ...state, resyncs: state.resyncs + 1 };
  if (message.type === 'hello') return withHello(state, data as { epoch: string; build: string });
  return state;
}

function read(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}

function withLive(state: LiveState, live: Live): LiveState {
  if (state.live && live.seq < state.live.seq) return state;
  return { ...state, live };
}

function withToday(state: LiveState, today: Today): LiveState {
  return state.live ? { ...state, live: { ...state.live, today } } : state;
}

function withHello(state: LiveState, hello: { epoch: string; build: string }): LiveState {
  const restarted = state.epoch !== '' && state.epoch !== hello.epoch;
  // The sequence numbers begin again: the old snapshot must not look newer than the new ones.
  const live = restarted && state.live ? { ...state.live, seq: -1 } : state.live;
  return { ...state, live, epoch: hello.epoch, build: hello.build, resyncs: state.resyncs + (restarted ? 1 : 0) };
}

/** The list with the event in its place by start, newest first; an older revision changes nothing. */
export function withEvent(events: readonly ShopEvent[], event: ShopEvent): readonly ShopEvent[] {
  const old = events.find((one) => one.id === event.id);
  if (old && old.revision >= event.revision) return events;
  const others = events.filter((one) => one.id !== event.id);
  const at = others.findIndex((one) => one.start < event.start);
  others.splice(at < 0 ? others.length : at, 0, event);
  return others.slice(0, KEPT_EVENTS);
}

export type Freshness = 'connecting' | 'live' | 'behind' | 'offline';

const BEHIND_MS = 3_000;
const STALE_MS = 10_000;

/** How fresh the page is, by when the last snapshot came (milliseconds of one clock; null: none came). */
export function freshness(lastMs: number | null, nowMs: number, openedMs: number): Freshness {
  const age = nowMs - (lastMs ?? openedMs);
  if (age > STALE_MS) return 'offline';
  if (lastMs === null) return 'connecting';
  return age > BEHIND_MS ? 'behind' : 'live';
}
