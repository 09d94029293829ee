/**
 * A drone in virtual time: the agent's command core and its client of the autopilot against the simulator, joined by a
 * line that loses frames, with a journal that is slow, late or fails, and with crashes. No socket, no disk, no timer.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { AutopilotClient } from '@skein/hardware/autopilot';
import { createSimulator, Pilot, type Port, type Random, type Simulator } from '@skein/hardware/simulator';
import type { Command, CommandType } from '@skein/protocol/fleet';
import { decode, FrameParser, MavCmd, type Message } from '@skein/protocol/mavlink';
import { CommandDesk, takenReason } from '../../agent/commands/index.ts';
import type { Answer, Executor, Executors, JournalledCommand } from '../../agent/commands/types.ts';
import { Commander } from '../../agent/control/index.ts';
import { BOOT, type Locks, virtualExecutors } from './virtual-executors.ts';

const STEP_MS = 20;
const TICK_MS = 100;
/** The controller's clock minus ours. */
export const UTC_OFFSET_US = 1_795_289_965_000_000;
const JOURNAL_DEADLINE_MS = 300;

/** MAV_CMDs of which one frame too many does harm. */
const ONCE: readonly number[] = [MavCmd.COMPONENT_ARM_DISARM, MavCmd.PREFLIGHT_REBOOT_SHUTDOWN, MavCmd.NAV_TAKEOFF];
/** Which commands send them. */
const ONCE_TYPES: readonly CommandType[] = ['arm', 'disarm', 'abort', 'reboot'];

/** What is broken on purpose, to see that it is noticed. */
export type Mutation = 'acts-again-after-a-crash' | 'frames-go-twice' | 'answers-get-lost' | 'journal-forgets';

export interface VirtualDroneOptions {
  readonly seed: number;
  readonly random: Random;
  readonly start: 'ready' | 'airborne';
  /** Share of the frames that the line loses, each way. */
  readonly loss: number;
  /** Share of the journal's lines that are late, and that fail. */
  readonly journalLate: number;
  readonly journalFails: number;
  readonly mutation?: Mutation;
}

interface Agent {
  readonly session: string;
  readonly client: AutopilotClient;
  readonly desk: CommandDesk;
  readonly parser: FrameParser;
}

export class VirtualDrone {
  readonly #o: VirtualDroneOptions;
  readonly simulator: Simulator;
  readonly pilot: Pilot;
  readonly #port: Port;
  #agent: Agent | null = null;
  #starts = 0;
  nowMs = 1_000_000;
  #loopTurnedMs = 0;
  #timers: { readonly atMs: number; readonly run: () => void }[] = [];
  readonly #durable: JournalledCommand[] = [];
  #journalBusyMs = 0;
  readonly #locks: Locks = { held: null };
  /** Frames of the autopilot are lost until then. */
  muteUntilMs = 0;
  readonly answers: Answer[] = [];
  /** What must never be, in words. */
  readonly wrong: string[] = [];
  /** How often each command was carried out. */
  readonly #acts = new Map<string, number>();
  /** How many frames that must come once reached the autopilot, by command. */
  readonly #onceFrames = new Map<string, number>();
  /** A hold, return or land that the journal did not take is harmless twice. */
  readonly #unjournalled = new Set<string>();
  readonly #acting = new Map<string, CommandType>();
  frames = 0;

