// Sums over the made-up days, in the shape of GET /summaries.
import { CAMERAS, addDays, atLocal, localTime, makeDay } from './shop.mjs';

const ISO_DAY = 86400e3;

export class Past {
  #days = new Map();
  constructor(seed, today, now) {
    this.seed = seed;
    this.today = today;
    this.now = now;
  }

  day(date) {
    if (date > this.today) return { events: [], gaps: [] };
    if (!this.#days.has(date)) {
      const made = makeDay(this.seed, date);
      if (date === this.today) made.events = made.events.filter((event) => Date.parse(event.end) < this.now() - 60e3);
      this.#days.set(date, made);
    }
    return this.#days.get(date);
  }

  *dates(from, to) {
    for (let date = from; date <= to; date = addDays(date, 1)) yield date;
  }

  events(from, to) {
    const found = [];
    for (const date of this.dates(from, to)) found.push(...this.day(date).events);
    return found;
  }

  gaps(from, to) {
    const found = [];
    for (const date of this.dates(from, to)) found.push(...this.day(date).gaps);
    return found;
  }

  find(id) {
    for (const { events } of this.#days.values()) {
      const event = events.find((one) => one.id === id);
      if (event) return event;
    }
    return null;
  }
}

const counts = (list) => {
  const sums = { CHAIR: 0, WASH: 0, WAIT: 0 };
  for (const event of list) sums[event.type] += 1;
  return sums;
};

function means(list) {
  const mean = (type) => {
    const some = list.filter((event) => event.type === type);
    return some.length ? Math.round((some.reduce((sum, event) => sum + event.dwell_s, 0) / some.length) * 10) / 10 : null;
  };
  return { CHAIR: mean('CHAIR'), WASH: mean('WASH'), WAIT: mean('WAIT') };
}


function makeRow(past, label, date, from, to, inside, more = {}) {
  const counted = inside.filter((event) => event.verdict === 'counted');
  let unknown = Math.max(0, (to - Math.max(from, past.now())) / 1000);
  for (const gap of past.gaps(date, date)) {
    unknown += Math.max(0, Math.min(to, Date.parse(gap.end)) - Math.max(from, Date.parse(gap.start))) / 1000;
  }
  const all = unknown >= (to - from) / 1000 - 1;
  const coverage = all ? 'unknown' : unknown > 60 ? 'partly' : 'known';
  const none = { CHAIR: null, WASH: null, WAIT: null };
  return {
    label, date, from: new Date(from).toISOString(), to: new Date(to).toISOString(), counts: all ? none : counts(counted),
    mean_dwell_s: all ? none : means(counted), to_review: inside.filter((event) => event.verdict === 'review').length,
    coverage, unknown_s: Math.round(unknown), camera: null, zone: null, busy_s: null, watched_s: null, ...more,
  };
}

function byHour(past, from, to) {
  const rows = [];
  for (const date of past.dates(from, to)) {
    const events = past.day(date).events;
    const start = atLocal(date, 0);
    const end = atLocal(addDays(date, 1), 0);
    for (let at = start; at < end; at += 3600e3) {
      const inside = events.filter((event) => Date.parse(event.start) >= at && Date.parse(event.start) < at + 3600e3);
      rows.push(makeRow(past, localTime(at), date, at, at + 3600e3, inside));
    }
  }
  return rows;
}

function weekLabel(date) {
  const day = new Date(`${date}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() + 4 - (day.getUTCDay() || 7));
  const first = Date.UTC(day.getUTCFullYear(), 0, 1);
  return `${day.getUTCFullYear()}-W${String(Math.ceil(((day - first) / ISO_DAY + 1) / 7)).padStart(2, '0')}`;
}

function grouped(past, from, to, labelOf) {
  const groups = new Map();
  for (const date of past.dates(from, to)) {
    const label = labelOf(date);
    if (!groups.has(label)) groups.set(label, []);
    groups.get(label).push(date);
  }
  return [...groups].map(([label, dates]) => {
    const inside = dates.flatMap((date) => past.day(date).events);
    return makeRow(past, label, dates[0], atLocal(dates[0], 0), atLocal(addDays(dates.at(-1), 1), 0), inside);
  });
}

function byZone(past, from, to) {
  const events = past.events(from, to);
  const start = atLocal(from, 0);
  const end = atLocal(addDays(to, 1), 0);
  const days = [...past.dates(from, to)].filter((date) => date <= past.today).length;
  return CAMERAS.flatMap((camera) => camera.zones.map((zone) => {
    const inside = events.filter((event) => event.zone === zone.name);
    const busy = inside.filter((event) => event.verdict === 'counted').reduce((sum, event) => sum + event.dwell_s, 0);
    return makeRow(past, zone.name, from, start, end, inside, { camera: camera.id, zone: zone.name, busy_s: busy, watched_s: days * 10 * 3600 });
  }));
}

export function summaries(past, by, from, to) {
  const make = {
    hour: () => byHour(past, from, to),
    day: () => grouped(past, from, to, (date) => date),
    week: () => grouped(past, from, to, weekLabel),
    month: () => grouped(past, from, to, (date) => date.slice(0, 7)),
    zone: () => byZone(past, from, to),
  }[by];
  return { by, from_date: from, to_date: to, timezone: 'Europe/Berlin', rows: make(), gaps: past.gaps(from, to) };
}

