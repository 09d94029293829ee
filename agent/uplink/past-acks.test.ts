/** Acks of epochs of which nothing is held any more are heard by who counts them, and only in the session they name. */
import t from 'tap';
import { systemTimers } from '../timers.ts';
import { BOOT, EPOCH, farEnd, nowUs, SESSION } from './testing/far-end.ts';
import { Uplink } from './uplink.ts';

const OLD = '00000000000000aa';

t.test('an ack of a past epoch goes to the book of those, with the start that said it, and nowhere else', async (t) => {
  const far = await farEnd(t);
  const heard: string[] = [];
  let start = '';
  let other = 0;
  let last = () => {};
  const all = new Promise<void>((resolve) => {
    last = resolve;
  });
  const uplink = new Uplink({
    ...{ url: `mqtt://127.0.0.1:${far.port}`, topicRoot: 'skein/1', drone: 'd1', groups: [], session: SESSION },
    ...{ boot: BOOT, epoch: () => EPOCH, backoff: { minS: 0.1, maxS: 0.2 }, backfillKBps: 10_000, nowUs },
    presence: () => ({ n: 1, journal: null, versions: { agent: '0' }, control: { state: 'unknown' } }),
    ...{ random: Math.random, timers: systemTimers },
    source: {
      past: {
        answeredBy: (by) => {
          start = by;
        },
        heard: ({ epoch, lane, upTo }) => {
          if (epoch === OLD) heard.push(`${start} ${lane} ${upTo}`);
          if (heard.length === 3 || epoch !== OLD) last();
          return epoch === OLD;
        },
      },
      ranges: () => [],
      readable: () => [],
      read: async () => [],
      ack: () => {
        other++;
      },
    },
  });
  t.teardown(() => uplink.close());
  uplink.start();
  await far.until(() => far.of('presence').length > 0);
  far.ack({ session: 'ffffffffffffffff', epoch: OLD, upTo: 4 });
  far.ack({ epoch: OLD, lane: 'urgent', upTo: 2 });
  far.ack({ epoch: OLD, upTo: 7 });
  far.ack({ epoch: OLD, upTo: 5, start: 'bbbbbbbb' });
  await all;
  t.same(heard, ['aaaaaaaa urgent 2', 'aaaaaaaa history 7', 'bbbbbbbb history 5'], 'that of another session is none');
  t.equal(other, 0);
});
