import type { Presence } from '@skein/protocol/fleet';
import { readEnvelope, type Sample, sealBatch } from '@skein/protocol/telemetry';
import t from 'tap';
import { Fleet } from './fleet.ts';
import type { FleetCounter, FleetEvent } from './ports.ts';

const BOOT = '11111111-2222-4333-8444-555555555555';
const NOON_US = Date.UTC(2026, 10, 21, 12) * 1e3;

function given(o: { maxDrones?: number } = {}) {
  let seconds = 1000;
  const counts = new Map<FleetCounter, number>();
  const events: FleetEvent[] = [];
  const clock = { utcUs: () => NOON_US + seconds * 1e6, monoUs: () => seconds * 1e6 };
  const count = (name: FleetCounter, by = 1) => void counts.set(name, (counts.get(name) ?? 0) + by);
  const make = () => new Fleet({ clock, count, onEvent: (event) => events.push(event), maxDrones: o.maxDrones ?? 10 });
  const fleet = make();
  const presence = (more: Partial<Presence> = {}): Presence => ({
    ...{
      session: 'aaaaaaaa',
      n: 1,
      boot: BOOT,
      journal: null,
      online: true,
      versions: {},
      control: { state: 'skein' },
    },
    epochs: [{ epoch: '00000000000000e1', lanes: { urgent: { first: 1, next: 1 }, history: { first: 1, next: 11 } } }],
    ...more,
  });
  /** The drone's clock is 900 s behind ours. */
  const live = (takenAtS: number, o: { epoch?: string; boot?: string; sample?: Partial<Sample> } = {}) => {
    const monoUs = (takenAtS - 900) * 1e6;
    const values = { latDeg: 47, lonDeg: 8, altAmslM: 500, altRelM: 40, headingDeg: 90 };
    const sample = { kind: 'position', monoUs, bootMs: null, values, ...o.sample } as Sample;
    const { epoch = '00000000000000e1', boot = BOOT } = o;
    const read = readEnvelope(sealBatch({ lane: 'live', epoch, boot, seq: 0, samples: [sample] }));
    if (!read.ok) throw new Error(read.reason);
    return fleet.live('d1', read.header, [sample]);
  };
  const time = () => fleet.time('d1', { session: 'aaaaaaaa', agentMonoUs: (seconds - 900) * 1e6, boot: BOOT });
  const wait = (s: number) => {
    seconds += s;
    fleet.tick();
  };
  return { fleet, make, events, counts, presence, live, time, wait, now: () => seconds, clock };
}

t.test('a live sample makes a drone fresh; time makes it stale, then lost', (t) => {
  const { fleet, presence, live, time, wait, now } = given();
  fleet.presence('d1', presence());
  t.equal(fleet.entry('d1')?.freshness.state, 'never');
  time();
  live(now());
  t.equal(fleet.entry('d1')?.freshness.state, 'fresh');
  wait(2.9);
  t.equal(fleet.entry('d1')?.freshness.state, 'fresh');
  wait(0.2);
  t.equal(fleet.entry('d1')?.freshness.state, 'stale');
  wait(27);
  t.equal(fleet.entry('d1')?.freshness.state, 'lost');
  t.end();
});

t.test('nothing but a newer sample of the current session makes it fresh again', (t) => {
  const { fleet, counts, presence, live, time, wait, now } = given();
  fleet.presence('d1', presence());
  time();
  live(now());
  wait(10);
  live(now() - 10);
  live(now() - 8);
  t.equal(fleet.entry('d1')?.freshness.state, 'stale', 'late samples age from when they were taken');
  t.equal(counts.get('liveOlder'), 1);
  time();
  fleet.presence('d1', presence());
  t.equal(fleet.entry('d1')?.freshness.state, 'stale', 'presence and time are no samples');
  live(now(), { sample: { kind: 'board', values: { temperatureC: 50 } } as Partial<Sample> });
  t.equal(fleet.entry('d1')?.freshness.state, 'stale', 'the companion alone says nothing about the vehicle');
  fleet.presence('d1', presence({ online: false }));
  t.equal(live(now()), 'early');
  t.equal(fleet.entry('d1')?.freshness.state, 'stale', 'nothing counts after the last will');
  t.end();
});

t.test('a part of it is as it is when asked for, and nothing but what was named', (t) => {
  const { fleet, presence, live, time, wait, now } = given();
  fleet.presence('d1', presence());
  time();
  live(now());
  wait(2);
  const part = fleet.part('d1', new Set(['online', 'position', 'toString']), new Set(['position', 'gps']));
  t.match(part, { id: 'd1', online: true, kinds: { position: { values: { latDeg: 47 }, ageMs: 2000 } } });
  t.same(Object.keys(part ?? {}), ['id', 'online', 'kinds']);
  t.equal(fleet.part('d2', new Set(['online']), new Set()), null);
  t.end();
});

