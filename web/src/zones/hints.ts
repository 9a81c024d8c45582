// The service's hints on zones that are being drawn, with their zone's name and in the page's language. They come as English
// sentences without a subject; the two there are have forms here, any other is shown as it came.
import type { CameraZones, Fault } from '../api/types.ts';

export interface Hint {
  name: string;
  kind: 'overlaps' | 'small' | 'other';
  other: string;
  percent: number;
  words: string;
}

export function asHint(fault: Fault, cameras: readonly CameraZones[]): Hint {
  const [, camera = '', zone = ''] = /^cameras\[(\d+)\]\.zones\[(\d+)\]/.exec(fault.at) ?? [];
  const name = cameras[Number(camera)]?.zones[Number(zone)]?.name ?? '';
  const overlap = /^overlaps '(.+)' by (\d+) %$/.exec(fault.words);
  const kind = overlap ? 'overlaps' : fault.words.startsWith('is very small') ? 'small' : 'other';
  return { name, kind, other: overlap?.[1] ?? '', percent: Number(overlap?.[2] ?? 0), words: fault.words };
}
