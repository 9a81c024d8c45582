// A set of zones being edited: every change is a new value, so undo is a list of values. Pure.
import type { CameraZones, Point, Zone, ZoneSet, ZoneType } from '../api/types.ts';
import { fault, moved, rounded } from '../shape/polygon.ts';

const UNDO_STEPS = 100;
const NAMES: Record<ZoneType, string> = { CHAIR: 'chair', WASH: 'basin', WAIT: 'bench' };

export type Kind = ZoneType | 'IGNORE';

/** A zone or a region to ignore, in one list so that the drawing treats them alike. */
export interface Shape {
  kind: Kind;
  name: string;
  polygon: Point[];
  /** The zone's other settings; unset means the default. */
  zone: Omit<Zone, 'name' | 'type' | 'polygon'>;
}

export type Shapes = Readonly<Record<string, readonly Shape[]>>;

export interface Draft {
  /** The revision that the edit began from. */
  revision: number;
  saved: Shapes;
  shapes: Shapes;
  past: readonly Shapes[];
  future: readonly Shapes[];
}

export function fromSet(set: ZoneSet): Draft {
  const shapes = shapesOf(set.cameras);
  return { revision: set.revision, saved: shapes, shapes, past: [], future: [] };
}

export function shapesOf(cameras: readonly CameraZones[]): Shapes {
  return Object.fromEntries(
    cameras.map((camera) => {
      const zones = camera.zones.map(({ name, type, polygon, ...zone }): Shape => ({ kind: type, name, polygon: polygon as Point[], zone }));
      const ignored = (camera.ignore ?? []).map(({ name, polygon }): Shape => ({ kind: 'IGNORE', name, polygon: polygon as Point[], zone: {} as Shape['zone'] }));
      return [camera.id, [...zones, ...ignored]];
    }),
  );
}

export function toCamera(id: string, shapes: readonly Shape[]): CameraZones {
  const zones = shapes.filter((shape) => shape.kind !== 'IGNORE').map((shape): Zone => ({ ...shape.zone, name: shape.name.trim(), type: shape.kind as ZoneType, polygon: shape.polygon }));
  const ignore = shapes.filter((shape) => shape.kind === 'IGNORE').map(({ name, polygon }) => ({ name: name.trim(), polygon }));
  return { id, zones, ignore };
}

export const changed = (draft: Draft): boolean => JSON.stringify(draft.shapes) !== JSON.stringify(draft.saved);

export function changedCameras(draft: Draft): CameraZones[] {
  return Object.entries(draft.shapes)
    .filter(([id, shapes]) => JSON.stringify(shapes) !== JSON.stringify(draft.saved[id]))
    .map(([id, shapes]) => toCamera(id, shapes));
}

export function edit(draft: Draft, camera: string, shapes: readonly Shape[]): Draft {
  return { ...draft, shapes: { ...draft.shapes, [camera]: shapes }, past: [...draft.past, draft.shapes].slice(-UNDO_STEPS), future: [] };
}

/** As `edit`, without a step of its own: the rest of a drag, or more letters of a name. */
export function editOn(draft: Draft, camera: string, shapes: readonly Shape[]): Draft {
  return { ...draft, shapes: { ...draft.shapes, [camera]: shapes } };
}

export function undo(draft: Draft): Draft {
  const last = draft.past.at(-1);
  return last ? { ...draft, shapes: last, past: draft.past.slice(0, -1), future: [draft.shapes, ...draft.future] } : draft;
}

export function redo(draft: Draft): Draft {
  const [next, ...rest] = draft.future;
  return next ? { ...draft, shapes: next, past: [...draft.past, draft.shapes], future: rest } : draft;
}

/** Mine on top of what somebody else saved: cameras that I did not touch take theirs. */
export function rebased(draft: Draft, theirs: ZoneSet): Draft {
  const fresh = fromSet(theirs);
  const mine = Object.fromEntries(changedCameras(draft).map((camera) => [camera.id, draft.shapes[camera.id] ?? []]));
  return { ...fresh, shapes: { ...fresh.shapes, ...mine }, past: [...draft.past, draft.shapes] };
}

export const put = (shapes: readonly Shape[], at: number, shape: Shape): Shape[] => shapes.map((one, index) => (index === at ? shape : one));

export const withPoint = (shape: Shape, at: number, point: Point): Shape => ({ ...shape, polygon: shape.polygon.map((one, index) => (index === at ? rounded(point) : one)) });

export const withInserted = (shape: Shape, after: number, point: Point): Shape => ({ ...shape, polygon: [...shape.polygon.slice(0, after + 1), rounded(point), ...shape.polygon.slice(after + 1)] });

/** Three corners are the least. */
export const withoutPoint = (shape: Shape, at: number): Shape => (shape.polygon.length > 3 ? { ...shape, polygon: shape.polygon.filter((_, index) => index !== at) } : shape);

export const withMove = (shape: Shape, dx: number, dy: number): Shape => ({ ...shape, polygon: moved(shape.polygon, dx, dy) });

/** "chair 3": the first free number in the branch. */
export function freeName(all: Shapes, kind: Kind): string {
  const taken = new Set(Object.values(all).flatMap((shapes) => shapes.map((shape) => shape.name)));
  const stem = kind === 'IGNORE' ? 'mirror' : NAMES[kind];
  let number = 1;
  while (taken.has(`${stem} ${number}`)) number += 1;
  return `${stem} ${number}`;
}

export type ShapeFault = 'few' | 'crossing' | 'flat' | 'double' | 'nameless' | 'taken';

/** What keeps the shape from being saved, or null. */
export function shapeFault(all: Shapes, shape: Shape): ShapeFault | null {
  const found = fault(shape.polygon);
  if (found) return found;
  if (!shape.name.trim()) return 'nameless';
  if (shape.kind === 'IGNORE') return null;
  const same = Object.values(all).flatMap((shapes) => shapes.filter((one) => one.kind !== 'IGNORE' && one.name.trim() === shape.name.trim()));
  return same.length > 1 ? 'taken' : null;
}
