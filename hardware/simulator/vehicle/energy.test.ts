/** What flying costs: by load, climb and wind; measured over a minute each. */
import { CopterMode, MavCmd } from '@skein/protocol/mavlink';
import t from 'tap';
import type { SimulatorOptions } from '../simulator.ts';
import { Station } from '../testing/station.ts';
import { climbFactor } from './battery.ts';

const TARGET = { target_system: 1, target_component: 1 };

function hovering(options: SimulatorOptions = {}, windMS = 0): Station {
  const station = new Station({ start: 'ready', seed: 5, ...options });
  for (const [param_id, param_value] of [
    ['SIM_WIND_SPD', windMS],
    ['SIM_WIND_TURB', 0],
  ] as const) {
    station.send('PARAM_SET', { ...TARGET, param_id, param_value, param_type: 9 });
  }
  station.command(MavCmd.DO_SET_MODE, 1, CopterMode.GUIDED);
  station.command(MavCmd.COMPONENT_ARM_DISARM, 1);
  station.command(MavCmd.NAV_TAKEOFF, 0, 0, 0, 0, 0, 0, 20);
  station.pass(25);
  return station;
}

/** Mean current over some seconds, A. */
function drawnA(station: Station, seconds = 60): number {
  const before = station.simulator.vehicle.battery.chargeMah;
  station.pass(seconds);
  return ((before - station.simulator.vehicle.battery.chargeMah) * 3.6) / seconds;
}

t.test('a kilogram more on four: two fifths more current; let go, and it is gone', async (t) => {
  const bare = drawnA(hovering());
  const station = hovering({ payloadKg: 1 });
  const heavy = drawnA(station);
  t.ok(Math.abs(heavy / bare - 1.25 ** 1.5) < 0.05, `${heavy.toFixed(1)} A, bare ${bare.toFixed(1)} A`);
  station.command(MavCmd.DO_GRIPPER, 1, 0);
  station.pass(5);
  t.ok(Math.abs(drawnA(station) - bare) < 0.5);
});

t.test('wind costs, and over 21 m/s it cannot be held against', async (t) => {
  const calm = drawnA(hovering());
  const windy = hovering({}, 14);
  t.ok(drawnA(windy) > calm * 1.05);
  t.ok(Math.hypot(windy.simulator.vehicle.body.northM, windy.simulator.vehicle.body.eastM) < 2);
  const storm = hovering({}, 25);
  t.ok(Math.hypot(storm.simulator.vehicle.body.northM, storm.simulator.vehicle.body.eastM) > 30);
});

t.test('climbing costs more than hovering, sinking less', async (t) => {
  t.equal(climbFactor(0), 1);
  t.ok(climbFactor(2.5) > 1.2 && climbFactor(-1.5) < 0.9 && climbFactor(-30) > 0.5);
});

t.test('the failsafe by charge comes sooner with a load', async (t) => {
  const seconds = (options: SimulatorOptions): number => {
    const station = hovering(options);
    for (const [param_id, param_value] of [
      ['BATT_LOW_MAH', 15_200],
      ['BATT_FS_LOW_ACT', 2],
    ] as const) {
      station.send('PARAM_SET', { ...TARGET, param_id, param_value, param_type: 9 });
    }
    for (let s = 0; s < 600; s += 1) {
      if (station.simulator.autopilot.flight.mode.number === CopterMode.RTL) return s;
      station.pass(1);
    }
    return Number.POSITIVE_INFINITY;
  };
  const bare = seconds({});
  const heavy = seconds({ payloadKg: 1 });
  t.ok(heavy < bare * 0.85 && heavy > 10, `${heavy} s, bare ${bare} s`);
});
