/** An ingest whose store, and whatever else the test says, is under the test's thumb. */
import { type Expand, type Sample, sealBatch } from '@skein/protocol/telemetry';
import type { Test } from 'tap';
import { systemTimers } from '../timers.ts';
import { Ingest } from './ingest.ts';
import type { AckOut, BatchStore, CommitOutcome, IngestCounter, Lane, StoreItem, StreamPosition } from './ports.ts';

export const EPOCH = '00000000000000e1';
export const BOOT = '11111111-2222-4333-8444-555555555555';
const NOTHING: CommitOutcome = {
  ...{ inserted: 0, gaps: 0, duplicates: 0, conflicts: [], filled: 0, expired: 0, unread: 0, refused: [] },
};

/** A store under the test's thumb: every commit waits until it is told what becomes of it. */
export class HeldStore implements BatchStore {
  readonly groups: (readonly StoreItem[])[] = [];
  known: StreamPosition[] = [];
  readonly #waiting: { resolve: (outcome: CommitOutcome) => void; reject: (error: Error) => void }[] = [];

  commit(items: readonly StoreItem[]): Promise<CommitOutcome> {
    this.groups.push(items);
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  /** Questions for positions so far; while `isMute` they are not answered. */
  asked = 0;
  isMute = false;
  #answers: (() => void)[] = [];

  async positions(): Promise<readonly StreamPosition[]> {
    this.asked++;
    if (this.isMute) await new Promise<void>((resolve) => this.#answers.push(resolve));
    return this.known;
  }

  speak(): void {
    this.isMute = false;
    for (const answer of this.#answers.splice(0)) answer();
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  succeed(outcome: Partial<CommitOutcome> = {}): void {
    const inserted = this.groups.at(-1)?.length ?? 0;
    this.#waiting.shift()?.resolve({ ...NOTHING, inserted, ...outcome });
  }

  fail(code: string, message = code): void {
    this.#waiting.shift()?.reject(Object.assign(new Error(message), { code }));
  }
}

export async function until(condition: () => boolean, what: string): Promise<void> {
  const end = performance.now() + 5000;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`waited for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

export function given(t: Test, o: { budgetBytes?: number; monoUs?: () => number; expand?: Expand } = {}) {
  const store = new HeldStore();
  const acks: AckOut[] = [];
  const counts = new Map<IngestCounter, number>();
  const conflicts: number[] = [];
  const ingest = new Ingest({
    store,
    timers: systemTimers,
    clock: { utcUs: () => Date.now() * 1e3, monoUs: o.monoUs ?? (() => performance.now() * 1e3) },
    count: (name, by = 1) => void counts.set(name, (counts.get(name) ?? 0) + by),
    sendAck: (ack) => acks.push(ack),
    ...(o.expand === undefined ? {} : { expand: o.expand }),
    budgetBytes: o.budgetBytes ?? 1e6,
    lingerMs: 0,
    slowMs: 50,
    onProgress: () => {},
    onConflict: (_drone, _epoch, _lane, seq) => conflicts.push(seq),
    onHealth: () => {},
  });
  ingest.start();
  t.teardown(async () => {
    const closed = ingest.close();
    const timer = setInterval(() => store.succeed(), 2);
    await closed;
    clearInterval(timer);
  });
  const announce = (first = 1, session = 'aaaaaaaa') => {
    const lanes = { urgent: { first: 1, next: 1 }, history: { first, next: first } };
    return ingest.announce({ drone: 'd1', session, online: true, epochs: [{ epoch: EPOCH, lanes }] });
  };
  const send = (...envelopes: readonly Uint8Array[]) => ingest.message('d1', 'history', Buffer.concat(envelopes));
  const last = (lane: Lane = 'history') => acks.findLast((ack) => ack.lane === lane);
  return { store, ingest, acks, counts, conflicts, announce, send, last };
}

export function batch(seq: number, o: { lane?: Lane; latDeg?: number; size?: number } = {}): Uint8Array {
  const values = { latDeg: o.latDeg ?? 47, lonDeg: 8, altAmslM: 5, altRelM: 4, headingDeg: 9 };
  const one: Sample = { kind: 'position', monoUs: seq * 1e6, bootMs: null, values };
  const long = { kind: 'text', monoUs: seq * 1e6, bootMs: null, values: { text: 'x'.repeat(o.size ?? 0) } } as Sample;
  const samples = o.size === undefined ? [one] : [long];
  return sealBatch({ lane: o.lane ?? 'history', epoch: EPOCH, boot: BOOT, seq, samples });
}
