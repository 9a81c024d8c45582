// Words, times and numbers; what charts are made of; the pages' size.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { before, period, shifted } from '../../web/src/shape/period.ts';
import { every, ticks } from '../../web/src/shape/scale.ts';
import { heat, openHours, total, unknownParts, unknownShare, usualByHour } from '../../web/src/shape/series.ts';
import { fill, places } from '../../web/src/text/fill.ts';
import * as format from '../../web/src/text/format.ts';
import { ending, whys } from '../../web/src/text/reasons.ts';
import { WEB } from './browser.mjs';

const MOST_BYTES = 110 * 1024;
const read = (path) => readFileSync(join(WEB, path), 'utf8');
const files = (folder) => readdirSync(join(WEB, folder), { recursive: true }).map((name) => join(folder, name)).filter((name) => statSync(join(WEB, name)).isFile());
const catalogue = (language) => JSON.parse(read(`src/text/${language}.json`));

test('words: both catalogues have the same keys, with the same places in them', () => {
  const [en, de] = [catalogue('en'), catalogue('de')];
  assert.deepEqual(Object.keys(de), Object.keys(en));
  for (const key of Object.keys(en)) {
    assert.deepEqual(places(de[key]), places(en[key]), key);
    assert.equal(typeof de[key], typeof en[key], `${key}: plural in one language only`);
  }
});

