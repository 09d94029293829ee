/** Drones that look like a class of the detector, two of each, and must raise nothing. */
import type { Itinerary } from '@skein/protocol/fleet';
import type { FakeAgent, Reply } from './fake-agent.ts';
import { BASE, FLYING, north, PARKED, type Says, UTC_US } from './quick-agent.ts';
import type { Wired } from './wired.ts';

export interface Miss {
  readonly name: string;
  /** What it says in each second; null: of its autopilot nothing. */
  readonly says: Says | ((s: number) => Says | null);
  /** It asks for no time, and says nothing of its own either. */
  readonly mute?: (s: number) => boolean;
  /** It flies a plan. */
  readonly flies?: Itinerary['items'];
  readonly more?: FakeAgent['more'];
  readonly obey?: readonly Reply[];
  /** What happens in which second. */
  readonly at?: Readonly<Record<number, (wired: Wired) => void | Promise<void>>>;
}

const at = (m: number) => ({ ...north(m), altM: 40, frame: 'home' as const });
/** 200 m to the north and back. */
export const LEG: Itinerary['items'] = [{ do: 'take-off', altM: 40 }, { do: 'waypoint', ...at(200) }, { do: 'return' }];
const STAYS: Itinerary['items'] = [
  { do: 'take-off', altM: 40 },
  { do: 'loiter', ...at(50), forS: 60 },
  { do: 'return' },
];

const between = (s: number, from: number, to: number): boolean => s >= from && s <= to;
const position = (altRelM: number, eastM = 0) => ({
  ...{ latDeg: north(50).latDeg, lonDeg: BASE.lonDeg + eastM / 75_350, altAmslM: 500 + altRelM, altRelM },
});
const moves = (downMps: number, altRelM: number, landed: 'in-air' | 'landing' | 'on-ground'): Says => ({
  ...FLYING,
  status: { armed: landed !== 'on-ground', landed, mode: 'AUTO' },
  position: position(altRelM),
  velocity: { northMps: 0, eastMps: 0, downMps },
});
const mission = (distanceM: number): Says => ({
  ...FLYING,
  mission: { seq: 2, distanceM, total: 4, state: 'active' },
});
const landsAt = (groundM: number) => (s: number) => {
  if (s < 10) return FLYING;
  if (s === 10) return moves(0.6, groundM + 0.4, 'landing');
  return s === 11 ? moves(0.2, groundM, 'landing') : moves(0, groundM, 'on-ground');
};
/** m to the east of its way: a gust. */
const GUST: Readonly<Record<number, number>> = { 20: 12, 21: 24, 22: 34, 23: 34, 24: 24, 25: 12 };
const gust = (s: number): Says => {
  const [eastM, nextM] = [GUST[s] ?? 0, GUST[s + 1] ?? 0];
  return {
    ...mission(150 - s),
    position: position(40, eastM),
    velocity: { northMps: 1, eastMps: nextM - eastM, downMps: 0 },
  };
};
const board = { temperatureC: 50, diskFreeMb: 9000, memoryFreeMb: 900 };
const tellsOf =
  (state: 'releasing' | 'not-released', reason: string | null) =>
  ({ agent }: Wired) =>
    agent.tell('delivery', { itinerary: `it-${agent.o.drone}`, version: 1, item: 1, step: 1, state, reason });

/** These are so from the beginning to the end. */
const STEADY: readonly (readonly [string, Says])[] = [
  ['ekf-between-thresholds', { ...FLYING, ekf: { velocityVariance: 0.7, horizontalVariance: 0.6 } }],
  ['ekf-on-the-ground', { ...PARKED, ekf: { velocityVariance: 2, horizontalVariance: 2 } }],
  ['compass-between-thresholds', { ...FLYING, ekf: { velocityVariance: 0.1, compassVariance: 0.7 } }],
  ['compass-none-in-use', { ...FLYING, health: { sensorsEnabled: 3, sensorsHealthy: 3 } }],
  ['vibration-between-thresholds', { ...FLYING, vibration: { xMps2: 20, yMps2: 45, zMps2: 55 } }],
  ['vibration-on-the-ground', { ...PARKED, vibration: { xMps2: 90, yMps2: 90, zMps2: 90 } }],
  ['esc-one-slower-to-yaw', { ...FLYING, esc: { first: 1, rpm: [5200, 3100, 5150, 3180] } }],
  ['esc-all-idle', { ...FLYING, esc: { first: 1, rpm: [700, 690, 90, 710] } }],
  ['tumbles-steep-descent', { ...FLYING, velocity: { northMps: 0, eastMps: 0, downMps: 6.5 } }],
  ['tumbles-thrown-about', { ...FLYING, attitude: { rollRad: 1.3, pitchRad: 0 } }],
  ['fence-outside-disarmed', { ...PARKED, fence: { enabled: true, breached: true } }],
  ['fence-inside', { ...FLYING, fence: { enabled: true, breached: false, breaches: 3 } }],
  ['position-none-in-the-hall', { ...PARKED, trust: { state: 'rejected', reason: 'no-fix' } }],
  ['battery-low-on-the-ground', { ...PARKED, battery: { remainingPct: 4, chargeState: 3 } }],
  ['battery-its-autopilot-warns', { ...FLYING, battery: { remainingPct: 30, chargeState: 2 } }],
  ['board-warm', { ...PARKED, board: { temperatureC: 80, diskFreeMb: 500, memoryFreeMb: 60 } }],
  ['board-slow-card', { ...PARKED, board: { temperatureC: 40, diskFreeMb: 9000, notDurableMs: 15_000 } }],
  [
    'clock-good-to-a-second',
    { ...PARKED, clock: { source: 'controller', errUs: 1.5e6, standing: 'single', utcUs: UTC_US } },
  ],
  ['clock-agreed', { ...PARKED, clock: { source: 'gps', errUs: 100, standing: 'agreed', utcUs: UTC_US } }],
];

