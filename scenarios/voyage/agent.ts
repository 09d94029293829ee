/**
 * An agent of the simulation on its board: outbox, uplink and command desk are the real ones; the card, the radio, the clock
 * and what a command does are played.
 */
import { LANES, type Lane, readAck } from '@skein/protocol/fleet';
import type { Sample } from '@skein/protocol/telemetry';
import { ControllerClock } from '../../agent/clock/index.ts';
import type { CommandDesk } from '../../agent/commands/index.ts';
import { type EarlierEnd, Outbox } from '../../agent/outbox/index.ts';
import { Uplink } from '../../agent/uplink/index.ts';
import { openShort } from '../../agent/uplink/packing.ts';
import type { Card } from './card.ts';
import { ROOT } from './controller.ts';
import type { Broker, Radio } from './network.ts';
import { airSample, answerSample, textSample } from './samples.ts';
import { simulatedDesk } from './sim-desk.ts';
import { placeOf, simulatedThread } from './store-thread.ts';
import type { Truth } from './truth.ts';
import { ProcessTimers, type World } from './world.ts';

/** 4 MB while the card fails, and the batch that passes it. */
const MOST_PENDING_BYTES = (4 << 20) + (64 << 10);

export interface AgentOptions {
  readonly world: World;
  readonly truth: Truth;
  readonly broker: Broker;
  readonly drone: string;
  readonly board: string;
  readonly card: Card;
  readonly budgetBytes: number;
  readonly keepAckedHours: number;
  /** Mean pause between two batches, ms; longest text in one, characters. */
  readonly everyMs: number;
  readonly longest: number;
}

interface Running {
  readonly timers: ProcessTimers;
  readonly session: string;
  readonly outbox: Outbox;
  readonly uplink: Uplink;
  readonly desk: CommandDesk;
  /** The run of the controller that was last to say where a lane stands, by stream. */
  readonly answered: ReadonlyMap<string, string>;
}

export class SimAgent {
  readonly #o: AgentOptions;
  readonly radio: Radio;
  #running: Running | null = null;
  #bootedUs = 0;
  #boot = '';
  #hearing: { readonly session: string; readonly start: string } | null = null;
  feeding = true;
  mostPendingBytes = 0;
  mostUsedBytes = 0;

  constructor(o: AgentOptions) {
    this.#o = o;
    this.radio = { latencyMs: o.world.between(5, 120), dead: 'none' };
    this.#powerOn();
  }

  get drone(): string {
    return this.#o.drone;
  }

  get card(): Card {
    return this.#o.card;
  }

  get outbox(): Outbox | null {
    return this.#running?.outbox ?? null;
  }

  get isRunning(): boolean {
    return this.#running !== null;
  }

  /** It owes nothing to this run of the controller, which has told it so itself: an earlier one may have had more. */
  isDrainedInto(start: string | null): boolean {
    const { outbox, answered } = this.#running ?? {};
    const status = outbox?.status();
    if (status?.state !== 'ok' || status.backlogRows > 0 || status.pendingBytes > 0) return false;
    // What lies aside is still to be looked through.
    if (status.asideBytes > 0) return false;
    const past = (outbox?.past.all ?? []).flatMap(({ epoch }) => LANES.map((lane) => `${this.drone}/${epoch}/${lane}`));
    return [...this.known.map(([stream]) => stream), ...past].every((stream) => answered?.get(stream) === start);
  }

  /** One past the last number that it knows of, by stream, of all that it holds. */
  get known(): [stream: string, next: number][] {
    const held = this.#running?.outbox.status().epochs ?? [];
    return held.flatMap(({ epoch, lanes }) =>
      LANES.map((lane): [string, number] => [`${this.drone}/${epoch}/${lane}`, lanes[lane].next]),
    );
  }

