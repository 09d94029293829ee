import { type Sample, sealBatch } from '@skein/protocol/telemetry';
import t from 'tap';
import { urgentReader } from './urgent-words.ts';

const PLACE = {
  epoch: '0123456789abcdef',
  boot: '01234567-89ab-4def-8123-456789abcdef',
  lane: 'urgent',
  seq: 1,
} as const;
const text = (monoUs: number): Sample => ({
  ...{ kind: 'text', monoUs, bootMs: null },
  values: { severity: 'info', text: 'tick', repeats: 0 },
});
const answer = (monoUs: number): Sample => ({
  ...{ kind: 'answer', monoUs, bootMs: null },
  values: {
    command: '01ARZ3NDEKTSV4RRFFQ69G5FAV',
    step: 1,
    state: 'accepted',
    reason: null,
    detail: null,
    type: 'hold',
  },
});

for (const codec of [1, 2] as const) {
  t.test(`as many rows as an agent seals are read, what claims more is counted (codec ${codec})`, async (t) => {
    let unread = 0;
    const read = urgentReader(() => unread++);
    const said = (samples: readonly Sample[]) => read(sealBatch({ ...PLACE, codec, samples })).length;
    const rows = (count: number) => Array.from({ length: count }, (_, n) => answer(n));
    t.equal(said([...rows(100), text(101)]), 100);
    t.equal(unread, 0);
    t.equal(said(rows(20_000)), 0);
    t.equal(unread, 1);
    t.equal(read(Uint8Array.of(1, 2, 3)).length, 0);
    t.equal(unread, 2);
  });
}
