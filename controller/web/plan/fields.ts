/** What can be set about each kind of item, as the form shows it. One table; the schema in protocol says the bounds. */
import { ALTITUDE_FRAMES, DELIVERY_METHODS, type ItineraryItem } from '@skein/protocol/fleet';
import type { ItemKind } from './draft.ts';

export interface NumberField {
  readonly type: 'number';
  readonly key: string;
  readonly label: string;
  readonly unit: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** May be left empty; then this holds, in words. */
  readonly otherwise?: string;
  readonly hint?: string;
}

export interface ChoiceField {
  readonly type: 'choice';
  readonly key: string;
  readonly label: string;
  readonly choices: readonly (readonly [string, string])[];
}

export interface TextField {
  readonly type: 'text';
  readonly key: string;
  readonly label: string;
  readonly max: number;
}

export interface TickField {
  readonly type: 'tick';
  readonly key: string;
  readonly label: string;
}

export type Field = NumberField | ChoiceField | TextField | TickField;

const FRAME_WORDS: Readonly<Record<(typeof ALTITUDE_FRAMES)[number], string>> = {
  home: 'above home',
  amsl: 'above sea level',
  terrain: 'above the ground',
};
const HOW_WORDS: Readonly<Record<(typeof DELIVERY_METHODS)[number], string>> = {
  place: 'set down',
  gripper: 'gripper',
  winch: 'winch',
  drop: 'drop from a hover',
};

export const KIND_WORDS: Readonly<Record<ItemKind, string>> = {
  'take-off': 'Take off',
  waypoint: 'Waypoint',
  loiter: 'Wait',
  deliver: 'Deliver',
  land: 'Land',
  return: 'Return',
};

const number = (
  key: string,
  label: string,
  unit: string,
  min: number,
  max: number,
  step: number,
  more: Partial<NumberField> = {},
): NumberField => ({ type: 'number', key, label, unit, min, max, step, ...more });
const height = [
  number('altM', 'Height', 'm', -500, 9_000, 1),
  {
    type: 'choice',
    key: 'frame',
    label: 'counted',
    choices: ALTITUDE_FRAMES.map((frame) => [frame, FRAME_WORDS[frame]] as const),
  },
] as const satisfies readonly Field[];

const deliver = (how: string): readonly Field[] => [
  ...height,
  { type: 'choice', key: 'how', label: 'How', choices: DELIVERY_METHODS.map((one) => [one, HOW_WORDS[one]] as const) },
  { type: 'text', key: 'parcel', label: 'Parcel', max: 64 },
  ...(how === 'place'
    ? [number('maxDescentM', 'Descends at most', 'm', 1, 600, 1, { otherwise: 'the height and 10 m more' })]
    : [number('releaseAltM', 'Releases at', 'm', 0, 120, 1, { otherwise: 'on the ground', hint: 'above home' })]),
  ...(how === 'winch'
    ? [number('lineM', 'Line', 'm', 0.5, 60, 0.5, { otherwise: '1 m more than the hover is high' })]
    : []),
  number('gateS', 'Waits at the gate', 's', 5, 600, 5, { otherwise: '60 s' }),
  number('minBatteryPct', 'Charge at least', '%', 0, 100, 5, { otherwise: '50 %' }),
  { type: 'tick', key: 'releaseOffline', label: 'May be released while the controller is not reachable' },
];

export function fieldsOf(item: ItineraryItem): readonly Field[] {
  switch (item.do) {
    case 'take-off':
      return [number('altM', 'Height', 'm', 1, 500, 1)];
    case 'waypoint':
      return [
        ...height,
        number('speedMps', 'Speed from here', 'm/s', 0.5, 30, 0.5, { otherwise: 'as before' }),
        number('holdS', 'Stays', 's', 0, 3_600, 1, { otherwise: 'not at all' }),
      ];
    case 'loiter':
      return [...height, number('forS', 'Waits', 's', 0, 3_600, 5)];
    case 'deliver':
      return deliver(item.how);
    default:
      return [];
  }
}

/** The item with one field set; an empty one is left out, as the schema wants it. */
export function withField(item: ItineraryItem, key: string, value: string | number | boolean | null): ItineraryItem {
  const { [key]: _before, ...rest } = item as Record<string, unknown>;
  const empty = value === null || value === '' || value === false;
  return { ...rest, ...(empty ? {} : { [key]: value }) } as ItineraryItem;
}

/** An item in a line: `40 m · 8 m/s`. */
export function summaryOf(item: ItineraryItem): string {
  const parts: string[] = [];
  if ('altM' in item)
    parts.push(`${item.altM}\u202fm${'frame' in item && item.frame !== 'home' ? ` ${FRAME_WORDS[item.frame]}` : ''}`);
  if (item.do === 'waypoint' && item.speedMps !== undefined) parts.push(`${item.speedMps}\u202fm/s`);
  if (item.do === 'waypoint' && item.holdS !== undefined) parts.push(`stays ${item.holdS}\u202fs`);
  if (item.do === 'loiter') parts.push(`${item.forS}\u202fs`);
  if (item.do === 'deliver') parts.push(`${HOW_WORDS[item.how]}${item.parcel === undefined ? '' : `: ${item.parcel}`}`);
  return parts.join(' · ');
}
