// The span of dates that the page History shows, and the one before it. Pure.
import { addDays, daysBetween } from '../text/format.ts';

export const BY = ['hour', 'day', 'week', 'month'] as const;
export type By = (typeof BY)[number];

/** Days shown where the address names none. */
const DAYS: Record<By, number> = { hour: 1, day: 28, week: 91, month: 365 };
/** The service's limit for hours. */
const MOST_HOURS_DAYS = 14;

export interface Period {
  by: By;
  from: string;
  to: string;
}

const isDate = (text: string): boolean => /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`));

export function period(by: string, from: string, to: string, today: string): Period {
  const kind = (BY as readonly string[]).includes(by) ? (by as By) : 'day';
  const end = isDate(to) && to <= today ? to : today;
  let start = isDate(from) && from <= end ? from : addDays(end, 1 - DAYS[kind]);
  if (kind === 'hour' && daysBetween(start, end) >= MOST_HOURS_DAYS) start = addDays(end, 1 - MOST_HOURS_DAYS);
  return { by: kind, from: start, to: end };
}

/** As long, right before; by whole weeks where it can, so that weekdays meet weekdays. */
export function before({ by, from, to }: Period): Period {
  const days = daysBetween(from, to) + 1;
  const shift = by === 'hour' && days < 7 ? 7 : days >= 7 && by !== 'month' ? Math.ceil(days / 7) * 7 : days;
  return { by, from: addDays(from, -shift), to: addDays(to, -shift) };
}

/** One step further back (-1) or forward (1). */
export function shifted(one: Period, way: -1 | 1, today: string): Period {
  const days = daysBetween(one.from, one.to) + 1;
  const to = addDays(one.to, way * days);
  const held = to > today ? today : to;
  return { ...one, from: addDays(held, 1 - days), to: held };
}
