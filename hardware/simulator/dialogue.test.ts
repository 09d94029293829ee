import { MavCmd, MavResult } from '@skein/protocol/mavlink';
import t from 'tap';
import intervals from './testdata/intervals.json' with { type: 'json' };
import { Station } from './testing/station.ts';

const { ACCEPTED, DENIED, FAILED, UNSUPPORTED } = MavResult;
const names = (heard: readonly { readonly name: string }[]): string[] =>
  [...new Set(heard.map(({ name }) => name))].sort();

t.test('asked for nothing, it sends nothing but heartbeats, time and events', async (t) => {
  const station = new Station({ start: 'airborne' });
  const heard = station.pass(60);
  const allowed = ['HEARTBEAT', 'MISSION_ITEM_REACHED', 'PARAM_VALUE', 'STATUSTEXT', 'TIMESYNC'];
  t.same(
    names(heard).filter((name) => !allowed.includes(name)),
    [],
  );
  t.equal(station.of('HEARTBEAT').length, 60);
  const timesyncs = station.of('TIMESYNC');
  t.equal(timesyncs.length, 6);
  t.ok(timesyncs.every((one) => one.fields.tc1 === 0n));
  station.send('HEARTBEAT', {
    type: 6,
    autopilot: 8,
    base_mode: 0,
    custom_mode: 0,
    system_status: 4,
    mavlink_version: 3,
  });
  t.same(
    names(station.pass(20)).filter((name) => !allowed.includes(name)),
    [],
    'our heartbeat changes nothing',
  );
});

t.test('intervals: the answers a real one gave', async (t) => {
  const station = new Station({ start: 'ready' });
  for (const [msgid = -1, intervalUs = 0, result] of intervals) {
    t.equal(station.command(MavCmd.SET_MESSAGE_INTERVAL, msgid, intervalUs), result, `id ${msgid}`);
  }
  t.ok(station.texts.includes('No ap_message for mavlink id (77)'));
});

t.test('intervals are exact, stop, and belong to the port', async (t) => {
  const station = new Station({ start: 'ready' });
  const other = new Station(station.simulator);
  t.equal(station.command(MavCmd.SET_MESSAGE_INTERVAL, 30, 20_000), ACCEPTED);
  t.equal(station.command(MavCmd.SET_MESSAGE_INTERVAL, 33, 50_000), ACCEPTED);
  station.pass(10);
  t.equal(station.of('ATTITUDE').length, 500);
  t.equal(station.of('GLOBAL_POSITION_INT').length, 200);
  t.equal(other.of('ATTITUDE').length, 0);
  t.same(
    station
      .of('ATTITUDE')
      .map(
        (one, index, all) =>
          one.fields.time_boot_ms - (all[index - 1]?.fields.time_boot_ms ?? one.fields.time_boot_ms - 20),
      )
      .filter((by) => by !== 20),
    [],
  );
  t.equal(station.command(MavCmd.SET_MESSAGE_INTERVAL, 33, -2), DENIED);
  t.equal(station.command(MavCmd.SET_MESSAGE_INTERVAL, 33, -1), ACCEPTED);
  t.equal(station.command(MavCmd.SET_MESSAGE_INTERVAL, 30, 0), ACCEPTED, 'the default is not to send it');
  t.same(
    names(station.pass(5)).filter((name) => name === 'ATTITUDE' || name === 'GLOBAL_POSITION_INT'),
    [],
  );

  station.command(MavCmd.SET_MESSAGE_INTERVAL, 30, 100_000);
  t.equal(station.command(MavCmd.GET_MESSAGE_INTERVAL, 30), ACCEPTED);
  t.match(station.heard.at(-2), { name: 'MESSAGE_INTERVAL', fields: { message_id: 30, interval_us: 100_000 } });
  // A client that leaves and comes back finds its intervals.
  station.port.connected = false;
  t.equal(station.pass(5).length, 0);
  station.port.connected = true;
  t.equal(
    station.pass(1).filter(({ name }) => name === 'ATTITUDE').length,
    10,
    'what fell due meanwhile is not made up for',
  );
});

