import t from 'tap';
import { Door } from './door.ts';
import { TokenBucket } from './token-bucket.ts';

const limits = { maxConnections: 5, maxPerAddress: 3, connectsPerS: 1, connectBurst: 4 };

t.test('so many of one address, so many in all', (t) => {
  const door = new Door({ ...limits, connectBurst: 100 });
  for (let i = 0; i < 3; i++) t.equal(door.enter('a', 0), null);
  t.equal(door.enter('a', 0), 'refusedAddress');
  t.equal(door.enter('b', 0), null);
  t.equal(door.enter('b', 0), null);
  t.equal(door.enter('c', 0), 'refusedTotal');
  door.leave('a');
  t.equal(door.enter('c', 0), null);
  t.equal(door.open, 5);
  t.end();
});

t.test('so many a second of one address, another is not held up', (t) => {
  const door = new Door(limits);
  for (let i = 0; i < 4; i++) {
    t.equal(door.enter('a', 0), null);
    door.leave('a');
  }
  t.equal(door.enter('a', 0), 'refusedRate');
  t.equal(door.enter('b', 0), null);
  t.equal(door.enter('a', 1.1e6), null, 'a second later');
  t.end();
});

t.test('a bucket tells how long to wait', (t) => {
  const bucket = new TokenBucket(10, 20);
  t.equal(bucket.take(20, 0), 0);
  t.equal(bucket.take(5, 0), 500);
  t.equal(bucket.take(0, 0.5e6), 0);
  t.end();
});
