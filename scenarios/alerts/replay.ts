/**
 * A recorded flight through the detector: what would have been raised, and how near each class came to it.
 *
 *   tlog ─► frames ─► samples ─► once a second what is seen of the drone ─► detector ─► alerts
 *                        └─► position trust                        └─► measures.ts
 *
 * A recording knows nothing of links, orders and the controller: classes about those see a drone that is well. Armed in AUTO
 * it is taken to fly a plan, of which only the distance to the next item is known.
 */
import { decode, TlogReader } from '@skein/protocol/mavlink';
import { PositionTrust, type Sample, Sampler } from '@skein/protocol/telemetry';
import { type Alert, Alerts, Detector, type Seen } from '../../controller/detector/index.ts';
import { memoryRecords } from '../../controller/testing/memory-records.ts';
import { type Margin, Measures } from './measures.ts';

const SECOND_US = 1e6;
const AUTOPILOT = 1;

export interface RaisedIn {
  readonly class: string;
  readonly severity: string;
  readonly words: string;
  /** Into the recording, s; null: it was open at its end. */
  readonly fromS: number;
  readonly untilS: number | null;
}

export interface Replayed {
  readonly lastsS: number;
  /** Armed and in the air, s. */
  readonly airS: number;
  readonly raised: readonly RaisedIn[];
  readonly margins: readonly Margin[];
}

export async function replay(tlog: Uint8Array): Promise<Replayed> {
  const sampler = new Sampler();
  const trust = new PositionTrust();
  const newest = new Map<string, Sample>();
  const measures = new Measures();
  const raised = new Map<string, { -readonly [K in keyof RaisedIn]: RaisedIn[K] }>();
  let [beganUs, nowUs, nextUs, boot, lastBootMs] = [0, 0, 0, 0, 0];
  const { records } = await memoryRecords<Alert>('alert');
  const alerts: Alerts = new Alerts({
    ...{ records, clock: { utcUs: () => nowUs }, count: () => {}, onChange: () => {}, onDismissed: () => [] },
    newId: (utcMs) => `${utcMs}-${raised.size}`,
    ...{ against: () => null, send: async () => ({ ok: false, words: 'a recording' }) },
  });
  const detector = new Detector({
    ...{ alerts, drones: () => ['recorded'], monoUs: () => nowUs, acts: () => false },
    seen: () => seenOf({ newest, trust, nowUs, boot }),
  });

  const look = (): void => {
    const atS = Math.round((nowUs - beganUs) / SECOND_US);
    detector.tick();
    measures.take(seenOf({ newest, trust, nowUs, boot }), trust.at(nowUs).state);
    const open = new Set(alerts.open.map(({ id }) => id));
    for (const { id, doc } of alerts.open) {
      const known = raised.get(id);
      if (known === undefined) raised.set(id, { ...doc, fromS: atS, untilS: null });
      else Object.assign(known, { severity: doc.severity });
    }
    for (const [id, one] of raised) if (!open.has(id)) one.untilS ??= atS;
  };
  const take = (sample: Sample): void => {
    if (sample.bootMs !== null) {
      // A boot begins at 0: what is younger by a second is another.
      if (sample.bootMs < lastBootMs - 1000) boot++;
      lastBootMs = sample.bootMs;
    }
    trust.take(sample);
    const { instance = 0 } = sample.values as { readonly instance?: number };
    const first = (sample.values as { readonly first?: number }).first ?? 1;
    newest.set(
      instance > 0 ? `${sample.kind}.${instance}` : first > 1 ? `${sample.kind}.${first}` : sample.kind,
      sample,
    );
  };

  const reader = new TlogReader();
  const onRecord: Parameters<TlogReader['push']>[1] = ({ timeUs, frame }) => {
    const message = decode(frame);
    if (message === null || frame.compid !== AUTOPILOT) return;
    if (beganUs === 0) [beganUs, nextUs] = [timeUs, timeUs + SECOND_US];
    for (; timeUs >= nextUs; nextUs += SECOND_US) {
      nowUs = nextUs;
      look();
    }
    for (const sample of sampler.take(message, timeUs, frame.sysid)) take(sample);
  };
  reader.push(tlog, onRecord);
  reader.flush(onRecord);
  return {
    lastsS: Math.round((nowUs - beganUs) / SECOND_US),
    airS: measures.airS,
    raised: [...raised.values()].map(({ class: name, severity, words, fromS, untilS }) => ({
      ...{ class: name, severity, words, fromS, untilS },
    })),
    margins: measures.margins,
  };
}

interface Moment {
  readonly newest: ReadonlyMap<string, Sample>;
  readonly trust: PositionTrust;
  readonly nowUs: number;
  readonly boot: number;
}

function seenOf({ newest, trust, nowUs, boot }: Moment): Seen {
  const ageMs = (at: number): number => (nowUs - at) / 1e3;
  const status = newest.get('status') as Sample<'status'> | undefined;
  const heard = [...newest.values()].map(({ monoUs }) => monoUs);
  const mission = newest.get('mission') as Sample<'mission'> | undefined;
  const flies = status?.values.armed === true && status.values.mode === 'AUTO';
  return {
    ...{ drone: 'recorded', utcUs: nowUs, monoUs: nowUs, connected: true, heardAgeMs: 0, session: 's', boot: 'b' },
    ...{ vehicleAgeMs: heard.length === 0 ? null : ageMs(Math.max(...heard)), autopilotBoot: String(boot) },
    ...{
      conflict: null,
      control: { state: 'skein', why: null },
      clock: null,
      delivery: null,
      commands: [],
      plan: null,
    },
    itinerary: flies
      ? { ...{ id: 'recorded', version: 1, state: 'flying', reason: null, at: '' }, item: mission?.values.seq ?? null }
      : null,
    chargePct: (newest.get('battery') as Sample<'battery'> | undefined)?.values.remainingPct ?? null,
    trust: () => trust.at(nowUs),
    expectation: () => null,
    sample(kind, key = kind) {
      const held = newest.get(key);
      return held === undefined ? null : { values: held.values as never, ageMs: ageMs(held.monoUs) };
    },
  };
}
