import { CopterMode, MavCmd, MavResult } from '@skein/protocol/mavlink';
import t from 'tap';
import { Station } from '../testing/station.ts';

const ready = (): Station => new Station({ start: 'ready', seed: 5 });
const mode = (station: Station): number => station.simulator.autopilot.flight.mode.number;
const guided = (station: Station): number | null => station.command(MavCmd.DO_SET_MODE, 1, CopterMode.GUIDED);

t.test('no-ack: carried out, unanswered; only this command, only so often', async (t) => {
  const station = ready();
  station.simulator.fault('no-ack:DO_SET_MODE,times=1');
  t.equal(station.command(MavCmd.REQUEST_MESSAGE, 148), MavResult.ACCEPTED);
  t.equal(guided(station), null);
  t.equal(mode(station), CopterMode.GUIDED);
  t.equal(guided(station), MavResult.ACCEPTED);
});

t.test('late-ack: carried out at once, answered late', async (t) => {
  const station = ready();
  station.simulator.fault('late-ack:1500');
  t.equal(guided(station), null);
  t.equal(mode(station), CopterMode.GUIDED);
  station.pass(1.4);
  t.equal(station.of('COMMAND_ACK').length, 0);
  station.pass(0.2);
  t.match(station.of('COMMAND_ACK'), [{ fields: { command: MavCmd.DO_SET_MODE, result: MavResult.ACCEPTED } }]);
});

t.test('nack, hollow-ack, deaf: not carried out; refused, accepted, unanswered', async (t) => {
  const station = ready();
  const end = station.simulator.fault('nack:command=DO_SET_MODE,result=DENIED');
  t.equal(guided(station), MavResult.DENIED);
  end();
  station.simulator.fault('hollow-ack:176,times=1');
  t.equal(guided(station), MavResult.ACCEPTED);
  station.simulator.fault('deaf:DO_SET_MODE,times=1');
  t.equal(guided(station), null);
  t.equal(mode(station), CopterMode.STABILIZE);
  t.equal(guided(station), MavResult.ACCEPTED);
  t.equal(mode(station), CopterMode.GUIDED);
});

t.test(
  'reboot: by itself, again and again, or on a message, which is then neither carried out nor answered',
  async (t) => {
    const station = ready();
    station.simulator.fault('reboot@2');
    station.pass(1.9);
    t.equal(station.reboots, 0);
    station.pass(3);
    t.equal(station.reboots, 1);
    station.command(MavCmd.REQUEST_MESSAGE, 2);
    t.ok((station.of('SYSTEM_TIME').at(-1)?.fields.time_boot_ms ?? 9e9) < 3_500);

    station.simulator.fault('reboot:on=COMMAND_LONG,nth=2');
    t.equal(station.command(MavCmd.REQUEST_MESSAGE, 2), MavResult.ACCEPTED);
    t.equal(station.command(MavCmd.PREFLIGHT_REBOOT_SHUTDOWN, 1), null, 'rebooted, the answer lost');
    t.equal(station.reboots, 2);
    const end = station.simulator.fault('reboot:every=20');
    station.pass(45);
    t.equal(station.reboots, 5);
    end();
    station.pass(45);
    t.equal(station.reboots, 5);
  },
);

t.test('power-cut: silence, then a boot', async (t) => {
  const station = ready();
  station.simulator.fault('power-cut+7');
  t.equal(station.pass(6.9).length, 0);
  station.pass(2);
  t.equal(station.reboots, 1);
  t.equal(station.of('HEARTBEAT')[0]?.atMs, 7_800);
});
