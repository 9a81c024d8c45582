// Where chairs, basins and seats stand on the drawn plan: from the zones' places in their cameras' pictures, pushed
// apart until none covers another. Pixels, so that words keep their size on every screen. Pure and deterministic.
import type { LiveZone, Point } from '../api/types.ts';
import { centre, clamp } from './polygon.ts';

export interface Place {
  key: string;
  /** Centre, pixels. */
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Room {
  camera: string;
  x: number;
  width: number;
  y: number;
  height: number;
  /** Where places set by hand are parts of. */
  head: number;
  tall: number;
}

export interface Plan {
  places: Place[];
  rooms: Room[];
  width: number;
  height: number;
}

const NODE = { width: 116, height: 146 };
const SEAT_WIDTH = 58;
const MARGIN = 12;
const HEAD = 30;
const ROUNDS = 80;

export const keyOf = (zone: { camera: string; name: string }): string => `${zone.camera}/${zone.name}`;

export function seatsShown(zone: LiveZone): number {
  return clamp(Math.max(zone.capacity, zone.people.length), 1, 6);
}

function nodeSize(zone: LiveZone, most: number): { width: number; height: number; columns: number } {
  if (zone.type !== 'WAIT') return { ...NODE, columns: 1 };
  const seats = seatsShown(zone);
  const columns = Math.min(seats, Math.max(2, Math.floor((most - 24) / SEAT_WIDTH)));
  return { columns, width: Math.max(NODE.width, columns * SEAT_WIDTH + 24), height: 58 + Math.ceil(seats / columns) * 66 };
}

export function seatColumns(width: number): number {
  return Math.max(1, Math.floor((width - 24) / SEAT_WIDTH));
}

/** The middle of a place as part of its room, to be kept and given to `layOut` again. */
export function asPart(room: Room, x: number, y: number): Point {
  const part = (value: number): number => Math.round(clamp(value) * 1000) / 1000;
  return [part((x - room.x - MARGIN) / (room.width - 2 * MARGIN)), part((y - room.y - room.head) / room.tall)];
}

/** `own` are places set by hand, as parts of the room. */
export function layOut(zones: readonly LiveZone[], width: number, own: Readonly<Record<string, Point>> = {}): Plan {
  const cameras = [...new Set(zones.map((zone) => zone.camera))];
  const beside = cameras.length > 1 && width >= 760;
  const shares = cameras.map((camera) => Math.sqrt(zones.filter((zone) => zone.camera === camera).length));
  const whole = shares.reduce((sum, share) => sum + share, 0) || 1;
  const plan: Plan = { places: [], rooms: [], width, height: 0 };
  let x = 0;
  let y = 0;
  cameras.forEach((camera, at) => {
    const roomWidth = beside ? (width - MARGIN * (cameras.length - 1)) * ((shares[at] ?? 1) / whole) : width;
    const inside = zones.filter((zone) => zone.camera === camera);
    const { places, height, head, tall } = fillRoom(inside, roomWidth, own, cameras.length > 1 ? HEAD : MARGIN);
    plan.rooms.push({ camera, x, y, width: roomWidth, height, head, tall });
    plan.places.push(...places.map((place) => ({ ...place, x: place.x + x, y: place.y + y })));
    if (beside) x += roomWidth + MARGIN;
    else y += height + MARGIN;
    plan.height = Math.max(plan.height, beside ? height : y - MARGIN);
  });
  if (beside) for (const room of plan.rooms) room.height = plan.height;
  return plan;
}

/** With fewer columns than this there is no room for places, only for their order. */
const LEAST_COLUMNS = 4;

function fillRoom(zones: readonly LiveZone[], width: number, own: Readonly<Record<string, Point>>, head: number): { places: Place[]; height: number; head: number; tall: number } {
  const spread = Math.max(1, Math.min(zones.length, Math.floor(width / NODE.width)));
  const tall = Math.ceil(zones.length / spread) * NODE.height;
  const box = bounds(zones);
  const at = (zone: LiveZone): Point => own[keyOf(zone)] ?? stretched(centre(zone.polygon as Point[]), box);
  const places = zones.map((zone) => {
    const [px, py] = at(zone);
    const { width: w, height: h } = nodeSize(zone, width - MARGIN);
    return { key: keyOf(zone), x: MARGIN + px * (width - 2 * MARGIN), y: head + py * tall, width: w, height: h };
  });
  if (Math.floor(width / NODE.width) < LEAST_COLUMNS) pack(places, width, head);
  else separate(places, width, head);
  const height = Math.max(...places.map((place) => place.y + place.height / 2), NODE.height) + MARGIN;
  return { places, height, head, tall };
}

/** Rows from the back of the shop to the front, each from left to right. */
function pack(places: Place[], width: number, head: number): void {
  const band = (place: Place): number => Math.round((place.y - head) / (NODE.height * 0.75));
  const sorted = [...places].sort((one, other) => band(one) - band(other) || one.x - other.x);
  let top = head;
  let row: Place[] = [];
  const close = (): void => {
    const used = row.reduce((sum, place) => sum + place.width, 0);
    const tallest = Math.max(...row.map((place) => place.height));
    let left = (width - used) / 2;
    for (const place of row) {
      place.x = left + place.width / 2;
      place.y = top + tallest / 2;
      left += place.width;
    }
    top += tallest;
    row = [];
  };
  for (const place of sorted) {
    if (row.length && row.reduce((sum, one) => sum + one.width, place.width) > width) close();
    row.push(place);
  }
  if (row.length) close();
}

type Bounds = { left: number; top: number; wide: number; high: number };

function bounds(zones: readonly LiveZone[]): Bounds {
  const middles = zones.map((zone) => centre(zone.polygon as Point[]));
  const left = Math.min(...middles.map(([x]) => x));
  const top = Math.min(...middles.map(([, y]) => y));
  return { left, top, wide: Math.max(...middles.map(([x]) => x)) - left, high: Math.max(...middles.map(([, y]) => y)) - top };
}

/** The zones' middles fill the room; heights less than a quarter of the picture are one row. */
function stretched([x, y]: Point, { left, top, wide, high }: Bounds): Point {
  const across = wide > 0.02 ? (x - left) / wide : 0.5;
  return [0.08 + 0.84 * across, (y - top) / Math.max(high, 0.25)];
}

function separate(places: Place[], width: number, head: number): void {
  hold(places, width, head);
  for (let round = 0; round < ROUNDS; round += 1) {
    let moved = false;
    for (let one = 0; one < places.length; one += 1) {
      for (let other = one + 1; other < places.length; other += 1) moved = push(places[one] as Place, places[other] as Place, round) || moved;
    }
    hold(places, width, head);
    if (!moved) return;
  }
  stack(places);
}

/** Inside the room. */
function hold(places: Place[], width: number, head: number): void {
  for (const place of places) {
    place.x = clamp(place.x, MARGIN / 2 + place.width / 2, Math.max(place.width / 2, width - MARGIN / 2 - place.width / 2));
    place.y = Math.max(place.y, head + place.height / 2);
  }
}

/** Pushes two that cover each other apart, along the shorter way; later rounds only downwards, which always ends. */
function push(one: Place, other: Place, round: number): boolean {
  const overX = (one.width + other.width) / 2 - Math.abs(one.x - other.x);
  const overY = (one.height + other.height) / 2 - Math.abs(one.y - other.y);
  if (overX <= 0.5 || overY <= 0.5) return false;
  const sideways = overX < overY && round < ROUNDS / 2;
  const half = (sideways ? overX : overY) / 2 + 0.5;
  if (sideways) {
    const way = one.x <= other.x ? 1 : -1;
    one.x -= way * half;
    other.x += way * half;
  } else {
    const lower = one.y <= other.y ? other : one;
    lower.y += 2 * half;
  }
  return true;
}

/** The last resort: each goes below all that it covers, from the top, until it covers none. */
function stack(places: Place[]): void {
  const sorted = [...places].sort((one, other) => one.y - other.y || one.x - other.x);
  sorted.forEach((place, at) => {
    const covered = (): Place | undefined => sorted.slice(0, at).find((above) => Math.abs(place.x - above.x) < (place.width + above.width) / 2 - 0.5 && Math.abs(place.y - above.y) < (place.height + above.height) / 2 - 0.5);
    for (let above = covered(); above; above = covered()) place.y = above.y + (place.height + above.height) / 2;
  });
}
