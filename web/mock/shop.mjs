// A made-up shop for development and tests: its past days and what happens in it now, all from one seed.
// Never part of the program.

export const TIME_ZONE = 'Europe/Berlin';
const DAY_S = 86400;
const OPEN_HOUR = 9;
const CLOSE_HOUR = 19;

/** A small seeded generator (mulberry32): the same seed gives the same shop. */
export function random(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296;
  };
  return {
    next,
    between: (low, high) => low + (high - low) * next(),
    whole: (low, high) => Math.floor(low + (high - low + 1) * next()),
    chance: (share) => next() < share,
  };
}

const rectangle = (left, top, right, bottom) => [[left, top], [right, top], [right, bottom], [left, bottom]];

export const CAMERAS = [
  {
    id: 'cutting',
    zones: [
      { name: 'chair 1', type: 'CHAIR', polygon: rectangle(0.07, 0.42, 0.23, 0.82), capacity: 1, anchor: 'center', overlap: 0.5, threshold_s: 120, grace_s: 40 },
      { name: 'chair 2', type: 'CHAIR', polygon: rectangle(0.29, 0.4, 0.45, 0.8), capacity: 1, anchor: 'center', overlap: 0.5, threshold_s: 120, grace_s: 40 },
      { name: 'chair 3', type: 'CHAIR', polygon: rectangle(0.52, 0.4, 0.67, 0.78), capacity: 1, anchor: 'center', overlap: 0.5, threshold_s: 120, grace_s: 40 },
      { name: 'basin 1', type: 'WASH', polygon: rectangle(0.74, 0.3, 0.84, 0.56), capacity: 1, anchor: 'center', overlap: 0.5, threshold_s: 60, grace_s: 40 },
      { name: 'basin 2', type: 'WASH', polygon: rectangle(0.87, 0.3, 0.97, 0.56), capacity: 1, anchor: 'center', overlap: 0.5, threshold_s: 60, grace_s: 40 },
    ],
    ignore: [{ name: 'mirror', polygon: rectangle(0.3, 0.05, 0.62, 0.26) }],
  },
  {
    id: 'entrance',
    zones: [
      { name: 'chair 4', type: 'CHAIR', polygon: rectangle(0.62, 0.3, 0.84, 0.72), capacity: 1, anchor: 'center', overlap: 0.5, threshold_s: 120, grace_s: 40 },
      { name: 'bench', type: 'WAIT', polygon: rectangle(0.06, 0.55, 0.5, 0.95), capacity: 4, anchor: 'foot', overlap: 0.5, threshold_s: 30, grace_s: 15 },
    ],
    ignore: [],
  },
];

const SERVICE = { CHAIR: 'haircut', WASH: 'wash', WAIT: 'wait' };

function parts(ms) {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone: TIME_ZONE, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' });
  return Object.fromEntries(format.formatToParts(ms).map((part) => [part.type, part.value]));
}

export function localDate(ms) {
  const found = parts(ms);
  return `${found.year}-${found.month}-${found.day}`;
}

export function localTime(ms) {
  const found = parts(ms);
  return `${found.hour}:${found.minute}`;
}

/** Unix milliseconds of a local time of day. */
export function atLocal(date, hour) {
  const guess = Date.parse(`${date}T00:00:00Z`) + hour * 3600e3;
  const seen = parts(guess);
  const shown = Date.parse(`${seen.year}-${seen.month}-${seen.day}T${seen.hour}:${seen.minute}:${seen.second}Z`);
  return guess - (shown - guess);
}

export function addDays(date, days) {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_S * 1000).toISOString().slice(0, 10);
}

export function weekday(date) {
  return ((new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7) + 1;
}

function hash(text) {
  let value = 2166136261;
  for (const sign of text) value = Math.imul(value ^ sign.codePointAt(0), 16777619);
  return value >>> 0;
}

function uuid(dice) {
  const digits = Array.from({ length: 32 }, () => dice.whole(0, 15).toString(16));
  digits[12] = '7';
  digits[16] = '8';
  const text = digits.join('');
  return `${text.slice(0, 8)}-${text.slice(8, 12)}-${text.slice(12, 16)}-${text.slice(16, 20)}-${text.slice(20)}`;
}

export function makeEvent(dice, camera, zone, start, dwell_s, more = {}) {
  const sure = dice.chance(0.9) ? dice.between(0.75, 0.99) : dice.between(0.1, 0.7);
  return {
    id: uuid(dice), camera, zone: zone.name, type: zone.type, service: SERVICE[zone.type],
    start: new Date(start).toISOString(), end: new Date(start + dwell_s * 1000).toISOString(), dwell_s, state: 'closed', revision: 2,
    verdict: sure >= 0.5 ? 'counted' : sure >= 0.2 ? 'review' : 'rejected', confidence: Math.round(sure * 100) / 100,
    reasons: sure < 0.5 ? { end: 'left', coverage: 'seen 61 % of the time' } : { end: 'left' },
    visit: null, part_of: null, review: null, ...more,
  };
}

/** Everything counted on one past day: { events, gaps }. Mondays are closed, Saturdays full. */
export function makeDay(seed, date) {
  const dice = random(seed ^ hash(date));
  const day = weekday(date);
  const events = [];
  const gaps = [];
  if (day === 7) return { events, gaps };
  const busy = { 1: 0.25, 2: 0.6, 3: 0.65, 4: 0.8, 5: 0.95, 6: 1.0 }[day];
  for (const camera of CAMERAS) {
    for (const zone of camera.zones) fillZone(dice, date, camera.id, zone, busy, events);
  }
  if (dice.chance(0.2)) {
    const start = atLocal(date, dice.whole(10, 16));
    gaps.push({ camera: 'entrance', start: new Date(start).toISOString(), end: new Date(start + dice.whole(20, 90) * 60e3).toISOString(), reason: 'offline' });
  }
  events.sort((one, other) => one.start.localeCompare(other.start));
  return { events, gaps };
}

const STAY_S = { CHAIR: [900, 3000], WASH: [180, 620], WAIT: [90, 1500] };
const PAUSE_S = { CHAIR: [300, 3600], WASH: [1200, 5400], WAIT: [400, 3000] };

function fillZone(dice, date, camera, zone, busy, events) {
  const last = atLocal(date, CLOSE_HOUR);
  let at = atLocal(date, OPEN_HOUR) + dice.between(0, 3600e3);
  while (at < last) {
    const hour = Number(localTime(at).slice(0, 2));
    const rush = hour >= 16 || hour === 11 || hour === 12 ? 1 : 0.6;
    const dwell = Math.round(dice.between(...STAY_S[zone.type]));
    if (dice.chance(busy * rush)) events.push(makeEvent(dice, camera, zone, at, dwell));
    at += (dwell + dice.between(...PAUSE_S[zone.type]) / (busy * rush)) * 1000;
  }
}
