import { MavWinchStatusFlag } from '@skein/protocol/mavlink';
import type { View } from '../autopilot/view.ts';
import { timeBootMs } from '../autopilot/view.ts';
import { packVolts } from '../vehicle/battery.ts';
import type { Builds } from './build.ts';

const NO_CELL = 65_535;
const RETRACTED_M = 0.05;
const STILL_MS = 0.01;

const remaining = (view: View): number =>
  Math.max(0, Math.min(100, Math.round((100 * view.remainingMah) / view.vehicle.battery.capacityMah)));

const motors = <T>(make: (index: number) => T): T[] => [0, 1, 2, 3].map(make);

const GRIPPER_OUTPUT = 28;

/** What the output of a gripper is told, whatever its jaw does; nothing where there is none, or nothing was asked of it yet. */
function gripperOutput({ gripper, parameters }: View): Record<string, number> {
  if (gripper.jaw === null) return {};
  const servo = Array.from({ length: 16 }, (_, at) => at + 1).find(
    (at) => parameters.value(`SERVO${at}_FUNCTION`) === GRIPPER_OUTPUT,
  );
  const us = parameters.value(gripper.jaw === 'open' ? 'GRIP_RELEASE' : 'GRIP_GRAB');
  return servo === undefined ? {} : { [`servo${servo}_raw`]: us };
}

export const power: Builds = {
  BATTERY_STATUS: (view) => {
    const { battery } = view.vehicle;
    const cells = battery.cellsV.map((volts) => Math.round(volts * 1_000));
    return {
      id: 0,
      battery_function: 0,
      type: 1,
      temperature: Math.round(battery.temperatureC * 100),
      voltages: [...cells, ...new Array<number>(10 - cells.length).fill(NO_CELL)],
      current_battery: Math.round(battery.currentA * 100),
      current_consumed: Math.round(view.consumedMah),
      // Hectojoules.
      energy_consumed: Math.round((view.consumedMah * 3.6 * packVolts(battery)) / 100),
      battery_remaining: remaining(view),
      time_remaining: 0,
      charge_state: view.flight.failsafes.tripped ? 2 : 1,
      voltages_ext: [0, 0, 0, 0],
      mode: 0,
      fault_bitmask: 0,
    };
  },
  /** Null without a winch. One that reports nothing (WINCH_TYPE 1) sends what it was told; "unknown" is not a number. */
  WINCH_STATUS: ({ sinceBootMs, vehicle: { payload }, winch }) => {
    if (!winch.enabled) return null;
    const { HEALTHY, FULLY_RETRACTED, MOVING, CLUTCH_ENGAGED } = MavWinchStatusFlag;
    const healthy = winch.healthy ? HEALTHY : 0;
    const time_usec = BigInt(Math.floor(sinceBootMs * 1_000));
    if (!winch.reports) {
      const unknown = { tension: Number.NaN, voltage: Number.NaN, current: Number.NaN, temperature: 32_767 };
      return { time_usec, line_length: winch.countedM, speed: winch.wantedMS, ...unknown, status: healthy };
    }
    const out = payload.lineM > RETRACTED_M ? 0 : FULLY_RETRACTED;
    const moving = Math.abs(payload.lineMS) > STILL_MS ? MOVING : 0;
    return {
      time_usec,
      line_length: payload.lineM,
      speed: Math.abs(payload.lineMS),
      tension: payload.load?.by === 'winch' ? payload.carriedKg : 0,
      voltage: 22,
      current: moving === 0 ? 0.2 : 1.5,
      temperature: 30,
      status: healthy | out | moving | (winch.free ? CLUTCH_ENGAGED : 0),
    };
  },
  POWER_STATUS: () => ({ Vcc: 5_020, Vservo: 5_010, flags: 3 }),
  HWSTATUS: () => ({ Vcc: 5_020, I2Cerr: 0 }),
  ESC_TELEMETRY_1_TO_4: (view) => {
    const { battery, body } = view.vehicle;
    const turns = body.throttle > 0 ? 900 + 9_000 * Math.sqrt(body.throttle) : 0;
    return {
      temperature: motors((index) => Math.round(battery.temperatureC + 6 + index + 0.4 * battery.currentA)),
      voltage: motors(() => Math.round(packVolts(battery) * 100)),
      current: motors(() => Math.round((battery.currentA / 4) * 100)),
      totalcurrent: motors(() => Math.round(view.consumedMah / 4)),
      rpm: motors((index) => Math.round(turns * (1 + 0.01 * (index - 1.5)))),
      count: motors(() => Math.floor(view.sinceBootMs / 10) & 0xffff),
    };
  },
  SERVO_OUTPUT_RAW: (view) => {
    const { body } = view.vehicle;
    const base = view.flight.armed ? 1_100 + 800 * body.throttle + (body.onGround ? 0 : 170) : 1_000;
    const lean = view.flight.armed && !body.onGround ? 60 : 0;
    return {
      time_usec: (timeBootMs(view) * 1_000) >>> 0,
      port: 0,
      servo1_raw: Math.round(base - lean * body.rollRate),
      servo2_raw: Math.round(base + lean * body.rollRate),
      servo3_raw: Math.round(base + lean * body.pitchRate),
      servo4_raw: Math.round(base - lean * body.pitchRate),
      servo5_raw: 0,
      servo6_raw: 0,
      servo7_raw: 0,
      servo8_raw: 0,
      ...gripperOutput(view),
    };
  },
};
