// What the charts show, made from the service's sums. Pure. A time that nobody watched is null, never 0.
import type { Gap, SummaryRow, ZoneType } from '../api/types.ts';
import { weekday } from '../text/format.ts';
import { median } from './scale.ts';

export interface Band {
  least: number;
  middle: number;
  most: number;
}

/** With fewer days than this nothing is called usual. */
const LEAST_DAYS = 3;

/** Hours in which the branch ever counted something, with an hour of air; 8 to 20 where it never did. */
export function openHours(rows: readonly SummaryRow[]): [number, number] {
  const hours = rows.filter((row) => Object.values(row.counts).some((count) => (count ?? 0) > 0)).map((row) => hourOf(row));
  if (hours.length === 0) return [8, 20];
  return [Math.max(0, Math.min(...hours) - 1), Math.min(23, Math.max(...hours) + 1)];
}

/** Where in a row's time nobody watched, as parts of it (0 to 1), in order and without overlaps. `now` ends a gap that goes on. */
export function unknownParts(row: Pick<SummaryRow, 'from' | 'to'>, gaps: readonly Gap[], now: number): [number, number][] {
  const [from, to] = [Date.parse(row.from), Date.parse(row.to)];
  const part = (ms: number): number => (Math.min(to, Math.max(from, ms)) - from) / (to - from);
  const found = gaps.map((gap): [number, number] => [part(Date.parse(gap.start)), part(gap.end === null ? now : Date.parse(gap.end))]);
  const joined: [number, number][] = [];
  for (const [start, end] of found.filter((one) => one[1] > one[0]).sort((one, other) => one[0] - other[0])) {
    const last = joined.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else joined.push([start, end]);
  }
  return joined;
}

/** Of a day or more only how much: of the hours in which the branch is open, as one part. */
export function unknownShare(row: SummaryRow, open: readonly [number, number]): [number, number][] {
  const days = Math.max(1, Math.round((Date.parse(row.to) - Date.parse(row.from)) / 86_400_000));
  return [[0, Math.min(1, row.unknown_s / (days * (open[1] - open[0] + 1) * 3600))]];
}

export const hourOf = (row: SummaryRow): number => Number(row.label.slice(0, 2));

/** What the same hour of the same weekday had on other days. */
export function usualByHour(rows: readonly SummaryRow[], date: string, type: ZoneType): Map<number, Band> {
  const byHour = new Map<number, number[]>();
  for (const row of rows) {
    const count = row.counts[type];
    if (row.date === date || weekday(row.date) !== weekday(date) || row.coverage !== 'known' || count === null) continue;
    byHour.set(hourOf(row), [...(byHour.get(hourOf(row)) ?? []), count]);
  }
  const bands = new Map<number, Band>();
  for (const [hour, counts] of byHour) {
    if (counts.length >= LEAST_DAYS) bands.set(hour, { least: Math.min(...counts), middle: median(counts), most: Math.max(...counts) });
  }
  return bands;
}

export interface HeatCell {
  day: number;
  hour: number;
  /** Mean per watched hour; null where none was watched. */
  mean: number | null;
  hours: number;
}

/** Hour by weekday: the mean over the watched hours. */
export function heat(rows: readonly SummaryRow[], type: ZoneType): HeatCell[] {
  const cells = new Map<string, { sum: number; hours: number }>();
  const [first, last] = openHours(rows);
  for (let day = 1; day <= 7; day += 1) for (let hour = first; hour <= last; hour += 1) cells.set(`${day}/${hour}`, { sum: 0, hours: 0 });
  for (const row of rows) {
    const count = row.counts[type];
    const cell = cells.get(`${weekday(row.date)}/${hourOf(row)}`);
    if (!cell || row.coverage !== 'known' || count === null) continue;
    cell.sum += count;
    cell.hours += 1;
  }
  return [...cells].map(([key, { sum, hours }]) => {
    const [day = 1, hour = 0] = key.split('/').map(Number);
    return { day, hour, hours, mean: hours ? sum / hours : null };
  });
}

/** Sums of a period; null where nothing of it was watched. */
export function total(rows: readonly SummaryRow[], type: ZoneType): number | null {
  const known = rows.map((row) => row.counts[type]).filter((count) => count !== null);
  return known.length ? known.reduce((sum, count) => sum + count, 0) : null;
}
