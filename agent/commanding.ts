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
import { ControllerClock } from './clock/index.ts';
import { type Answer, CommandDesk, LogShelf, type Pause, takenReason } from './commands/index.ts';
import { AirframeWatch, Commander, CompanyWatch, ControlSampler, GroundLinkRule, presenceOf } from './control/index.ts';
import { type ExecutorParts, wireExecutors } from './executors-wiring.ts';
import type { Journal, JournalOpened } from './journal/index.ts';
import type { Ladder } from './ladder/index.ts';
import { type LadderParts, wireLadder } from './ladder-wiring.ts';
import { ChargeMemory, packSample, RebootWatch, savedChargeOf } from './reboot/index.ts';

const LOGS_FOLDER = 'logs-autopilot';
/** Bounds of an answer (docs/wire.md §4). */
const MAX_REASON = 1_000;
const MAX_DETAIL = 4_096;

export interface CommandingOptions extends LadderParts, ExecutorParts {
  readonly link: Link;
  /** Answers alone fill the outbox. */
  readonly outboxFull: () => boolean;
  /** It crashed, and its motors stand. */
  readonly onCrash: (words: string) => void;
  /** Something that presence tells has changed. */
  readonly onPresence: () => void;
  /** Motors are about to be started by our order. */
  readonly onArming: () => void;
  readonly onProblem: (part: string, message: string | null) => void;
}

/** Ends early when the signal is aborted; never rejects. */
const pause: Pause = (ms, signal) => wait(ms, undefined, { signal }).catch(() => {});

export class Commanding {
  readonly #o: CommandingOptions;
  readonly #controllerClock = new ControllerClock();
  readonly #journal: Journal;
  readonly #desk: CommandDesk;
  readonly #logs: LogShelf;
  readonly #commander: Commander;
  readonly #groundRule: GroundLinkRule;
  readonly #ladder: Ladder;
  readonly #charge: ChargeMemory;
  readonly #watch = new RebootWatch();
  readonly #company: CompanyWatch;
  readonly #airframe = new AirframeWatch();
  readonly #sampler = new ControlSampler();
  #wasGroundLink: boolean | null = null;
  #presence = '';
  #started = false;
  #unlisten: (() => void) | null = null;

  constructor(o: CommandingOptions) {
    this.#o = o;
    const { config, ports, session, boot, link } = o;
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
    this.#logs = new LogShelf({
      folder: join(config.dataDir, LOGS_FOLDER),
      budgetBytes: config.logs.autopilotBudgetMB * 1e6,
    });
    this.#ladder = wireLadder(o);
    this.#desk = new CommandDesk({
      session,
      boot,
      nowMs,
      controllerTime: () => this.controllerTime,
      journal: this.#journal,
      outboxFull: o.outboxFull,
      circumstances: () => ({ state: autopilot.state, control: autopilot.control, linkOpen: link.isOpen }),
      commander: this.#commander,
      executors: wireExecutors(o, {
        journal: this.#journal,
        charge: this.#charge,
        shelf: this.#logs,
        onRebootOrdered: () => this.#watch.ordered(nowMs()),
        newPack: (pack, instance) => this.newPack(pack, instance),
        crashed: () => this.crashed,
        pause,
      }),
      beforeArming: () => {
        o.onArming();
        return autopilot.logs.stop();
      },
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
    const { autopilot } = this.#o.vehicle;
    this.#unlisten = autopilot.onControl((now, wasTaken) => {
      if (wasTaken) this.#desk.controlTaken(takenReason(now.state));
      this.#o.ports.log.info({ part: 'control', state: now.state }, `control: ${now.state} (${now.why})`);
      this.tick();
    });
    autopilot.onText(({ text }) => this.#airframe.text(text));
    void this.#logs.look();
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
    this.#ladder.tick();
    const ladderHolds = this.#ladder.holdsGroundLink;
    autopilot.setGroundLink(this.#groundRule.tick({ nowMs, leaseLeftMs: leaseLeftMs(), armed, ladderHolds }));
    const { sending } = autopilot.groundLink;
    if (sending !== this.#wasGroundLink && this.#journal.id !== null) {
      // Not at once on a restart: what the earlier start wrote must first be read, and holds until we know better.
      if (sending || this.#wasGroundLink !== null) this.#journal.remember('groundLink', sending ? boot : null);
      this.#wasGroundLink = sending;
    }
    const alarm = this.#watch.observe({ reboots: state.reboots, armed, nowMs });
    if (alarm !== null) this.#alarm(alarm.severity, alarm.text);
    const { landed, altRelM, climbMps } = state;
    for (const { severity, text } of this.#airframe.observe({ nowMs, armed, landed, altRelM, climbMps })) {
      this.#alarm(severity, text);
    }
    const toInspect = this.#airframe.toInspect();
    if (toInspect !== null) this.#o.onCrash(toInspect);
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

  /** Vibration. */
  measured(sample: Sample): void {
    if (sample.kind !== 'vibration') return;
    const { xMps2, yMps2, zMps2 } = sample.values;
    const mostMps2 = Math.max(xMps2 ?? 0, yMps2 ?? 0, zMps2 ?? 0);
    const alarm = this.#airframe.vibration(mostMps2, sample.monoUs / 1000);
    if (alarm !== null) this.#alarm(alarm.severity, alarm.text);
  }

  /** What happened to the aircraft since it was armed last; null: nothing. */
  get crashed(): string | null {
    return this.#airframe.crashed;
  }

  /** A technician has put another pack in. */
  newPack(pack: string | null, instance = 0): void {
    this.#charge.newPack();
    if (pack !== null) this.#o.onSample(packSample(pack, instance, this.#o.ports.nowUs()));
  }

  /** Of what outlives this process, in the journal. */
  kept(key: string): unknown {
    return this.#journal.lasting.get(key);
  }

  keep(key: string, value: string): void {
    this.#journal.remember(key, value);
  }

  /** Null: it is written. */
  get journalProblem(): string | null {
    return this.#journal.status().problem;
  }

  /** The lower of the charge reported and the charge remembered, %. */
  get chargePct(): number | null {
    return this.#charge.status.effectivePct;
  }

  /** By this session's exchanges; null before the first. */
  get controllerTime() {
    return this.#controllerClock.at(this.#o.ports.nowUs());
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
      ladder: this.#ladder.status(),
      commands: this.#desk.status(),
      journal: this.#journal.status(),
      battery: this.#charge.status,
      autopilotLogs: this.#logs.status(),
      unorderedReboots: this.#watch.unordered,
      controllerClockSteps: this.#controllerClock.steps,
    };
  }

  /** Ends what is under way, then closes the journal. */
  async close(): Promise<void> {
    this.#unlisten?.();
    this.#desk.close();
    await this.#ladder.close();
    await this.#journal.close();
  }
}
