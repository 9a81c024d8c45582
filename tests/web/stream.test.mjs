// The live stream: what comes in pieces, what was missed, what a restart does.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { EventParser } from '../../web/src/live/sse.ts';
import { EMPTY, apply, freshness, withEvent } from '../../web/src/live/state.ts';
import { LiveStream } from '../../web/src/live/stream.ts';
import { MockShop } from '../../web/mock/server.mjs';

const shops = [];
const streams = [];
after(async () => {
  streams.forEach((stream) => stream.stop());
  await Promise.all(shops.map((shop) => shop.close()));
});

function follow(options) {
  const stream = new LiveStream(options);
  streams.push(stream);
  return stream;
}

async function until(what, limit_ms = 15000) {
  const end = Date.now() + limit_ms;
  while (!what()) {
    assert.ok(Date.now() < end, `not in ${limit_ms} ms: ${what}`);
    await new Promise((go) => setTimeout(go, 20));
  }
}

async function openShop() {
  const shop = new MockShop();
  shops.push(shop);
  return { shop, root: await shop.listen() };
}

const event = (id, revision, start) => ({ id, revision, start });

test('stream: messages are the same wherever the text is cut', () => {
  const text = 'retry: 700\n: beat\nevent: status\ndata: {"seq":1}\n\nid: e1.4\nevent: event\ndata: a\ndata: b\n\r\n\n';
  const whole = new EventParser();
  const expected = whole.push(text);
  assert.deepEqual(expected, [{ type: 'status', data: '{"seq":1}', id: null }, { type: 'event', data: 'a\nb', id: 'e1.4' }]);
  assert.equal(whole.retryMs, 700);
  for (let cut = 0; cut <= text.length; cut += 1) {
    const parser = new EventParser();
    assert.deepEqual([...parser.push(text.slice(0, cut)), ...parser.push(text.slice(cut))], expected, `cut at ${cut}`);
  }
});

test('stream: an older snapshot or revision never replaces a newer one', () => {
  const say = (state, type, data) => apply(state, { type, data: JSON.stringify(data), id: null });
  let state = say(EMPTY, 'hello', { epoch: 'a', build: '1' });
  state = say(state, 'status', { seq: 5, today: { haircuts: 2 } });
  assert.equal(say(state, 'status', { seq: 4, today: { haircuts: 1 } }), state);
  state = say(state, 'summary', { haircuts: 3 });
  assert.equal(state.live.today.haircuts, 3);
  const list = withEvent(withEvent([], event('x', 2, '10:00')), event('y', 1, '11:00'));
  assert.deepEqual(list.map((one) => one.id), ['y', 'x']);
  assert.equal(withEvent(list, event('x', 1, '10:00')), list);
  assert.equal(withEvent(list, event('x', 3, '10:00')).find((one) => one.id === 'x').revision, 3);
});

test('stream: a restart takes the first snapshot of the new service and asks to fetch again', () => {
  const say = (state, type, data) => apply(state, { type, data: JSON.stringify(data), id: null });
  let state = say(say(EMPTY, 'hello', { epoch: 'a', build: '1' }), 'status', { seq: 900, today: {} });
  state = say(state, 'hello', { epoch: 'b', build: '1' });
  assert.equal(state.resyncs, 1);
  assert.ok(state.live, 'the last known state stays in sight');
  assert.equal(say(state, 'status', { seq: 1, today: {} }).live.seq, 1);
  assert.equal(apply(state, { type: 'status', data: '{broken', id: null }), state);
});

test('stream: silence is behind after 3 s and offline after 10 s', () => {
  assert.equal(freshness(null, 1000, 0), 'connecting');
  assert.equal(freshness(1000, 3500, 0), 'live');
  assert.equal(freshness(1000, 5000, 0), 'behind');
  assert.equal(freshness(1000, 11500, 0), 'offline');
  assert.equal(freshness(null, 10500, 0), 'offline');
});

test('stream: what happened while the connection was away is brought after it', async () => {
  const { shop, root } = await openShop();
  const got = [];
  const stream = follow({ address: () => `${root}/api/v1/stream`, message: (message) => got.push(message), denied: () => {} });
  stream.start();
  await until(() => got.some((message) => message.type === 'status'));
  const made = { id: 'one', start: '2026-11-24T13:00:00.000Z', revision: 1 };
  shop.stored(made);
  await until(() => got.some((message) => message.type === 'event'));
  stream.stop();
  shop.stored({ ...made, revision: 2 });
  shop.stored({ ...made, id: 'two' });
  stream.start();
  const events = () => got.filter((message) => message.type === 'event');
  await until(() => events().some((message) => message.data.includes('"two"')));
  // The shop's own people are counted meanwhile too: what matters is that no number is missing and none comes twice.
  const numbers = events().map((message) => Number(message.id.split('.')[1]));
  assert.deepEqual(numbers, numbers.map((_, at) => numbers[0] + at));
  assert.equal(events().filter((message) => message.data.includes('"one"')).length, 2);
  await shop.restart();
  await until(() => got.some((message) => message.type === 'resync'));
  stream.stop();
});

test('stream: without a session it asks for a log-in and stays closed', async () => {
  const { shop, root } = await openShop();
  shop.session.role = null;
  let denied = 0;
  const stream = follow({ address: () => `${root}/api/v1/stream`, message: () => {}, denied: () => (denied += 1) });
  stream.start();
  await until(() => denied === 1);
  assert.equal(stream.open, false);
});

test('stream: attempts go on while the service is away', async () => {
  let tries = 0;
  const away = async () => {
    tries += 1;
    throw new TypeError('away');
  };
  const stream = follow({ address: () => '', message: () => {}, denied: () => {}, fetch: away, random: () => 0 });
  stream.start();
  await until(() => tries >= 2);
  const before = tries;
  stream.hurry();
  await until(() => tries === before + 1);
  stream.stop();
  assert.equal(stream.open, false);
});
