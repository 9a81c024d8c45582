// The made-up shop's present: people sit down, wait, and leave. `speed` makes its clock run faster.
import { CAMERAS, localDate, localTime, makeEvent, random, weekday } from './shop.mjs';

const STAY_S = { CHAIR: [900, 2400], WASH: [200, 500], WAIT: [120, 1200] };
const MONTH_MS = 28 * 86400e3;

export class Present {
  constructor({ seed, start, speed, past }) {
    this.dice = random(seed + 17);
    this.speed = speed;
    this.startedReal = Date.now();
    this.start = start;
    this.past = past;
    this.session = 40;
    this.people = [];
    this.open = new Map();
    this.cameras = new Map(CAMERAS.map((camera) => [camera.id, { state: 'ok', since: null }]));
    this.zones = structuredClone(CAMERAS);
    this.changed = () => {};
    this.stored = () => {};
    this.#sit('chair 1', 18 * 60, 2000);
    this.#sit('chair 2', 58, 1700);
    this.#sit('basin 1', 252, 420);
    this.#sit('bench', 640, 1300);
    this.#sit('bench', 95, 1500);
  }

  now() {
    return this.start + (Date.now() - this.startedReal) * this.speed;
  }

  allZones() {
    return this.zones.flatMap((camera) => camera.zones.map((zone) => ({ camera: camera.id, ...zone })));
  }

