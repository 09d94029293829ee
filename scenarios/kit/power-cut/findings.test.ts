import t from 'tap';
import type { StoredBatch } from '../batches.ts';
import { alwaysWrong } from './findings.ts';
import type { Given, Promises } from './promises.ts';
import type { Reopened } from './reopened.ts';

const [RECORDED, OWN, REPLACED, STRANGE] = ['00a1', '00b2', '00b3', '00c4'];

function given(epoch: string, seq: number, crc: number): [string, Given] {
  return [`${epoch}/history/${seq}`, { epoch, lane: 'history', seq, to: seq, gap: null, crc, monoToUs: 0 }];
}

function row(epoch: string, seq: number, crc: number): StoredBatch {
  return { drone: 'd1', epoch, lane: 'history', seq, to: seq, gap: null, crc, bytes: new Uint8Array() };
}

function wrongOf(...store: readonly StoredBatch[]): string[] {
  const before: Pick<Promises, 'given'> = { given: new Map([given(RECORDED, 1, 11), given(RECORDED, 2, 12)]) };
  const after: Pick<Reopened, 'epoch' | 'epochs' | 'store'> = { epoch: OWN, epochs: new Set([OWN, REPLACED]), store };
  return alwaysWrong(before as Promises, after as Reopened);
}

t.test('what is wrong on any card', async (t) => {
  const kept = [row(RECORDED, 1, 11), row(RECORDED, 2, 12)];
  t.same(wrongOf(...kept, row(OWN, 1, 99), row(REPLACED, 1, 98)), [], 'what it seals itself was recorded nowhere');
  t.match(wrongOf(...kept, row(STRANGE, 1, 97)), [/nobody had this epoch/]);
  t.match(wrongOf(row(RECORDED, 1, 11), row(RECORDED, 2, 13)), [/never sealed so/]);
  t.match(wrongOf(...kept, row(RECORDED, 3, 13)), [/never sealed so/]);
  t.match(wrongOf(...kept, row(RECORDED, 2, 12)), [/more than once/]);
  t.match(wrongOf(row(RECORDED, 1, 11), row(OWN, 1, 99), row(OWN, 3, 99)), [/nothing stands for 2–2/]);
});
