import { join } from 'node:path';
import t from 'tap';
import { reachOf } from './reach.ts';

const root = join(import.meta.dirname, '../..');
const waits = (file: string): string[] => [...reachOf(join(root, file)).waits];

t.test('what calculates reaches nothing that waits, through all that it imports', async (t) => {
  for (const file of [
    'protocol/mavlink/crc.test.ts',
    'hardware/simulator/behaviours/answers.test.ts',
    'agent/outbox/sealer.test.ts',
    'controller/orders/events.test.ts',
  ]) {
    t.same(waits(file), [], file);
  }
});

t.test(
  'what waits, or may go on after its test, is seen: itself, in what it imports, by packages and by words',
  async (t) => {
    t.match(waits('agent/outbox/outbox.test.ts').join(), /node:os/);
    t.match(waits('agent/outbox/outbox.test.ts').join(), /new Worker/, 'in what it imports');
    t.match(waits('agent/vehicle/early.test.ts').join(), /setInterval/);
    t.match(waits('controller/main.test.ts').join(), /node:child_process/);
    t.match(waits('scenarios/kit/program.test.ts').join(), /setTimeout|node:timers/);
  },
);

t.test('a browser is seen behind other modules', async (t) => {
  t.equal(reachOf(join(root, 'scenarios/events-page.test.ts')).browser, true);
  t.equal(reachOf(join(root, 'scenarios/live.test.ts')).browser, false);
});
