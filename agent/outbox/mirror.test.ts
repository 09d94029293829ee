import t from 'tap';
import { noLosses } from './entry.ts';
import { Mirror } from './mirror.ts';
import { newBoot, newEpoch } from './testkit.ts';

const BOOT = newBoot();
const lane = (first: number, next: number, acked = 0) => ({ first, next, acked });

function report(epochs: { epoch: string; next: number; acked: number }[]) {
  return {
    epochs: epochs.map(({ epoch, next, acked }) => ({
      epoch,
      boot: BOOT,
      lanes: { urgent: lane(1, 1), history: lane(1, next, acked) },
    })),
    losses: noLosses(),
    usedBytes: 0,
    asideBytes: 0,
  };
}

t.test('presence lists at most 32 epochs: this start, then those with something to send', async (t) => {
  const mine = newEpoch();
  const mirror = new Mirror(BOOT, mine);
  const old = Array.from({ length: 60 }, (_, i) => ({ epoch: newEpoch(), next: 5, acked: i === 59 ? 2 : 4 }));
  mirror.opened(report(old));
  const ranges = mirror.ranges();
  t.equal(ranges.length, 32);
  t.equal(ranges[0]?.epoch, mine);
  t.equal(ranges.at(-1)?.epoch, old[59]?.epoch, 'the oldest of all, because it has rows to send');
  const named = new Set([...ranges, ...mirror.ranges()].map(({ epoch }) => epoch));
  t.equal(named.size, 61, 'a controller restored from a backup learns of all within two presences (voyage 115)');
});

t.test(
  'numbers are given out before they are stored; only what is stored may be sent, but for lanes sent from memory',
  async (t) => {
    const mine = newEpoch();
    const mirror = new Mirror(BOOT, mine);
    t.equal(mirror.number('history'), 1);
    t.equal(mirror.number('history'), 2);
    t.match(mirror.ranges(), [{ lanes: { history: { first: 1, next: 3 } } }]);
    const end = (volatile: boolean) =>
      mirror.readable(() => (volatile ? 99 : 0)).find((entry) => entry.lane === 'history')?.end;
    t.equal(end(false), 1);
    t.equal(end(true), 3);
    mirror.written(report([{ epoch: mine, next: 2, acked: 0 }]));
    t.equal(end(false), 2);
    t.equal(mirror.backlog(), 2);
    mirror.ack({ epoch: mine, lane: 'history', upTo: 1 });
    t.equal(mirror.backlog(), 1);
    t.same(mirror.takeAcks(), [{ epoch: mine, lane: 'history', upTo: 1 }]);
    t.same(mirror.takeAcks(), [], 'told once');
  },
);

t.test('urgent before history, this start before earlier ones', async (t) => {
  const [mine, old] = [newEpoch(), newEpoch()];
  const mirror = new Mirror(BOOT, mine);
  mirror.opened(report([{ epoch: old, next: 3, acked: 0 }]));
  t.same(
    mirror.readable(() => 0).map((entry) => [entry.lane, entry.epoch === mine]),
    [
      ['urgent', true],
      ['urgent', false],
      ['history', true],
      ['history', false],
    ],
  );
});

t.test('a file that is gone: what it alone held and the controller lacks becomes gaps', async (t) => {
  const [mine, old] = [newEpoch(), newEpoch()];
  const mirror = new Mirror(BOOT, mine);
  mirror.opened(
    report([
      { epoch: mine, next: 11, acked: 4 },
      { epoch: old, next: 3, acked: 2 },
    ]),
  );
  const span = { monoFromUs: 1, monoToUs: 2 };
  const { own, gaps } = mirror.lost(report([]), span);
  t.match(gaps, [{ epoch: mine, lane: 'history', seq: 5, to: 10, gap: 'corrupt' }]);
  t.equal(gaps.length, 1);
  t.ok(own);
  t.same(mirror.lost({ ...report([]), asideBytes: 1 }, span).gaps, [], 'what lies aside is looked through first');
});

t.test(
  'voyage 30006333: an epoch of which nothing was written yet is not in the file, and the file is not gone',
  async (t) => {
    const [mine, old] = [newEpoch(), newEpoch()];
    const mirror = new Mirror(BOOT, mine);
    const held = report([{ epoch: old, next: 4, acked: 0 }]);
    mirror.opened(held);
    mirror.number('history');
    const span = { monoFromUs: 1, monoToUs: 2 };
    t.same(mirror.lost(held, span), { own: false, gaps: [] });
    const isPast = { epoch: old, boot: BOOT, next: { urgent: 1, history: 4 } };
    t.same(mirror.lost({ ...report([]), past: [isPast] }, span), { own: false, gaps: [] }, 'nor is one that is past');
    t.match(mirror.lost(report([]), span), { own: false, gaps: [{ epoch: old, seq: 1, to: 3, gap: 'corrupt' }] });
  },
);
