// Polygons, the plan of the shop, the zone editor's draft.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { area, centre, contains, crossing, fault, moved, nearestEdge, snapped } from '../../web/src/shape/polygon.ts';
import { asPart, keyOf, layOut } from '../../web/src/shape/plan.ts';
import * as draft from '../../web/src/zones/draft.ts';
import { asHint } from '../../web/src/zones/hints.ts';
import { random } from '../../web/mock/shop.mjs';

const SQUARE = [[0.2, 0.2], [0.6, 0.2], [0.6, 0.6], [0.2, 0.6]];

function star(dice) {
  const corners = dice.whole(3, 12);
  const angles = Array.from({ length: corners }, (_, at) => ((at + dice.between(0.1, 0.9)) / corners) * 2 * Math.PI);
  return angles.map((angle) => {
    const far = dice.between(0.15, 0.4);
    return [0.5 + Math.cos(angle) * far, 0.5 + Math.sin(angle) * far];
  });
}

test('polygon: what is wrong is said, what is right is not', () => {
  assert.equal(fault(SQUARE), null);
  assert.equal(fault(SQUARE.slice(0, 2)), 'few');
  assert.equal(fault([SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3]]), 'crossing');
  assert.equal(fault([[0.1, 0.1], [0.1, 0.1], [0.4, 0.4]]), 'double');
  assert.equal(fault([[0.1, 0.1], [0.11, 0.1], [0.11, 0.11]]), 'flat');
  assert.equal(fault([[0.1, 0.1], [0.5, 0.1], [0.3, 0.1], [0.3, 0.5]]), 'crossing', 'an edge that lies on another');
});

test('polygon: stars are simple; swapping two corners of a quadrilateral makes it cross', () => {
  const dice = random(11);
  for (let round = 0; round < 500; round += 1) {
    const polygon = star(dice);
    assert.equal(crossing(polygon), null, JSON.stringify(polygon));
    assert.ok(area(polygon) > 0);
    const middle = centre(polygon);
    const [dx, dy] = [dice.between(-2, 2), dice.between(-2, 2)];
    const shifted = moved(polygon, dx, dy);
    assert.ok(shifted.every(([x, y]) => x >= 0 && x <= 1 && y >= 0 && y <= 1));
    assert.ok(Math.abs(area(shifted) - area(polygon)) < 2e-3, 'moving keeps the size');
    assert.ok(contains(polygon, [0.5, 0.5]) || polygon.length < 5 || Number.isFinite(middle[0]));
  }
  assert.deepEqual(crossing([SQUARE[0], SQUARE[1], SQUARE[3], SQUARE[2]]), [1, 3]);
});

test('polygon: the nearest edge, the inside, the picture\'s edge', () => {
  assert.deepEqual(nearestEdge(SQUARE, [0.61, 0.4]), { after: 1, at: [0.6, 0.4], far: Math.abs(0.61 - 0.6) });
  assert.ok(contains(SQUARE, [0.3, 0.3]) && !contains(SQUARE, [0.7, 0.3]));
  assert.deepEqual(snapped([0.004, 0.997], 0.01), [0, 1]);
});

test('plan: nothing covers anything and nothing is off the screen, at any width', () => {
  const dice = random(3);
  for (let round = 0; round < 120; round += 1) {
    const zones = Array.from({ length: dice.whole(1, 14) }, (_, at) => ({
      camera: `camera${dice.whole(1, 3)}`, name: `zone ${at}`, type: ['CHAIR', 'WASH', 'WAIT'][dice.whole(0, 2)], capacity: dice.whole(1, 6), people: [], state: 'free', threshold_s: 60,
      polygon: star(dice).map(([x, y]) => [x + dice.between(-0.2, 0.2), y + dice.between(-0.2, 0.2)]),
    }));
    const own = dice.chance(0.5) ? { [keyOf(zones[0])]: [dice.next(), dice.next()] } : {};
    for (const width of [280, 360, 620, 900, 1400]) {
      const plan = layOut(zones, width, own);
      assert.deepEqual(layOut(zones, width, own), plan);
      assert.equal(plan.places.length, zones.length);
      plan.places.forEach((one, at) => {
        assert.ok(one.x - one.width / 2 >= -1 && one.x + one.width / 2 <= width + 1, `${one.key} at ${width}: ${JSON.stringify(one)}`);
        assert.ok(one.y - one.height / 2 >= -1 && one.y + one.height / 2 <= plan.height + 1);
        for (const other of plan.places.slice(at + 1)) {
          const covers = Math.abs(one.x - other.x) < (one.width + other.width) / 2 - 1 && Math.abs(one.y - other.y) < (one.height + other.height) / 2 - 1;
          assert.ok(!covers, `${one.key} and ${other.key} at ${width}`);
        }
      });
    }
  }
});