t.test('an older session, its epoch or another boot cannot make it fresh', (t) => {
  const { fleet, counts, presence, live, time, wait, now } = given();
  fleet.presence('d1', presence());
  time();
  live(now());
  wait(1);
  const epochs = presence().epochs.map((one) => ({ ...one, epoch: '00000000000000e2' }));
  fleet.presence('d1', presence({ session: 'bbbbbbbb', n: 2, epochs }));
  wait(5);
  live(now());
  t.equal(counts.get('liveOldSession'), 1);
  t.equal(fleet.entry('d1')?.freshness.state, 'stale');
  live(now(), { epoch: '00000000000000e2', boot: '99999999-2222-4333-8444-555555555555' });
  t.equal(counts.get('liveOldSession'), 2);
  live(now(), { epoch: '00000000000000e2' });
  t.equal(fleet.entry('d1')?.freshness.state, 'fresh');
  t.end();
});

t.test('a sample stamped far ahead is not believed and spoils nothing', (t) => {
  const { fleet, counts, presence, live, time, now } = given();
  fleet.presence('d1', presence());
  time();
  live(now() + 3600);
  t.equal(counts.get('liveUnbelievable'), 1);
  live(now());
  t.equal(fleet.entry('d1')?.freshness.state, 'fresh');
  t.end();
});

t.test('every value carries when it was sampled, on our clock', (t) => {
  const { fleet, presence, live, time, wait, now, clock } = given();
  fleet.presence('d1', presence());
  time();
  live(now());
  wait(7);
  const position = fleet.entry('d1')?.kinds.position;
  t.equal(position?.ageMs, 7000);
  t.equal(position?.atUtcUs, clock.utcUs() - 7e6);
  t.equal(position?.utcUs, null, 'its own clock is unset');
  t.end();
});

t.test('time answers: only to sessions we know; the rate follows who is looked at', (t) => {
  const { fleet, presence, time } = given();
  t.equal(time(), 'early');
  fleet.presence('d1', presence());
  t.match(time(), { session: 'aaaaaaaa', leaseS: 15, liveHz: 1 });
  fleet.select(new Set(['d1']));
  t.match(time(), { liveHz: 5 });
  fleet.select(new Set());
  t.match(time(), { liveHz: 1 });
  fleet.presence('d1', presence({ online: false }));
  t.equal(time(), 'early', 'no lease for a session that has said good-bye');
  t.end();
});

t.test('one that is looked at before it is first heard of is asked for more from its first answer on', (t) => {
  const { fleet, presence, time } = given();
  fleet.select(new Set(['d1']));
  fleet.presence('d1', presence());
  t.match(time(), { liveHz: 5 });
  t.equal(fleet.entry('d1')?.link.liveHz, 5);
  fleet.select(new Set());
  t.match(time(), { liveHz: 1 });
  t.end();
});

t.test('backlog: what is held and not committed', (t) => {
  const { fleet, presence } = given();
  fleet.presence('d1', presence());
  t.equal(fleet.entry('d1')?.backlog.history.batches, 0, 'not known yet');
  fleet.progress('d1', '00000000000000e1', 'history', 0, null);
  t.equal(fleet.entry('d1')?.backlog.history.batches, 10);
  fleet.progress('d1', '00000000000000e1', 'history', 7, null);
  t.equal(fleet.entry('d1')?.backlog.history.batches, 3);
  fleet.presence('d1', presence());
  t.equal(fleet.entry('d1')?.backlog.history.batches, 3, 'a presence does not forget what is committed');
  fleet.progress('d1', '00000000000000e1', 'history', 15, null);
  t.equal(fleet.entry('d1')?.backlog.history.batches, 0);
  t.end();
});

t.test('deltas hold what changed, kinds one by one', (t) => {
  const { fleet, presence, live, time, wait, now } = given();
  fleet.presence('d1', presence());
  fleet.drainChanges();
  t.same(fleet.drainChanges(), []);
  time();
  live(now());
  const [delta] = fleet.drainChanges();
  t.same(Object.keys(delta?.kinds ?? {}), ['position']);
  t.notOk(delta && 'versions' in delta);
  wait(4);
  t.match(fleet.drainChanges(), [{ id: 'd1', freshness: { state: 'stale' } }], 'going stale is a change');
  t.end();
});

