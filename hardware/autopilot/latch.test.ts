import { MavAutopilot, MavModeFlag, MavState, MavType } from '@skein/protocol/mavlink';
import t from 'tap';
import { AutopilotLatch } from './latch.ts';

const beat = (armed: boolean) =>
  ({
    name: 'HEARTBEAT',
    msgid: 0,
    fields: {
      type: MavType.QUADROTOR,
      autopilot: MavAutopilot.ARDUPILOTMEGA,
      base_mode: armed ? MavModeFlag.SAFETY_ARMED : 0,
      custom_mode: 0,
      system_status: MavState.STANDBY,
      mavlink_version: 3,
    },
  }) as const;

t.test('an order to arm makes "disarmed" an old word until a heartbeat after it', async (t) => {
  const latch = new AutopilotLatch();
  t.equal(latch.armed, null, 'nobody heard yet');
  latch.heartbeat(beat(false), 1, 1, 1_000);
  t.equal(latch.armed, false);
  latch.toldToArm(1_500);
  t.equal(latch.armed, null, 'it may be armed by now');
  latch.heartbeat(beat(false), 1, 1, 2_000);
  t.equal(latch.armed, null, 'this one may have been on its way');
  latch.heartbeat(beat(false), 1, 1, 3_000);
  t.equal(latch.armed, false, 'it did not');
  latch.toldToArm(3_500);
  latch.heartbeat(beat(true), 1, 1, 3_600);
  t.equal(latch.armed, true, 'that it is armed needs no second word');
});

t.test('an order to arm that was refused leaves what was known', async (t) => {
  const latch = new AutopilotLatch();
  latch.heartbeat(beat(false), 1, 1, 1_000);
  latch.toldToArm(1_500);
  latch.refusedToArm();
  t.equal(latch.armed, false);
});
