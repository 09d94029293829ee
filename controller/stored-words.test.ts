/** A drone whose clock is ten years ahead, then right: what it said lately is found, in its order. */
import { type Sample, sealBatch } from '@skein/protocol/telemetry';
import t from 'tap';
import { SqliteStore } from './store/index.ts';
import { storedAnswers, storedWords } from './stored-words.ts';
import { tempDir } from './testing/controller.ts';

const NOW_US = Date.UTC(2026, 10, 27, 12) * 1e3;
const YEARS_US = 10 * 365 * 86_400e6;
const where = { lane: 'urgent', epoch: '00000000000000e1' } as const;

function clock(monoUs: number, utcUs: number): Sample {
  const values = { utcUs, errUs: 300_000, source: 'gps', standing: 'single', outvoted: '', boardUs: null } as const;
  return { kind: 'clock', monoUs, bootMs: null, values };
}

function answer(monoUs: number, step: number): Sample {
  const values = { command: 'c1', step, state: 'accepted', reason: null, detail: null, type: 'ping' } as const;
  return { kind: 'answer', monoUs, bootMs: null, values };
}

function word(monoUs: number, step: number): Sample {
  const values = { itinerary: 'round', version: 1, step, state: 'flying', reason: '', item: 0, detail: null } as const;
  return { kind: 'itinerary', monoUs, bootMs: null, values };
}

t.test('found by when it came, ordered by what it counts', async (t) => {
  const store = new SqliteStore({ dataDir: tempDir(), budgetBytes: 1e9, keepDays: 30, syncCommits: true });
  await store.start();
  t.teardown(() => store.close());
  const boots = ['11111111-2222-4333-8444-555555555551', '11111111-2222-4333-8444-555555555552'] as const;
  const batches = [
    { boot: boots[0], samples: [clock(1e6, NOW_US + YEARS_US), answer(2e6, 1), word(2e6, 1)], atUs: NOW_US },
    { boot: boots[1], samples: [clock(1e6, NOW_US + 60e6), answer(2e6, 2), word(2e6, 2)], atUs: NOW_US + 60e6 },
  ];
  const items = batches.map(({ boot, samples, atUs }, i) => ({
    ...{ drone: 'd1', receivedUtcUs: atUs, verify: false },
    bytes: sealBatch({ ...where, boot, seq: i + 1, samples }),
  }));
  await store.commit(items, NOW_US);
  const steps = async (arrivedFromUtcUs: number) => ({
    answers: (await storedAnswers(store, 'd1', arrivedFromUtcUs)).map(({ step }) => step).sort(),
    words: (await storedWords(store, 'd1', arrivedFromUtcUs)).map(({ values }) => values.step),
  });
  t.same(await steps(NOW_US - 60e6), { answers: [1, 2], words: [1, 2] });
  t.same(await steps(NOW_US + 30e6), { answers: [2], words: [2] });
});
