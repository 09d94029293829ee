/**
 * The safety profiles: what the autopilot's own safety net must look like before Skein arms it.
 *
 * `bvlos`          flies out of sight, the ground link and the agent are the only eyes
 * `line-of-sight`  a pilot with a transmitter watches it
 * `bench`          propellers off: only what would turn a test into an accident
 *
 * Values and meanings: the parameter lists of ArduCopter 4.5–4.7 and PX4 1.15. A default ArduCopter has neither ground-link,
 * battery nor fence failsafe, so it fits none of the flying profiles.
 */
import { LINK_LOSS_S } from '@skein/hardware/autopilot';
import { parseWant, type Want } from './want.ts';

export const PROFILES = ['bvlos', 'line-of-sight', 'bench'] as const;
export type ProfileName = (typeof PROFILES)[number];

export interface Expectation {
  /** Names of the same parameter, newest first; those with another unit or sense stand in `instead`. */
  readonly names: readonly string[];
  readonly want: Want;
  /** What goes wrong without it. */
  readonly why: string;
  /** Looked at when the autopilot has none of `names`. */
  readonly instead?: Expectation;
  /** Its absence is no difference. */
  readonly optional?: true;
}

/** Out of sight it comes home after half a minute at the latest; within the limits that hold for every drone. */
const LINK_LOSS_BVLOS = `${LINK_LOSS_S.min}..30`;
const LINK_LOSS = `${LINK_LOSS_S.min}..${LINK_LOSS_S.max}`;

type Row = readonly [names: string, bvlos: string, lineOfSight: string, bench: string, why: string];

/** Per row what each profile wants; `any` leaves it out. */
const ARDUPILOT: readonly Row[] = [
  ['FS_GCS_ENABLE', '1|3|4|6', '1|3|4|5|6', 'any', 'a lost ground link must bring it back'],
  ['FS_GCS_TIMEOUT', LINK_LOSS_BVLOS, LINK_LOSS, 'any', 'how long it flies on without a ground link, s'],
  ['FS_THR_ENABLE', 'any', '1|3|4|5|6', 'any', 'a lost transmitter must bring it back'],
  // 1: RC loss does not end a mission, out of range it is lost anyway. 2, 16 would let it fly on without a ground link
  // (16 only in modes a pilot flies, which out of sight means nobody). 32 drops the parcel in a failsafe.
  ['FS_OPTIONS', 'bits+1-34', 'bits-34', 'bits-32', 'failsafes act in AUTO and never release the payload'],
  ['BATT_MONITOR', '!0', '!0', 'any', 'without a monitor nobody knows the charge'],
  ['BATT_FS_LOW_ACT', '1|2|3|4|6', '1|2|3|4|6', 'any', 'a low battery must end the flight'],
  ['BATT_FS_CRT_ACT', '1|2|3|4|6', '1|2|3|4|6', 'any', 'a critical battery must end the flight'],
  ['BATT_LOW_VOLT', '3..', '3..', 'any', 'the voltage that counts as low'],
  ['BATT_CRT_VOLT', '3..', '3..', 'any', 'the voltage that counts as critical'],
  ['FS_EKF_ACTION', '1|2|3', '1|2|3', 'any', 'a lost position estimate must not fly on'],
  ['FS_EKF_THRESH', '0.6..1', '0.6..1', 'any', 'when the estimate counts as lost'],
  ['FS_CRASH_CHECK', '1', '1', '1', 'motors stop after a crash'],
  ['FENCE_ENABLE', '1', '1', 'any', 'without a fence nothing stops a fly-away'],
  ['FENCE_ACTION', '!0', '!0', 'any', 'a fence that only reports is none'],
  ['MIS_RESTART', '0', '0', '0', 'a mission resumes, and does not deliver again from the start'],
  ['AUTO_OPTIONS', 'bits-3', 'bits-3', 'bits-3', 'nobody arms or takes off in AUTO by accident'],
  ['DISARM_DELAY', '5..30', '5..60', '1..127', 'an armed drone on the ground disarms itself'],
];

