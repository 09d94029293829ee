/** A command desk in virtual time: nothing waits for real, the far ends (autopilot, journal, clock) are played by the test. */
import { setImmediate as turn } from 'node:timers/promises';
import type { IntentName, IntentOptions, IntentOutcome, VehicleState } from '@skein/hardware/autopilot';
import { COMMANDS, type Command, type CommandType } from '@skein/protocol/fleet';
import { formatUtc } from '@skein/protocol/time';
import { CommandDesk } from '../desk.ts';
import { flightExecutors } from '../flight.ts';
import { groundExecutors } from '../ground.ts';
import type { Answer, Executor, JournalledCommand, Via } from '../types.ts';
import type { CommandVehicle } from '../vehicle.ts';

export const SESSION = '0123456789abcdef';
const UTC_US = 1_795_289_965_000_000;

export type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Disarmed on the ground, everything well. */
export const GROUNDED: VehicleState = {
  sysid: 1,
  compid: 1,
  alive: true,
  lastHeartbeatAgeMs: 300,
  armed: false,
  mode: 'STABILIZE',
  customMode: 0,
  systemStatus: 3,
  landed: 'on-ground',
  landedAgeMs: 300,
  bootId: 'boot-1',
  bootMs: 100_000,
  reboots: 0,
  uid2: null,
  flavour: 'ardupilot',
  version: '4.7.0',
  speedMps: 0,
  climbMps: 0,
  altRelM: 0,
  position: { latDeg: 43.6, lonDeg: 7.07, altAmslM: 10, ageMs: 100 },
  home: { latDeg: 43.6, lonDeg: 7.07, altAmslM: 10 },
  preArmOk: true,
  rc: null,
  missionCurrent: 0,
  missionTotal: 8,
  missionState: 2,
  batteryPct: 90,
  batteryV: 12.4,
  failsafe: false,
  texts: [],
  otherWriters: [],
};

/** On its way in a mission. */
export const FLYING: VehicleState = {
  ...GROUNDED,
  armed: true,
  mode: 'AUTO',
  customMode: 3,
  systemStatus: 4,
  landed: 'in-air',
  altRelM: 30,
  missionCurrent: 3,
  missionState: 3,
};

const CONTROL = {
  state: 'skein' as CommandVehicle['control']['state'],
  why: '',
  sinceMs: 0,
  readOnly: false,
  adopted: false,
  taken: 0,
  failsafeSeen: false,
};

interface Asked {
  readonly name: IntentName;
  readonly options: IntentOptions;
  readonly settle: (outcome: IntentOutcome) => void;
  readonly signal: AbortSignal | undefined;
}

let ids = 0;
/** A ULID that no other has. */
export const ulid = (): string => `01JD${String(++ids).padStart(22, '0')}`;

const later: Executor = { act: async () => ({ state: 'succeeded', reason: 'done' }) };

