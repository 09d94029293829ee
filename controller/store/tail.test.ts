import t from 'tap';
import type { BatchRow } from './day-rows.ts';
import { Tail } from './tail.ts';

const row = (seq: number, drone = 'd1', boot = 'b1'): BatchRow => ({
  ...{ stream: `${drone}/e1/history`, drone, epoch: 'e1', lane: 'history', seq, crc: seq, boot, rows: 1 },
  ...{ monoFromUs: seq * 1e6, monoToUs: seq * 1e6 + 5e5, receivedUtcUs: seq * 1e6 + 9e5, bytes: new Uint8Array() },
});
const key = { drone: 'd1', epoch: 'e1', lane: 'history' } as const;

t.test('a batch is found in the chunk it was put in, across gaps and boots', (t) => {
  const tail = new Tail();
  for (const seq of [3, 4]) tail.add(row(seq), 7);
  for (const seq of [6, 9]) tail.add(row(seq), 8);
  tail.add(row(10, 'd1', 'b2'), 8);
  tail.add(row(1, 'd2'), 8);
  const places = [2, 3, 4, 6, 9, 10, 11].map((seq) => tail.find(key, seq));
  t.same(places, [[], [7], [7], [8], [8], [8], []]);
  t.equal(tail.upTo('d1/e1/history'), 10);
  tail.moved('d1/e1/history', 12);
  tail.moved('d3/e1/history', 4);
  t.equal(tail.upTo('d1/e1/history'), 12);
  t.equal(tail.upTo('d3/e1/history'), undefined);
  const [lane] = [...tail.lanes()].map(([, { runs }]) => runs);
  t.match(lane, [
    { seqFrom: 3, seqTo: 9, chunks: [7, 8], boot: { boot: 'b1', monoFromUs: 3e6, monoToUs: 9.5e6, spanUs: 5e5 } },
    { seqFrom: 10, seqTo: 10, chunks: [8], boot: { boot: 'b2' }, receivedToUs: 10.9e6 },
  ]);
  t.end();
});

t.test('it is full when it is worth writing down, and never grows without a bound', (t) => {
  const few = new Tail();
  let chunk = 0;
  while (!few.isFull) few.add(row(++chunk), chunk);
  t.equal(chunk, 256, 'of one drone: every 256 chunks');
  few.postpone();
  t.notOk(few.isFull, 'not again at once');
  for (let i = 0; i < 256; i++) few.add(row(++chunk), chunk);
  t.ok(few.isFull);
  few.clear();
  t.ok(few.isEmpty);
  t.notOk(few.isFull);

  const many = new Tail();
  let batches = 0;
  for (let id = 1; !many.isFull; id++) {
    for (let i = 0; i < 20; i++) many.add(row(1 + Math.floor(batches / 5000), `d${batches++ % 5000}`), id);
  }
  t.equal(batches, 32 * 5000, 'of many: when each has so many batches in it');
  const endless = new Tail();
  let chunks = 0;
  while (!endless.isFull) endless.add(row(1, `d${chunks}`), ++chunks);
  t.equal(chunks, 16_384);
  t.end();
});