const PX4: readonly Row[] = [
  ['NAV_DLL_ACT', '2|3', '1|2|3', 'any', 'a lost ground link must bring it back'],
  ['COM_DL_LOSS_T', LINK_LOSS_BVLOS, LINK_LOSS, 'any', 'how long it flies on without a ground link, s'],
  ['COM_DLL_EXCEPT', '0', '0', 'any', 'the ground-link failsafe acts in missions too'],
  ['NAV_RCL_ACT', 'any', '1|2|3', 'any', 'a lost transmitter must bring it back'],
  ['COM_LOW_BAT_ACT', '2|3', '2|3', 'any', 'a low battery must end the flight'],
  ['BAT_LOW_THR', '0.12..0.5', '0.12..0.5', 'any', 'the charge that counts as low'],
  ['GF_ACTION', '!0', '!0', 'any', 'without a fence nothing stops a fly-away'],
  ['RTL_RETURN_ALT', '15..120', '15..120', 'any', 'it comes home above what stands there, m'],
  ['COM_DISARM_LAND', '0.1..30', '0.1..30', 'any', 'it disarms itself after landing'],
  ['CBRK_SUPPLY_CHK', '0', '0', 'any', 'arming looks at the power supply'],
];

const column = (profile: ProfileName): 1 | 2 | 3 => (profile === 'bvlos' ? 1 : profile === 'line-of-sight' ? 2 : 3);

function rows(table: readonly Row[], profile: ProfileName): Expectation[] {
  return table.flatMap((row) => {
    const want = parseWant(row[column(profile)]);
    if (want === null) throw new Error(`profile table: ${row[0]} ${row[column(profile)]}`);
    return want.kind === 'any' ? [] : [{ names: [row[0]], want, why: row[4] }];
  });
}

const range = (min: number, max: number): Want => ({ kind: 'range', min, max });
const HIGH_ENOUGH = 'it comes home above what stands there';
const CHECKED = 'arming must look before it starts motors';

/** ArduPilot 4.7 counts return altitude in metres and lists the checks it leaves out; before, centimetres and checks made. */
function ardupilot(profile: ProfileName): Expectation[] {
  const checks: Expectation = {
    names: ['ARMING_SKIPCHK'],
    want: profile === 'bench' ? { kind: 'not', value: -1 } : { kind: 'one-of', values: [0] },
    why: CHECKED,
    instead: { names: ['ARMING_CHECK'], want: { kind: 'not', value: 0 }, why: CHECKED },
  };
  const altitude: Expectation = {
    names: ['RTL_ALT_M'],
    want: range(15, 120),
    why: `${HIGH_ENOUGH}, m`,
    instead: { names: ['RTL_ALT'], want: range(1_500, 12_000), why: `${HIGH_ENOUGH}, cm` },
  };
  return [...rows(ARDUPILOT, profile), checks, ...(profile === 'bench' ? [] : [altitude])];
}

/**
 * What `profile` expects of an autopilot of that flavour; null for a flavour nobody has written down. `overrides` are the
 * settings of this drone: name → want, in place of what the profile says or besides it.
 */
export function expectationsOf(
  profile: ProfileName,
  flavour: 'ardupilot' | 'px4' | 'other',
  overrides: Readonly<Record<string, string>> = {},
): readonly Expectation[] | null {
  if (flavour === 'other') return null;
  const base = flavour === 'ardupilot' ? ardupilot(profile) : rows(PX4, profile);
  const own = new Map(Object.entries(overrides).map(([name, text]) => [name, parseWant(text)] as const));
  const kept = base.flatMap((expectation) => override(expectation, own));
  const added = [...own].flatMap(([name, want]) =>
    want === null || want.kind === 'any' || namesOf(base).includes(name)
      ? []
      : [{ names: [name], want, why: 'set for this drone' }],
  );
  return [...kept, ...added];
}

function override(expectation: Expectation, own: ReadonlyMap<string, Want | null>): Expectation[] {
  const name = expectation.names.find((candidate) => own.has(candidate));
  const instead = expectation.instead === undefined ? undefined : override(expectation.instead, own)[0];
  const want = name === undefined ? expectation.want : (own.get(name) ?? expectation.want);
  if (want.kind === 'any') return instead === undefined ? [] : [instead];
  const { instead: _, ...rest } = expectation;
  return [{ ...rest, want, ...(instead === undefined ? {} : { instead }) }];
}

/** Every name that may have to be read. */
export function namesOf(expectations: readonly Expectation[]): readonly string[] {
  return expectations.flatMap(({ names, instead }) => [...names, ...(instead ? namesOf([instead]) : [])]);
}
