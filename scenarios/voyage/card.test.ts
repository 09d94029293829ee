/**
 * given a card of which the outbox tells how far a start went of which nothing is held any more
 * when  the power goes, and the sync under that knowledge was none
 * then  what nobody can know of any more is named: those numbers, unless something else on the card still tells of them
 */

import { sealGap } from '@skein/protocol/telemetry';
import t from 'tap';
import { rowKey } from '../../agent/outbox/keys.ts';
import { Card } from './card.ts';
import { DamagedRows } from './damaged-rows.ts';
import { BOOT } from './items.ts';
import { MemoryRows } from './memory-rows.ts';
import { SimStore } from './sim-store.ts';
import { Truth } from './truth.ts';
import { World } from './world.ts';

const EPOCH = '2647c7e5914f1e88';
const NONE = { urgent: 0, history: 0 };

function told(card: Card): void {
  const rows = new MemoryRows({ tape: card.rows });
  rows.transaction(() => {
    const number = rows.addEpoch(EPOCH, BOOT);
    rows.saveAcks(number, NONE, { urgent: 2, history: 0 });
    const gap = { lane: 'urgent', epoch: EPOCH, boot: BOOT, from: 3, to: 13, reason: 'corrupt', samples: 0 } as const;
    rows.addGap(rowKey(number, 'urgent', 3), 13, 0, sealGap({ ...gap, monoFromUs: 0, monoToUs: 0 }));
  });
}

t.test('seed 4004683: what only a lie told of', (t) => {
  const gone = [];
  for (let seed = 1; seed <= 40; seed++) {
    const world = new World(seed);
    const card = new Card(world);
    told(card);
    t.same(card.powerCut(0), { rows: [], beyond: [] }, 'a sync that was one keeps it');
    const { beyond } = card.powerCut(1);
    const known = card.rows.peek().reach.get(`${EPOCH}/urgent`) ?? 0;
    t.same(beyond, known === 13 ? [] : [{ lane: `${EPOCH}/urgent`, known: 0, last: 13 }]);
    gone.push(...beyond);
  }
  t.ok(gone.length > 0 && gone.length < 40, `what no sync made safe may be gone: ${gone.length} of 40`);

  const world = new World(1);
  const truth = new Truth(world);
  const stream = `d1/${EPOCH}/urgent`;
  for (const seq of [1, 2, 14]) truth.durable({ drone: 'd1', stream, seq, crc: seq, droppable: false });
  for (const { known, last } of gone.slice(0, 1)) truth.unknown(stream, known + 1, last);
  truth.judge(new SimStore(world, truth).days, new Map());
  t.equal(truth.wrong.length, 1, 'nothing else is forgiven');
  t.match(truth.wrong[0], /urgent\/14 is nowhere/);
  t.end();
});

t.test('a damaged file beside it still tells: nothing is forgiven', (t) => {
  for (let seed = 1; seed <= 40; seed++) {
    const world = new World(seed);
    const card = new Card(world);
    told(card);
    card.aside = new DamagedRows(world, card.rows.peek());
    const known = card.aside.reach.get(`${EPOCH}/urgent`) ?? 0;
    for (const one of card.powerCut(1).beyond) t.equal(one.known, known);
    t.ok(known > 0 || card.aside.lostEpochs.length > 0);
  }
  t.end();
});
