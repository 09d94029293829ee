import t from 'tap';
import { causeEntity, causeWords, eventWords, type ToldEvent } from './event-words.ts';

const ORDER = '01JD6X0000ABCDEFGHJKMNPQRS';
const event = (entity: string, type: string, data: unknown = {}): ToldEvent => ({ entity, type, cause: null, data });

t.test('what happened, in plain words', async (t) => {
  const command = { type: 'set-parameter', params: { name: 'ANGLE_MAX' }, targets: ['d1'] };
  const cases: [ToldEvent, string][] = [
    [event('drone:d1', 'session', { rebooted: true }), 'd1 restarted'],
    [event('drone:d1', 'gap', { samples: 12, reason: 'evicted' }), '12 samples of d1 will never come: evicted'],
    [event('drone:d1', 'autopilot-text', { severity: 'error', text: 'Crash' }), 'autopilot of d1 said (error): Crash'],
    [
      event(`command:${ORDER}`, 'issued', { command, deliveries: [{ drone: 'd1' }] }),
      'Set ANGLE_MAX was ordered for d1',
    ],
    [
      event(`command:${ORDER}`, 'delivery', { drone: 'd1', set: { state: 'failed', reason: 'no answer' } }),
      'command …NPQRS to d1: failed, no answer',
    ],
    [event(`order:${ORDER}`, 'moved', { set: { state: 'outbound' } }), 'order …NPQRS went on: outbound'],
    [
      event(`itinerary:order-${ORDER}-1-ferry`, 'stand', { drone: 'd1', set: { state: 'returning' } }),
      'itinerary order-…NPQRS-1-ferry with d1: returning',
    ],
    [event('base:oerlikon', 'put', { set: { name: 'x' } }), 'base oerlikon was set'],
    [event('settings:d1', 'read-back'), 'settings of d1 was read back'],
    [event('controller', 'checkpoint', { number: 3, to: 900 }), 'events up to number 900 were signed (checkpoint 3)'],
    [
      event(`alert:${ORDER}`, 'raised', { set: { severity: 'critical', words: 'it falls' } }),
      'alert (critical): it falls',
    ],
    [event('thing-of-tomorrow:x', 'half-done', {}), 'thing-of-tomorrow x was half done'],
  ];
  for (const [one, words] of cases) t.equal(eventWords(one), words);
});

t.test('a ground stop is set, with its reason and for whom, and lifted', async (t) => {
  const id = `stop:${ORDER}`;
  const set = (doc: object) => eventWords(event(id, 'stopped', { set: { reason: 'thunderstorm', by: 'Ann', ...doc } }));
  t.equal(set({ reach: 'fleet' }), 'ground stop …NPQRS was set: thunderstorm, for the whole fleet, until it is lifted');
  t.equal(
    set({ reach: { base: 'nice-port' }, until: '2026-11-28T13:30:00+01:00' }),
    'ground stop …NPQRS was set: thunderstorm, for base nice-port, until 2026-11-28 12:30 UTC',
  );
  t.match(set({ reach: { group: 'north' }, until: 'soon' }), /for group north, until soon$/);
  t.match(eventWords(event(id, 'lifted', { set: { lifted: { by: 'Ann' } } })), /^ground stop …NPQRS was lifted/);
  t.match(eventWords(event(id, 'ended', { set: {} })), /put away, a day after its time was over$/);
});

t.test('no words that say two things', async (t) => {
  const rollout = (set: object) => eventWords(event(`rollout:${ORDER}`, 'went-on', { set }));
  t.equal(rollout({ state: 'running' }), 'roll-out …NPQRS went on');
  t.equal(rollout({ state: 'stopped', words: '1 failed' }), 'roll-out …NPQRS is stopped: 1 failed');
  t.equal(eventWords(event('alert:a', 'cleared', { set: { state: 'cleared' } })), 'alert a was cleared');
  t.match(eventWords(event('alert:a', 'heard-again', { set: { state: 'raised' } })), /^alert a is no longer silenced/);
});

t.test('what became of a parcel is said, not that there is news', async (t) => {
  const stand = (data: object) => eventWords(event('itinerary:first', 'stand', { drone: 'd1', ...data }));
  const released = { set: { state: 'released', reason: 'seen-released', detail: {} }, step: {} };
  t.equal(
    stand({ set: {}, parcels: { 1: released } }),
    'itinerary first with d1: parcel of item 1 released, seen released',
  );
  t.equal(
    stand({ set: { state: 'returning' }, parcels: { 1: released, 4: { set: { state: 'aboard', reason: null } } } }),
    'itinerary first with d1: returning; parcel of item 1 released, seen released; parcel of item 4 aboard',
  );
  t.equal(
    stand({ set: {}, parcels: { 1: { set: { settled: { word: 'released', by: 'Ann', command: 'x' } } } } }),
    'itinerary first with d1: parcel of item 1 released, said Ann',
  );
  t.equal(stand({ set: { sentUtcUs: 1 } }), 'itinerary first with d1: was sent');
  t.equal(stand({ set: {}, parcels: 'x' }), 'itinerary first with d1: has news');
});

t.test('data of another shape than expected breaks nothing', async (t) => {
  const bad = { set: [1], command: 7, deliveries: 'x', drone: {}, reason: null };
  for (const entity of [
    'drone:d1',
    'command:x',
    'itinerary:x',
    'order:x',
    'alert:x',
    'controller',
    'stop:x',
    'rollout:x',
    ':',
    'x:',
  ])
    for (const type of [
      'issued',
      'delivery',
      'stand',
      'given',
      'asked',
      'raised',
      'gap',
      'alert',
      'constructor',
      'put',
      'stopped',
      'went-on',
    ]) {
      t.type(eventWords(event(entity, type, bad)), 'string');
      t.type(eventWords(event(entity, type, [bad])), 'string');
    }
});

t.test('why', async (t) => {
  t.equal(causeWords(`order:${ORDER}@3`), 'follows from order …NPQRS');
  t.equal(causeWords('request'), 'somebody asked for it');
  t.equal(causeWords('gusts of 14 m/s'), 'gusts of 14 m/s');
  t.equal(causeWords(null), null);
  t.equal(causeEntity(`order:${ORDER}@3`), `order:${ORDER}`);
  t.equal(causeEntity('request'), null);
});
