import t from 'tap';
import type { DroneEntry } from '../../live/messages.ts';
import type { DroneRecord } from '../live/record.ts';
import { doubtsOf } from './doubt.ts';

function record(id: string, radiusM: number | null, sinceMs = 10_000): DroneRecord {
  const estimate = radiusM === null ? null : { latDeg: 47, lonDeg: 8, radiusM, sinceMs };
  const trust = { state: 'suspect', reason: 'silent', words: '', by: 'controller' as const, last: null, estimate };
  return { entry: { id, trust } as unknown as DroneEntry, unreported: false };
}

t.test('a ring about where it may be, for those that are not trusted; none so wide that it says nothing', async (t) => {
  const { data, key } = doubtsOf([record('a', 120), record('b', null), record('c', 90_000), record('d', 2)]);
  t.same(
    data.features.map(({ properties }) => properties),
    [{ id: 'a', state: 'suspect', filled: true }],
  );
  t.not(doubtsOf([record('a', 130)]).key, key, 'wider: drawn again');
  t.equal(doubtsOf([{ entry: { id: 'old' } as unknown as DroneEntry, unreported: false }]).data.features.length, 0);
});

t.test('a wide ring is an outline: filled it would cover the drones in it', async (t) => {
  const { features } = doubtsOf([record('a', 500), record('b', 501)]).data;
  t.same(
    features.map(({ properties }) => properties?.filled),
    [true, false],
  );
});

t.test('a fleet that was switched off draws two hundred rings at most, the youngest', async (t) => {
  const many = Array.from({ length: 300 }, (_, i) => record(`d${i}`, 100, 300_000 - i * 1_000));
  const { features } = doubtsOf(many).data;
  t.equal(features.length, 200);
  t.equal(features[0]?.properties?.id, 'd299');
});
