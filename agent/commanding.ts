/**
 * Where commands, journal, control and reboots meet the vehicle (a part of the composition root).
 *
 *   uplink ─command─▶ desk ─▶ journal │ executors ─▶ vehicle.autopilot
 *   time answers ─▶ controller clock ─▶ desk       └─ reboot ─▶ autopilot, helper, this process
 *   lease ─▶ ground link      state ─▶ commander, charge memory, alarms ─▶ samples
 */
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Link } from '@skein/hardware/link';
import type { Command, TimeAnswer } from '@skein/protocol/fleet';
import type { Sample } from '@skein/protocol/telemetry';
import { type Clock, ControllerClock } from './clock/index.ts';
import {
  type Answer,
  CommandDesk,
  type CommandSafety,
  fetchLogExecutor,
  flightExecutors,
  groundExecutors,
  openLogFile,
  type Pause,
  takenReason,
} from './commands/index.ts';
import type { AgentConfig } from './config.ts';
import { Commander, CompanyWatch, ControlSampler, GroundLinkRule, presenceOf } from './control/index.ts';
import type { Journal, JournalOpened } from './journal/index.ts';
import type { AgentPorts } from './ports.ts';
import { ChargeMemory, companionHelper, RebootWatch, rebootExecutor, savedChargeOf } from './reboot/index.ts';
import type { Vehicle } from './vehicle/index.ts';

const LOGS_FOLDER = 'logs-autopilot';
/** Bounds of an answer (docs/wire.md §4). */
const MAX_REASON = 1_000;
const MAX_DETAIL = 4_096;

export interface CommandingOptions {
  readonly config: AgentConfig;
  readonly ports: AgentPorts;
  readonly session: string;
  readonly boot: string;
  readonly link: Link;
  readonly vehicle: Vehicle;
  readonly clock: Clock;
  readonly safety: CommandSafety;
  readonly leaseLeftMs: () => number;
  /** Answers alone fill the outbox. */
  readonly outboxFull: () => boolean;
  readonly onSample: (sample: Sample) => void;
  /** Something that presence tells has changed. */
  readonly onPresence: () => void;
  readonly onProblem: (part: string, message: string | null) => void;
}

/** Ends early when the signal is aborted; never rejects. */
const pause: Pause = (ms, signal) => wait(ms, undefined, { signal }).catch(() => {});

export class Commanding {
  readonly #o: CommandingOptions;
  readonly #controllerClock = new ControllerClock();
  readonly #journal: Journal;
  readonly #desk: CommandDesk;
  readonly #commander: Commander;
  readonly #groundRule: GroundLinkRule;
  readonly #charge: ChargeMemory;
  readonly #watch = new RebootWatch();
  readonly #company: CompanyWatch;
  readonly #sampler = new ControlSampler();
  #wasGroundLink: boolean | null = null;
  #presence = '';
  #started = false;
  #unlisten: (() => void) | null = null;