const REFUSED: readonly Reply[] = [{ state: 'delivered' }, { state: 'failed', reason: 'refused: PreArm: Compass' }];
const LOCKED: readonly Reply[] = [{ state: 'rejected', reason: 'ground-lock: Ann is at its propellers' }];
const OTHER_BOOT = '99999999-2222-4333-8444-555555555555';

export const MISSES: readonly Miss[] = [
  ...STEADY.map(([name, says]) => ({ name, says })),
  {
    name: 'tumbles-a-pilot-dives',
    says: (s) => ({
      ...FLYING,
      velocity: { northMps: 6, eastMps: 0, downMps: Math.max(0, Math.min(9, 4 * (s - 10))) },
    }),
  },
  {
    name: 'position-a-glitch',
    says: (s) => (between(s, 20, 22) ? { ...FLYING, trust: { state: 'rejected', reason: 'jump' } } : FLYING),
  },
  { name: 'disarmed-as-it-lands', says: landsAt(0) },
  { name: 'disarmed-on-a-roof', says: landsAt(12) },
  {
    name: 'rebooted-by-order',
    says: PARKED,
    more: { autopilotBoot: 'a1' },
    at: {
      10: (wired) => wired.order('reboot', { target: 'autopilot' }),
      15: ({ agent }) => {
        agent.more = { autopilotBoot: 'a2' };
        agent.presence();
      },
    },
  },
  {
    name: 'rebooted-switched-off-and-on',
    says: PARKED,
    more: { autopilotBoot: 'a1' },
    at: {
      10: ({ agent }) => agent.kill(),
      20: (wired) => {
        wired.agent.more = { autopilotBoot: 'a2' };
        return wired.again(OTHER_BOOT);
      },
    },
  },
  { name: 'taken-and-disarmed', says: PARKED, more: { control: { state: 'pilot', why: 'its mode was changed' } } },
  { name: 'taken-by-nobody-known', says: FLYING, more: { control: { state: 'unknown' } } },
  { name: 'pre-arm-refused-once', says: PARKED, obey: REFUSED, at: { 10: (wired) => wired.order('arm', {}) } },
  {
    name: 'pre-arm-locked-by-people',
    says: PARKED,
    obey: LOCKED,
    at: { 10: (wired) => wired.order('arm', {}, 'one'), 14: (wired) => wired.order('arm', {}, 'two') },
  },
  {
    name: 'last-will-back-at-once',
    says: FLYING,
    at: { 10: ({ agent }) => agent.kill(), 15: (wired) => wired.connect() },
  },
  { name: 'last-will-switched-off', says: PARKED, at: { 10: ({ agent }) => agent.kill() } },
  { name: 'lease-some-time-lost', says: FLYING, mute: (s) => between(s, 10, 19) },
  { name: 'lease-on-the-ground', says: PARKED, mute: (s) => s >= 10 },
  { name: 'stale-two-times-lost', says: (s) => (between(s, 11, 19) ? null : FLYING), mute: (s) => between(s, 9, 19) },
  { name: 'stale-asks-for-the-time', says: () => null },
  { name: 'autopilot-silent-5-s', says: (s) => (between(s, 11, 15) ? { board } : { ...FLYING, board }) },
  {
    name: 'autopilot-silent-all-of-it',
    says: (s) => (between(s, 11, 21) ? null : FLYING),
    mute: (s) => between(s, 9, 19),
  },
  { name: 'no-progress-stays-as-planned', flies: STAYS, says: { ...mission(3), position: position(40) } },
  { name: 'no-progress-against-the-wind', flies: LEG, says: (s) => mission(150 - s / 3) },
  { name: 'off-route-a-gust', flies: LEG, says: gust },
  {
    name: 'off-route-not-trusted',
    flies: LEG,
    says: (s) =>
      between(s, 20, 27)
        ? { ...mission(150 - s), position: position(40, 75), trust: { state: 'suspect', reason: 'jump' } }
        : mission(150 - s),
  },
  {
    name: 'unproved-being-released',
    flies: LEG,
    says: (s) => mission(150 - s),
    at: { 15: tellsOf('releasing', null) },
  },
  {
    name: 'unproved-known-to-be-aboard',
    flies: LEG,
    says: (s) => mission(150 - s),
    at: { 15: tellsOf('not-released', 'still-aboard') },
  },
  {
    name: 'identity-another-boot',
    says: PARKED,
    at: { 10: ({ agent }) => agent.kill(), 16: (wired) => wired.again(OTHER_BOOT) },
  },
  {
    name: 'identity-another-run',
    says: PARKED,
    at: { 10: ({ agent }) => agent.kill(), 11: (wired) => wired.again() },
  },
];

/** The last second in which something happens, and how long a class may take to say so. */
export const MISSED_S = 30 + 15;
