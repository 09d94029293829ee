/**
 * The victim of kill.test.ts: appends a batch every few milliseconds and says on stdout what became durable, so that the
 * test knows more than the file does. Not part of the agent.
 */
import { writeSync } from 'node:fs';
import { systemTimers } from '../timers.ts';
import { LANE_NAMES } from './keys.ts';
import { Outbox } from './outbox.ts';
import { newEpoch, textSample } from './testkit.ts';
import { spawnThread } from './thread.ts';

const [path, boot] = process.argv.slice(2);
if (path === undefined || boot === undefined) throw new Error('usage: kill-child.ts PATH BOOT');

const nowUs = (): number => Number(process.hrtime.bigint() / 1000n);
const say = (line: object): void => {
  writeSync(1, `${JSON.stringify(line)}\n`);
};

const outbox: Outbox = new Outbox({
  path,
  budgetBytes: 16 << 20,
  keepAckedHours: 48,
  boot,
  drawEpoch: newEpoch,
  nowUs,
  timers: systemTimers,
  onOpened: (earlier) => say({ epoch: outbox.epoch, earlier }),
  spawn: ({ message, died }) =>
    spawnThread({
      died,
      message: (what) => {
        message(what);
        if (what.type !== 'written') return;
        for (const { epoch, lanes } of what.epochs) {
          if (epoch !== outbox.epoch) continue;
          for (const lane of LANE_NAMES) say({ epoch, lane, durable: lanes[lane].next - 1 });
        }
      },
    }),
});
await outbox.start();
setInterval(() => {
  outbox.append('history', [textSample(nowUs(), 800)]);
  if (Math.random() < 0.2) outbox.append('urgent', [textSample(nowUs(), 60)]);
}, 2);
