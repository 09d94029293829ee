/**
 * Answers of drones, out of committed batches: to the delivery they are about, which may have to be read from the store
 * first, or, when nobody here has sent the command, into a record of their own.
 */
import type { Command, Delivery, Now } from './command.ts';
import { type Answer, newDelivery, onAnswer } from './delivery.ts';
import type { Engine } from './engine.ts';
import { Entry } from './entry.ts';
import { issuedEvent, recordOf } from './events.ts';
import type { CommandEvent, Count } from './ports.ts';
import { type AnswerValues, readAnswer } from './wire.ts';

/** Answers waiting for their command to be read. */
const MAX_LOADING = 256;
/** Untargeted answers of one drone that are written down. */
const MAX_UNTARGETED_PER_HOUR = 100;
const HOUR_US = 3600e6;

export interface AnswersOptions {
  readonly engine: Engine;
  readonly find: (id: string) => Promise<Entry | null>;
  readonly count: Count;
  readonly onAlert: (drone: string, data: Readonly<Record<string, unknown>>) => void;
  readonly onProblem: (message: string, detail: Readonly<Record<string, unknown>>) => void;
}

export class Answers {
  readonly #o: AnswersOptions;
  readonly #untargeted = new Map<string, number>();
  #untargetedSinceUs = 0;
  #loading = 0;

  constructor(o: AnswersOptions) {
    this.#o = o;
  }

  take(drone: string, values: AnswerValues): void {
    const read = readAnswer(values);
    if (read === null) {
      this.#o.count('badAnswers');
      return;
    }
    const { id, type, answer } = read;
    const entry = this.#o.engine.entries.get(id);
    if (entry) {
      this.#give(entry, drone, answer);
      return;
    }
    if (this.#loading >= MAX_LOADING) {
      this.#o.count('answersDropped');
      return;
    }
    this.#loading++;
    void this.#o
      .find(id)
      .then((found) => {
        if (found) this.#give(found, drone, answer);
        else this.#alone(id, type, drone, answer);
      })
      .catch((error: unknown) => {
        this.#o.count('answersDropped');
        this.#o.onProblem('the command of an answer could not be read', { drone, reason: String(error) });
      })
      .finally(() => {
        this.#loading--;
      });
  }

  #give(entry: Entry, drone: string, answer: Answer): void {
    const delivery = entry.deliveries.get(drone);
    if (delivery) {
      this.#o.engine.answer(entry, delivery, answer);
      return;
    }
    const { now } = this.#o.engine;
    const made = untargetedDelivery(drone, answer, now);
    const data = { drone, by: 'drone', cause: 'untargeted', set: recordOf(made) };
    this.#record(entry, made, {
      ...{ entity: `command:${entry.command.id}`, type: 'delivery', atUtcUs: now.utcUs, data },
      ...{ by: { kind: 'drone', name: drone }, cause: 'untargeted' },
    });
  }

  #alone(id: string, type: string, drone: string, answer: Answer): void {
    const { now, entries } = this.#o.engine;
    const known = entries.get(id);
    if (known) {
      this.#give(known, drone, answer);
      return;
    }
    const entry = new Entry(untargetedCommand(id, type, drone, now), now.monoUs);
    const made = untargetedDelivery(drone, answer, now);
    this.#record(entry, made, issuedEvent(entry.command, [made], null));
  }

  #record(entry: Entry, made: Delivery, event: CommandEvent): void {
    const { engine, count, onAlert } = this.#o;
    count('untargeted');
    if (!this.#mayRecord(made.drone, engine.now.monoUs)) {
      count('untargetedDropped');
      return;
    }
    entry.set(made);
    void engine.write(entry, [event]);
    engine.add(entry);
    const { id, type } = entry.command;
    onAlert(made.drone, { code: 'untargeted', command: id, type, state: made.state, reason: made.reason });
  }

  #mayRecord(drone: string, nowMonoUs: number): boolean {
    if (nowMonoUs - this.#untargetedSinceUs > HOUR_US) {
      this.#untargeted.clear();
      this.#untargetedSinceUs = nowMonoUs;
    }
    const count = (this.#untargeted.get(drone) ?? 0) + 1;
    this.#untargeted.set(drone, count);
    return count <= MAX_UNTARGETED_PER_HOUR;
  }
}

/** Another controller sent it, a copied card holds it, or our database was restored from a backup. */
function untargetedCommand(id: string, type: string, drone: string, now: Now): Command {
  return {
    ...{ id, type: type === '' ? 'unknown' : type, params: {}, issuedBy: 'unknown', grants: [], targets: [drone] },
    ...{ issuedAtUtcUs: now.utcUs, expiresAtUtcUs: now.utcUs, staggerMs: 0, maxFailures: null, atATime: null },
    ...{ session: null, untargeted: true },
  };
}

/** Taken as sent by somebody: it is never sent from here. */
function untargetedDelivery(drone: string, answer: Answer, now: Now): Delivery {
  const begun = { ...newDelivery(drone, now.monoUs, now), sentUtcUs: now.utcUs, sends: 1 };
  return onAnswer({ ...begun, steps: [] }, answer, now);
}