t.test('one-off requests', async (t) => {
  const station = new Station({ start: 'ready', seed: 7 });
  t.equal(station.command(MavCmd.REQUEST_MESSAGE, 148), ACCEPTED);
  const [version] = station.of('AUTOPILOT_VERSION');
  t.equal(version?.fields.uid, 0n);
  t.ok(version?.fields.uid2.some((byte) => byte !== 0));
  const twin = new Station({ start: 'ready', seed: 8 });
  twin.command(MavCmd.REQUEST_MESSAGE, 148);
  t.notSame(twin.of('AUTOPILOT_VERSION')[0]?.fields.uid2, version?.fields.uid2);
  for (const silent of [246, 259, 262]) {
    const before = station.heard.length;
    t.equal(station.command(MavCmd.REQUEST_MESSAGE, silent), ACCEPTED);
    t.equal(station.heard.length, before + 1, `${silent}: the answer and nothing more`);
  }
  t.equal(station.command(MavCmd.REQUEST_MESSAGE, 77), FAILED);
  t.equal(station.command(MavCmd.REQUEST_PROTOCOL_VERSION), UNSUPPORTED);
  t.equal(station.command(MavCmd.REQUEST_MESSAGE, 242), ACCEPTED);
  t.ok(station.of('HOME_POSITION')[0]?.fields.q.every(Number.isNaN));

  station.send('TIMESYNC', { tc1: 0n, ts1: 1234n });
  const answer = station.of('TIMESYNC').at(-1);
  t.equal(answer?.fields.ts1, 1234n);
  t.ok((answer?.fields.tc1 ?? 0n) > 60_000_000_000n);
});

t.test('the old data streams: a group at a rate, never acknowledged', async (t) => {
  const station = new Station({ start: 'airborne' });
  const request = { target_system: 1, target_component: 1, req_stream_id: 0, req_message_rate: 4, start_stop: 1 };
  station.send('REQUEST_DATA_STREAM', request);
  const heard = station.pass(10);
  t.equal(heard.filter(({ name }) => name === 'ATTITUDE').length, 40);
  t.ok(names(heard).length > 22);
  t.equal(station.of('COMMAND_ACK').length, 0);
  station.send('REQUEST_DATA_STREAM', { ...request, start_stop: 0 });
  t.notOk(names(station.pass(5)).includes('ATTITUDE'));
});

t.test('parameters', async (t) => {
  const station = new Station({ start: 'ready' });
  const target = { target_system: 1, target_component: 1 };
  station.send('PARAM_REQUEST_READ', { ...target, param_id: 'RTL_ALT', param_index: -1 });
  t.match(station.heard.at(-1), { fields: { param_id: 'RTL_ALT', param_index: 65_535, param_type: 6 } });
  const count = station.of('PARAM_VALUE')[0]?.fields.param_count ?? 0;
  station.send('PARAM_SET', { ...target, param_id: 'RTL_ALT', param_value: 2500, param_type: 9 });
  t.match(station.heard.at(-1), {
    fields: { param_id: 'RTL_ALT', param_value: 2500, param_type: 6, param_index: 65_535 },
  });
  const before = station.heard.length;
  station.send('PARAM_REQUEST_READ', { ...target, param_id: 'NO_SUCH', param_index: -1 });
  station.send('PARAM_REQUEST_READ', { ...target, param_id: '', param_index: 30_000 });
  station.send('PARAM_SET', { ...target, param_id: 'RTL_ALT', param_value: Number.NaN, param_type: 9 });
  t.equal(station.heard.length, before, 'unknown name, bad index, no number: no answer at all');

  station.send('PARAM_REQUEST_LIST', target);
  const heard = station.pass(2);
  t.match(station.texts.at(-1), 'Frame');
  const indexes = heard.flatMap((one) =>
    one.name === 'PARAM_VALUE' && one.fields.param_index < 65_535 ? [one.fields.param_index] : [],
  );
  t.same(
    indexes,
    Array.from({ length: count }, (_, index) => index),
  );

  station.send('PARAM_SET', { ...target, param_id: 'MAV_SYSID', param_value: 9, param_type: 4 });
  let sysid = 0;
  station.parser.push(station.raw.at(-1) ?? new Uint8Array(), (frame) => {
    sysid = frame.sysid;
  });
  t.equal(sysid, 9, 'takes effect at once');
});

