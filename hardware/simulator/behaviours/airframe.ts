import { PayloadTruth } from '../payload.ts';
import { fault, number } from './fault.ts';

const batterySag = fault({
  name: 'battery-sag',
  words: 'the pack gives less voltage than its charge should',
  settings: { volts: number('less, the whole pack', 3, 0, 60) },
  begin(stage, { volts }) {
    const { disturbances } = stage.autopilot;
    disturbances.batterySagV += volts;
    stage.onEnd(() => {
      disturbances.batterySagV -= volts;
    });
  },
});

const battery = fault({
  name: 'battery',
  words: 'the pack has this charge from now on, and the autopilot has counted it',
  settings: { percent: number('left', 15, 0, 100) },
  begin(stage, { percent }) {
    stage.autopilot.setCharge(percent / 100);
  },
});

const motor = fault({
  name: 'motor',
  words: 'a motor fails: on a quadcopter a fall',
  settings: { number: number('which, from 1', 1, 1, 4) },
  begin(stage, { number: which }) {
    const { disturbances } = stage.autopilot;
    const bit = 1 << (which - 1);
    disturbances.failedMotors |= bit;
    stage.onEnd(() => {
      disturbances.failedMotors &= ~bit;
    });
  },
});

const vibration = fault({
  name: 'vibration',
  words: 'a propeller or a bearing is damaged: it shakes while the motors turn',
  settings: { mps2: number('m/s² more than it does', 70, 0, 1_000) },
  begin(stage, { mps2 }) {
    const { disturbances } = stage.autopilot;
    disturbances.vibrationMS2 += mps2;
    stage.onEnd(() => {
      disturbances.vibrationMS2 -= mps2;
    });
  },
});

const stuck = (name: string, words: string, what: 'gripperStuck' | 'winchStuck' | 'hookStuck') =>
  fault({
    name,
    words,
    settings: {},
    begin(stage) {
      const { disturbances } = stage.autopilot;
      disturbances[what] = true;
      stage.onEnd(() => {
        disturbances[what] = false;
      });
    },
  });

const gripperStuck = stuck('gripper-stuck', 'the gripper holds on to its load, whatever it is told', 'gripperStuck');
const winchStuck = stuck('winch-stuck', 'the drum of the winch does not turn', 'winchStuck');
const hookStuck = stuck('hook-stuck', 'the hook of the line does not open on the ground', 'hookStuck');

const load = fault({
  name: 'load',
  words: 'somebody puts something on, or takes it off; it stays so',
  settings: { kg: number('how heavy; 0: takes off', 1, 0, 10) },
  begin({ autopilot }, { kg }) {
    new PayloadTruth(autopilot).load(kg);
  },
});

export const airframeFaults = [
  batterySag,
  battery,
  motor,
  vibration,
  gripperStuck,
  winchStuck,
  hookStuck,
  load,
] as const;
