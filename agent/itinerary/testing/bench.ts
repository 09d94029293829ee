/**
 * Itineraries over a drone that the test plays: its time, what it stores, what it flies. The book is a real file, so that
 * a restart reads what the disk had.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import type { ControlSnapshot, IntentOutcome, VehicleState } from '@skein/hardware/autopilot';
import type { MissionItem, MissionType } from '@skein/protocol/mavlink';
import type { Sample } from '@skein/protocol/telemetry';
import type { Test } from 'tap';
import { compiledFor } from '../../itinerary-plan.ts';
import { Itineraries } from '../itineraries.ts';
import type { Breach } from '../ports.ts';
import type { ListFailure } from '../transfer.ts';
import type { Stand } from '../types.ts';
import { BASE, DOOR, SESSION } from './plans.ts';
import { CONTROL, STANDING } from './vehicle.ts';

type Writable<T> = { -readonly [K in keyof T]: T[K] };
const OK: IntentOutcome = { ok: true, how: 'accepted', detail: {} };

const failure = (code: string, detail = ''): ListFailure => ({
  ok: false,
  code,
  detail,
  result: null,
  seq: 2,
  texts: [],
});

export async function bench(t: Test) {
  const folder = mkdtempSync(join(tmpdir(), 'sk-it-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  let nowMs = 1_000_000;
  const held: Record<MissionType, readonly MissionItem[]> = { mission: [], fence: [], rally: [] };
  const samples: (Sample<'itinerary'> | Sample<'delivery'>)[] = [];
  const sent: string[] = [];
  const world = {
    state: { ...STANDING } as Writable<VehicleState>,
    control: { ...CONTROL } as Writable<ControlSnapshot>,
    kernel: 'kernel-1',
    lock: null as string | null,
    unfit: null as string | null,
    leaseLeftMs: 15_000,
    chargePct: 90 as number | null,
    position: null as string | null,
    fsOptions: 0 as number | null,
    winchOptions: 6,
    breaches: [] as readonly Breach[],
    /** What proves a release was looked up for these. */
    learnt: [] as string[],
    /** The autopilot takes only so much of the next upload of a mission. */
    tear: null as number | null,
    beforeMotors: () => {},
    startOutcome: OK,
    jumpOutcome: OK,
    jumps: true,
    /** It does not say how long it has run. */
    silent: false,
    /** The disk takes nothing. */
    diskFull: false,
    /** The disk takes nothing before this resolves. */
    slowDisk: Promise.resolve() as Promise<void>,
    /** Lists cannot be read back, for this. */
    unread: null as string | null,
    meanwhile: null as ((asked: string) => void) | null,
  };
  const makeOne = () =>
    new Itineraries({
      path: join(folder, 'itinerary.json'),
      session: SESSION,
      firstStart: true,
      // Without waiting for the disk: nobody pulls its plug here.
      write: async (path, text) => {
        if (world.diskFull) throw new Error('ENOSPC: no space left on device');
        await world.slowDisk;
        await writeFile(path, text);
      },
      onSample: (sample) => {
        if (sample.kind === 'itinerary' || sample.kind === 'delivery') samples.push(sample);
      },
      onEvent: () => {},
      onChange: () => {},
      onProblem: () => {},
      ports: {
        vehicle: {
          get state() {
            return world.state;
          },
          get control() {
            return world.control;
          },
          flavour: 'ardupilot',
          missions: {
            upload: async (type, items) => {
              sent.push(`upload ${type}`);
              world.meanwhile?.(`upload ${type}`);
              if (type === 'mission' && world.tear !== null) {
                // Old and new mixed, as long as the longer of both.
                held.mission = [...items.slice(0, world.tear), ...held.mission.slice(world.tear)];
                world.tear = null;
                return failure('timeout');
              }
              held[type] = items;
              return { ok: true };
            },
            download: async (type) => {
              sent.push(`download ${type}`);
              world.meanwhile?.(`download ${type}`);
              if (world.unread !== null) return failure(world.unread);
              return { ok: true, items: held[type] };
            },
            clear: async (type) => {
              sent.push(`clear ${type}`);
              held[type] = [];
              return { ok: true };
            },
          },
          logTransfer: false,
          parameter: async (name) => (name === 'FS_OPTIONS' ? world.fsOptions : world.winchOptions),
          start: async ({ may }) => {
            sent.push('start');
            world.beforeMotors();
            world.meanwhile?.('start');
            if (!may()) return { ok: false, code: 'not-now', detail: '', sent: false };
            if (!world.startOutcome.ok) return world.startOutcome;
            Object.assign(world.state, {
              armed: true,
              mode: 'AUTO',
              landed: 'in-air',
              missionCurrent: 1,
              missionState: 3,
            });
            return world.startOutcome;
          },
          jump: async (seq, { may }) => {
            world.meanwhile?.(`jump ${seq}`);
            if (!may()) return { ok: false, code: 'not-now', detail: '', sent: false };
            sent.push(`jump ${seq}`);
            if (world.jumps) world.state.missionCurrent = seq;
            return world.jumpOutcome;
          },
          retract: async (lineM) => {
            sent.push(`retract ${lineM}`);
            return OK;
          },
          comeHome: async () => {
            sent.push('return');
            world.state.mode = 'RTL';
            return OK;
          },
          disarm: async () => {
            sent.push('disarm');
            Object.assign(world.state, { armed: false, landed: 'on-ground' });
            return OK;
          },
          bootAge: async () => {
            world.meanwhile?.('boot age');
            const { bootMs } = world.state;
            return bootMs === null || world.silent ? null : { bootMs };
          },
        },
        nowUs: () => nowMs * 1000,
        get boot() {
          return world.kernel;
        },
        linkOpen: () => true,
        locked: () => world.lock,
        crashed: () => null,
        canArm: () => world.unfit,
        preflight: () => ({ verdict: 'ok', items: [] }),
        chargePct: () => world.chargePct,
        leaseLeftMs: () => world.leaseLeftMs,
        controllerTime: () => ({ utcUs: 1_795_000_000_000_000 + nowMs * 1000, errUs: 20_000 }),
        position: () => world.position,
        compile: compiledFor,
        validate: async () => world.breaches,
        learn: async (itinerary) => {
          world.learnt.push(itinerary.id);
        },
        differences: (wanted, got) =>
          JSON.stringify(wanted) === JSON.stringify(got)
            ? []
            : [{ seq: null, field: 'count', wanted: wanted.length, got: got.length }],
        hash: (lists, home) => `hash ${JSON.stringify([lists.mission.length, home])}`,
        pause: async (ms) => {
          nowMs += ms;
          await turn();
        },
        settings: { onAbort: 'retract', retractS: 5, hoverDropPct: 5 },
      },
    });
  let one = makeOne();
  await one.start();
  t.teardown(() => one.close());
  let measuredMs = 0;

  const bench = {
    world,
    held,
    sent,
    get it() {
      return one;
    },
    get nowMs() {
      return nowMs;
    },
    /** What was said, newest last: `state` or `state: code`. */
    said: (kind: 'itinerary' | 'delivery' = 'itinerary') =>
      samples
        .filter((sample) => sample.kind === kind)
        .map(({ values }) => `${values.state}${values.reason === '' ? '' : `: ${values.reason?.split(':')[0]}`}`),
    last: <K extends 'itinerary' | 'delivery'>(kind: K) =>
      samples.findLast((sample): sample is Sample<K> & (typeof samples)[number] => sample.kind === kind)?.values,
    steps: () => samples.filter(({ kind }) => kind === 'itinerary').map(({ values }) => values.step ?? 0),
    /** Lets time pass, current flow, and the disk keep up. */
    async pass(ms: number, currentA: number | null = null): Promise<void> {
      for (const endMs = nowMs + ms; nowMs < endMs; ) {
        nowMs += 100;
        if (world.state.bootMs !== null) world.state.bootMs += 100;
        if (currentA !== null && nowMs - measuredMs >= 500) {
          measuredMs = nowMs;
          const values = { instance: 0, currentA } as Sample<'battery'>['values'];
          one.take({ kind: 'battery', monoUs: nowMs * 1000, bootMs: null, values });
        }
        one.tick();
        await one.kept();
        await turn();
      }
      await this.kept();
    },
    async kept(): Promise<void> {
      await one.kept();
      await turn();
    },
    /** Until it is so, with time passing. */
    async until(what: () => boolean, withinMs = 60_000, currentA: number | null = null): Promise<boolean> {
      for (let waitedMs = 0; !what() && waitedMs < withinMs; waitedMs += 500) await this.pass(500, currentA);
      return what();
    },
    /** Flies to the mission item, hovering there when it is at the door. */
    fly(seq: number, o: { at?: 'door' | 'base'; altM?: number; speedMps?: number } = {}): void {
      const place = o.at === 'door' ? DOOR : o.at === 'base' ? BASE : { latDeg: 43.601, lonDeg: 7.07 };
      Object.assign(world.state, {
        missionCurrent: seq,
        position: { ...place, altAmslM: 40, ageMs: 100 },
        altRelM: o.altM ?? 30,
        speedMps: o.speedMps ?? (o.at === undefined ? 8 : 0.2),
      });
    },
    land(): void {
      Object.assign(world.state, { armed: false, landed: 'on-ground', speedMps: 0, altRelM: 0, missionState: 5 });
    },
    async start() {
      const outcome = await one.orders.start({ by: 'Ann', signal: new AbortController().signal });
      await this.pass(200);
      return outcome;
    },
    /** The agent is killed and starts again; in flight it adopts. `left`: its itinerary stood like this on the disk. */
    async restart(left: Partial<Stand> | null = null): Promise<void> {
      await this.kept();
      const path = join(folder, 'itinerary.json');
      if (left !== null) {
        const book = JSON.parse(await readFile(path, 'utf8'));
        Object.assign(book.current.stand, left);
        await writeFile(path, JSON.stringify(book));
      }
      const old = one;
      world.control = {
        ...world.control,
        adopted: world.state.armed === true,
        state: world.state.armed ? 'unknown' : 'skein',
      };
      one = makeOne();
      await one.start();
      await old.close().catch(() => {});
    },
  };
  return bench;
}
