/**
 * One flight, as an operator, a pilot and a technician see it: the same on the simulator and on a real autopilot. The pilot
 * takes off by a line of his own; everything else goes through controller and agent.
 */
import type { DroneEntry } from '../../controller/live/messages.ts';
import { getJson } from '../kit/http.ts';
import { type Delivery, Operator } from '../kit/operator.ts';
import { until } from '../kit/until.ts';
import { Fitted } from './fitted.ts';
import { Pilot } from './pilot.ts';
import { FlightEnded, type Steps } from './steps.ts';

export interface FlightOptions {
  readonly drone: string;
  readonly httpUrl: string;
  /** The pilot's own line. */
  readonly pilotUrl: string;
  readonly steps: Steps;
  /** Lost and found again in flight. */
  readonly controller: { stop(): Promise<unknown>; start(): Promise<void> };
  /** Comes home by `return`, or lands where it is, which is quicker. */
  readonly homeBy: 'return' | 'land';
  readonly altM: number;
  /** How long hold and ground link are watched, ms. */
  readonly watchMs: number;
  /** After switching on an autopilot may take a minute until it lets itself be armed. */
  readonly armableWithinMs: number;
}

interface Preflight {
  readonly verdict: string;
  readonly items: readonly { readonly item: string; readonly verdict: string; readonly words: string }[];
}

const METRES_PER_DEGREE = 111_320;
const GOTO_M = 30;
const FRESH_MS = 2_000;
/** What has changed at the autopilot stands in the operator’s list by then. */
const LIST_IS_OF_NOW_MS = 3_000;
/** A PX4 writes 33 MB in two minutes. */
const LOG_WITHIN_MS = 400_000;
/** One of these is known to every autopilot; none guards safety. */
const HARMLESS = ['WPNAV_SPEED_UP', 'WP_SPD_UP', 'MPC_Z_VEL_MAX_UP'] as const;
const BASIC = ['status', 'position', 'attitude', 'battery', 'gps', 'health', 'ekf'] as const;
/** Without these a pre-flight list is none. */
const PREFLIGHT_ITEMS = ['pre-arm', 'ekf', 'gps', 'home', 'battery', 'profile', 'lock', 'clock', 'disk'] as const;

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
const told = ({ state, reason, detail }: Delivery): string =>
  `${state} (${reason})${detail === null ? '' : ` ${JSON.stringify(detail)}`}`;

