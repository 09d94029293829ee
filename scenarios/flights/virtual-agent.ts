/**
 * The agent around its client of the autopilot in virtual time: itineraries, commands, ladder, trust, charge. Real parts,
 * wired as agent/compose.ts wires them; what lies beyond them (disk, uplink, clock) is given. What is mutated is mutated
 * here, at the ports (flight-mutations.ts): the product has no hook for it.
 */
import { AutopilotClient, type ExtraStream } from '@skein/hardware/autopilot';
import type { Random } from '@skein/hardware/simulator';
import type { CommandType } from '@skein/protocol/fleet';
import { FrameParser, type Message, messageByName } from '@skein/protocol/mavlink';
import { type Sample, Sampler } from '@skein/protocol/telemetry';
import {
  CommandDesk,
  flightExecutors,
  itineraryExecutors,
  type Pause,
  takenReason,
} from '../../agent/commands/index.ts';
import type { Answer, Executor, Executors, JournalledCommand } from '../../agent/commands/types.ts';
import { Commander, GroundLinkRule } from '../../agent/control/index.ts';
import { GripperWatch } from '../../agent/gripper-watch.ts';
import { Itineraries } from '../../agent/itinerary/index.ts';
import { isGoingHome, Ladder } from '../../agent/ladder/index.ts';
import { ChargeMemory, type SavedCharge } from '../../agent/reboot/charge.ts';
import { TrustWatch } from '../../agent/trust/index.ts';
import { BOOT, virtualExecutors } from '../commands/virtual-executors.ts';
import type { Mutator, World } from './flight-mutations.ts';
import { ENERGY, listenMissions, readParameter, virtualPorts } from './virtual-ports.ts';

const EVIDENCE_HZ = 2;
const EVIDENCE: readonly ExtraStream[] = (['WINCH_STATUS', 'SERVO_OUTPUT_RAW', 'BATTERY_STATUS'] as const).map(
  (name) => ({ msgid: messageByName(name).id, hz: EVIDENCE_HZ }),
);
/** Short, so that a flight of two minutes sees all of it. */
const LADDER = { owner: 'agent', waitS: 12, finishS: 20, retractS: 15, maxS: 180 } as const;

export interface VirtualAgentOptions {
  readonly session: string;
  readonly mutator: Mutator | null;
  readonly random: Random;
  readonly firstStart: boolean;
  readonly nowMs: () => number;
  readonly controllerTime: () => { readonly utcUs: number; readonly errUs: number };
  readonly leaseLeftMs: () => number;
  readonly send: (bytes: Uint8Array) => boolean;
  readonly after: (ms: number, run: () => void) => () => void;
  readonly charge: SavedCharge | null;
  readonly onCharge: (saved: SavedCharge) => void;
  /** What the journal of earlier starts holds. */
  readonly journalled: ReadonlyMap<string, JournalledCommand>;
  readonly journal: (entry: JournalledCommand) => Promise<'durable'>;
  readonly readBook: () => Promise<string>;
  readonly writeBook: (text: string) => Promise<void>;
  readonly onAnswer: (answer: Answer) => void;
  readonly onSample: (sample: Sample) => void;
  /** The ladder orders the aircraft home. */
  readonly onLadder: () => void;
  /** An operator's command begins to act, or has acted. */
  readonly onActing: (type: CommandType, params: Readonly<Record<string, unknown>>, over: boolean) => void;
}

export interface VirtualAgent {
  readonly session: string;
  readonly client: AutopilotClient;
  readonly desk: CommandDesk;
  readonly itineraries: Itineraries;
  readonly ladder: Ladder;
  readonly trust: TrustWatch;
  readonly parser: FrameParser;
  readonly sampler: Sampler;
  /** It knows what its book holds. */
  readonly ready: boolean;
  tick(): void;
  /** At once, and nothing is written any more. */
  kill(): void;
}