export function bench(o: { readonly clock?: boolean; readonly state?: VehicleState } = {}) {
  let nowMs = 1_000_000;
  const pauses: { atMs: number; resolve: () => void }[] = [];
  const pause = (ms: number, signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      const entry = { atMs: nowMs + ms, resolve };
      pauses.push(entry);
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  const answers: Answer[] = [];
  const newPacks: (string | null)[] = [];
  const written: JournalledCommand[] = [];
  const intents: Asked[] = [];
  const parameters = new Map<string, number>([['WPNAV_SPEED', 500]]);
  const world = {
    state: { ...(o.state ?? GROUNDED) } as Writable<VehicleState>,
    control: { ...CONTROL },
    clock: o.clock ?? true,
    clockErrUs: 20_000,
    journal: 'durable' as 'durable' | 'late' | 'failed',
    /** What an earlier start wrote is still being read. */
    journalOpening: false,
    /** Set to hold every journal write until it is called. */
    hold: false,
    held: [] as (() => void)[],
    outboxFull: false,
    linkOpen: true,
    groundLinkMs: 60_000 as number | null,
    lock: null as { reason: string; by: string; here: boolean } | null,
    ...{ unfit: null as string | null, crashed: null as string | null },
    /** Why the position is not trusted; null: it is. */
    distrusted: null as string | null,
    commander: null as string | null,
    /** Answers intents at once; null: the test settles them. */
    reply: { ok: true, how: 'accepted', detail: {} } as IntentOutcome | null,
    sets: [] as { name: string; value: number }[],
    cleared: 0,
  };
  const vehicle: CommandVehicle = {
    get state() {
      return world.state;
    },
    get control() {
      return world.control;
    },
    parameters: {
      ask: async ([name = '']) => {
        const value = parameters.get(name);
        return value === undefined ? { ok: false, code: 'no-such-parameter' } : { ok: true, name, value };
      },
      set: async (name, value) => {
        const before = parameters.get(name) ?? 0;
        world.sets.push({ name, value });
        parameters.set(name, value);
        return { ok: true, before, after: value };
      },
    },
    intent: (name, options = {}) =>
      new Promise((resolve) => {
        const { signal } = options;
        intents.push({ name, options, settle: resolve, signal });
        signal?.addEventListener('abort', () => resolve({ ok: false, code: 'cancelled', detail: '', sent: true }));
        if (world.reply !== null) resolve(world.reply);
      }),
    takeControl: () => {
      world.control = { ...world.control, state: 'skein', adopted: false };
    },
  };
  const safety = {
    locked: () => world.lock,
    canArm: () => world.unfit,
    setLock: async (by: string, here: boolean, reason: string) => {
      world.lock = { by, here, reason };
      return true;
    },
    removeLock: async (_by: string, _here: boolean, admin: boolean) => {
      if (world.lock?.here === true && !admin) return 'locked-by-drone' as const;
      world.lock = null;
      return null;
    },
  };
  const make = () =>
    new CommandDesk({
      session: SESSION,
      boot: 'kernel-1',
      nowMs: () => nowMs,
      controllerTime: () => (world.clock ? { utcUs: UTC_US + nowMs * 1000, errUs: world.clockErrUs } : null),
      journal: {
        get opening() {
          return world.journalOpening;
        },
        command: async (entry) => {
          if (world.hold) await new Promise<void>((resolve) => world.held.push(resolve));
          if (world.journal === 'durable') written.push(entry);
          return world.journal;
        },
      },
      outboxFull: () => world.outboxFull,
      circumstances: () => ({ state: world.state, control: world.control, linkOpen: world.linkOpen }),
      commander: {
        refuses: (by) => (world.commander === null || world.commander === by ? null : world.commander),
        take: (by, { over }) => {
          if (world.commander === null || over) world.commander = by;
        },
        settle: () => {
          if (world.state.armed === false) world.commander = null;
        },
      },
      executors: {
        ...flightExecutors({
          vehicle,
          safety,
          positionTrusted: () =>
            world.distrusted === null ? { ok: true } : { ok: false, reason: `position: ${world.distrusted}` },
          ...{ groundLinkMs: () => world.groundLinkMs, crashed: () => world.crashed },
          chargePct: () => world.state.batteryPct,
          energy: { rangeM: 8_000, reservePct: 30 },
          pause,
        }),
        ...groundExecutors({
          vehicle,
          safety,
          actOf: (id) => written.findLast((entry) => entry.id === id) ?? null,
          about: () => ({ session: SESSION }),
          newPack: (pack) => newPacks.push(pack),
          pause,
        }),
        'fetch-log': later,
        reboot: later,
      },
      beforeArming: async () => {
        world.cleared++;
      },
      answer: (answer) => answers.push(answer),
      log: { info: () => {}, warn: () => {} },
    });
  let desk = make();

  /** Lets virtual time pass, and everything that waits for it. */
  const advance = async (ms: number): Promise<void> => {
    await turn();
    for (const endMs = nowMs + ms; nowMs < endMs; ) {
      nowMs += Math.min(100, endMs - nowMs);
      for (const entry of pauses.filter((one) => one.atMs <= nowMs)) {
        pauses.splice(pauses.indexOf(entry), 1);
        entry.resolve();
      }
      desk.tick();
      await turn();
    }
    await turn();
  };

  const command = (type: CommandType | 'dance', change: Partial<Command> & { lifetimeS?: number } = {}): Command => {
    const { lifetimeS, ...rest } = change;
    const lifeUs = (lifetimeS ?? (type === 'dance' ? 60 : COMMANDS[type].lifetimeS)) * 1e6;
    const utcUs = UTC_US + nowMs * 1000;
    return {
      id: ulid(),
      type,
      params: {},
      issuedAt: formatUtc(utcUs),
      sentAt: formatUtc(utcUs),
      expiresAt: formatUtc(utcUs + lifeUs),
      issuedBy: 'Ann',
      grants: [],
      session: SESSION,
      heard: { session: SESSION, monoMs: nowMs },
      ...rest,
    };
  };

  return {
    world,
    vehicle,
    answers,
    newPacks,
    written,
    intents,
    parameters,
    advance,
    command,
    get desk() {
      return desk;
    },
    get nowMs() {
      return nowMs;
    },
    /** Sends it, and lets what follows at once happen. */
    async give(what: Command, via: Via = 'own') {
      desk.receive(what, via);
      await turn();
      await turn();
      return this.fate(what.id);
    },
    /** Sends it without waiting. */
    post: (what: Command, via: Via = 'own') => desk.receive(what, via),
    /** The newest answer by number. */
    fate: (id: string) =>
      answers
        .filter((answer) => answer.command === id)
        .reduce<Answer | null>((a, b) => (a && a.step > b.step ? a : b), null),
    settle: turn,
    /** The agent dies and starts again with what the journal holds. */
    restart: async () => {
      desk.close();
      desk = make();
      const latest = new Map(written.map((entry) => [entry.id, entry]));
      desk.load(latest.values());
      await turn();
    },
  };
}
