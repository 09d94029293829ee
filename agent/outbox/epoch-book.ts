/**
 * The epochs of the open file: those that hold something, the newest, and how far the others went (past.ts). What is
 * changed here is changed in the file too, inside the caller's transaction.
 */
import { type Epoch, isEmpty, type LoadedFile, type LoadedPast } from './epochs.ts';
import { further, MAX_PAST, type PastEpoch } from './past.ts';
import type { OutboxRows } from './rows.ts';

interface Before {
  readonly live: Map<string, Epoch>;
  readonly past: readonly LoadedPast[];
}

export class EpochBook {
  readonly #rows: OutboxRows;
  readonly live: Map<string, Epoch>;
  /** Oldest first; another array whenever it changes. */
  #past: readonly LoadedPast[];

  constructor(rows: OutboxRows, loaded: Pick<LoadedFile, 'epochs' | 'past'>) {
    this.#rows = rows;
    this.live = loaded.epochs;
    this.#past = loaded.past;
  }

  get past(): readonly PastEpoch[] {
    return this.#past;
  }

  /** What `rolledBack` returns to. */
  begun(): Before {
    return { live: structuredClone(this.live), past: this.#past };
  }

  rolledBack({ live, past }: Before): void {
    this.live.clear();
    for (const [name, epoch] of live) this.live.set(name, epoch);
    this.#past = past;
  }

  /** Undefined: it is none of those of which nothing is held. */
  pastOf(epoch: string): PastEpoch | undefined {
    return this.#past.find((one) => one.epoch === epoch);
  }

  /** As it is held; begun, or taken up again where it had ended, when it is not. */
  of(epoch: string, boot: string): Epoch {
    const known = this.live.get(epoch);
    if (known) return known;
    const past = this.#past.find((one) => one.epoch === epoch);
    const empty = (next: number) => ({ first: next, next, acked: next - 1, gone: next - 1 });
    const made: Epoch = {
      number: past?.number ?? this.#rows.addEpoch(epoch, boot),
      ...{ epoch, boot },
      lanes: { urgent: empty(past?.next.urgent ?? 1), history: empty(past?.next.history ?? 1) },
    };
    this.#past = past === undefined ? this.#past : this.#past.filter((one) => one !== past);
    this.live.set(epoch, made);
    return made;
  }

  /** Those of which nothing is held become past; but the newest, and those that are still `wanted`. */
  retireEmpty(wanted: (epoch: string) => boolean): void {
    const newest = Math.max(0, ...[...this.live.values()].map((epoch) => epoch.number));
    for (const epoch of this.live.values()) {
      if (isEmpty(epoch) && epoch.number !== newest && !wanted(epoch.epoch)) this.#retire(epoch);
    }
  }

  #retire({ number, epoch, boot, lanes: { urgent, history } }: Epoch): void {
    this.live.delete(epoch);
    const next = { urgent: urgent.next, history: history.next };
    if (next.urgent === 1 && next.history === 1) {
      this.#rows.removeEpoch(number);
      return;
    }
    const gone = { urgent: urgent.next - 1, history: history.next - 1 };
    this.#rows.saveAcks(number, { urgent: urgent.acked, history: history.acked }, gone);
    this.#remember({ number, epoch, boot, next });
  }

  #remember(past: LoadedPast): void {
    const all = [...this.#past, past].sort((a, b) => a.number - b.number);
    for (const { number } of all.slice(0, -MAX_PAST)) this.#rows.removeEpoch(number);
    this.#past = all.slice(-MAX_PAST);
  }

  /** Of a damaged file, the newest first, as older than all that are here; one that is past here may have gone further. */
  adoptPast(all: readonly PastEpoch[]): void {
    for (const { epoch, boot, next } of all) {
      const known = this.#past.find((one) => one.epoch === epoch);
      if (known !== undefined) this.#further(known, next);
      const isNew = known === undefined && !this.live.has(epoch) && (next.urgent > 1 || next.history > 1);
      if (!isNew || this.#past.length >= MAX_PAST) continue;
      const number = this.#rows.addEpoch(epoch, boot, this.numberBelow());
      const gone = { urgent: next.urgent - 1, history: next.history - 1 };
      this.#rows.saveAcks(number, gone, gone);
      this.#remember({ number, epoch, boot, next });
    }
  }

  #further(known: LoadedPast, next: PastEpoch['next']): void {
    const one = further(known, next);
    if (one === known) return;
    const gone = { urgent: one.next.urgent - 1, history: one.next.history - 1 };
    this.#rows.saveAcks(one.number, gone, gone);
    this.#past = this.#past.map((other) => (other === known ? one : other));
  }

  /** For one that is older than all that are here; undefined: there are none. */
  numberBelow(): number | undefined {
    const numbers = [...this.live.values(), ...this.#past].map(({ number }) => number);
    return numbers.length === 0 ? undefined : Math.min(...numbers) - 1;
  }
}
