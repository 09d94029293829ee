import type { Messages } from '@skein/protocol/mavlink';
import t from 'tap';
import { messageOf } from '../testing/line.ts';
import { type MissionEvent, MissionProgress } from './progress.ts';
import { MissionWatch } from './watch.ts';

type Current = Messages['MISSION_CURRENT'];
const current = (o: Partial<Current> = {}): Current => ({
  seq: 1,
  total: 5,
  mission_state: 2,
  mission_mode: 0,
  mission_id: 0,
  fence_id: 0,
  rally_points_id: 0,
  ...o,
});

function watched() {
  const watch = new MissionWatch();
  const told: string[] = [];
  watch.listen(({ reason, detail }) => told.push(`${reason} ${detail}`.trim()));
  return { watch, told };
}

t.test('a stranger’s list shows as another total, another id, or its text', async (t) => {
  const { watch, told } = watched();
  t.notOk(watch.current(current(), 0));
  t.notOk(watch.current(current({ seq: 3, mission_state: 3 }), 1_000));
  t.ok(watch.current(current({ total: 6 }), 2_000));
  t.ok(watch.current(current({ total: 6, fence_id: 7 }), 3_000));
  t.ok(watch.text('Flight plan received', 4_000));
  t.notOk(watch.text('Reached command #2', 4_000));
  watch.foreignWrite('255/190', 'MISSION_CLEAR_ALL');
  watch.rebooted();
  t.notOk(watch.current(current({ total: 2 }), 9_000), 'after a reboot nothing is known that could differ');
  t.strictSame(told, [
    'other-list 6 items instead of 5',
    'other-list another id',
    'other-list Flight plan received',
    'foreign-write 255/190 sent MISSION_CLEAR_ALL',
    'rebooted',
  ]);
});

t.test('our own upload is no news, unless what it leaves is not what we sent', async (t) => {
  const { watch, told } = watched();
  watch.current(current({ total: 9 }), 0);
  watch.begin('mission');
  watch.current(current({ total: 3 }), 500);
  t.notOk(watch.text('Flight plan received', 900));
  watch.end({ how: 'written', total: 7, detail: '' }, 1_000);
  watch.current(current({ total: 3 }), 1_500);
  watch.current(current({ total: 7 }), 6_000);
  t.strictSame(told, []);
  watch.begin('mission');
  watch.end({ how: 'written', total: 7, detail: '' }, 10_000);
  watch.current(current({ total: 4 }), 16_000);
  t.strictSame(told, ['other-list 4 items instead of 7']);
  watch.begin('fence');
  watch.end({ how: 'untouched', total: null, detail: '' }, 20_000);
  t.ok(watch.text('Flight plan received', 20_100), 'nothing of ours was under way');
});

t.test('a stranger’s list of as many items, written before ours has settled, shows by its id', async (t) => {
  const { watch, told } = watched();
  watch.current(current({ mission_id: 11 }), 0);
  watch.begin('mission');
  watch.end({ how: 'written', total: 5, id: 22, detail: '' }, 1_000);
  t.notOk(watch.current(current({ mission_id: 11 }), 1_500), 'old');
  t.notOk(watch.current(current({ mission_id: 33 }), 3_000), 'may be old as well');
  t.ok(watch.current(current({ mission_id: 33 }), 5_500));
  t.strictSame(told, ['other-list another id']);
  watch.begin('mission');
  watch.end({ how: 'written', total: 5, id: 22, detail: '' }, 10_000);
  t.notOk(watch.current(current({ mission_id: 22 }), 15_000));
  watch.begin('mission');
  watch.end({ how: 'written', total: 5, id: null, detail: '' }, 20_000);
  t.notOk(watch.current(current({ mission_id: 33 }), 25_000), 'it named none: nothing to compare');
});

t.test('a failed transfer of ours voids what was verified', async (t) => {
  const { watch, told } = watched();
  watch.begin('mission');
  watch.end({ how: 'failed', total: 7, detail: 'mission: timeout' }, 1_000);
  t.strictSame(told, ['transfer-failed mission: timeout']);
});

t.test('what a failed transfer of ours left is no stranger’s list, however late it is said', async (t) => {
  const { watch, told } = watched();
  watch.current(current({ total: 3 }), 0);
  watch.begin('mission');
  watch.end({ how: 'failed', total: 7, detail: 'mission: timeout' }, 1_000);
  watch.current(current({ total: 5 }), 60_000);
  t.strictSame(told, ['transfer-failed mission: timeout']);
  watch.current(current({ total: 9 }), 61_000);
  t.match(told[1], /^other-list/, 'from then on it is');
});

t.test('an autopilot that never says how many there are is not blamed for it', async (t) => {
  const { watch, told } = watched();
  watch.current(current({ total: 0 }), 0);
  watch.begin('mission');
  watch.end({ how: 'written', total: 7, detail: '' }, 1_000);
  watch.current(current({ total: 0 }), 9_000);
  t.strictSame(told, []);
});

function progressed() {
  const progress = new MissionProgress();
  const told: MissionEvent[] = [];
  progress.listen((event) => told.push(event));
  return {
    reached: (seq: number, atMs: number) => progress.take(messageOf('MISSION_ITEM_REACHED', { seq }), atMs),
    at: (seq: number, atMs: number) =>
      progress.take(messageOf('MISSION_CURRENT', current({ seq, mission_state: 3 })), atMs),
    visits: () => told.flatMap((event) => (event.kind === 'reached' ? [`${event.seq}:${event.visit}`] : [])),
    told,
    progress,
  };
}

t.test('an item counts once, however often it is said', async (t) => {
  const { reached, at, visits } = progressed();
  at(2, 0);
  for (let atMs = 1_000; atMs < 60_000; atMs += 1_000) reached(2, atMs);
  at(3, 60_000);
  reached(2, 60_500);
  reached(3, 61_000);
  reached(2, 61_040);
  for (let atMs = 62_000; atMs < 70_000; atMs += 1_000) reached(3, atMs);
  t.strictSame(visits(), ['2:1', '3:1']);
});

t.test('what a DO_JUMP makes it reach again counts again', async (t) => {
  const { reached, at, visits } = progressed();
  for (let round = 0; round < 3; round++) {
    at(2, round * 20_000);
    reached(2, round * 20_000 + 5_000);
    reached(2, round * 20_000 + 6_000);
    // MISSION_CURRENT, once a second, may miss one that is passed quickly.
    reached(3, round * 20_000 + 7_000);
  }
  t.strictSame(visits(), ['2:1', '3:1', '2:2', '3:2', '2:3', '3:3']);
});

t.test('another flight of the same mission begins to count anew', async (t) => {
  const { reached, at, visits, progress } = progressed();
  at(1, 0);
  reached(1, 1_000);
  progress.take(messageOf('MISSION_CURRENT', current({ seq: 0, mission_state: 5 })), 2_000);
  at(1, 60_000);
  reached(1, 61_000);
  t.strictSame(visits(), ['1:1', '1:1']);
});

t.test('one item that jumps to itself counts when it was current in between', async (t) => {
  const { reached, at, visits, progress, told } = progressed();
  at(2, 0);
  reached(2, 1_000);
  at(3, 1_100);
  at(2, 1_200);
  reached(2, 9_000);
  t.strictSame(visits(), ['2:1', '2:2']);
  progress.reset();
  reached(2, 10_000);
  t.equal(visits().at(-1), '2:1', 'another list');
  t.match(told[0], { kind: 'current', seq: 2, total: 5, state: 'active' });
});
