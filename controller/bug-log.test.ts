import t from 'tap';
import { bugLog } from './bug-log.ts';

t.test('a bug stands in the log with its stack, once; of a flood of them the first', async (t) => {
  const lines: { readonly stack: string; readonly message: string }[] = [];
  const onBug = bugLog(
    { warn: (detail, message) => lines.push({ ...(detail as { stack: string }), message }) },
    'orders',
  );
  const bug = new Error('not a pad');
  onBug(bug);
  onBug(bug);
  t.match(lines, [{ message: 'a bug in orders; it is tried again', stack: /not a pad\n +at .*bug-log\.test/ }]);
  t.equal(lines.length, 1);
  for (let n = 0; n < 1000; n++) onBug(`another ${n}`);
  t.equal(lines.length, 100);
});