  constructor(o: VirtualDroneOptions) {
    this.#o = o;
    this.simulator = createSimulator({ seed: o.seed, start: o.start });
    this.pilot = new Pilot(this.simulator.autopilot);
    this.#port = this.simulator.attach({
      name: 'line',
      carrier: {
        send: (chunks) => {
          for (const chunk of chunks) this.#fromAutopilot(chunk);
          return chunks.length;
        },
      },
    });
    this.#port.connected = true;
  }

  get session(): string | null {
    return this.#agent?.session ?? null;
  }

  get bootId(): string | null {
    return this.#agent?.client.state.bootId ?? null;
  }

  #fromAutopilot(chunk: Uint8Array): void {
    const agent = this.#agent;
    if (agent === null || this.nowMs < this.muteUntilMs || this.#o.random.next() < this.#o.loss) return;
    agent.parser.push(chunk, (frame) => {
      const message = decode(frame);
      if (message !== null) agent.client.take(message, frame.sysid, frame.compid, this.nowMs);
    });
  }

  #toAutopilot(bytes: Uint8Array): boolean {
    this.frames++;
    const message = decodeOne(bytes);
    if (message !== null) this.#judgeFrame(message);
    const once = message !== null && isOnce(message);
    if (this.#o.random.next() < this.#o.loss) return true;
    for (let i = 0; i < (once && this.#o.mutation === 'frames-go-twice' ? 2 : 1); i++) {
      if (once) this.#countOnce();
      // The autopilot answers within this call; a real one never does.
      this.#after(1, () => this.#port.receive(bytes));
    }
    return true;
  }

  #countOnce(): void {
    const [id] = [...this.#acting].find(([, type]) => ONCE_TYPES.includes(type)) ?? [];
    if (id === undefined) this.wrong.push('a frame that goes once was sent for no command');
    else this.#onceFrames.set(id, (this.#onceFrames.get(id) ?? 0) + 1);
    const times = id === undefined ? 0 : (this.#onceFrames.get(id) ?? 0);
    if (times > 1) this.wrong.push(`${times} frames that go once, for ${id}`);
  }

  /** Flight rules §1: never, on no path. */
  #judgeFrame(message: Message): void {
    if (/OVERRIDE|MANUAL_CONTROL|ATTITUDE_TARGET|SETUP_SIGNING/.test(message.name)) this.wrong.push(message.name);
    if (message.name !== 'COMMAND_LONG' && message.name !== 'COMMAND_INT') return;
    const { command, param1, param2 } = message.fields;
    const p6 = message.name === 'COMMAND_LONG' ? message.fields.param6 : 0;
    const forced = command === MavCmd.COMPONENT_ARM_DISARM && param2 !== 0;
    const magic = command === MavCmd.PREFLIGHT_REBOOT_SHUTDOWN && (param1 !== 1 || param2 !== 0 || p6 !== 0);
    if (forced || magic || command === MavCmd.DO_FLIGHTTERMINATION) this.wrong.push(`forbidden ${command}`);
    if (command === MavCmd.PREFLIGHT_REBOOT_SHUTDOWN && this.simulator.autopilot.flight.armed) {
      this.wrong.push('a reboot was sent to an armed vehicle');
    }
  }

  #after(ms: number, run: () => void): void {
    this.#timers.push({ atMs: this.nowMs + ms, run });
  }

  readonly #pause = (ms: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      this.#after(ms, resolve);
      signal.addEventListener('abort', () => resolve(), { once: true });
    });

  /** In order; a line that is late becomes durable all the same, unless the agent dies first. */
  #journal(entry: JournalledCommand, agentOf: () => Agent | null): Promise<'durable' | 'late' | 'failed'> {
    const { random, journalFails, journalLate } = this.#o;
    const writer = agentOf();
    if (random.next() < journalFails) return Promise.resolve('failed');
    const slowMs = random.next() < journalLate ? 300 + random.next() * 2_000 : 2 + random.next() * 40;
    const doneMs = Math.max(this.nowMs, this.#journalBusyMs) + slowMs;
    this.#journalBusyMs = doneMs;
    return new Promise((resolve) => {
      this.#after(doneMs - this.nowMs, () => {
        if (this.#agent === writer) this.#durable.push(entry);
        resolve('durable');
      });
      this.#after(JOURNAL_DEADLINE_MS, () => resolve('late'));
    });
  }

  /** Starts the agent with what its journal holds. */
  start(): void {
    const session = `${++this.#starts}`.padStart(16, '0');
    const { random, mutation } = this.#o;
    const mine = () => this.#agent !== null && this.#agent.session === session;
    const client = new AutopilotClient({
      sharePct: 60,
      nowMs: () => this.nowMs,
      drawId: () => Math.floor(random.next() * 2 ** 48).toString(16),
      send: (bytes) => mine() && this.#toAutopilot(bytes),
    });
    const commander = new Commander(() => {});
    const nowMs = () => this.nowMs;
    const executors = virtualExecutors({
      client,
      session,
      nowMs,
      pause: this.#pause,
      locks: this.#locks,
      entry: (id) => this.#durable.findLast((entry) => entry.id === id) ?? null,
      restartAgent: async () => {
        this.crash();
        this.#after(600, () => this.start());
      },
    });
    const watched = Object.fromEntries(
      Object.entries(executors).map(([type, executor]) => [type, this.#watch(type as CommandType, executor, mine)]),
    ) as unknown as Executors;
    const desk = new CommandDesk({
      session,
      boot: BOOT,
      nowMs,
      controllerTime: () => ({ utcUs: UTC_OFFSET_US + this.nowMs * 1000, errUs: 30_000 }),
      journal: { command: (entry) => this.#journal(entry, () => this.#agent) },
      outboxFull: () => false,
      circumstances: () => ({ state: client.state, control: client.control, linkOpen: true }),
      commander,
      executors: watched,
      beforeArming: () => client.logs.stop(),
      answer: (answer) => {
        if (answer.reason === 'journal: late') this.#unjournalled.add(answer.command);
        if (mutation === 'answers-get-lost' && answer.state === 'succeeded') return;
        this.answers.push(answer);
      },
      log: { info: () => {}, warn: () => {} },
    });
    client.onControl((now, wasTaken) => {
      if (wasTaken) desk.controlTaken(takenReason(now.state));
      commander.armed(client.state.armed);
    });
    this.#agent = { session, client, desk, parser: new FrameParser() };
    if (mutation !== 'journal-forgets') desk.load(new Map(this.#durable.map((entry) => [entry.id, entry])).values());
  }

  /** The same executor, but what it does is written down. */
  #watch(type: CommandType, executor: Executor, mine: () => boolean): Executor {
    const act: Executor['act'] = async (task, prepared) => {
      const times = (this.#acts.get(task.id) ?? 0) + 1;
      this.#acts.set(task.id, times);
      if (times > 1 && !this.#unjournalled.has(task.id)) this.wrong.push(`${type} ${task.id} acted ${times} times`);
      this.#acting.set(task.id, type);
      try {
        return await executor.act(task, prepared);
      } finally {
        if (mine()) this.#acting.delete(task.id);
      }
    };
    const again: Executor['recover'] = async ({ id, issuedBy, act: prepared }, signal) =>
      act({ id, type, params: prepared, issuedBy, grants: [], via: 'own', signal }, prepared);
    const recover = this.#o.mutation === 'acts-again-after-a-crash' ? again : executor.recover;
    return { ...executor, act, ...(recover === undefined ? {} : { recover }) };
  }

  /** The process is gone: what was not durable never was. */
  crash(): void {
    const agent = this.#agent;
    this.#agent = null;
    this.#acting.clear();
    this.#journalBusyMs = this.nowMs;
    agent?.desk.close();
    agent?.client.close();
  }

  /** A command arrives. */
  receive(command: Command, via: 'own' | 'broadcast'): void {
    this.#agent?.desk.receive(command, via);
  }

  /** Lets virtual time pass. */
  async pass(ms: number): Promise<void> {
    for (const endMs = this.nowMs + ms; this.nowMs < endMs; ) {
      this.nowMs += STEP_MS;
      const due = this.#timers.filter(({ atMs }) => atMs <= this.nowMs);
      if (due.length > 0) this.#timers = this.#timers.filter(({ atMs }) => atMs > this.nowMs);
      for (const { run } of due) run();
      this.simulator.advanceTo(this.nowMs - 1_000_000);
      if (this.nowMs % TICK_MS === 0 && this.#agent !== null) {
        const { client, desk } = this.#agent;
        const { nowMs } = this;
        client.tick({ nowMs, loopTurnedMs: this.#loopTurnedMs, linkOpen: true, lineBytesPerS: 100_000 });
        this.#loopTurnedMs = nowMs;
        desk.tick();
      }
      await turn();
    }
  }

  close(): void {
    this.crash();
  }
}

function decodeOne(bytes: Uint8Array): Message | null {
  let found: Message | null = null;
  new FrameParser().push(bytes, (frame) => {
    found = decode(frame);
  });
  return found;
}

const isOnce = (message: Message): boolean =>
  (message.name === 'COMMAND_LONG' || message.name === 'COMMAND_INT') && ONCE.includes(message.fields.command);
