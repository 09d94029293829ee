import t from 'tap';
import { monotonicUs, readBoard, readIdentity } from './index.ts';

t.test('who this board is', async (t) => {
  const { boot, serial } = await readIdentity();
  t.match(boot, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  t.ok(serial.length > 0 && serial.length <= 64);
});

t.test('a reading has plausible numbers, and null where nothing can be read', async (t) => {
  const reading = await readBoard('.');
  t.ok((reading.memoryFreeMb ?? 0) > 0);
  t.ok((reading.diskFreeMb ?? 0) > 0);
  t.ok((reading.loadPct ?? -1) >= 0 && (reading.loadPct ?? 101) <= 100);
  t.ok(reading.uptimeS > 0);
  t.equal((await readBoard('/no/such/folder')).diskFreeMb, null);
});

t.test('the monotonic clock is in whole microseconds and does not go back', async (t) => {
  const first = monotonicUs();
  t.ok(Number.isSafeInteger(first));
  t.ok(monotonicUs() >= first);
});