export async function fly(o: FlightOptions): Promise<void> {
  const { steps, drone } = o;
  const pilot = new Pilot(o.pilotUrl);
  const ann = new Operator(o.httpUrl, 'Ann');
  const entry = () => getJson<DroneEntry>(`${o.httpUrl}/api/v1/drones/${drone}`);
  const preflight = () => getJson<Preflight>(`${o.httpUrl}/api/v1/drones/${drone}/preflight`);
  const fitted = new Fitted(pilot);

  async function succeeds(type: string, params: Record<string, unknown> = {}): Promise<Delivery> {
    const delivery = await ann.order(drone, type, params);
    if (delivery.state !== 'succeeded') throw new Error(told(delivery));
    return delivery;
  }
  async function refused(why: RegExp, type: string, params: Record<string, unknown>, more = {}): Promise<Delivery> {
    const { id } = await ann.post([drone], type, { params, ...more });
    const [delivery] = await ann.fates(id);
    if (delivery?.state !== 'rejected' || !why.test(delivery.reason ?? '')) {
      throw new Error(delivery === undefined ? 'no delivery' : told(delivery));
    }
    return delivery;
  }
  async function controlIs(state: string): Promise<number> {
    let seen: unknown = null;
    const { tookMs } = await until(
      async () => {
        const { control } = await entry();
        seen = control;
        return control.state === state;
      },
      { timeoutMs: 15_000, what: `control ${state}`, seen: () => seen },
    );
    return tookMs;
  }
  /** Looks for a while: the fastest it moved and how far its altitude went from where it was. */
  async function watch(ms: number): Promise<{ readonly fastestMps: number; readonly offM: number }> {
    const began = performance.now();
    const altM = pilot.seen.altRelM;
    let fastestMps = 0;
    let offM = 0;
    const looked = (): boolean => {
      fastestMps = Math.max(fastestMps, pilot.seen.speedMps);
      offM = Math.max(offM, Math.abs(pilot.seen.altRelM - altM));
      return performance.now() - began > ms;
    };
    await until(looked, { timeoutMs: ms * 3, everyMs: 100, what: 'the time to pass' });
    if (performance.now() - pilot.seen.atMs > FRESH_MS) throw new Error('no position on the pilot’s line');
    return { fastestMps, offM };
  }
  async function holds(): Promise<string> {
    const delivery = await succeeds('hold');
    const { fastestMps, offM } = await watch(o.watchMs);
    if (fastestMps > 1) throw new Error(`it moves: ${fastestMps.toFixed(2)} m/s`);
    if (offM > 1) throw new Error(`altitude changed by ${offM.toFixed(2)} m`);
    const moved = `at most ${fastestMps.toFixed(2)} m/s and ${offM.toFixed(2)} m up or down in ${seconds(o.watchMs)}`;
    return `${told(delivery)}; ${moved}`;
  }
  /** Every basic kind has come since now. */
  async function streams(withinMs: number): Promise<number> {
    const since = performance.now();
    let missing: readonly string[] = BASIC;
    const { tookMs } = await until(
      async () => {
        const { kinds } = await entry();
        const passedMs = performance.now() - since;
        const ages: Readonly<Record<string, { readonly ageMs: number } | undefined>> = kinds;
        missing = BASIC.filter((kind) => (ages[kind]?.ageMs ?? Number.POSITIVE_INFINITY) > passedMs);
        return missing.length === 0;
      },
      { timeoutMs: withinMs, what: 'every basic kind, fresh', seen: () => missing },
    );
    return tookMs;
  }

  /** The operator's list has no stop, and none on its way; says how long that took. */
  async function fit(): Promise<string> {
    let stops: readonly string[] = [];
    let stoppedMs = performance.now();
    const { tookMs } = await until(
      async () => {
        stops = (await preflight()).items.flatMap(({ item, verdict, words }) =>
          verdict === 'stop' ? [`${item}: ${words}`] : [],
        );
        if (stops.length > 0) stoppedMs = performance.now();
        return performance.now() - stoppedMs > LIST_IS_OF_NOW_MS;
      },
      { timeoutMs: o.armableWithinMs, what: 'a pre-flight list without a stop', seen: () => stops },
    );
    return tookMs < LIST_IS_OF_NOW_MS + 500 ? '' : `; fit for it after ${seconds(tookMs)}`;
  }

  try {
    await steps.must('pilot and agent hear the autopilot', async () => {
      const heardMs = await pilot.heard(60_000);
      return `pilot after ${seconds(heardMs)}, ${BASIC.length} kinds at the controller after ${seconds(await streams(60_000))}`;
    });
    await steps.must('the ground-link failsafe is switched on', async () => {
      await fitted.set(pilot.make.forFlight);
      return `${pilot.make.name}: ${fitted.words}`;
    });

    await steps.must('the pilot takes off', () => pilot.takeOff(o.altM, o.armableWithinMs));
    await steps.step('the agent says that a pilot flies', async () => `after ${seconds(await controlIs('pilot'))}`);
    const north = () => ({
      latDeg: pilot.seen.latDeg + GOTO_M / METRES_PER_DEGREE,
      lonDeg: pilot.seen.lonDeg,
      altRelM: o.altM,
    });
    await steps.step('goto is refused while the pilot flies', async () =>
      told(await refused(/^(pilot|other-station)/, 'goto', north())),
    );
    await steps.step('an operator takes control', async () => {
      const delivery = await succeeds('resume', { takeControl: true });
      return `${told(delivery)}; shown after ${seconds(await controlIs('skein'))}`;
    });
    await steps.step('hold: it stays where it is', holds);
    const target = north();
    await steps.step(`goto ${GOTO_M} m away: it goes there`, async () => {
      const delivery = await succeeds('goto', target);
      const away = () =>
        Math.hypot(
          (pilot.seen.latDeg - target.latDeg) * METRES_PER_DEGREE,
          (pilot.seen.lonDeg - target.lonDeg) * METRES_PER_DEGREE * Math.cos((target.latDeg * Math.PI) / 180),
        );
      const { tookMs } = await until(() => away() < 3, { timeoutMs: 60_000, what: 'it to be there', seen: away });
      return `${told(delivery)}; there after ${seconds(tookMs)}`;
    });
    await steps.step('hold again', holds);
    await steps.step('a reboot is refused in flight', async () =>
      told(await refused(/^armed/, 'reboot', { target: 'autopilot' })),
    );
    await steps.step('with force too', async () =>
      told(await refused(/^armed/, 'reboot', { target: 'autopilot', force: true })),
    );
    await steps.step('a parameter is not set in flight', async () =>
      told(await refused(/^armed/, 'set-parameter', { name: HARMLESS[0], value: 200 })),
    );
    await steps.step('the ground-link failsafe has not fired: its heartbeat arrives', async () => {
      const fired = pilot.failsafeSince();
      if (fired !== undefined) throw new Error(fired);
      await controlIs('skein');
      return `failsafe on, still under our control`;
    });

    await steps.step('the controller is lost: the heartbeat ends with the lease, and the failsafe acts', async () => {
      const began = performance.now();
      await o.controller.stop();
      try {
        await until(() => pilot.isIn('return'), { timeoutMs: 60_000, what: 'a return', seen: () => pilot.seen.mode });
      } finally {
        await o.controller.start();
      }
      const said = pilot.failsafeSince();
      if (said === undefined && pilot.make.saysFailsafe)
        throw new Error(`not said: ${pilot.texts.slice(-3).join('; ')}`);
      return `${said ?? 'no text of it'}, return seen by ${seconds(performance.now() - began)}`;
    });
    await steps.step('the controller is back: it shows the failsafe, which no resume undoes', async () => {
      await until(async () => (await entry()).freshness.state === 'fresh', { timeoutMs: 30_000, what: 'fresh data' });
      const shownMs = await controlIs('autopilot-failsafe');
      return `after ${seconds(shownMs)}; ${told(await refused(/^failsafe/, 'resume', { takeControl: true }))}`;
    });
    await steps.step(`${o.homeBy}: it lands and disarms`, async () => {
      const delivery = await succeeds(o.homeBy);
      const { tookMs } = await until(() => !pilot.seen.armed, {
        timeoutMs: 180_000,
        what: 'it to land and disarm',
        seen: () => pilot.seen,
      });
      const shown = await until(async () => (await entry()).kinds.status?.values.armed === false, {
        timeoutMs: 10_000,
        what: 'the operator to see it disarmed',
      });
      const when = `disarmed after ${seconds(tookMs)}, shown ${seconds(shown.tookMs)} later`;
      return `${told(delivery)}; ${when}, at ${pilot.seen.altRelM.toFixed(1)} m`;
    });
    if (pilot.seen.armed) throw new FlightEnded('it is still armed');

    await steps.step('set-parameter, read back, and undone', async () => {
      for (const name of HARMLESS) {
        const was = await pilot.parameter(name);
        if (was === null) continue;
        const wanted = was * 0.8;
        const { id } = await ann.post([drone], 'set-parameter', { params: { name, value: wanted } });
        const [set] = await ann.fates(id);
        if (set?.state !== 'succeeded') throw new Error(set === undefined ? 'no delivery' : told(set));
        const now = await pilot.parameter(name);
        if (now === null || Math.abs(now - wanted) > 1e-3) throw new Error(`the pilot reads ${now}`);
        const undone = await succeeds('set-parameter', { name, value: 0, undo: id });
        const again = await pilot.parameter(name);
        if (again !== was) throw new Error(`after the undo the pilot reads ${again}, not ${was}`);
        return `${told(set)}; undo ${told(undone)}`;
      }
      throw new Error(`none of ${HARMLESS.join(', ')} is there`);
    });
    await steps.step('the flight’s log comes to the companion', async () => {
      const began = performance.now();
      const { id } = await ann.post([drone], 'fetch-log', { params: { log: 'latest' } });
      const [delivery] = await ann.fates(id, LOG_WITHIN_MS);
      if (delivery?.state !== 'succeeded') throw new Error(delivery === undefined ? 'no delivery' : told(delivery));
      return `${told(delivery)}; ${seconds(performance.now() - began)}`;
    });
    await steps.step('locked on the ground: arm is refused, with the reason', async () => {
      await succeeds('lock', { reason: 'propellers being changed' });
      try {
        return told(await refused(/^ground-lock/, 'arm', {}));
      } finally {
        await succeeds('unlock', { reason: 'propellers changed' });
      }
    });
    const { notArmable } = pilot.make;
    await steps.step('arm is refused in a mode that does not arm, in the autopilot’s words', async () => {
      const wait = await fit();
      if (notArmable === null) return 'it arms in every mode it ends in';
      const { id } = await ann.post([drone], 'arm');
      const [delivery] = await ann.fates(id);
      if (delivery === undefined || !notArmable.test(delivery.reason ?? '')) {
        throw new Error(delivery === undefined ? 'no delivery' : told(delivery));
      }
      return `${told(delivery)}${wait}`;
    });
    await steps.step('in the mode to arm in an operator arms it, and disarms it', async () => {
      await pilot.waits();
      const wait = await fit();
      const armed = await succeeds('arm');
      const disarmed = await succeeds('disarm');
      return `${told(armed)}; ${told(disarmed)}${wait}`;
    });
    await steps.step('reboot of the autopilot, proved; telemetry comes back', async () => {
      const delivery = await succeeds('reboot', { target: 'autopilot' });
      const { before: was, after: is, downtimeMs } = delivery.detail ?? {};
      if (typeof was !== 'string' || typeof is !== 'string' || was === is) throw new Error(told(delivery));
      if (typeof downtimeMs !== 'number' || downtimeMs <= 0) throw new Error(told(delivery));
      return `${told(delivery)}; every kind fresh after another ${seconds(await streams(60_000))}`;
    });
    await steps.step('the pre-flight list is complete', async () => {
      let missing: readonly string[] = PREFLIGHT_ITEMS;
      const { value } = await until(
        async () => {
          const answer = await preflight();
          const names = answer.items.map(({ item }) => item);
          missing = PREFLIGHT_ITEMS.filter((name) => !names.includes(name));
          const unread = answer.items.filter(({ words }) => /not read yet/.test(words)).map(({ item }) => item);
          missing = [...missing, ...unread];
          return missing.length === 0 ? answer : null;
        },
        { timeoutMs: 30_000, what: 'every item, with what it is about read', seen: () => ({ missing }) },
      );
      const stops = value.items
        .filter(({ verdict }) => verdict === 'stop')
        .map(({ item, words }) => `${item}: ${words}`);
      return `${value.items.length} items, ${value.verdict}${stops.length === 0 ? '' : `; ${stops.join('; ')}`}`;
    });
  } catch (error) {
    if (!(error instanceof FlightEnded)) throw error;
  } finally {
    await pilot.land().catch((error: unknown) => console.error(String(error)));
    await fitted.putBack().catch((error: unknown) => console.error(String(error)));
    await pilot.close();
  }
}