t.test('a reboot in the middle of a parameter list ends the list, not the world', async (t) => {
  const station = new Station({ start: 'ready' });
  station.send('PARAM_REQUEST_LIST', { target_system: 1, target_component: 1 });
  station.pass(0.02);
  t.equal(station.command(MavCmd.PREFLIGHT_REBOOT_SHUTDOWN, 1), ACCEPTED);
  const heard = station.pass(3);
  t.equal(station.reboots, 1);
  t.ok(names(heard).includes('HEARTBEAT'));
  t.notOk(heard.some((one) => one.name === 'PARAM_VALUE' && one.fields.param_index < 65_535));
});

t.test('what is not a number moves nothing', async (t) => {
  const station = new Station({ start: 'airborne' });
  const NAN = Number.NaN;
  t.equal(station.command(MavCmd.SET_MESSAGE_INTERVAL, 30, NAN), DENIED);
  t.equal(station.command(MavCmd.DO_CHANGE_SPEED, 0, NAN), FAILED);
  station.command(MavCmd.DO_SET_MODE, 1, 4);
  t.equal(station.command(MavCmd.CONDITION_YAW, NAN), FAILED);
  const target = { target_system: 1, target_component: 1, coordinate_frame: 6, type_mask: 0xff8, time_boot_ms: 0 };
  const still = { vx: 0, vy: 0, vz: 0, afx: 0, afy: 0, afz: 0, yaw: 0, yaw_rate: 0 };
  station.send('SET_POSITION_TARGET_GLOBAL_INT', { ...target, ...still, lat_int: 0, lon_int: 0, alt: NAN });
  station.pass(5);
  t.ok(Object.values(station.simulator.vehicle.body).every((value) => !Number.isNaN(value)));
  t.equal(station.of('ATTITUDE').length, 0);
});

t.test('whom it listens to', async (t) => {
  const station = new Station({ start: 'ready' });
  const companion = new Station(station.simulator);
  const ask = (system: number, component: number): number => {
    const before = station.of('COMMAND_ACK').length;
    const command = {
      command: 512,
      confirmation: 0,
      param1: 1,
      param2: 0,
      param3: 0,
      param4: 0,
      param5: 0,
      param6: 0,
      param7: 0,
    };
    station.send('COMMAND_LONG', { ...command, target_system: system, target_component: component });
    return station.of('COMMAND_ACK').length - before;
  };
  t.same([ask(0, 0), ask(1, 0), ask(1, 1), ask(1, 191), ask(2, 1)], [1, 1, 1, 1, 0]);
  const heartbeat = { type: 18, autopilot: 8, base_mode: 0, custom_mode: 0, system_status: 4, mavlink_version: 3 };
  companion.send('HEARTBEAT', heartbeat, { sysid: 1, compid: 191 });
  station.pass(0.1);
  t.equal(station.of('HEARTBEAT').filter((one) => one.fields.type === 18).length, 1, 'passed on to the other port');
  t.equal(ask(1, 191), 0, 'a component that was heard gets it; the autopilot stays silent');
  station.pass(0.1);
  t.equal(companion.of('COMMAND_LONG').filter((one) => one.fields.target_component === 191).length, 1);
});

t.test('damage: lost bytes hurt frames, the rest arrives', async (t) => {
  const sent: Uint8Array[] = [];
  const station = new Station({ start: 'airborne', onSent: (frame) => sent.push(frame) });
  station.send('PARAM_SET', {
    target_system: 1,
    target_component: 1,
    param_id: 'SIM_UART_LOSS',
    param_value: 1,
    param_type: 9,
  });
  station.command(MavCmd.SET_MESSAGE_INTERVAL, 30, 20_000);
  station.pass(60);
  const { framesDamaged } = station.port.counters;
  t.ok(framesDamaged > 500 && framesDamaged < 2_000, `${framesDamaged}`);
  t.equal(station.of('ATTITUDE').length + framesDamaged > 2_900, true);
  t.ok(sent.length >= station.heard.length - 2 && sent.length < 2_700, 'only undamaged frames count as sent');
});
