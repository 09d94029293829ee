/**
 * Climbs the ladder: looks at lease, control and vehicle, carries out what the machine orders, and says where it stands.
 * Nothing here waits for an order to end: whether it worked is seen in the vehicle's mode, not in an answer.
 */
import { LADDER_WORDS, type LadderRung, type ReasonCode, reason } from '@skein/protocol/fleet';
import type { Sample } from '@skein/protocol/telemetry';
import { AT_REST, type LadderInput, type LadderMemory, type LadderOrder, type LadderRules, step } from './machine.ts';

/** Said again so often, so that a controller that came later knows the settings. */
const SAY_EVERY_MS = 60_000;

export interface LadderOptions {
  readonly rules: LadderRules;
  readonly nowUs: () => number;
  readonly look: () => Omit<LadderInput, 'nowMs'>;
  /** Secures the payload: the winch is reeled in, or the line given up by policy. Must settle when aborted. */
  readonly retract: (signal: AbortSignal) => Promise<unknown>;
  readonly comeHome: (signal: AbortSignal) => Promise<unknown>;
  readonly onSample: (sample: Sample) => void;
  readonly onEvent: (rung: LadderRung, words: string) => void;
}

export interface LadderStatus {
  readonly owner: LadderRules['owner'];
  readonly rung: LadderRung;
  readonly words: string;
  readonly sinceMs: number;
  readonly leaseLostMs: number | null;
  readonly counters: { readonly losses: number; readonly returns: number; readonly exhausted: number };
}

const reasonOf = (why: NonNullable<LadderMemory['why']>): ReasonCode => (why === 'time' ? 'expired' : why);

export class Ladder {
  readonly #o: LadderOptions;
  readonly #counters = { losses: 0, returns: 0, exhausted: 0 };
  #memory: LadderMemory = AT_REST;
  #holds = false;
  #doing: AbortController | null = null;
  #underWay: Promise<unknown> = Promise.resolve();
  #saidMs = Number.NEGATIVE_INFINITY;

  constructor(o: LadderOptions) {
    this.#o = o;
  }

  /** The ground-link heartbeat goes on although the controller's lease is over. */
  get holdsGroundLink(): boolean {
    return this.#holds;
  }

  /** Call every 100 ms. */
  tick(): void {
    const nowMs = this.#o.nowUs() / 1000;
    const before = this.#memory;
    const { memory, holdsGroundLink, order } = step(this.#o.rules, before, { nowMs, ...this.#o.look() });
    this.#memory = memory;
    this.#holds = holdsGroundLink;
    const moved = memory.rung !== before.rung;
    const news = moved || memory.why !== before.why;
    if (moved) {
      // What the last rung ordered is no longer wanted: the lease is back, another flies, or the next rung orders more.
      this.#doing?.abort();
      this.#doing = null;
      if (before.lostMs === null && memory.lostMs !== null) this.#counters.losses++;
      if (memory.rung === 'return') this.#counters.returns++;
      if (memory.rung === 'exhausted') this.#counters.exhausted++;
      this.#o.onEvent(memory.rung, LADDER_WORDS[memory.rung]);
    }
    if (order !== null) this.#carryOut(order);
    if (news || nowMs - this.#saidMs >= SAY_EVERY_MS) this.#say(nowMs);
  }

  #carryOut(order: LadderOrder): void {
    const doing = new AbortController();
    this.#doing = doing;
    const act = order === 'retract' ? this.#o.retract : this.#o.comeHome;
    this.#underWay = act(doing.signal).catch((error: unknown) => {
      this.#o.onEvent(this.#memory.rung, `${order} could not be carried out: ${String(error)}`);
    });
  }

  #say(nowMs: number): void {
    this.#saidMs = nowMs;
    const { rung, sinceMs, lostMs, why } = this.#memory;
    this.#o.onSample({
      kind: 'ladder',
      monoUs: Math.round(this.#o.nowUs()),
      bootMs: null,
      values: {
        rung,
        sinceMs: Math.round(nowMs - sinceMs),
        leaseLostMs: lostMs === null ? null : Math.round(nowMs - lostMs),
        reason: why === null ? null : reason(reasonOf(why)),
        plan: JSON.stringify(this.#o.rules),
      },
    });
  }

  status(): LadderStatus {
    const nowMs = this.#o.nowUs() / 1000;
    const { rung, sinceMs, lostMs } = this.#memory;
    return {
      owner: this.#o.rules.owner,
      rung,
      words: LADDER_WORDS[rung],
      sinceMs: Math.round(nowMs - sinceMs),
      leaseLostMs: lostMs === null ? null : Math.round(nowMs - lostMs),
      counters: { ...this.#counters },
    };
  }

  /** Ends what it ordered; what the vehicle does of it goes on. */
  async close(): Promise<void> {
    this.#doing?.abort();
    await this.#underWay;
  }
}
