import t from 'tap';
import { MOST_DENSE_DRONES, takesOf } from './takes.ts';

t.test('a large fleet is told that its dense packs are not taken; they are opened all the same', async (t) => {
  t.match(takesOf(MOST_DENSE_DRONES).packs, ['deflate-1', 'live-delta-1', 'live-base-1', 'dense-1']);
  t.same(takesOf(MOST_DENSE_DRONES + 1).packs, ['deflate-1', 'live-delta-1', 'live-base-1']);
});
