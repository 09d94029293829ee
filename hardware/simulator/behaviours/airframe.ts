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

export const airframeFaults = [batterySag, battery, motor] as const;
