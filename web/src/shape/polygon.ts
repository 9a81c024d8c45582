// Polygons on a picture: points x, y from 0 to 1, y downwards, closed by themselves. Pure.
import type { Point } from '../api/types.ts';

export type Polygon = readonly Point[];
export type PolygonFault = 'few' | 'crossing' | 'flat' | 'double';

/** Smaller parts of the picture than this hold nobody. */
const SMALLEST_AREA = 0.0005;
const SAME = 1e-4;
const DIGITS = 1e4;

export const clamp = (value: number, low = 0, high = 1): number => Math.min(high, Math.max(low, value));

/** Kept to a ten-thousandth of the picture: finer is noise. */
export const rounded = ([x, y]: Point): Point => [Math.round(clamp(x) * DIGITS) / DIGITS, Math.round(clamp(y) * DIGITS) / DIGITS];

/** To the picture's edge if it is nearer than `reach`. */
export function snapped([x, y]: Point, reach: number): Point {
  const snap = (value: number): number => (value < reach ? 0 : value > 1 - reach ? 1 : value);
  return [snap(x), snap(y)];
}

export function area(polygon: Polygon): number {
  let sum = 0;
  polygon.forEach(([x, y], at) => {
    const [nextX, nextY] = polygon[(at + 1) % polygon.length] as Point;
    sum += x * nextY - nextX * y;
  });
  return Math.abs(sum) / 2;
}

export function centre(polygon: Polygon): Point {
  let weight = 0;
  let sumX = 0;
  let sumY = 0;
  polygon.forEach(([x, y], at) => {
    const [nextX, nextY] = polygon[(at + 1) % polygon.length] as Point;
    const cross = x * nextY - nextX * y;
    weight += cross;
    sumX += (x + nextX) * cross;
    sumY += (y + nextY) * cross;
  });
  if (Math.abs(weight) > 1e-9) return [sumX / (3 * weight), sumY / (3 * weight)];
  const count = Math.max(1, polygon.length);
  return [polygon.reduce((sum, [x]) => sum + x, 0) / count, polygon.reduce((sum, [, y]) => sum + y, 0) / count];
}

/** Even-odd rule. */
/** Where the middle of a name stands, over the middle of its zone but not beyond the picture's edge. All in pixels. */
export function nameAt(polygon: Polygon, name: string, width: number, fontSize: number): number {
  const half = Math.min(width / 2, name.length * fontSize * 0.29 + fontSize * 0.4);
  return clamp(centre(polygon)[0] * width, half, width - half);
}

export function contains(polygon: Polygon, [x, y]: Point): boolean {
  let inside = false;
  polygon.forEach(([ax, ay], at) => {
    const [bx, by] = polygon[(at + 1) % polygon.length] as Point;
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  });
  return inside;
}

const turn = (a: Point, b: Point, c: Point): number => (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);

const onSegment = (a: Point, b: Point, p: Point): boolean =>
  Math.min(a[0], b[0]) <= p[0] && p[0] <= Math.max(a[0], b[0]) && Math.min(a[1], b[1]) <= p[1] && p[1] <= Math.max(a[1], b[1]);

/** Do the segments ab and cd share a point? */
export function cross(a: Point, b: Point, c: Point, d: Point): boolean {
  const first = turn(a, b, c);
  const second = turn(a, b, d);
  const third = turn(c, d, a);
  const fourth = turn(c, d, b);
  if (first * second < 0 && third * fourth < 0) return true;
  return (first === 0 && onSegment(a, b, c)) || (second === 0 && onSegment(a, b, d)) || (third === 0 && onSegment(c, d, a)) || (fourth === 0 && onSegment(c, d, b));
}

/** The first two edges (by their first point) that cross, or null. Edges that share a corner do not count. */
export function crossing(polygon: Polygon): [number, number] | null {
  const count = polygon.length;
  for (let one = 0; one < count; one += 1) {
    for (let other = one + 2; other < count; other += 1) {
      if (one === 0 && other === count - 1) continue;
      const [a, b] = [polygon[one] as Point, polygon[one + 1] as Point];
      const [c, d] = [polygon[other] as Point, polygon[(other + 1) % count] as Point];
      if (cross(a, b, c, d)) return [one, other];
    }
  }
  return null;
}

/** What keeps the polygon from being a zone, or null. */
export function fault(polygon: Polygon): PolygonFault | null {
  if (polygon.length < 3) return 'few';
  const double = polygon.some((point, at) => distance(point, polygon[(at + 1) % polygon.length] as Point) < SAME);
  if (double) return 'double';
  if (crossing(polygon)) return 'crossing';
  return area(polygon) < SMALLEST_AREA ? 'flat' : null;
}

export const distance = (a: Point, b: Point): number => Math.hypot(a[0] - b[0], a[1] - b[1]);

/** The nearest place on the edges: after which corner, where, how far. */
export function nearestEdge(polygon: Polygon, point: Point): { after: number; at: Point; far: number } {
  let best = { after: 0, at: point, far: Infinity };
  polygon.forEach((a, after) => {
    const b = polygon[(after + 1) % polygon.length] as Point;
    const length = (b[0] - a[0]) ** 2 + (b[1] - a[1]) ** 2 || 1;
    const share = clamp(((point[0] - a[0]) * (b[0] - a[0]) + (point[1] - a[1]) * (b[1] - a[1])) / length);
    const at: Point = [a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])];
    const far = distance(at, point);
    if (far < best.far) best = { after, at, far };
  });
  return best;
}

/** Moved as a whole, kept inside the picture. */
export function moved(polygon: Polygon, dx: number, dy: number): Point[] {
  const xs = polygon.map(([x]) => x);
  const ys = polygon.map(([, y]) => y);
  const right = clamp(dx, -Math.min(...xs), 1 - Math.max(...xs));
  const down = clamp(dy, -Math.min(...ys), 1 - Math.max(...ys));
  return polygon.map(([x, y]) => rounded([x + right, y + down]));
}
