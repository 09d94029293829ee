/**
 * given other content that somebody says under two numbers of a drone, one of which is stored
 * when  it is judged
 * then  that was taken for the same which stands there and was not compared; nobody can compare with what nobody has
 */
import { sealBatch } from '@skein/protocol/telemetry';
import t from 'tap';
import { TelemetryWriter } from '../../controller/store/telemetry-writer.ts';
import { BOOT, NOON_US } from './items.ts';
import { SimStore } from './sim-store.ts';
import { crcOf, Truth } from './truth.ts';
import { World } from './world.ts';

const EPOCH = '176dd9c141452799';
const STREAM = `d2/${EPOCH}/history`;

function said(seq: number, text: string): Buffer {
  const values = { severity: 'info', text, repeats: 0 } as const;
  const samples = [{ kind: 'text', monoUs: seq * 1e6, bootMs: null, values } as const];
  return Buffer.from(sealBatch({ lane: 'history', epoch: EPOCH, boot: BOOT, seq, samples }));
}

t.test('seed 4006233: what was lost with a card, and forged', (t) => {
  const world = new World(1);
  const truth = new Truth(world);
  const store = new SimStore(world, truth);
  const writer = new TelemetryWriter(store.days, store.events);
  const commit = (bytes: Buffer, verify: boolean) =>
    writer.commit([{ drone: 'd2', receivedUtcUs: NOON_US, verify, bytes }], NOON_US);
  const known = new Map([[STREAM, 2]]);
  commit(said(1, 'own'), false);
  for (const seq of [1, 2]) {
    const bytes = said(seq, 'own');
    truth.durable({ drone: 'd2', stream: STREAM, seq, crc: crcOf(bytes), droppable: false });
    truth.forge(STREAM, seq, said(seq, 'other'));
  }
  truth.cardIs('d2', [{ stream: STREAM, seq: 1 }]);
  t.notOk(truth.forgedSeen(store.days, known));
  truth.judge(store.days, known);
  t.equal(truth.wrong.length, 1);
  t.match(truth.wrong[0], /history\/1 was taken for the same/);

  commit(said(1, 'other'), true);
  t.ok(truth.forgedSeen(store.days, known));
  truth.judge(store.days, known);
  t.equal(truth.wrong.length, 1, 'nothing more');
  t.end();
});