t.test('known drones come back after a restart, offline, with values aged', (t) => {
  const { fleet, make, presence, live, time, wait, now } = given();
  fleet.presence('d1', presence());
  time();
  live(now());
  const records = fleet.drainUnsaved();
  wait(60);
  const again = make();
  again.load(records);
  const entry = again.entry('d1');
  t.match(entry, { online: false, session: 'aaaaaaaa', freshness: { state: 'lost' } });
  t.equal(entry?.kinds.position?.ageMs, 60_000);
  again.load([{ id: 'd2', firstSeenUtcUs: 1, lastSeenUtcUs: 1, state: 'not JSON' }]);
  t.equal(again.size, 1);
  t.end();
});

t.test('a wall clock that was set back between two runs makes nothing look fresh', (t) => {
  const { fleet, make, presence, live, time, now } = given();
  fleet.presence('d1', presence());
  time();
  live(now());
  const again = make();
  const later = (utcUs: number) => utcUs + 3600e6;
  again.load(
    fleet.drainUnsaved().map((record) => {
      const state = JSON.parse(record.state);
      state.kinds.position.atUtcUs = later(state.kinds.position.atUtcUs);
      return { ...record, lastSeenUtcUs: later(record.lastSeenUtcUs), state: JSON.stringify(state) };
    }),
  );
  t.equal(again.entry('d1')?.freshness.state, 'lost', 'nobody knows how old it is');
  t.end();
});

t.test('our clock stood still (a suspended machine): the first time message sets it right', (t) => {
  const { fleet, counts, presence, live, time, now } = given();
  fleet.presence('d1', presence());
  time();
  live(now());
  const ahead = now() + 3600;
  live(ahead);
  t.equal(counts.get('liveUnbelievable'), 1);
  fleet.time('d1', { session: 'aaaaaaaa', agentMonoUs: (ahead - 900) * 1e6, boot: BOOT });
  t.equal(counts.get('timeUnbelievable'), 1);
  live(ahead);
  t.equal(counts.get('liveUnbelievable'), 1);
  t.equal(fleet.entry('d1')?.freshness.state, 'fresh');
  live(now());
  t.equal(fleet.entry('d1')?.kinds.position?.ageMs, 0);
  t.end();
});

t.test('a drone that makes up batteries does not fill our memory', (t) => {
  const { fleet, counts, presence, live, time, now } = given();
  fleet.presence(
    'd1',
    presence({ versions: Object.fromEntries(Array.from({ length: 99 }, (_, i) => [`v${i}`, '1'])) }),
  );
  time();
  for (let instance = 0; instance < 1000; instance++) {
    live(now(), { sample: { kind: 'battery', values: { instance: instance / 3 } } as unknown as Partial<Sample> });
  }
  live(now());
  const entry = fleet.entry('d1');
  t.ok(Object.keys(entry?.kinds ?? {}).length <= 128);
  t.ok(Object.keys(entry?.versions ?? {}).length <= 32);
  t.ok((counts.get('liveTooMany') ?? 0) > 800);
  t.end();
});

t.test('several batteries stand side by side', (t) => {
  const { fleet, presence, live, time, now } = given();
  fleet.presence('d1', presence());
  time();
  const battery = (instance: number) =>
    ({ kind: 'battery', values: { instance, voltageV: 22 + instance } }) as Partial<Sample>;
  live(now(), { sample: battery(0) });
  live(now(), { sample: battery(1) });
  const kinds = fleet.entry('d1')?.kinds;
  t.equal(kinds?.battery?.values.voltageV, 22);
  t.equal(kinds?.['battery.1']?.values.voltageV, 23);
  t.end();
});

t.test('the number of drones is bounded; conflicts and comings and goings are events', (t) => {
  const { fleet, counts, events, presence } = given({ maxDrones: 1 });
  t.equal(fleet.presence('d1', presence({ board: 'x' })), true);
  t.equal(fleet.presence('d2', presence()), false);
  t.equal(counts.get('refusedDrones'), 1);
  fleet.presence('d1', presence({ session: 'bbbbbbbb', n: 2, board: 'y' }));
  fleet.presence('d1', presence({ session: 'bbbbbbbb', n: 2, board: 'y', online: false }));
  const types = events.map((event) => event.type);
  t.same(types, ['first-seen', 'session', 'online', 'session', 'online', 'identity-conflict', 'offline']);
  t.match(fleet.entry('d1')?.conflict, { reason: 'two-boards', sessions: ['bbbbbbbb', 'aaaaaaaa'] });
  t.end();
});
