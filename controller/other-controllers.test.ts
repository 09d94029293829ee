/** Who says something on our topics that this controller did not say; its own words, of now and of before, are none of that. */
import { deflateRawSync } from 'node:zlib';
import { shortJson } from '@skein/protocol/fleet';
import t from 'tap';
import type { BusMessage } from './broker/index.ts';
import { matches } from './broker/mqtt-bus.ts';
import { expand } from './expand.ts';
import { OtherControllers } from './other-controllers.ts';

const OWN = '00000000000000aa';
const OTHER = '00000000000000bb';
const command = (sentAt: string, id = '01M80C51BXQMZCT70E853D6PAV') => JSON.stringify({ id, type: 'hold', sentAt });

async function listening() {
  const filters: string[] = [];
  const told: (string | null)[] = [];
  const counts = new Map<string, number>();
  let nowUs = 1e9;
  let take = (_: BusMessage): void => {};
  const others = new OtherControllers({
    ...{ topicRoot: 'skein/1', start: OWN, monoUs: () => nowUs, expand },
    bus: {
      subscribe: async (more, handler) => {
        filters.push(...more);
        take = handler;
      },
    },
    count: (name) => void counts.set(name, (counts.get(name) ?? 0) + 1),
    onHeard: (words) => told.push(words),
    onGone: () => told.push(null),
  });
  await others.start();
  const hear = (topic: string, payload: string | Uint8Array, kept = false) => {
    const full = `skein/1/${topic}`;
    if (!filters.some((filter) => matches(filter, full))) return;
    take({ topic: full, payload: typeof payload === 'string' ? Buffer.from(payload) : payload, kept });
  };
  const hello = (start: string, kept = false) =>
    hear('all/down/hello', JSON.stringify({ controller: `controller-${start.slice(-2)}`, start }), kept);
  const later = (s: number) => {
    for (let n = 0; n < s; n++) {
      nowUs += 1e6;
      others.tick();
    }
  };
  return { others, filters, told, counts, hear, hello, later };
}

t.test('another controller begins, or is back: its hello says so at once', async (t) => {
  const { told, hello, later, counts } = await listening();
  hello(OTHER);
  t.same(told, ['controller-bb, on skein/1: says hello']);
  hello(OTHER);
  t.equal(told.length, 1, 'nothing new is known');
  t.equal(counts.get('hello'), 2);
  // then: over when nothing is heard of it any more, and told again when it is
  later(119);
  t.equal(told.length, 1);
  later(10);
  t.same(told.slice(1), [null]);
  hello(OTHER);
  t.equal(told.length, 3);
});

t.test('its own words, and old ones, are none of another', async (t) => {
  const { others, told, hello, hear, later, counts } = await listening();
  hello(OWN);
  hello(OTHER, true);
  hear('all/down/hello', '{"start":');
  hear('all/down/hello', '{"start":"<b>"}');
  others.there('heron-01');
  hear('heron-01/down/ack', JSON.stringify({ start: OWN, lane: 'urgent' }));
  // Sent, and back twice; sent once more.
  for (const sentAt of ['10:00:00', '10:00:05']) {
    others.sent('skein/1/heron-01/down/command', command(sentAt));
    for (let n = 0; n < 2; n++) hear('heron-01/down/command', command(sentAt));
  }
  t.same(told, []);
  t.same([counts.get('kept'), counts.get('unreadable')], [1, 2]);
  // Ten thousand drones are told something at once, seven times over, before the first of it is back.
  const all = Array.from({ length: 70_000 }, (_, n) => `d${n}`);
  for (const drone of all) others.sent(`skein/1/${drone}/down/command`, command('10:01:00'));
  for (const drone of all) hear(`${drone}/down/command`, command('10:01:00'));
  t.same(told, []);
  // What an earlier controller left open in the store is over once nothing was heard for a while.
  later(121);
  t.same(told, [null], 'once');
  later(500);
  t.same(told, [null]);
});

t.test('one that was there before is heard by what it acks, on the drones that are there', async (t) => {
  const { others, told, hear, filters } = await listening();
  const ack = JSON.stringify({ session: '00', start: OTHER, epoch: '00', lane: 'history', upTo: 1, window: 1 });
  hear('heron-01/down/ack', ack);
  t.same(told, [], 'nobody listens: the drone is not there');
  others.there('heron-01');
  hear('heron-01/down/ack', ack);
  t.same(told, [`one that began as ${OTHER}, on skein/1: acks what drones send`]);
  const short = shortJson(ack.replace(OTHER, '00000000000000cc'), (raw, dictionary) =>
    deflateRawSync(raw, { dictionary }),
  );
  t.not(typeof short, 'string');
  hear('heron-01/down/ack', short);
  t.match(told[1], /00000000000000bb, .*00000000000000cc, on/);
  // Two are listened to, of a large fleet too; others when those are gone.
  for (let n = 0; n < 500; n++) others.there(`d${n}`);
  t.same(
    filters.filter((one) => one.endsWith('ack')),
    ['skein/1/heron-01/down/ack', 'skein/1/d0/down/ack'],
  );
});

t.test('drones go and others come: some are listened to, and never more than a few', async (t) => {
  const { others, filters, later } = await listening();
  for (let n = 0; n < 100; n++) {
    others.there(`d${n}`);
    later(61);
  }
  t.equal(filters.filter((one) => one.endsWith('ack')).length, 16);
});

t.test('commands and itineraries that were not sent from here, by a copy of our data too', async (t) => {
  const { others, told, hear, counts } = await listening();
  others.sent('skein/1/heron-01/down/command', command('10:00:00.000001'));
  hear('heron-01/down/command', command('10:00:00.000002'));
  t.same(told, ['somebody who does not say a name, on skein/1: commands drones']);
  hear('heron-01/down/itinerary', JSON.stringify({ id: 'order-1', version: 1, sentAt: 'x' }));
  t.match(told[1], /: commands drones, gives itineraries to drones$/);
  hear('group-north/down/command', command('10:00:01'));
  t.same([told.length, counts.get('command'), counts.get('itinerary')], [2, 2, 1]);
});
