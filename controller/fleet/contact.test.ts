import type { Presence } from '@skein/protocol/fleet';
import { readEnvelope, type Sample, sealBatch } from '@skein/protocol/telemetry';
import t from 'tap';
import { Fleet } from './fleet.ts';
import { preflightOf } from './preflight.ts';

const BOOT = '11111111-2222-4333-8444-555555555555';
const EPOCH = '00000000000000e1';

function given() {
  let seconds = 1000;
  const clock = { utcUs: () => 1_795_000_000e6 + seconds * 1e6, monoUs: () => seconds * 1e6 };
  const make = () => new Fleet({ clock, count: () => {}, onEvent: () => {}, maxDrones: 10 });
  const fleet = make();
  const presence = (more: Partial<Presence> = {}): Presence => ({
    ...{ session: 'aaaaaaaa', n: 1, boot: BOOT, journal: 'j1', online: true, versions: {} },
    ...{ control: { state: 'pilot', commander: 'Ann', why: 'mode LOITER' }, groups: ['north'], autopilotBoot: 'ap-1' },
    epochs: [{ epoch: EPOCH, lanes: { urgent: { first: 1, next: 1 }, history: { first: 1, next: 1 } } }],
    ...more,
  });
  const time = (agentMonoUs: number, session = 'aaaaaaaa') => fleet.time('d1', { session, agentMonoUs, boot: BOOT });
  const live = (kind: string, values: Record<string, unknown>, monoUs = (seconds - 900) * 1e6) => {
    const sample = { kind, monoUs, bootMs: null, values } as Sample;
    const read = readEnvelope(sealBatch({ lane: 'live', epoch: EPOCH, boot: BOOT, seq: 0, samples: [sample] }));
    if (!read.ok) throw new Error(read.reason);
    fleet.live('d1', read.header, [sample]);
  };
  const wait = (s: number) => {
    seconds += s;
    fleet.tick();
  };
  return { fleet, make, presence, time, live, wait };
}

t.test('what is needed to speak to a drone: its sessions, how far each has come, its journal', async (t) => {
  const { fleet, presence, time, wait, live } = given();
  t.equal(fleet.contact('d1'), null);
  fleet.presence('d1', presence());
  const [alone] = fleet.contact('d1')?.sessions ?? [];
  t.match(alone, { session: 'aaaaaaaa', alive: true, boot: BOOT, journal: 'j1', autopilotBoot: 'ap-1' });
  t.equal(alone?.heardMonoMs, null, 'no stamp yet');
  time(100_000_900);
  time(99_000_000);
  t.equal(fleet.contact('d1')?.sessions[0]?.heardMonoMs, 100_000, 'the newest');
  live('status', { armed: true }, 101e6);
  t.match(fleet.contact('d1'), { armed: true, groups: ['north'], conflict: false, current: 'aaaaaaaa' });
  t.equal(fleet.contact('d1')?.sessions[0]?.heardMonoMs, 101_000, 'live data has stamps too');
  t.equal(fleet.contact('d1')?.sessions[0]?.heardAgeMs, 0);
  wait(3);
  time(99_500_000);
  t.equal(fleet.contact('d1')?.sessions[0]?.heardAgeMs, 3_000, 'an older stamp makes nothing look newer');
  fleet.progress('d1', EPOCH, 'urgent', 3, 102e6);
  fleet.progress('d1', '00000000000000ff', 'urgent', 3, 999e6);
  t.equal(fleet.contact('d1')?.sessions[0]?.heardMonoMs, 102_000, 'and what was committed, of its own epoch');
  t.equal(fleet.contact('d1')?.sessions[0]?.heardAgeMs, 3_000, 'nor does a backlog');
  wait(4);
  t.equal(fleet.contact('d1')?.armed, null, 'not known any more');
  wait(30);
  t.equal(fleet.contact('d1')?.sessions[0]?.alive, false);
});

t.test('two boards: both sessions are there, each with its own clock', async (t) => {
  const { fleet, presence, time } = given();
  fleet.presence('d1', presence({ board: 'A' }));
  fleet.presence('d1', presence({ board: 'B', session: 'bbbbbbbb', n: 2, journal: 'j2', control: { state: 'skein' } }));
  time(5e6, 'aaaaaaaa');
  time(7e6, 'bbbbbbbb');
  const contact = fleet.contact('d1');
  t.match(contact, { conflict: true, current: 'bbbbbbbb' });
  t.same(contact?.sessions.map((one) => [one.session, one.heardMonoMs, one.journal]).sort(), [
    ['aaaaaaaa', 5000, 'j1'],
    ['bbbbbbbb', 7000, 'j2'],
  ]);
  t.match(fleet.entry('d1')?.control, { state: 'skein', commander: null }, 'of the current one');
});

t.test('an entry says who is in command, the lock, what speaks against flying, and its commands', async (t) => {
  const { fleet, make, presence, time, live, wait } = given();
  fleet.presence('d1', presence());
  t.match(fleet.entry('d1'), { safety: null, preflight: null, commands: [], autopilotBoot: 'ap-1' });
  time(100e6);
  fleet.drainChanges();
  live('safety', { locked: true, lockReason: 'propeller', lockedBy: 'drone' });
  const items = [
    { item: 'gps', verdict: 'stop', value: 3, limit: 6, words: 'too few satellites', ageMs: 5 },
    { item: 'rc', verdict: 'ok' },
    { item: 'disk', verdict: 'stop' },
    'nonsense',
  ];
  live('preflight', { verdict: 'stop', items: JSON.stringify(items) });
  const brief = {
    id: '01',
    type: 'hold',
    state: 'queued',
    reason: null,
    words: null,
    at: '',
    issuedBy: 'Ann',
  } as const;
  fleet.show('d1', { commands: [brief] });
  const shown = {
    safety: { locked: true, lockReason: 'propeller', lockedBy: 'drone' },
    preflight: { verdict: 'stop', stops: ['too few satellites', 'disk'] },
    commands: [brief],
  };
  t.match(fleet.entry('d1'), { ...shown, control: { state: 'pilot', commander: 'Ann', why: 'mode LOITER' } });
  t.match(fleet.drainChanges(), [shown], 'in the delta too');
  t.match(fleet.entry('d1'), { freshness: { state: 'never' } }, 'none of it is a word of the vehicle');
  wait(31);
  const entry = fleet.entry('d1');
  const list = entry && preflightOf(entry);
  t.match(list, { drone: 'd1', verdict: 'stop', stale: true, ageMs: 31_000, safety: { locked: true, ageMs: 31_000 } });
  t.same(
    list?.items.map((one) => one.item),
    ['gps', 'rc', 'disk'],
  );
  const later = make();
  later.load(fleet.drainUnsaved());
  t.same(later.contact('d1')?.groups, ['north'], 'groups outlive the controller');
});