  checkBounds(): void {
    const { truth, drone, budgetBytes } = this.#o;
    if (this.mostPendingBytes > MOST_PENDING_BYTES) truth.broken(`${drone} held ${this.mostPendingBytes} B in memory`);
    if (this.mostUsedBytes > budgetBytes) truth.broken(`${drone} held ${this.mostUsedBytes} B on its card`);
  }

  #powerOn(): void {
    const { world } = this.#o;
    this.#bootedUs = world.nowUs - 1e6;
    const hex = world.hex(32);
    this.#boot = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
  }

  readonly #nowUs = (): number => Math.round(this.#o.world.nowUs - this.#bootedUs);

  start(): void {
    if (this.#running !== null) return;
    const { world, truth, broker, drone, board, card } = this.#o;
    const timers = new ProcessTimers(world);
    const session = world.hex(16);
    const n = ++card.starts;
    const nowUs = this.#nowUs;
    const answered = new Map<string, string>();
    const outbox = new Outbox({
      path: 'outbox.db',
      budgetBytes: this.#o.budgetBytes,
      keepAckedHours: this.#o.keepAckedHours,
      boot: this.#boot,
      drawEpoch: () => world.hex(16),
      nowUs,
      timers,
      spawn: simulatedThread({
        world,
        truth,
        timers,
        drone,
        card,
        isSmall: this.#o.budgetBytes < 1 << 20,
        onPowerCut: () => this.crash('power', 'mid-write', 0),
      }),
      onOpened: (earlier) => this.#beginEpoch(outbox, earlier),
      onReadable: () => uplink.wake(),
      onEpochs: () => uplink.refreshPresence(),
    });
    const clock = new ControllerClock();
    const desk = simulatedDesk({
      ...{ world, truth, drone, timers, card, session, boot: this.#boot, nowUs, clock },
      answer: (answer) => this.#append(outbox, 'urgent', answerSample(answer, nowUs())),
      onPowerCut: () => this.crash('power', 'mid-journal', 0),
    });
    const uplink = new Uplink({
      ...{ url: 'mqtt://broker', topicRoot: ROOT, drone, groups: [], session, boot: this.#boot, nowUs, timers },
      epoch: () => outbox.epoch,
      backoff: { minS: 1, maxS: 8 },
      backfillKBps: 2_000,
      presence: () => ({
        ...{ n, journal: card.journalId, versions: { agent: '0' }, control: { state: 'skein' }, board },
        bootAgeMs: Math.round(nowUs() / 1e3),
      }),
      source: {
        ranges: outbox.ranges,
        past: {
          answeredBy: (start) => outbox.past.answeredBy(start),
          heard: (ack) => {
            if (!outbox.past.heard(ack)) return false;
            if (this.#hearing !== null) answered.set(`${drone}/${ack.epoch}/${ack.lane}`, this.#hearing.start);
            return true;
          },
        },
        readable: outbox.readable,
        read: (epoch, lane, ...page) => truth.told(`${drone}/${epoch}/${lane}`, outbox.read(epoch, lane, ...page)),
        ack: (epoch, lane, upTo) => {
          if (this.#hearing?.session === session) answered.set(`${drone}/${epoch}/${lane}`, this.#hearing.start);
          else truth.broken(`${drone} believed an ack of session ${this.#hearing?.session}`);
          outbox.ack(epoch, lane, upTo);
        },
      },
      random: world.random,
      dial: (o, on) =>
        broker.dial(timers, this.radio)(o, {
          ...on,
          message: (topic, payload) => {
            const ack = topic.endsWith('/ack') ? readAck(openShort(payload) ?? '') : null;
            this.#hearing = ack?.ok ? ack.value : null;
            on.message(topic, payload);
          },
        }),
      onTime: (answer, receivedMonoUs) => {
        const { agentMonoUs: sentMonoUs, receivedUtcUs, sentUtcUs } = answer;
        const remote = { remoteReceivedUtcUs: receivedUtcUs, remoteSentUtcUs: sentUtcUs };
        if (clock.exchange({ sentMonoUs, receivedMonoUs, ...remote })) desk.clockKnown();
      },
      onCommand: (command, via) => desk.receive(command, via),
    });
    this.#running = { timers, session, outbox, uplink, desk, answered };
    truth.fault(`${drone}: starts, session ${session.slice(0, 4)}, start ${n}`);
    void outbox.start().then(() => {
      if (!timers.alive) return;
      uplink.start();
      timers.every(100, () => desk.tick());
      timers.every(1_000, () => this.#measure(outbox));
      this.#feed(timers, outbox, uplink);
    });
  }

  #beginEpoch(outbox: Outbox, earlier: EarlierEnd | null): void {
    if (earlier === null) return;
    const monoToUs = this.#nowUs();
    const lastUs = earlier.boot === this.#boot ? (earlier.stoppedMonoUs ?? earlier.lastMonoUs) : 0;
    const reason = earlier.stoppedMonoUs === null ? 'restart' : 'stopped';
    outbox.appendGap('history', { reason, samples: 0, monoFromUs: Math.min(lastUs, monoToUs), monoToUs });
  }

  #append(outbox: Outbox, lane: Lane, sample: Sample, droppable = false): void {
    this.#o.truth.sealed++;
    outbox.append(lane, [sample], { droppable });
  }

  #feed(timers: ProcessTimers, outbox: Outbox, uplink: Uplink): void {
    const { world, everyMs, longest } = this.#o;
    timers.after(world.between(0, 2 * everyMs), () => {
      if (this.feeding) {
        const monoUs = this.#nowUs();
        const urgent = world.chance(0.1);
        this.#append(
          outbox,
          urgent ? 'urgent' : 'history',
          textSample(world, monoUs, longest),
          urgent && world.chance(0.5),
        );
        if (world.chance(0.05)) uplink.noteLive(airSample(monoUs));
      }
      this.#feed(timers, outbox, uplink);
    });
  }

  #measure(outbox: Outbox): void {
    const { pendingBytes, usedBytes, asideBytes, counters } = outbox.status();
    this.mostPendingBytes = Math.max(this.mostPendingBytes, pendingBytes);
    this.mostUsedBytes = Math.max(this.mostUsedBytes, usedBytes + asideBytes);
    if (counters.holes > 0) this.#o.truth.broken(`${this.drone} found a hole in its outbox`);
  }

  /** `lies`: so many of the last syncs were none. */
  crash(how: 'kill' | 'power', why: string, lies: number): void {
    const running = this.#running;
    if (running === null) return;
    this.#running = null;
    running.timers.end();
    running.desk.close();
    const { broker, truth, card, drone } = this.#o;
    broker.processGone(running.timers, how);
    card.device.cutAfter = null;
    truth.fault(`${drone}: ${how} (${why}${lies > 0 ? `, ${lies} syncs were lies` : ''})`);
    if (how === 'kill') {
      card.rows.killed();
      card.journal.killed();
      return;
    }
    const lost = card.powerCut(lies);
    for (const row of lost.rows) {
      const { stream, seq } = placeOf(drone, row);
      truth.forgotten(stream, seq);
    }
    for (const { lane, known, last } of lost.beyond) truth.unknown(`${drone}/${lane}`, known + 1, last);
    if (lies === 0 && lost.beyond.length > 0) truth.broken(`${drone}: what was synced is gone with the power`);
    for (const id of card.journal.powerCut(lies)) truth.mayActAgain(id);
    this.#powerOn();
  }

  /** In order. */
  async stop(): Promise<void> {
    const running = this.#running;
    if (running === null) return;
    this.#o.truth.fault(`${this.drone}: stops`);
    running.desk.close();
    await running.uplink.close();
    await running.outbox.close();
    if (this.#running !== running) return;
    this.#running = null;
    running.timers.end();
    this.#o.broker.processGone(running.timers, 'kill');
  }
}
