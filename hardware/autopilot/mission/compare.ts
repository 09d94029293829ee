/** Is what the autopilot holds what it was given, at the precision it keeps? Pure. */
import type { MissionItem, MissionType } from '@skein/protocol/mavlink';
import { HEADED } from './commands.ts';
import { asStored, frameOf, type MissionFlavour } from './stored.ts';

export interface Difference {
  /** Place in the list; null: their lengths differ. */
  readonly seq: number | null;
  readonly field:
    | 'count'
    | 'frame'
    | 'command'
    | 'param1'
    | 'param2'
    | 'param3'
    | 'param4'
    | 'x'
    | 'y'
    | 'z'
    | 'autocontinue';
  /** As it should have been read back. */
  readonly wanted: number;
  readonly got: number;
}

/** Under the centimetre that ArduPilot keeps, over what a float of a few kilometres loses. */
const SAME_ALT_M = 0.0095;
/** 24 bits of a float, and the way of an angle through radians. */
const SAME_SHARE = 1e-6;
const SAME_YAW_DEG = 0.01;
/** More than this is one fault, not many: a list of thousands is no help to anybody. */
const MAX_DIFFERENCES = 50;

const PARAMS = ['param1', 'param2', 'param3', 'param4'] as const;

const isSame = (a: number, b: number): boolean =>
  a === b || Math.abs(a - b) <= SAME_SHARE * Math.max(Math.abs(a), Math.abs(b));

/** NaN is "as it is now", and equals itself only where the autopilot keeps it as such. */
function isSameYaw(a: number, b: number): boolean {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) && Number.isNaN(b);
  const apart = Math.abs(a - b) % 360;
  return Math.min(apart, 360 - apart) <= SAME_YAW_DEG;
}

/**
 * What differs between a list that was sent and one that was read back, empty: nothing does. Item 0 of an ArduPilot mission is
 * home and is not looked at: it moves with each arming, and is in the hash by itself.
 */
export function differences(
  sent: readonly MissionItem[],
  readBack: readonly MissionItem[],
  flavour: MissionFlavour,
  type: MissionType = 'mission',
): readonly Difference[] {
  const wanted = asStored(sent, flavour, type);
  // An empty mission is home alone (observed on 4.7-dev), or nothing at all (observed on 4.6.3 after a clear).
  if (sent.length === 0 && readBack.length === 0) return [];
  if (wanted.length !== readBack.length) {
    return [{ seq: null, field: 'count', wanted: wanted.length, got: readBack.length }];
  }
  const found: Difference[] = [];
  const first = flavour === 'ardupilot' && type === 'mission' ? 1 : 0;
  for (let seq = first; seq < wanted.length && found.length < MAX_DIFFERENCES; seq++) {
    const [a, b] = [wanted[seq], readBack[seq]];
    if (a !== undefined && b !== undefined) found.push(...between(a, b, seq, { flavour, type }));
  }
  return found;
}

function between(
  wanted: MissionItem,
  got: MissionItem,
  seq: number,
  o: { readonly flavour: MissionFlavour; readonly type: MissionType },
): readonly Difference[] {
  const found: Difference[] = [];
  const look = (field: Difference['field'], a: number, b: number, same: boolean): void => {
    if (!same) found.push({ seq, field, wanted: a, got: b });
  };
  look('command', wanted.command, got.command, wanted.command === got.command);
  // A fence has no frame, and on ArduPilot no heights.
  const isFlat = o.flavour === 'ardupilot' && o.type === 'fence';
  if (o.type !== 'fence') look('frame', wanted.frame, got.frame, wanted.frame === frameOf(got.frame));
  for (const [index, name] of PARAMS.entries()) {
    const [a, b] = [wanted.params[index] ?? 0, got.params[index] ?? 0];
    const isYaw = o.flavour === 'px4' && index === 3 && HEADED.includes(wanted.command);
    look(name, a, b, isYaw ? isSameYaw(a, b) : isSame(a, b));
  }
  look('x', wanted.x, got.x, wanted.x === got.x);
  look('y', wanted.y, got.y, wanted.y === got.y);
  if (!isFlat) look('z', wanted.z, got.z, Math.abs(wanted.z - got.z) < SAME_ALT_M);
  const [a, b] = [Number(wanted.autocontinue ?? true), Number(got.autocontinue ?? true)];
  // Nothing goes on from a corner of a fence.
  if (o.flavour === 'px4' && o.type !== 'fence') look('autocontinue', a, b, a === b);
  return found;
}
