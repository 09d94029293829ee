/** A drone that flies its plan and is well, second after second; a test says what is otherwise, and sees the alerts. */
import type { KindName, Values } from '@skein/protocol/telemetry';
import { memoryRecords } from '../../testing/memory-records.ts';
import type { Alert } from '../alert.ts';
import { Alerts } from '../alerts.ts';
import { Detector } from '../detector.ts';
import type { Send } from '../ports.ts';
import type { Seen } from '../seen.ts';

const UTC_US = 1_764_000_000e6;
const PLACE = { latDeg: 47.4, lonDeg: 8.5 };
const FAR = { latDeg: 47.41, lonDeg: 8.5 };

type Kinds = { readonly [K in KindName]?: Partial<Values<K>> & { readonly ageMs?: number } };

export interface Otherwise extends Partial<Omit<Seen, 'trust' | 'expectation' | 'sample'>> {
  readonly trust?: ReturnType<Seen['trust']>;
  readonly expectation?: string | null;
  readonly kinds?: Kinds;
}

const KINDS: Kinds = {
  status: { armed: true, landed: 'in-air', mode: 'AUTO' },
  position: { ...PLACE, altRelM: 40 },
  velocity: { northMps: 8, eastMps: 0, downMps: 0 },
  attitude: { rollRad: 0, pitchRad: 0.1 },
  mission: { seq: 2, distanceM: 500 },
  ekf: { velocityVariance: 0.1, horizontalVariance: 0.1, compassVariance: 0.1 },
  vibration: { xMps2: 8, yMps2: 9, zMps2: 12, clipping: [0, 0, 0] },
  esc: { first: 1, rpm: [5200, 5100, 5150, 5180], temperatureC: [50, 51, 52, 50] },
  health: { sensorsEnabled: 7, sensorsHealthy: 7, preArmOk: true },
  fence: { enabled: true, breached: false },
  battery: { remainingPct: 70, chargeState: 1 },
  board: { temperatureC: 55, throttled: false, diskFreeMb: 9000, memoryFreeMb: 900, notDurableMs: 400 },
  link: { open: true },
};

const FLYING = {
  id: 'it',
  version: 1,
  state: 'flying',
  reason: null,
  item: 2,
  at: new Date(UTC_US / 1e3).toISOString(),
};

/** Landed and disarmed at its base, with nothing to do. */
export const PARKED: Otherwise = {
  itinerary: null,
  plan: null,
  kinds: {
    status: { armed: false, landed: 'on-ground', mode: 'AUTO' },
    position: { ...PLACE, altRelM: 0 },
    velocity: { northMps: 0, eastMps: 0, downMps: 0 },
  },
};

export function seenOf(o: Otherwise, nowS: number): Seen {
  const { trust = { state: 'trusted', reason: null }, expectation = null, kinds = {}, ...rest } = o;
  const all: Record<string, (object & { readonly ageMs?: number }) | undefined> = { ...KINDS };
  for (const [kind, values] of Object.entries(kinds)) all[kind] = { ...all[kind], ...values };
  return {
    ...{ drone: 'heron', utcUs: UTC_US + nowS * 1e6, monoUs: 1e9 + nowS * 1e6, connected: true, heardAgeMs: 300 },
    ...{ vehicleAgeMs: 300, session: 's1', boot: 'b1', autopilotBoot: 'a1', conflict: null, commands: [] },
    ...{ control: { state: 'skein', why: null }, clock: { source: 'ntp', errUs: 2e3, standing: 'agreed' } },
    ...{ itinerary: FLYING, delivery: { state: 'aboard', reason: null, settling: null }, chargePct: 70 },
    plan: {
      ...{ id: 'it', version: 1, legs: [[PLACE, FAR]] as const, lengthM: [0, 0, 1112, 1112], waitS: [0, 0, 20, 0] },
      ...{ restPct: [50, 45, 40, 20], reservePct: 25, home: PLACE, pctPerM: 0.018 },
    },
    ...rest,
    trust: () => trust,
    expectation: () => expectation,
    sample(kind, key = kind) {
      const held = all[key];
      if (held === undefined) return null;
      const { ageMs = 200, ...values } = held;
      return { values: values as never, ageMs };
    },
  };
}

export interface WatchOptions {
  readonly store?: Awaited<ReturnType<typeof memoryRecords>>['store'];
  readonly acts?: (name: string) => boolean;
  readonly send?: Send;
  /** All of them are seen alike; `heron` alone unless said. */
  readonly drones?: readonly string[];
}

/** A detector over records in memory; with the same `store` it is the next run of the controller. */
export async function watch({ store, acts = () => false, send, drones = ['heron'] }: WatchOptions = {}) {
  let nowS = 0;
  let shown: (drone: string) => Otherwise = () => ({});
  let id = 0;
  const kept = await memoryRecords<Alert>('alert', store === undefined ? {} : { store });
  const sent: Parameters<Send>[0][] = [];
  const alerts: Alerts = new Alerts({
    ...{ records: kept.records, count: () => {}, onChange: () => {}, onDismissed: (one) => detector.dismissed(one) },
    clock: { utcUs: () => UTC_US + nowS * 1e6 },
    newId: () => `${store === undefined ? 'a' : 'b'}${String(++id).padStart(4, '0')}`,
    against: () => null,
    send: async (one) => {
      sent.push(one);
      return send === undefined ? { ok: true, command: 'c1' } : send(one);
    },
  });
  const detector: Detector = new Detector({
    ...{ alerts, acts, drones: () => drones, monoUs: () => 1e9 + nowS * 1e6 },
    seen: (drone) => ({ ...seenOf(shown(drone), nowS), drone }),
  });
  await alerts.start();
  detector.start();
  /** So it is seen for so many seconds; `by` makes of each second what is seen. */
  const see = (by: Otherwise | ((s: number) => Otherwise), forS = 1): void => {
    for (let s = 0; s < forS; s++) {
      nowS++;
      const now = typeof by === 'function' ? by(s) : by;
      each(() => now);
    }
  };
  /** So each is seen for so many seconds. */
  const each = (by: (drone: string) => Otherwise): void => {
    shown = by;
    // As often as it takes to look at all of them.
    for (let n = 0; n < 10; n++) detector.tick();
  };
  const seeEach = (by: (drone: string, s: number) => Otherwise, forS: number): void => {
    for (let s = 0; s < forS; s++) {
      nowS++;
      each((drone) => by(drone, s));
    }
  };
  const raised = (): readonly string[] =>
    kept.store.events.filter(({ type }) => type === 'raised').map(({ data }) => (data.set as Alert).class);
  const open = (): readonly string[] => alerts.open.map(({ doc }) => doc.class);
  return { ...kept, alerts, detector, see, seeEach, raised, open, sent, nowUtcUs: () => UTC_US + nowS * 1e6 };
}

export const atOf = (utcUs: number): string => new Date(utcUs / 1e3).toISOString();
