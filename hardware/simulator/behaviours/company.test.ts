import { CopterMode, MavCmd, MavType } from '@skein/protocol/mavlink';
import t from 'tap';
import { type Heard, Station } from '../testing/station.ts';
import { Other } from './other.ts';
import { Pilot } from './pilot.ts';

/** A client that has spoken, so that the autopilot knows it and passes things on to it. */
function known(start: 'ready' | 'airborne' = 'ready'): Station {
  const station = new Station({ start, seed: 4 });
  const fields = { type: 18, autopilot: 8, base_mode: 0, custom_mode: 0, system_status: 4, mavlink_version: 3 };
  station.send('HEARTBEAT', fields, { sysid: 1, compid: 191 });
  return station;
}

const heartbeats = (heard: readonly Heard[], type: number): Heard[] =>
  heard.filter((one) => one.name === 'HEARTBEAT' && one.fields.type === type);

t.test(
  'a second station: heard, writes a parameter, announces a mission, changes the mode, asks for intervals',
  async (t) => {
    const station = known();
    const end = station.simulator.fault(
      `station:sysid=250,param=RTL_ALT=1234,mode=${CopterMode.LOITER},interval=30=100000,mission=3@1`,
    );
    const heard = station.pass(4);
    t.ok(heartbeats(heard, MavType.GCS).length >= 3, 'its heartbeats are passed on');
    t.match(
      heard.find(({ name }) => name === 'PARAM_VALUE'),
      { fields: { param_id: 'RTL_ALT', param_value: 1234 } },
      'a parameter that changed is told to all',
    );
    t.equal(station.simulator.autopilot.flight.mode.number, CopterMode.LOITER);
    t.notOk(
      heard.some(({ name }) => name === 'ATTITUDE'),
      'intervals belong to its own link',
    );
    end();
    t.equal(heartbeats(station.pass(3), MavType.GCS).length, 0);
    t.equal(station.simulator.autopilot.ports.length, 1);
  },
);

t.test('a station on our own wire: its intervals are ours', async (t) => {
  const station = known();
  station.simulator.fault('station:on=test,interval=30=100000');
  t.ok(station.pass(3).filter(({ name }) => name === 'ATTITUDE').length > 20);
  t.throws(() => station.simulator.fault('station:on=nowhere'), /no port is called nowhere/);
});

t.test('a second companion, a second autopilot', async (t) => {
  const station = known();
  const companion = station.simulator.fault('companion');
  t.ok(heartbeats(station.pass(5), MavType.ONBOARD_CONTROLLER).length >= 4);
  companion();
  station.simulator.fault('second-autopilot:sysid=7,mode=5,armed=1');
  const other = station.pass(5).filter((one) => one.name === 'HEARTBEAT' && one.fields.custom_mode === 5);
  t.ok(other.length >= 4);
  t.ok(other.every((one) => one.name === 'HEARTBEAT' && (one.fields.base_mode & 128) !== 0));
});

t.test('somebody of a test: hears the autopilot on a link of its own', async (t) => {
  const station = known();
  const { stage, end } = station.simulator.stage('observer');
  const other = new Other(stage, { sysid: 254, compid: 190, type: MavType.GCS });
  other.command(MavCmd.REQUEST_MESSAGE, 148);
  station.pass(2);
  t.ok(other.heard.some(({ name }) => name === 'AUTOPILOT_VERSION'));
  t.equal(station.of('AUTOPILOT_VERSION').length, 0);
  end();
});

t.test('the pilot: turns the switch, is out of range, comes back in another mode', async (t) => {
  const station = known('airborne');
  const { autopilot } = station.simulator;
  const pilot = new Pilot(autopilot);
  pilot.stick('throttle', 1_500);
  pilot.turnSwitch(5);
  station.pass(0.1);
  t.equal(autopilot.flight.mode.number, autopilot.parameters.value('FLTMODE5'));
  pilot.switchOff();
  t.equal(autopilot.troubles.transmitterOn, false);
  const before = autopilot.flight.mode.number;
  pilot.turnSwitch(1);
  t.equal(autopilot.flight.mode.number, before, 'not heard');
  pilot.switchOn();
  t.equal(autopilot.flight.mode.number, autopilot.parameters.value('FLTMODE1'));
  t.throws(() => pilot.mode('Throw'), /no position of the mode switch is Throw/);
});

t.test('kill switch: it falls, with the autopilot saying why', async (t) => {
  const station = known('airborne');
  station.simulator.fault('kill-switch@1');
  station.pass(30);
  t.ok(station.simulator.vehicle.body.onGround);
  t.ok(station.texts.includes('RC7: MotorEStop HIGH'));
});