  #sit(name, ago_s, stay_s) {
    const zone = this.allZones().find((one) => one.name === name);
    if (!zone) return;
    this.session += 1;
    const start = this.now() - ago_s * 1000;
    this.people.push({ session: this.session, zone: name, camera: zone.camera, type: zone.type, start, leaves: start + stay_s * 1000, counted: false, event: null, spot: this.dice.next() });
  }

  /** One step of the shop; called a few times a second. */
  step() {
    const now = this.now();
    let moved = false;
    for (const zone of this.allZones()) moved = this.#stepZone(zone, now) || moved;
    if (moved) this.changed();
  }

  #stepZone(zone, now) {
    let moved = false;
    const here = this.people.filter((person) => person.zone === zone.name);
    for (const person of here) {
      if (!person.counted && now - person.start >= zone.threshold_s * 1000) {
        this.#count(person, zone, now);
        moved = true;
      }
      if (now >= person.leaves) {
        this.#leave(person, now);
        moved = true;
      }
    }
    if (here.length < zone.capacity && this.dice.chance(0.0006 * Math.min(this.speed, 50))) {
      this.#sit(zone.name, 0, this.dice.between(...STAY_S[zone.type]));
      moved = true;
    }
    return moved;
  }

  #count(person, zone, now) {
    person.counted = true;
    const event = makeEvent(this.dice, person.camera, zone, person.start, (now - person.start) / 1000, { state: 'open', revision: 1, verdict: 'counted', confidence: 0.9 });
    person.event = event.id;
    this.open.set(event.id, event);
    this.stored(event);
  }

  #leave(person, now) {
    this.people = this.people.filter((one) => one !== person);
    const event = this.open.get(person.event);
    if (!event) return;
    this.open.delete(event.id);
    Object.assign(event, { state: 'closed', revision: event.revision + 1, end: new Date(now).toISOString(), dwell_s: (now - person.start) / 1000 });
    this.past.day(this.past.today).events.push(event);
    this.stored(event);
  }

  today() {
    const list = [...this.past.day(this.past.today).events, ...this.open.values()];
    const counted = list.filter((event) => event.verdict === 'counted' && !event.part_of);
    const number = (type) => counted.filter((event) => event.type === type).length;
    const mean = (type) => {
      const some = counted.filter((event) => event.type === type && event.state === 'closed');
      return some.length ? some.reduce((sum, event) => sum + event.dwell_s, 0) / some.length : null;
    };
    const blind = [...this.cameras.values()].some((camera) => camera.state === 'offline');
    return {
      haircuts: number('CHAIR'), washes: number('WASH'), waits: number('WAIT'), to_review: list.filter((event) => event.verdict === 'review').length,
      mean_dwell_s: { CHAIR: mean('CHAIR'), WASH: mean('WASH'), WAIT: mean('WAIT') }, coverage: blind ? 'partly' : 'known', unknown_s: blind ? 1380 : 0,
    };
  }

  #usual(now) {
    const days = [];
    const time = localTime(now);
    for (let weeks = 1; weeks <= 8; weeks += 1) {
      const date = localDate(now - weeks * 7 * 86400e3);
      const before = this.past.day(date).events.filter((event) => event.verdict === 'counted' && localTime(Date.parse(event.start)) < time);
      days.push(before);
    }
    const spread = (type) => {
      const sums = days.map((list) => list.filter((event) => event.type === type).length).sort((one, other) => one - other);
      return [sums[0], (sums[3] + sums[4]) / 2, sums.at(-1)];
    };
    return { weekday: weekday(localDate(now)), until: time, days: 8, haircuts: spread('CHAIR'), washes: spread('WASH'), waits: spread('WAIT') };
  }

  status(seq) {
    const now = this.now();
    const states = [...this.cameras.values()].map((camera) => camera.state === 'ok');
    this.usual ??= this.#usual(now);
    const waiting = this.people.filter((person) => person.type === 'WAIT').length;
    return {
      seq, time: new Date(now).toISOString(), business_date: localDate(now), state: states.every(Boolean) ? 'ok' : states.some(Boolean) ? 'partly' : 'blind',
      zones: this.allZones().map((zone) => this.#liveZone(zone, now)),
      people: this.people.length,
      waiting: { count: waiting, next_s: 240 + waiting * 300, next_p90_s: 660 + waiting * 420, basis: '42 haircuts of the last 28 days, 4 chairs in use' },
      today: this.today(), usual: this.usual, cameras: this.cameraStates(),
      sync: { state: 'idle', queued: 0, oldest_s: null, sent: 1204, dead: 0, dropped: {}, last_success_s: 12, breaker: 'closed', next_try_s: null, clock_offset_s: 0.1, words: 'Everything is sent.' },
    };
  }

  #liveZone(zone, now) {
    const camera = this.cameras.get(zone.camera);
    const seen = !camera || camera.state === 'ok';
    const people = this.people.filter((person) => person.zone === zone.name).map((person) => ({
      session: person.session, start: new Date(person.start).toISOString(), dwell_s: (now - person.start) / 1000, last_seen_s: 0.2, counted: person.counted, event: person.event,
    }));
    const state = seen ? (people.length ? 'occupied' : 'free') : 'unknown';
    return { camera: zone.camera, name: zone.name, type: zone.type, capacity: zone.capacity, polygon: zone.polygon, threshold_s: zone.threshold_s, state, people: seen ? people : [] };
  }

  cameraStates() {
    return [...this.cameras].map(([id, { state, since }]) => ({
      id, state, fps: state === 'ok' ? 9.9 : 0, last_frame_age_s: state === 'ok' ? 0.1 : (this.now() - since) / 1000, frames: 204811, dropped: 12,
      active_tracks: state === 'ok' ? 4 : 0, still_things: id === 'cutting' ? 1 : 0,
      words: state === 'ok' ? 'Sees the shop.' : `Camera ${id} has sent no picture since ${localTime(since)}. Check its power or network cable.`,
      ...(state === 'ok' ? {} : { error: 'rtsp://192.168.1.21/stream2: connection timed out (110)' }),
    }));
  }

  tracks(seq, camera) {
    const zones = new Map(this.allZones().map((zone) => [zone.name, zone]));
    const sway = (this.now() / 1000) % 6.28;
    const people = this.people.filter((person) => person.camera === camera && zones.has(person.zone)).map((person) => {
      const { polygon } = zones.get(person.zone);
      const left = Math.min(...polygon.map((point) => point[0]));
      const right = Math.max(...polygon.map((point) => point[0]));
      const bottom = Math.max(...polygon.map((point) => point[1]));
      const x = left + (right - left) * (0.25 + 0.5 * person.spot) + 0.004 * Math.sin(sway + person.session);
      const y = bottom - 0.03;
      return { id: person.session, box: [x - 0.05, y - 0.36, 0.1, 0.36], foot: [x, y], score: 0.81, coasted: false };
    });
    return { seq, camera, time: new Date(this.now()).toISOString(), width: 1280, height: 720, people };
  }

  break(camera) {
    this.cameras.set(camera, { state: 'offline', since: this.now() - 23 * 60e3 });
    this.changed();
  }

  monthAgo() {
    return localDate(this.now() - MONTH_MS);
  }
}
