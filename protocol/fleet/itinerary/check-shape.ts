/** Whether something is an itinerary at all: each field that is wrong is named with its item; unknown ones are warned of. */
import type { TObject, TSchema } from 'typebox';
import type { Findings } from './refusal.ts';
import {
  DeliverItem,
  Fence,
  Itinerary,
  LandItem,
  LoiterItem,
  MAX_ITEMS,
  Place,
  RallyPoint,
  ReturnItem,
  TakeOffItem,
  WaypointItem,
} from './schema.ts';
import { fits, isObject, misfits } from './shape.ts';

const ITEMS: Readonly<Record<string, TObject>> = {
  'take-off': TakeOffItem,
  waypoint: WaypointItem,
  loiter: LoiterItem,
  deliver: DeliverItem,
  land: LandItem,
  return: ReturnItem,
};
/** Everything but the items, so that a wrong item is not reported as one that fits none of six kinds. */
const FRAME = { ...Itinerary, properties: { ...Itinerary.properties, items: { type: 'array' } } } as TSchema;

type Json = Readonly<Record<string, unknown>>;

/** The itinerary, or null with what is wrong with it found. */
export function checkShape(value: unknown, findings: Findings): Itinerary | null {
  if (!isObject(value)) {
    findings.refuse(null, 'schema', typeof value, 'object', 'an itinerary is a JSON object');
    return null;
  }
  for (const { pointer, words } of misfits(FRAME, value)) {
    findings.refuse(null, 'schema', shown(value, pointer), null, named(pointer, words));
  }
  const items = Array.isArray(value.items) ? value.items : [];
  if (items.length === 0 || items.length > MAX_ITEMS) {
    findings.refuse(null, 'schema', items.length, MAX_ITEMS, `items: a plan has 1 to ${MAX_ITEMS} of them`);
  }
  for (const [index, item] of items.slice(0, MAX_ITEMS).entries()) checkItem(item, index, findings);
  unknownFields(value, Itinerary, null, findings);
  if (isObject(value.base)) unknownFields(value.base, Place, null, findings);
  if (isObject(value.fence)) unknownFields(value.fence, Fence, null, findings);
  for (const point of Array.isArray(value.rally) ? value.rally.slice(0, 10) : []) {
    if (isObject(point)) unknownFields(point, RallyPoint, null, findings);
  }
  return findings.refusals.length === 0 && fits(Itinerary, value) ? value : null;
}

function checkItem(item: unknown, index: number, findings: Findings): void {
  const kind = isObject(item) ? item.do : undefined;
  const schema = typeof kind === 'string' && Object.hasOwn(ITEMS, kind) ? ITEMS[kind] : undefined;
  if (!isObject(item) || schema === undefined) {
    const known = Object.keys(ITEMS).join(', ');
    findings.refuse(
      index,
      'schema',
      kind === undefined ? null : String(kind).slice(0, 64),
      known,
      `do: one of ${known}`,
    );
    return;
  }
  for (const { pointer, words } of misfits(schema, item)) {
    findings.refuse(index, 'schema', shown(item, pointer), null, named(pointer, words));
  }
  if ('latDeg' in item !== 'lonDeg' in item) {
    findings.refuse(index, 'schema', null, null, 'latDeg and lonDeg go together');
  }
  unknownFields(item, schema, index, findings);
}

function unknownFields(value: Json, schema: TObject, item: number | null, findings: Findings): void {
  for (const key of Object.keys(value).slice(0, 50)) {
    if (!Object.hasOwn(schema.properties, key)) {
      findings.warn(item, 'unknown-field', `there is no field "${key.slice(0, 64)}": it is ignored`);
    }
  }
}

/** The value that a JSON pointer names, short enough to show. */
function shown(value: unknown, pointer: string): string | number | null {
  const found = pointer
    .split('/')
    .slice(1)
    .reduce<unknown>((one, key) => (typeof one === 'object' && one !== null ? (one as Json)[key] : undefined), value);
  if (typeof found === 'number') return Number.isFinite(found) ? found : String(found);
  return found === undefined ? null : (JSON.stringify(found)?.slice(0, 64) ?? null);
}

const named = (pointer: string, words: string): string =>
  `${pointer.slice(1).replaceAll('/', '.') || 'plan'}: ${words}`;