test('plan: a place moved by hand stays there', () => {
  const zones = [0, 1].map((at) => ({ camera: 'a', name: `c${at}`, type: 'CHAIR', capacity: 1, people: [], polygon: SQUARE.map(([x, y]) => [x + at * 0.3, y]) }));
  const plan = layOut(zones, 900);
  const part = asPart(plan.rooms[0], 600, 100);
  const place = layOut(zones, 900, { 'a/c0': part }).places.find((one) => one.key === 'a/c0');
  assert.ok(Math.abs(place.x - 600) < 2 && Math.abs(place.y - 100) < 2, JSON.stringify(place));
});

const SET = { revision: 3, cameras: [{ id: 'a', zones: [{ name: 'chair 1', type: 'CHAIR', polygon: SQUARE, capacity: 1 }], ignore: [] }, { id: 'b', zones: [], ignore: [{ name: 'mirror', polygon: SQUARE }] }] };

test('draft: what is sent is what was changed, and undo goes back to what was', () => {
  const start = draft.fromSet(SET);
  assert.equal(draft.changed(start), false);
  const next = draft.edit(start, 'a', [...start.shapes.a, { kind: 'WASH', name: 'basin 1', polygon: SQUARE, zone: {} }]);
  const [camera, ...others] = draft.changedCameras(next);
  assert.equal(others.length, 0);
  assert.deepEqual(camera.zones.map((zone) => [zone.name, zone.type]), [['chair 1', 'CHAIR'], ['basin 1', 'WASH']]);
  const back = draft.undo(next);
  assert.equal(draft.changed(back), false);
  assert.deepEqual(draft.redo(back).shapes, next.shapes);
  assert.equal(draft.undo(back), back);
  assert.deepEqual(draft.toCamera('b', start.shapes.b), SET.cameras[1]);
});

test('draft: mine goes on top of theirs only where I drew', () => {
  const start = draft.fromSet(SET);
  const mine = draft.edit(start, 'a', []);
  const theirs = { ...SET, revision: 4, cameras: [SET.cameras[0], { id: 'b', zones: [], ignore: [] }] };
  const both = draft.rebased(mine, theirs);
  assert.equal(both.revision, 4);
  assert.deepEqual(both.shapes, { a: [], b: [] });
  assert.deepEqual(draft.changedCameras(both).map((camera) => camera.id), ['a']);
});

test('draft: names are free, and faults are seen', () => {
  const { shapes } = draft.fromSet(SET);
  assert.equal(draft.freeName(shapes, 'CHAIR'), 'chair 2');
  const twin = { ...shapes.a[0] };
  const all = { a: [shapes.a[0]], b: [twin] };
  assert.equal(draft.shapeFault(all, twin), 'taken');
  assert.equal(draft.shapeFault(shapes, { ...twin, name: ' ' }), 'nameless');
  const triangle = { ...twin, polygon: SQUARE.slice(0, 3) };
  assert.equal(draft.withoutPoint(triangle, 0), triangle, 'three corners are the least');
  assert.deepEqual(draft.withInserted(twin, 0, [0.4, 0.2]).polygon.slice(0, 3), [[0.2, 0.2], [0.4, 0.2], [0.6, 0.2]]);
});

test('hints: the service\'s sentences get their subject', () => {
  const cameras = [{ id: 'a', zones: [{ name: 'chair 1' }, { name: "the 'big' one" }] }];
  const hint = (at, words) => asHint({ at, words }, cameras);
  assert.deepEqual(hint('cameras[0].zones[1]', "overlaps 'chair 1' by 40 %"), { name: "the 'big' one", kind: 'overlaps', other: 'chair 1', percent: 40, words: "overlaps 'chair 1' by 40 %" });
  assert.equal(hint('cameras[0].zones[0]', "is very small; a person's feet will hardly ever be in it").kind, 'small');
  const { kind, name } = hint('cameras[0].zones[0].polygon', 'is something new');
  assert.deepEqual([kind, name], ['other', 'chair 1']);
});
