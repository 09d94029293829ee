/** The detector, wired to the fleet it looks at, the documents it keeps, and the one way commands take. */
import { DEFAULT_LIMITS, type ItineraryState, isUnderWay } from '@skein/protocol/fleet';
import type { AirframeSettings } from '@skein/protocol/fleet/configuration';
import { rememberedPct } from './candidates.ts';
import { type Commands, ulidMaker } from './commands/index.ts';
import type { AllRecords } from './compose-records.ts';
import { ACTING, type Config } from './config.ts';
import {
  ADVICE,
  type AdviceName,
  type Alert,
  Alerts,
  type AlertsOptions,
  classOf,
  DETECTOR_COUNTERS,
  Detector,
  type Seen,
} from './detector/index.ts';
import type { Fleet } from './fleet/index.ts';
import { flownPlans } from './flown-plan.ts';
import type { AlertPort } from './http/index.ts';
import type { Itineraries } from './itineraries/index.ts';
import type { AlertTally } from './live/index.ts';
import type { Metrics } from './metrics/index.ts';
import { NEEDS_CODES } from './orders/index.ts';

export interface DetectorWiring {
  readonly config: Config;
  readonly clock: { utcUs(): number; monoUs(): number };
  readonly random: () => number;
  readonly records: AllRecords;
  readonly fleet: Fleet;
  readonly commands: Commands;
  readonly itineraries: Itineraries;
  readonly metrics: Metrics;
  /** What is set of this drone goes before `[orders]` and `itineraries.batteryWh`. */
  readonly airframe: (drone: string) => AirframeSettings;
  /** Of the parcel that is flown with an itinerary, kg. */
  readonly payloadKg: (itinerary: string) => number;
}

/** Codes that say that an alert is over. */
const OVER: Readonly<Record<string, AdviceName>> = {
  'store-open': 'store-closed',
  'no-second-controller': 'second-controller',
};

export function makeDetector(o: DetectorWiring) {
  const { config, clock, fleet, commands } = o;
  let changes = 0;
  const alerts: Alerts = new Alerts({
    records: o.records.of<Alert>('alert') as unknown as AlertsOptions['records'],
    ...{ clock, newId: ulidMaker(o.random), count: o.metrics.counters('alerts', DETECTOR_COUNTERS) },
    onChange: () => {
      changes++;
    },
    onDismissed: (alert) => detector.dismissed(alert),
    against: (drone) => {
      const control = fleet.look(drone)?.control.state ?? 'unknown';
      return control === 'skein'
        ? null
        : `${control} has control of ${drone} by now: what it may be told is on its page`;
    },
    async send({ drone, type, params, by, key }) {
      const sender = { name: by, role: 'operator' } as const;
      const answer = await commands.post({ targets: [drone], type, params }, sender, { key, hash: key });
      return answer.ok ? { ok: true, command: answer.command.id } : { ok: false, words: answer.detail };
    },
  });
  const detector: Detector = new Detector({
    ...{ alerts, drones: () => fleet.ids, monoUs: () => clock.monoUs(), seen: seer(o) },
    acts: (name) => ACTING.some((one) => one === name && config.detector[one].acts),
  });
  o.metrics.gauge('alerts_open', 'alerts that are not over', () => alerts.open.length);

  /** What other parts call an alert: `{code, …}` of a drone, an order or the controller. */
  function heard(entity: string, { code, order, words, message }: Readonly<Record<string, unknown>>): void {
    const drone = /^drone:(.*)$/.exec(entity)?.[1];
    const about = { ...(drone === undefined ? {} : { drone }), ...(typeof order === 'string' ? { order } : {}) };
    const over = OVER[String(code)];
    if (over !== undefined) alerts.clear(over, about);
    const name = typeof order === 'string' && NEEDS_CODES.has(String(code)) ? 'order-needs-people' : String(code);
    if (!Object.hasOwn(ADVICE, name)) return;
    const { severity, whatToDo, words: plain } = ADVICE[name as AdviceName];
    const said = [words, message].find((one) => typeof one === 'string' && one !== '');
    const told = said === undefined ? plain : `${plain}: ${said}`;
    alerts.raise({ class: name, severity, whatToDo, words: told, values: { code: String(code) }, ...about });
  }

  /** An order has moved on: people need not look at it any more. */
  function orderMoved(id: string, needsPeople: boolean): void {
    if (!needsPeople) alerts.clear('order-needs-people', { order: id });
  }

  function tally(): AlertTally {
    const heardOf = alerts.open.filter(({ doc }) => doc.state !== 'silenced');
    const count = (severity: Alert['severity']) => heardOf.filter(({ doc }) => doc.severity === severity).length;
    const counts = { critical: count('critical'), warning: count('warning'), info: count('info') };
    return { ...counts, silenced: alerts.open.length - heardOf.length, changes };
  }

  async function start(): Promise<void> {
    await alerts.start();
    detector.start();
  }

  return { detector, port: portOf(alerts), heard, orderMoved, tally, start };
}

function seer({ config, clock, fleet, itineraries, ...o }: DetectorWiring): (drone: string) => Seen | null {
  const { batteryWh, noFlyFile: _file, ceilingAmslM: _ceiling, ...limits } = config.itineraries;
  const planOf = flownPlans({
    ...{ limits: { ...DEFAULT_LIMITS, ...limits }, payloadKg: o.payloadKg, monoUs: () => clock.monoUs() },
    airframe: (drone) => ({ batteryWh, emptyKg: config.orders.emptyKg, ...o.airframe(drone) }),
    entry: (drone) => fleet.entry(drone),
    itinerary: (id, version) => itineraries.planOf(id, version),
  });
  return (drone) => {
    const look = fleet.look(drone);
    if (look === null) return null;
    const { itinerary } = look;
    const flies = itinerary !== null && isUnderWay(itinerary.state as ItineraryState);
    return {
      ...look,
      plan: flies ? planOf(drone, itinerary.id, itinerary.version) : null,
      get chargePct() {
        const battery = look.sample('battery')?.values.remainingPct ?? null;
        const remembered = remembers(look);
        return battery === null || remembered === null ? (battery ?? remembered) : Math.min(battery, remembered);
      },
    };
  };
}

/** Only while it flies somebody asks: the list is read then. */
function remembers(look: NonNullable<ReturnType<Fleet['look']>>): number | null {
  const preflight = look.sample('preflight');
  if (preflight === null) return null;
  const entry = { ...preflight, atUtcUs: 0, utcUs: null };
  return rememberedPct({ id: look.drone, kinds: { preflight: entry } });
}

function portOf(alerts: Alerts): AlertPort {
  return {
    list: async (q) => (await alerts.list(q)).map(viewOf),
    get: async (id) => {
      const held = await alerts.get(id);
      return held && viewOf(held);
    },
    async deed(id, deed, name) {
      const by = { kind: 'operator', name } as const;
      const answer = await (deed.do === 'silence' ? alerts.silence(id, deed.forS, by) : alerts[deed.do](id, by));
      return answer.ok ? { ok: true, alert: viewOf(answer.alert) } : answer;
    },
  };
}

function viewOf({ id, open, atUtcUs, doc }: NonNullable<Awaited<ReturnType<Alerts['get']>>>) {
  const { raisedUtcUs, drone = null, base = null, order = null, drones = [], proposal = null, ...rest } = doc;
  const staysDown = open && (drone !== null || drones.length > 0) && classOf(rest.class)?.holds === true;
  const about = { drone, base, order, drones };
  return { id, open, raisedUtcUs, changedUtcUs: atUtcUs, ...about, proposal, staysDown, ...rest };
}
