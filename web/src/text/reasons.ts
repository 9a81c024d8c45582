// Why an event is not sure, not counted or ended as it did (docs/formats/reasons.md), as keys of the catalogues. What is not
// known here, from a newer service, is shown in its own words.
import type { Values } from './fill.ts';
import type { Key } from './text.svelte.ts';

/** A key with its values, or words as they came. */
export interface Reason {
  key?: Key;
  values?: Values;
  words?: string;
}

const PHRASES: readonly (readonly [RegExp, Key, ...string[]])[] = [
  [/^occluded ([\d.]+) s$/, 'reason.occluded', 'seconds'],
  [/^camera blind ([\d.]+) s$/, 'reason.blind', 'seconds'],
  [/^possible change of clients ([\d.]+) s after the start/, 'reason.split', 'seconds'],
  [/^start from an unsure change of clients$/, 'reason.start'],
  [/^end from an unsure change of clients$/, 'reason.end'],
  [/^near the threshold$/, 'reason.length'],
  [/^hardly attended$/, 'reason.attended'],
  [/^arrival not seen$/, 'reason.arrival'],
  [/^identity merged (?:once|twice|\d+ times)$/, 'reason.identity'],
  [/^(?:hardly|seldom) seen$/, 'reason.unseen'],
  [/^not sure$/, 'reason.not_sure'],
  [/^unattended$/, 'reason.unattended'],
  [/^not attended so far$/, 'reason.not_attended_so_far'],
  [/^short$/, 'reason.short'],
  [/^not seated$/, 'reason.not_seated'],
  [/^part of a longer stay$/, 'reason.part'],
  [/^never moved$/, 'reason.never_moved'],
];
const ENDS: Readonly<Record<string, Key>> = {
  left: 'ended.left',
  grace: 'ended.grace',
  'next client': 'ended.next_client',
  stopped: 'ended.stopped',
  restart: 'ended.stopped',
  'end of stream': 'ended.end_of_stream',
  'by request': 'ended.by_request',
  'never moved': 'reason.never_moved',
  'zone removed': 'ended.zone_removed',
  'camera removed': 'ended.camera_removed',
};

function phrase(text: string): Reason {
  for (const [pattern, key, name] of PHRASES) {
    const found = pattern.exec(text);
    if (found) return name && found[1] ? { key, values: { [name]: Math.round(Number(found[1])) } } : { key };
  }
  return { words: text };
}

/** Each reason once, the ones for the verdict first. */
export function whys(reasons: Readonly<Record<string, string>>): Reason[] {
  const texts = [reasons.rejected, reasons.review, ...(reasons.reasons ?? '').split('; ')].filter((text): text is string => !!text);
  return [...new Set(texts)].filter((text) => !text.startsWith('rejected: ') && text !== 'by hand').map(phrase);
}

export function ending(reasons: Readonly<Record<string, string>>): Reason | null {
  if (!reasons.end) return null;
  const key = ENDS[reasons.end];
  return key ? { key } : { words: reasons.end };
}
