// Times and numbers as people say them. All times are shown in the branch's time zone, wherever the browser is.

const MINUTE = 60;
const HOUR = 3600;
const DAY_MS = 86_400_000;

const formats = new Map<string, Intl.DateTimeFormat>();

function format(locale: string, zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale}|${zone}|${JSON.stringify(options)}`;
  let found = formats.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(locale, { timeZone: zone, ...options });
    formats.set(key, found);
  }
  return found;
}

/** 09:42 */
export function clock(ms: number, zone: string): string {
  return format('de-DE', zone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(ms);
}

/** 2026-11-22 in the zone */
export function localDate(ms: number, zone: string): string {
  return format('en-CA', zone, { year: 'numeric', month: '2-digit', day: '2-digit' }).format(ms);
}

/** The full stamp for hover: Tue, 24 Nov 2026, 14:20:07 */
export function stamp(ms: number, zone: string, locale: string): string {
  return format(locale, zone, { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }).format(ms);
}

/** A business date in words; dates have no zone. */
export function dayName(date: string, locale: string, options: Intl.DateTimeFormatOptions): string {
  return format(locale, 'UTC', options).format(Date.parse(`${date}T12:00:00Z`));
}

export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS);
}

/** 1 is Monday. */
export function weekday(date: string): number {
  return ((new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7) + 1;
}

/** A running clock: 0:58, 14:05, 1:02:11 */
export function running(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (value: number): string => String(value).padStart(2, '0');
  const rest = `${two(Math.floor((whole % HOUR) / MINUTE))}:${two(whole % MINUTE)}`;
  return whole >= HOUR ? `${Math.floor(whole / HOUR)}:${rest}` : `${Math.floor(whole / MINUTE)}:${two(whole % MINUTE)}`;
}

/** 45 s, 14 min, 1 h 5 min */
export function span(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 90) return `${whole} s`;
  const minutes = Math.round(whole / MINUTE);
  if (minutes < 90) return `${minutes} min`;
  const rest = minutes % MINUTE;
  return rest ? `${Math.floor(minutes / MINUTE)} h ${rest} min` : `${minutes / MINUTE} h`;
}

/** 46 MB, 1.1 GB */
export function size(bytes: number, locale: string): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let at = 0;
  while (value >= 1000 && at < units.length - 1) {
    value /= 1000;
    at += 1;
  }
  return `${number(value, locale, value < 10 && at > 0 ? 1 : 0)} ${units[at]}`;
}

export function number(value: number, locale: string, digits = 0): string {
  return value.toLocaleString(locale, { maximumFractionDigits: digits });
}

/** One field of a CSV line (RFC 4180); a text that a spreadsheet would run as a formula is made harmless. */
export function csvField(value: string | number | null): string {
  let text = value === null ? '' : String(value);
  if (typeof value === 'string' && /^[=+\-@\t\r]/.test(text)) text = `'${text}`;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function csv(head: readonly string[], rows: readonly (readonly (string | number | null)[])[]): string {
  return `\ufeff${[head, ...rows].map((row) => row.map(csvField).join(',')).join('\r\n')}\r\n`;
}
