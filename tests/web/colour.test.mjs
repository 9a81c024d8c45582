// The palette: contrast, and whether states can be told apart by eyes that lack one kind of cone. Colour is never alone
// (a shape or a word stands beside it); it should still not lie.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { WEB } from './browser.mjs';

const css = readFileSync(join(WEB, 'src/look/tokens.css'), 'utf8');
const tokens = Object.fromEntries([...css.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)].map(([, name, light, dark]) => [name, { light, dark }]));
const THEMES = ['light', 'dark'];
const STATES = ['busy', 'over', 'alarm', 'good', 'mark'];

const linear = (part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
const parsed = (hex) => [1, 3, 5].map((at) => linear(parseInt(hex.slice(at, at + 2), 16) / 255));
const times = (matrix, vector) => matrix.map((row) => row.reduce((sum, one, at) => sum + one * vector[at], 0));
const luminance = ([red, green, blue]) => 0.2126 * red + 0.7152 * green + 0.0722 * blue;

/** WCAG's. */
function contrast(one, other) {
  const [low, high] = [luminance(parsed(one)), luminance(parsed(other))].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

// Machado, Oliveira and Fernandes 2009, severity 1, on linear RGB.
const EYES = {
  all: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protan: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deutan: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  tritan: [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
};

/** CIE L*a*b* (D65). */
function lab(hex, eyes) {
  const rgb = times(EYES[eyes], parsed(hex)).map((part) => Math.min(1, Math.max(0, part)));
  const xyz = times([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.072175], [0.0193339, 0.119192, 0.9503041]], rgb);
  const [x, y, z] = xyz.map((part, at) => part / [0.95047, 1, 1.08883][at]).map((part) => (part > 0.008856 ? Math.cbrt(part) : 7.787 * part + 16 / 116));
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}
const apart = (one, other, eyes) => Math.hypot(...lab(one, eyes).map((part, at) => part - lab(other, eyes)[at]));

for (const theme of THEMES) {
  test(`colours, ${theme}: words have 4.5:1 and marks 3:1 on whatever they stand`, () => {
    const colour = (name) => tokens[name][theme];
    for (const ground of ['bg', 'surface', 'raised']) {
      for (const name of ['text', 'soft', 'accent', 'busy', 'over', 'alarm', 'good']) assert.ok(contrast(colour(name), colour(ground)) >= 4.5, `${name} on ${ground}: ${contrast(colour(name), colour(ground)).toFixed(2)}`);
      assert.ok(contrast(colour('mark'), colour(ground)) >= 3, `mark on ${ground}: ${contrast(colour('mark'), colour(ground)).toFixed(2)}`);
    }
    for (const name of ['busy', 'over', 'alarm']) {
      assert.ok(contrast(colour(name), colour(`${name}-soft`)) >= 4.5, `${name} on its own ground`);
      assert.ok(contrast(colour('text'), colour(`${name}-soft`)) >= 4.5, `text on ${name}-soft`);
    }
    assert.ok(contrast(colour('on-accent'), colour('accent')) >= 4.5 && contrast(colour('on-accent'), colour('accent-over')) >= 4.5);
  });

  for (const eyes of Object.keys(EYES)) {
    test(`colours, ${theme}, ${eyes}: no two states look the same`, (context) => {
      const pairs = STATES.flatMap((one, at) => STATES.slice(at + 1).map((other) => [one, other]));
      const found = pairs.map(([one, other]) => [`${one}/${other}`, apart(tokens[one][theme], tokens[other][theme], eyes)]).sort((a, b) => a[1] - b[1]);
      context.diagnostic(found.slice(0, 3).map(([pair, far]) => `${pair} ${far.toFixed(0)}`).join(', '));
      // 2.3 is just noticeable side by side; a glance across the shop needs several times that.
      for (const [pair, far] of found) assert.ok(far >= 15, `${pair}: ${far.toFixed(1)}`);
    });
  }
}