test('words: every key that the pages use is there, and none is left over', () => {
  const en = catalogue('en');
  const sources = files('src').filter((name) => /\.(svelte|ts)$/.test(name)).map(read).join('\n');
  const used = new Set([...sources.matchAll(/\bt\(\s*'([\w.]+)'/g)].map((match) => match[1]));
  for (const match of sources.matchAll(/t\([^()]*\? '([\w.]+)' : '([\w.]+)'/g)) used.add(match[1]).add(match[2]);
  const families = [...sources.matchAll(/`([\w.]+\.)\$\{/g)].map((match) => match[1]);
  for (const key of used) assert.ok(key in en, `missing: ${key}`);
  const quoted = (key) => sources.includes(`'${key}'`);
  for (const key of Object.keys(en)) assert.ok(used.has(key) || quoted(key) || families.some((family) => key.startsWith(family)), `nobody says ${key}`);
});

test('words: every reason of the catalogue in docs has words of the page', () => {
  const doc = readFileSync(join(WEB, '../docs/formats/reasons.md'), 'utf8');
  const [phrases, keys] = doc.split('| key | value |');
  const quoted = (text) => [...text.matchAll(/`([^`]+)`/g)].map((match) => match[1]);
  const row = (key) => quoted(keys.split('\n').find((line) => line.startsWith(`| \`${key}\` |`)).split('|')[2].replace(/\([^)]*\)/g, ''));
  const all = phrases.split('\n').filter((line) => line.startsWith('| `')).flatMap((line) => quoted(line.split('|')[1]));
  assert.ok(all.length > 10);
  const english = catalogue('en');
  for (const text of all.map((one) => (one === '… twice' ? 'identity merged twice' : one === '… 3 times' ? 'identity merged 3 times' : one)))
    assert.ok(whys({ reasons: text })[0].key in english, text);
  for (const key of ['rejected', 'review'])
    for (const text of row(key)) if (text !== 'review_from') assert.ok(whys({ [key]: text })[0]?.key in english, `${key}: ${text}`);
  assert.ok(row('end').length > 8);
  for (const text of row('end')) assert.ok(ending({ end: text }).key in english, `end: ${text}`);
});

test('words: reasons come once each, what is not known in its own words', () => {
  assert.deepEqual(whys({ rejected: 'unattended', reasons: 'occluded 40.4 s; near the threshold', evidence: 'seat split 0.4' }), [
    { key: 'reason.unattended' },
    { key: 'reason.occluded', values: { seconds: 40 } },
    { key: 'reason.length' },
  ]);
  assert.deepEqual(whys({ review: 'hardly seen', reasons: 'hardly seen; the roof leaks' }), [{ key: 'reason.unseen' }, { words: 'the roof leaks' }]);
  assert.deepEqual(whys({ rejected: 'by hand' }), []);
  assert.equal(ending({}), null);
});

test('words: places are filled, numbers choose the form', () => {
  const plural = new Intl.PluralRules('en');
  const sentence = { one: '{count} chair', other: '{count} chairs' };
  assert.equal(fill(sentence, { count: 1 }, plural), '1 chair');
  assert.equal(fill(sentence, { count: 0 }, plural), '0 chairs');
  assert.equal(fill('{who} and {what}', { who: 'a' }, plural), 'a and {what}');
});

test('times are the branch\'s, wherever the browser is', () => {
  const summer = Date.parse('2026-07-01T22:30:00Z');
  assert.equal(format.clock(summer, 'Europe/Berlin'), '00:30');
  assert.equal(format.localDate(summer, 'Europe/Berlin'), '2026-07-02');
  assert.equal(format.clock(Date.parse('2026-11-22T08:05:07Z'), 'Europe/Berlin'), '09:05');
  assert.equal(format.addDays('2026-03-28', 2), '2026-03-30');
  assert.equal(format.weekday('2026-11-24'), 2);
  assert.equal(format.running(3725), '1:02:05');
  assert.equal(format.running(58.9), '0:58');
  assert.equal(format.span(3900), '65 min');
  assert.equal(format.span(7500), '2 h 5 min');
});

test('csv: commas, quotes and formulas come out harmless', () => {
  assert.equal(format.csv(['a', 'b'], [['x,"y"', -1], ['=1+1', null]]), '\ufeffa,b\r\n"x,""y""",-1\r\n\'=1+1,\r\n');
});

const row = (date, hour, chairs, coverage = 'known') => ({ date, label: `${String(hour).padStart(2, '0')}:00`, coverage, counts: { CHAIR: chairs, WASH: null, WAIT: null } });

test('charts: unknown is null, never zero', () => {
  const rows = [row('2026-11-24', 9, null, 'unknown'), row('2026-11-24', 10, 3), row('2026-11-17', 9, 2, 'partly')];
  const cell = (hour) => heat(rows, 'CHAIR').find((one) => one.day === 2 && one.hour === hour);
  assert.equal(cell(9).mean, null);
  assert.equal(cell(10).mean, 3);
  assert.equal(total([rows[0]], 'CHAIR'), null);
  assert.equal(total(rows, 'CHAIR'), 5);
  assert.deepEqual(openHours([]), [8, 20]);
  assert.deepEqual(openHours(rows), [8, 11]);
});

test('charts: which part of an hour nobody watched', () => {
  const hour = { from: '2026-11-24T10:00:00Z', to: '2026-11-24T11:00:00Z' };
  const gap = (start, end) => ({ camera: 'a', start: `2026-11-24T${start}:00Z`, end: end && `2026-11-24T${end}:00Z`, reason: 'offline' });
  const parts = (gaps, now = Date.parse('2026-11-24T10:45:00Z')) => unknownParts(hour, gaps, now);
  assert.deepEqual(parts([]), []);
  assert.deepEqual(parts([gap('08:00', '10:00'), gap('11:00', '12:00')]), [], 'beside it');
  assert.deepEqual(parts([gap('10:15', '10:30')]), [[0.25, 0.5]]);
  assert.deepEqual(parts([gap('10:30', null), gap('09:00', '10:15')]), [[0, 0.25], [0.5, 0.75]], 'in order; one goes on until now');
  assert.deepEqual(parts([gap('10:00', '10:30'), gap('10:15', '10:45'), gap('10:45', '12:00')]), [[0, 1]], 'of two cameras: joined');
  const day = { from: '2026-11-24T00:00:00Z', to: '2026-11-25T00:00:00Z', unknown_s: 3600 };
  assert.deepEqual(unknownShare(day, [9, 18]), [[0, 0.1]], 'of the ten open hours');
});

test('charts: usual is the same weekday, fully watched, and at least three of them', () => {
  const rows = ['2026-11-03', '2026-11-10', '2026-11-17'].map((date, at) => row(date, 9, at + 1));
  const ask = (more) => usualByHour([...rows, ...more], '2026-11-24', 'CHAIR').get(9);
  assert.deepEqual(ask([row('2026-11-24', 9, 50), row('2026-11-23', 9, 50), row('2026-10-27', 9, 50, 'partly')]), { least: 1, middle: 2, most: 3 });
  assert.equal(usualByHour(rows.slice(1), '2026-11-24', 'CHAIR').size, 0);
});

test('periods: what the address says, held to what there is', () => {
  assert.deepEqual(period('', '', '', '2026-11-24'), { by: 'day', from: '2026-10-28', to: '2026-11-24' });
  assert.deepEqual(period('hour', '2026-11-01', '2027-01-01', '2026-11-24'), { by: 'hour', from: '2026-11-11', to: '2026-11-24' });
  assert.deepEqual(period('century', 'x', '2026-13-45', '2026-11-24').by, 'day');
  assert.deepEqual(before({ by: 'hour', from: '2026-11-24', to: '2026-11-24' }), { by: 'hour', from: '2026-11-17', to: '2026-11-17' });
  assert.deepEqual(before({ by: 'day', from: '2026-10-28', to: '2026-11-24' }), { by: 'day', from: '2026-09-30', to: '2026-10-27' });
  assert.deepEqual(shifted({ by: 'day', from: '2026-11-18', to: '2026-11-24' }, 1, '2026-11-24'), { by: 'day', from: '2026-11-18', to: '2026-11-24' });
});

test('axes have round whole numbers that reach the top', () => {
  for (let most = 0; most <= 500; most += 1) {
    const marks = ticks(most);
    assert.ok(marks.at(-1) >= most && marks.length >= 2 && marks.length <= 7, `${most}: ${marks}`);
    assert.ok(marks.every(Number.isInteger));
  }
  assert.equal(every(24, 240, 30), 3);
});

test('the pages are at most 110 KiB, compressed', (context) => {
  const sizes = files('dist').map((name) => gzipSync(readFileSync(join(WEB, name)), { level: 9 }).length);
  const sum = sizes.reduce((all, one) => all + one, 0);
  context.diagnostic(`${(sum / 1024).toFixed(1)} KiB in ${sizes.length} files`);
  assert.ok(sum <= MOST_BYTES, `${sum} bytes`);
});

test('nothing is inlined that the policy of the pages would refuse', () => {
  const page = read('dist/index.html');
  assert.ok(!/<style|\sstyle=|<script(?![^>]*\ssrc=)|\son\w+=/.test(page), page);
  for (const name of files('dist')) if (name.endsWith('.css')) assert.ok(!/url\(["']?(data:|https?:)/.test(read(name)), name);
});
