// The names that the pages use for the schemas of schema/openapi.yaml; `npm run types` writes schema.gen.d.ts.
import type { components } from './schema.gen';

type Schemas = components['schemas'];

export type Session = Schemas['Session'];
export type Live = Schemas['Live'];
export type LiveZone = Schemas['LiveZone'];
export type LivePerson = Schemas['LivePerson'];
export type Today = Schemas['Today'];
export type ShopEvent = Schemas['Event'];
export type Tracks = Schemas['Tracks'];
export type Summaries = Schemas['Summaries'];
export type SummaryRow = Summaries['rows'][number];
export type Gap = Schemas['Gap'];
export type Camera = Schemas['Camera'];
export interface CameraList {
  picture: PictureMode;
  cameras: Camera[];
  /** The sample video is there: `source: demo` makes a camera of it. */
  demo: boolean;
}
export type Reloaded = Schemas['Reloaded'];
export interface TriedCamera {
  ok: boolean;
  words: string;
  details: string | null;
  width: number | null;
  height: number | null;
  picture: string | null;
}
export type CameraStatus = Schemas['CameraStatus'];
export type Zone = Schemas['Zone'];
export type CameraZones = Schemas['CameraZones'];
export type ZoneSet = Schemas['ZoneSet'];
export type TriedZone = Schemas['TriedZone'];
export type Fault = Schemas['Fault'];
export type Health = Schemas['Health'];
export type LogLine = Schemas['LogLine'];
export type Problem = Schemas['Problem'];
export type ZoneType = Schemas['ZoneType'];
export type PictureMode = Schemas['PictureMode'];
/** x and y, both 0 to 1 of the picture, y downwards. */
export type Point = [number, number];

export const ZONE_TYPES: readonly ZoneType[] = ['CHAIR', 'WASH', 'WAIT'];
