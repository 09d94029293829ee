/**
 * Random lives of an outbox file: append, ack (forwards and backwards), restart, power cut, over a budget far too
 * small. After every step each seq ever made durable is one batch with its own bytes, inside one gap, or was acked.
 * SEED=n replays a run.
 */
import { cpSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Lane } from '@skein/protocol/fleet';
import { crc32c, readEnvelope } from '@skein/protocol/telemetry';
import fc from 'fast-check';
import t from 'tap';
import { LANE_NAMES } from './keys.ts';
import { OutboxStore } from './store.ts';
import { newBoot, newEpoch, oneBatch } from './testkit.ts';

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
const BUDGET = 1 << 20;

interface Known {
  readonly epoch: string;
  readonly lane: Lane;
  next: number;
  /** Highest ack ever given: what may be missing. */
  acked: number;
  readonly crcs: Map<number, number>;
}

class Model {
  readonly root = mkdtempSync(join(tmpdir(), 'outbox-'));
  readonly lanes = new Map<string, Known>();
  generation = 0;
  epoch = newEpoch();
  boot = newBoot();
  monoUs = 1_000_000;
  store = this.#open();

  get path(): string {
    return join(this.root, `${this.generation}.db`);
  }

  #open(): OutboxStore {
    return new OutboxStore({ path: this.path, budgetBytes: BUDGET, keepAckedS: 3600 });
  }

  lane(epoch: string, lane: Lane): Known {
    const key = `${epoch}/${lane}`;
    const known = this.lanes.get(key) ?? { epoch, lane, next: 1, acked: 0, crcs: new Map() };
    this.lanes.set(key, known);
    return known;
  }

  append(lane: Lane, count: number, length: number): void {
    const known = this.lane(this.epoch, lane);
    const entries = Array.from({ length: count }, () =>
      oneBatch({ epoch: this.epoch, boot: this.boot, lane, seq: known.next++, monoUs: this.monoUs++, length }),
    );
    this.store.write(entries, this.monoUs / 1e6);
    for (const entry of entries) known.crcs.set(entry.seq, crc32c(entry.bytes, 0, entry.bytes.length));
  }

  ack(lane: Lane, share: number): void {
    const keys = [...this.lanes.values()].filter((known) => known.lane === lane);
    const known = keys[Math.floor(share * keys.length * 0.999)];
    if (!known) return;
    const upTo = Math.floor((known.next - 1) * share);
    this.store.ack(known.epoch, known.lane, upTo);
    known.acked = Math.max(known.acked, upTo);
  }

  /** A start: a new epoch, the old rows are only drained. `cut` copies the files as a power cut would leave them. */
  restart(cut: boolean): void {
    if (!cut) this.store.markStopped(this.epoch, this.monoUs, this.monoUs / 1e6);
    const from = this.path;
    if (cut) {
      this.generation++;
      for (const suffix of ['', '-wal']) {
        if (existsSync(`${from}${suffix}`)) cpSync(`${from}${suffix}`, `${this.path}${suffix}`);
      }
    }
    this.store.close();
    this.epoch = newEpoch();
    this.store = this.#open();
  }

  check(): void {
    const states = new Map(this.store.states().map((state) => [state.epoch, state]));
    for (const known of this.lanes.values()) {
      const state = states.get(known.epoch)?.lanes[known.lane];
      if (!state) {
        if (known.acked < known.next - 1) throw new Error(`epoch ${known.epoch} vanished with unacked rows`);
        continue;
      }
      if (state.first > known.acked + 1 && state.first !== 1)
        throw new Error(`removed without an ack: ${JSON.stringify(state)}`);
      let expected = state.first;
      for (;;) {
        const page = this.store.read(known.epoch, known.lane, expected, 64 << 10);
        if (page.length === 0) break;
        for (const row of page) {
          if (row.seq !== expected) throw new Error(`seq ${expected} wanted, ${row.seq} came`);
          const read = readEnvelope(row.bytes);
          if (!read.ok) throw new Error(read.reason);
          if (read.gap === null && crc32c(row.bytes, 0, row.bytes.length) !== known.crcs.get(row.seq)) {
            throw new Error(`batch ${row.seq} has other bytes`);
          }
          if (read.gap && (read.gap.from !== row.seq || read.gap.to !== row.to)) throw new Error('gap over other seqs');
          expected = row.to + 1;
        }
      }
      if (expected !== known.next) throw new Error(`lane ends at ${expected - 1}, ${known.next - 1} were durable`);
    }
    if (this.store.losses.holes > 0) throw new Error('a hole');
    if (this.store.losses.corruptRows > 0) throw new Error('a damaged row');
    const size = statSync(this.path).size + (existsSync(`${this.path}-wal`) ? statSync(`${this.path}-wal`).size : 0);
    if (size > BUDGET) throw new Error(`${size} bytes on disk, ${BUDGET} allowed`);
  }

  end(): void {
    this.store.close();
    rmSync(this.root, { recursive: true, force: true });
  }
}

const lane = fc.constantFrom(...LANE_NAMES);
const operation = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('append' as const),
      lane: fc.constant('history' as const),
      count: fc.integer({ min: 1, max: 40 }),
      length: fc.integer({ min: 1, max: 6000 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('append' as const),
      lane: fc.constant('urgent' as const),
      count: fc.integer({ min: 1, max: 4 }),
      length: fc.integer({ min: 1, max: 400 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('ack' as const), lane, share: fc.double({ min: 0, max: 1, noNaN: true }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const), cut: fc.boolean() }) },
);

t.test(`random lives keep every seq (SEED=${seed})`, async (t) => {
  fc.assert(
    fc.property(fc.array(operation, { minLength: 1, maxLength: 60 }), (operations) => {
      const model = new Model();
      try {
        for (const step of operations) {
          if (step.do === 'append') model.append(step.lane, step.count, step.length);
          else if (step.do === 'ack') model.ack(step.lane, step.share);
          else model.restart(step.cut);
          model.check();
        }
      } finally {
        model.end();
      }
    }),
    { seed, numRuns: Number(process.env.RUNS ?? 25), endOnFailure: true },
  );
  t.pass();
});