  constructor(o: CommandingOptions) {
    this.#o = o;
    const { config, ports, session, boot, safety, link } = o;
    const { autopilot } = o.vehicle;
    const nowMs = () => ports.nowUs() / 1000;
    this.#journal = ports.createJournal({
      path: join(config.dataDir, 'journal.jsonl'),
      newId: () => ports.randomHex(8),
      onOpened: (opened) => this.#journalOpened(opened),
      onProblem: (message) => o.onProblem('journal', message),
    });
    this.#commander = new Commander((name) => this.#journal.remember('commander', name));
    this.#company = new CompanyWatch((uid2) => this.#journal.remember('autopilot', uid2));
    this.#charge = new ChargeMemory((saved) => this.#journal.remember('charge', saved));
    this.#groundRule = new GroundLinkRule(nowMs());
    const reboot = rebootExecutor({
      vehicle: autopilot,
      session,
      boot,
      nowMs,
      utcMs: () => {
        const utcUs = o.clock.read(ports.nowUs())?.utcUs;
        return utcUs === undefined ? null : Math.round(utcUs / 1000);
      },
      locked: () => safety.locked(),
      logTransfer: () => autopilot.logs.busy,
      helper: companionHelper({ command: config.reboot.companionCommand }),
      restartAgent: ports.restart === null ? null : async () => ports.restart?.(),
      onOrdered: () => this.#watch.ordered(nowMs()),
      charge: () => ({ ...this.#charge.status }),
      pause,
    });
    this.#desk = new CommandDesk({
      session,
      boot,
      nowMs,
      controllerTime: () => this.#controllerClock.at(ports.nowUs()),
      journal: this.#journal,
      outboxFull: o.outboxFull,
      circumstances: () => ({ state: autopilot.state, control: autopilot.control, linkOpen: link.isOpen }),
      commander: this.#commander,
      executors: {
        ...flightExecutors({
          vehicle: autopilot,
          safety,
          groundLinkMs: () => (autopilot.groundLink.sending ? autopilot.groundLink.upMs : null),
          chargePct: () => this.#charge.status.effectivePct,
          energy: config.energy,
          pause,
        }),
        ...groundExecutors({
          vehicle: autopilot,
          safety,
          actOf: (id) => this.#journal.commands.get(id) ?? null,
          about: () => ({ session, boot, autopilotBoot: autopilot.state.bootId, alive: autopilot.state.alive }),
          pause,
        }),
        'fetch-log': fetchLogExecutor({
          vehicle: autopilot,
          logs: autopilot.logs,
          openFile: (name) => openLogFile(join(config.dataDir, LOGS_FOLDER), name),
          pause,
          nowMs,
        }),
        reboot,
      },
      beforeArming: () => autopilot.logs.stop(),
      answer: (answer) => this.#answer(answer),
      log: ports.log,
    });
  }

  #answer({ detail, ...answer }: Answer): void {
    const monoUs = Math.round(this.#o.ports.nowUs());
    const text = JSON.stringify(detail);
    const values = {
      ...answer,
      reason: answer.reason.slice(0, MAX_REASON),
      detail: text.length > MAX_DETAIL ? '{"cut":true}' : text,
    };
    this.#o.onSample({ kind: 'answer', monoUs, bootMs: null, values });
  }

  #journalOpened({ setAside, damagedLines, lasting }: JournalOpened): void {
    const { log } = this.#o.ports;
    if (setAside) log.warn({ part: 'journal' }, 'the command journal was damaged: it was set aside, a new one begun');
    if (damagedLines > 0) log.warn({ part: 'journal', damagedLines }, 'lines of the command journal were damaged');
    const { commands } = this.#journal;
    this.#commander.restore(lasting.get('commander'));
    this.#charge.restore(savedChargeOf(lasting.get('charge')));
    this.#company.restore(lasting.get('autopilot'));
    this.#groundRule.restore(lasting.get('groundLink') === this.#o.boot);
    this.#desk.load([...commands.values()]);
    this.#o.onPresence();
  }

  /** Resolves when the journal was read, or cannot be for now. */
  async start(): Promise<void> {
    this.#unlisten = this.#o.vehicle.autopilot.onControl((now, wasTaken) => {
      if (wasTaken) this.#desk.controlTaken(takenReason(now.state));
      this.#o.ports.log.info({ part: 'control', state: now.state }, `control: ${now.state} (${now.why})`);
      this.tick();
    });
    await this.#journal.start();
    this.#started = true;
  }

  take(command: Command, via: 'own' | 'broadcast'): void {
    this.#desk.receive(command, via);
  }

  /** A time answer of the controller. */
  exchange(answer: TimeAnswer, receivedMonoUs: number): void {
    const used = this.#controllerClock.exchange({
      sentMonoUs: answer.agentMonoUs,
      receivedMonoUs,
      remoteReceivedUtcUs: answer.receivedUtcUs,
      remoteSentUtcUs: answer.sentUtcUs,
    });
    if (used) this.#desk.clockKnown();
  }

  /** Call every 100 ms. */
  tick(): void {
    // What an earlier start remembered comes first.
    if (!this.#started) return;
    const { vehicle, ports, leaseLeftMs, boot } = this.#o;
    const { autopilot } = vehicle;
    const { state, control } = autopilot;
    const nowMs = ports.nowUs() / 1000;
    const armed = state.alive ? state.armed : null;
    this.#desk.tick();
    this.#commander.armed(armed);
    this.#charge.observe({ pct: state.batteryPct, voltageV: state.batteryV, armed, nowMs });
    autopilot.setGroundLink(this.#groundRule.tick({ nowMs, leaseLeftMs: leaseLeftMs(), armed }));
    const { sending } = autopilot.groundLink;
    if (sending !== this.#wasGroundLink && this.#journal.id !== null) {
      // Not at once on a restart: what the earlier start wrote must first be read, and holds until we know better.
      if (sending || this.#wasGroundLink !== null) this.#journal.remember('groundLink', sending ? boot : null);
      this.#wasGroundLink = sending;
    }
    const alarm = this.#watch.observe({ reboots: state.reboots, armed, nowMs });
    if (alarm !== null) this.#alarm(alarm.severity, alarm.text);
    const { readOnly, why } = control;
    for (const words of this.#company.observe({ readOnly, why, uid2: state.uid2 })) this.#alarm('critical', words);
    this.#report(nowMs);
    const presence = JSON.stringify([control.state, this.#commander.name, state.bootId, this.#journal.id]);
    if (presence !== this.#presence) {
      this.#presence = presence;
      this.#o.onPresence();
    }
  }

  #report(nowMs: number): void {
    const { state, control } = this.#o.vehicle.autopilot;
    const sample = this.#sampler.sample(
      { control, commander: this.#commander.name, writers: state.otherWriters },
      nowMs,
    );
    if (sample !== null) this.#o.onSample(sample);
  }

  #alarm(severity: 'emergency' | 'critical', text: string): void {
    this.#o.ports.log.error({ part: 'alarm', severity }, text);
    const monoUs = Math.round(this.#o.ports.nowUs());
    this.#o.onSample({ kind: 'text', monoUs, bootMs: null, values: { severity, text, repeats: 0 } });
  }

  /** A technician has put another pack in. */
  newPack(): void {
    this.#charge.newPack();
  }

  /** Null: it is written. */
  get journalProblem(): string | null {
    return this.#journal.status().problem;
  }

  get rememberedPct(): number | null {
    const { remembered, effectivePct } = this.#charge.status;
    return remembered === null ? null : effectivePct;
  }

  presence() {
    const { control, state } = this.#o.vehicle.autopilot;
    return {
      journal: this.#journal.id,
      control: presenceOf({ control, commander: this.#commander.name }),
      autopilotBoot: state.bootId,
    };
  }

  status() {
    const { control, state, groundLink } = this.#o.vehicle.autopilot;
    return {
      control: { ...control, commander: this.#commander.name },
      writers: state.otherWriters,
      groundLink,
      commands: this.#desk.status(),
      journal: this.#journal.status(),
      battery: this.#charge.status,
      unorderedReboots: this.#watch.unordered,
      controllerClockSteps: this.#controllerClock.steps,
    };
  }

  /** Ends what is under way, then closes the journal. */
  async close(): Promise<void> {
    this.#unlisten?.();
    this.#desk.close();
    await this.#journal.close();
  }
}
