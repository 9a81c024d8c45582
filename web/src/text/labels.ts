// Words for states that the service sends as codes. English takes the service's own sentence where it has one.
import type { CameraStatus, Live, ShopEvent, ZoneType } from '../api/types.ts';
import { shop } from '../live/store.svelte.ts';
import { clock, number, span } from './format.ts';
import { t, words, type Key } from './text.svelte.ts';

export const serviceName = (type: ZoneType, count = 2): string => t(`service.${type}` as Key, { count });
/** With a capital: for headings and buttons. */
export const cap = (text: string): string => text.charAt(0).toLocaleUpperCase(words.locale) + text.slice(1);
export const typeName = (type: ZoneType): string => t(`type.${type}` as Key);
export const verdictName = (event: ShopEvent): string => t(event.part_of ? 'verdict.part' : (`verdict.${event.verdict}` as Key));

export function cameraWords(camera: CameraStatus, now: number, zone: string): string {
  if (camera.words && words.language === 'en') return camera.words;
  const age = camera.last_frame_age_s;
  const bad = camera.state === 'offline' || camera.state === 'failed';
  if (bad && age !== null) return t('camera.silent', { name: camera.id, time: clock(now - age * 1000, zone) });
  const { allowed_fps: allowed, target_fps: target } = camera;
  if (camera.state === 'ok' && allowed !== undefined && target !== undefined && allowed < target)
    return t('camera.slowed', { allowed: number(allowed, words.locale, 2), target: number(target, words.locale, 2) });
  return t(`camera.${camera.state}` as Key, { name: camera.id });
}

/** When in a row's time nobody watched: "unknown 10:05–10:23". */
export function timesOf(row: { from: string; to: string }, parts: readonly (readonly [number, number])[]): string {
  const [from, to] = [Date.parse(row.from), Date.parse(row.to)];
  const time = (part: number): string => clock(from + part * (to - from), shop.timezone);
  return t('unknown.times', { times: parts.map(([start, end]) => `${time(start)}–${time(end)}`).join(', ') });
}

export const seesShop = (state: CameraStatus['state']): boolean => state === 'ok' || state === 'ended';

export function syncWords(sync: Live['sync']): string {
  if (sync.words && words.language === 'en') return sync.words;
  if (sync.state === 'off') return t('sync.off');
  if (sync.dead > 0) return t('sync.dead', { count: sync.dead });
  if (sync.queued === 0) return t('sync.idle');
  return t('sync.queued', { count: sync.queued, span: span(sync.oldest_s ?? 0) });
}
