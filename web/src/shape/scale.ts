// Numbers for charts. Pure.

/** Ticks at round numbers from 0 to at least `most`, about `wanted` of them; whole numbers only. */
export function ticks(most: number, wanted = 4): number[] {
  const rough = Math.max(1, most) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, [1, 2, 5, 10].map((one) => one * power).find((one) => one >= rough) ?? 10 * power);
  const list = [0];
  while ((list.at(-1) ?? 0) < most) list.push((list.at(-1) ?? 0) + step);
  if (list.length === 1) list.push(step);
  return list;
}

/** Of `count` labels, each how-manieth has room. */
export function every(count: number, width: number, label: number): number {
  const rough = Math.ceil((count * label) / Math.max(1, width));
  return [1, 2, 3, 4, 6, 7, 12, 14, 24, 28].find((step) => step >= rough) ?? rough;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length / 2;
  return sorted.length % 2 ? (sorted[Math.floor(middle)] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
