import fc from 'fast-check';
import t from 'tap';
import { committed, judge, type LaneState, laneFrom, missingBefore, queued } from './lane.ts';

const seed = Number(process.env.SEED ?? Date.now() % 1e9);
t.comment(`SEED=${seed}`);

t.test(
  'any order of arrivals and commits: nothing twice, nothing behind a hole, upTo never beyond what was taken',
  (t) => {
    const arrival = fc.record({ seq: fc.integer({ min: 1, max: 30 }), span: fc.integer({ min: 0, max: 3 }) });
    const step = fc.oneof(arrival, fc.constant('commit' as const));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        let lane: LaneState = laneFrom(0);
        let end = 0;
        let waiting = 0;
        for (const one of steps) {
          if (one === 'commit') {
            lane = committed(lane, waiting);
            if (lane.upTo !== end) return false;
            continue;
          }
          const to = one.seq + one.span;
          const verdict = judge(lane, one.seq, to);
          const expected = to <= end ? 'again' : one.seq <= end + 1 ? 'next' : 'ahead';
          if (verdict !== expected) return false;
          if (verdict !== 'next') continue;
          lane = queued(lane, to);
          end = to;
          waiting = to;
        }
        return lane.upTo <= lane.queuedTo && lane.queuedTo === end;
      }),
      { seed },
    );
    t.end();
  },
);

t.test('what a presence says is gone', (t) => {
  t.equal(missingBefore(laneFrom(5), 6), null);
  t.equal(missingBefore(laneFrom(5), 1), null);
  t.same(missingBefore(laneFrom(5), 9), { from: 6, to: 8 });
  t.end();
});