/** Begins as a process does: the book is being read when this returns. */
export function createVirtualAgent(o: VirtualAgentOptions): VirtualAgent {
  const { session, mutator, nowMs, leaseLeftMs } = o;
  const nowUs = () => nowMs() * 1000;
  const pause: Pause = (ms, signal) =>
    new Promise((resolve) => {
      o.after(ms, resolve);
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  const client = new AutopilotClient({
    sharePct: 60,
    nowMs,
    drawId: () => Math.floor(o.random.next() * 2 ** 48).toString(16),
    send: o.send,
  });
  const commander = new Commander(() => {});
  const charge = new ChargeMemory(o.onCharge);
  charge.restore(o.charge);
  const chargePct = () => charge.status.effectivePct;
  const trust = new TrustWatch({ nowUs, onSample: () => {}, onEvent: () => {} });
  const gripper = new GripperWatch((name, signal) => readParameter(client, name, signal));
  const ports = virtualPorts({
    client,
    gripper,
    nowUs,
    pause,
    chargePct,
    leaseLeftMs,
    controllerTime: o.controllerTime,
    position: () => {
      const word = trust.positionTrusted();
      return word.ok ? null : word.reason.replace(/^position: /, '');
    },
  });
  const world: World = { client, ports, send: o.send, itinerary: () => itineraries.itinerary };
  const itineraries: Itineraries = new Itineraries({
    path: 'itinerary.json',
    session,
    firstStart: o.firstStart,
    onSample: (sample) => o.onSample(mutator?.sample?.(sample) ?? sample),
    onEvent: () => {},
    onChange: () => {},
    onProblem: () => {},
    ports: mutator?.ports?.(world) ?? ports,
    write: (_, text) => o.writeBook(text),
    read: async () => {
      const text = await o.readBook();
      return mutator?.read?.(text) ?? text;
    },
    after: o.after,
  });
  const ladder = new Ladder({
    rules: LADDER,
    nowUs,
    look: () => {
      const { state, control } = client;
      const seen = {
        leaseLeftMs: leaseLeftMs(),
        armed: state.alive ? state.armed : null,
        inAir: state.landed !== 'on-ground' && state.landed !== 'unknown',
        ours: control.state === 'skein' && !control.readOnly,
        holder: control.state,
        adopted: control.adopted,
        releasing: itineraries.isReleasing,
        goingHome: isGoingHome(state, itineraries.isReturning),
      };
      return mutator?.look?.(seen) ?? seen;
    },
    retract: (signal) => itineraries.orders.secure(signal),
    comeHome: (signal) => {
      o.onLadder();
      const told = mutator?.comeHome?.(world, signal);
      if (told === 'twice') o.onLadder();
      return client.intent('return', { signal });
    },
    onSample: () => {},
    onEvent: () => {},
  });
  const groundRule = new GroundLinkRule(nowMs());
  groundRule.restore(true);
  const flown = flightExecutors({
    vehicle: client,
    safety: { locked: () => null, canArm: () => null, setLock: async () => true, removeLock: async () => null },
    positionTrusted: () => trust.positionTrusted(),
    crashed: () => null,
    groundLinkMs: () => (client.groundLink.sending ? client.groundLink.upMs : null),
    chargePct,
    energy: ENERGY,
    pause,
  });
  const executors = {
    ...virtualExecutors({
      client,
      session,
      nowMs,
      pause,
      locks: { held: null },
      entry: (id) => o.journalled.get(id) ?? null,
      restartAgent: async () => {},
    }),
    ...flown,
    ...itineraryExecutors(flown, {
      vehicle: client,
      itinerary: mutator?.orders?.(itineraries.orders, world) ?? itineraries.orders,
      pause,
    }),
  };
  const watched = Object.entries(executors).map(([type, one]: [string, Executor]) => {
    const act: Executor['act'] = async (task, prepared) => {
      o.onActing(task.type, task.params, false);
      try {
        return await one.act(task, prepared);
      } finally {
        o.onActing(task.type, task.params, true);
      }
    };
    return [type, { ...one, act }] as const;
  });
  const desk = new CommandDesk({
    session,
    boot: BOOT,
    nowMs,
    controllerTime: o.controllerTime,
    journal: { command: o.journal },
    outboxFull: () => false,
    circumstances: () => ({ state: client.state, control: client.control, linkOpen: true }),
    commander,
    executors: Object.fromEntries(watched) as unknown as Executors,
    beforeArming: () => client.logs.stop(),
    answer: o.onAnswer,
    log: { info: () => {}, warn: () => {} },
  });
  client.onControl((now, wasTaken) => {
    if (wasTaken) desk.controlTaken(takenReason(now.state));
    commander.armed(client.state.armed);
  });
  listenMissions(client, itineraries, mutator?.hears ?? (() => true));
  client.onText(({ text }) => itineraries.text(text));
  client.onMessage((message) => evidence(message, itineraries, gripper));

  let loopTurnedMs = nowMs();
  let gathers = false;
  let ready = false;
  const tick = (): void => {
    client.tick({ nowMs: nowMs(), loopTurnedMs, linkOpen: true, lineBytesPerS: 100_000 });
    loopTurnedMs = nowMs();
    desk.tick();
    const { state } = client;
    const armed = state.alive ? state.armed : null;
    commander.armed(armed);
    charge.observe({ pct: state.batteryPct, voltageV: state.batteryV, armed, nowMs: nowMs() });
    ladder.tick();
    const ladderHolds = ladder.holdsGroundLink;
    client.setGroundLink(groundRule.tick({ nowMs: nowMs(), leaseLeftMs: leaseLeftMs(), armed, ladderHolds }));
    itineraries.tick();
    if (gathers === itineraries.isUnderWay) return;
    gathers = itineraries.isUnderWay;
    client.setExtraStreams(gathers ? EVIDENCE : []);
  };
  void itineraries.start().then(() => {
    ready = true;
  });
  desk.load(o.journalled.values());
  return {
    session,
    client,
    desk,
    itineraries,
    ladder,
    trust,
    parser: new FrameParser(),
    sampler: new Sampler(),
    get ready() {
      return ready;
    },
    tick,
    kill: () => {
      desk.close();
      client.close();
    },
  };
}

function evidence(message: Message, itineraries: Itineraries, gripper: GripperWatch): void {
  if (message.name === 'WINCH_STATUS') {
    const { line_length: lineM, tension } = message.fields;
    if (Number.isFinite(lineM)) itineraries.winch({ lineM, tension: Number.isFinite(tension) ? tension : null });
  } else if (message.name === 'SERVO_OUTPUT_RAW') itineraries.gripper(gripper.stateOf(message.fields));
}
