import t from 'tap';
import { LaneSend } from './lane.ts';

const KB = 1024;

t.test('nothing may be sent before the first ack; it sets the position, forwards or backwards', async (t) => {
  const lane = new LaneSend('e', 'history');
  t.equal(lane.position, null);
  t.equal(lane.room, 0);
  t.equal(lane.ack({ start: 'a', upTo: 7, window: 64 * KB }, 0), 'first');
  t.equal(lane.position, 8);
  lane.sent(20, KB, 1);
  t.equal(lane.ack({ start: 'a', upTo: 20, window: 64 * KB }, 2), 'raised');
  t.equal(lane.ack({ start: 'b', upTo: 3, window: 64 * KB }, 3), 'first', 'a controller restored from a backup');
  t.equal(lane.position, 4);
  t.equal(lane.acked, 3);
  t.equal(lane.inFlightBytes, 0);
});

t.test('later acks of the same start only raise', async (t) => {
  const lane = new LaneSend('e', 'history');
  lane.ack({ start: 'a', upTo: 5, window: KB }, 0);
  lane.sent(9, 100, 0);
  t.equal(lane.ack({ start: 'a', upTo: 2, window: KB }, 1), 'same');
  t.equal(lane.acked, 5);
  t.equal(lane.position, 10);
  t.equal(
    lane.ack({ start: 'a', upTo: 30, window: KB }, 2),
    'raised',
    'further than was sent: it has them from before',
  );
  t.equal(lane.position, 31);
});

t.test('a straggler of a controller that is gone does not raise what its successor asked for', async (t) => {
  const lane = new LaneSend('e', 'history');
  lane.ack({ start: 'a', upTo: 100, window: KB }, 0);
  lane.ack({ start: 'b', upTo: 50, window: KB }, 1_000);
  t.equal(lane.ack({ start: 'a', upTo: 110, window: KB }, 2_000), 'old-start');
  t.equal(lane.position, 51);
  t.equal(
    lane.ack({ start: 'a', upTo: 110, window: KB }, 30_000),
    'first',
    'but when the successor is silent it is heard',
  );
  t.equal(lane.position, 111);
});

t.test(
  'voyage 20002361: of a straggler that was not known yet, what it has is believed only until its successor speaks on',
  async (t) => {
    const lane = new LaneSend('e', 'urgent');
    // given: a connection on which the controller that was put back to a backup spoke first
    lane.ack({ start: 'b', upTo: 4, window: KB }, 0);
    // when: what the one before it had said of more comes late
    lane.ack({ start: 'a', upTo: 46, window: KB }, 3_000);
    t.equal(lane.ack({ start: 'b', upTo: 17, window: KB }, 8_000), 'old-start');
    // then
    t.equal(lane.ack({ start: 'b', upTo: 17, window: KB }, 30_000), 'first');
    t.equal(lane.acked, 17);
    t.equal(lane.position, 18, 'what it lacks is sent');
  },
);

t.test('the window bounds what is on its way; a single large envelope may go alone', async (t) => {
  const lane = new LaneSend('e', 'urgent');
  lane.ack({ start: 'a', upTo: 0, window: 1000 }, 0);
  t.equal(lane.room, 1000);
  lane.sent(1, 700, 0);
  t.equal(lane.room, 300);
  lane.sent(2, 300, 0);
  t.equal(lane.room, 0);
  lane.ack({ start: 'a', upTo: 1, window: 1000 }, 10);
  t.equal(lane.room, 700);
  lane.ack({ start: 'a', upTo: 2, window: 0 }, 20);
  t.equal(lane.room, 0, 'a window of 0 stops the lane');
});

t.test('what is not acked in time is sent again from acked + 1; the time follows the acks', async (t) => {
  const lane = new LaneSend('e', 'history');
  lane.ack({ start: 'a', upTo: 0, window: 64 * KB }, 0);
  lane.sent(3, 100, 0);
  lane.sent(6, 100, 1_000);
  t.notOk(lane.expire(4_999));
  t.ok(lane.expire(5_000));
  t.equal(lane.position, 1);
  t.equal(lane.inFlightBytes, 0);
  lane.sent(3, 100, 5_000);
  lane.ack({ start: 'a', upTo: 3, window: 64 * KB }, 5_001);
  t.equal(lane.smoothedAckMs, null, 'a resend tells nothing about the time an ack takes');
  lane.sent(8, 100, 10_000);
  lane.ack({ start: 'a', upTo: 8, window: 64 * KB }, 13_000);
  t.equal(lane.smoothedAckMs, 3_000);
  t.equal(lane.resendAfterMs, 12_000);
});
