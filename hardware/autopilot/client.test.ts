import {
  decode,
  encode,
  type FieldsIn,
  type Frame,
  FrameParser,
  MavCmd,
  type Message,
  type MessageName,
} from '@skein/protocol/mavlink';
import t from 'tap';
import { AutopilotClient } from './client.ts';
import { WANTED_STREAMS } from './streams.ts';

const BEAT: FieldsIn<'HEARTBEAT'> = {
  type: 2,
  autopilot: 3,
  base_mode: 81,
  custom_mode: 0,
  system_status: 3,
  mavlink_version: 3,
};

function message<N extends MessageName>(name: N, fields: FieldsIn<N>): Message {
  const parser = new FrameParser();
  let found: Message | null = null;
  const take = (frame: Frame) => {
    found = decode(frame);
  };
  parser.push(encode(name, fields, { sysid: 1, compid: 1, seq: 0 }), take);
  parser.flush(take);
  if (found === null) throw new Error(`${name} did not come back`);
  return found;
}

/** A client on a line of its own; every frame it emits is decoded. */
function begin(lineBytesPerS = 1e6) {
  const sent: { message: Message; sysid: number; compid: number; atMs: number }[] = [];
  const events: string[] = [];
  const parser = new FrameParser();
  let nowMs = 0;
  let boots = 0;
  const client = new AutopilotClient({
    sharePct: 60,
    nowMs: () => nowMs,
    drawId: () => `boot${++boots}`,
    send: (bytes) => {
      parser.push(bytes, (frame) => {
        const decoded = decode(frame);
        if (decoded) sent.push({ message: decoded, sysid: frame.sysid, compid: frame.compid, atMs: nowMs });
      });
      return true;
    },
    onLatched: (sysid) => events.push(`latched ${sysid}`),
    onRebooted: () => events.push('rebooted'),
  });
  const run = (ms: number, each?: (atMs: number) => void, o: { linkOpen?: boolean; stuck?: boolean } = {}) => {
    for (const endMs = nowMs + ms; nowMs < endMs; nowMs += 100) {
      each?.(nowMs);
      const loopTurnedMs = o.stuck ? nowMs - 1_500 : nowMs - 100;
      client.tick({ nowMs, loopTurnedMs, linkOpen: o.linkOpen ?? true, lineBytesPerS });
    }
  };
  const beat = (sysid = 7, fields: Partial<FieldsIn<'HEARTBEAT'>> = {}, compid = 1) =>
    client.take(message('HEARTBEAT', { ...BEAT, ...fields }), sysid, compid, nowMs);
  let answered = 0;
  /** The autopilot takes every question asked since. */
  const answer = () => {
    while (answered < sent.length) {
      const asked = sent[answered++]?.message;
      if (asked?.name !== 'COMMAND_LONG') continue;
      const { command } = asked.fields;
      client.take(message('COMMAND_ACK', { command, result: 0, target_system: 7, target_component: 191 }), 7, 1, nowMs);
    }
  };
  const commands = () =>
    sent.flatMap(({ message }) => (message.name === 'COMMAND_LONG' ? [message.fields.command] : []));
  const beats = () => sent.filter(({ message }) => message.name === 'HEARTBEAT');
  return { client, sent, events, run, beat, answer, commands, beats };
}

t.test('silent until an autopilot is heard; then a heartbeat a second as (its system, 191)', async (t) => {
  const { sent, run, beat, beats, events } = begin();
  run(3_000);
  t.equal(sent.length, 0);
  run(10_000, (atMs) => atMs % 1000 === 0 && beat());
  t.same(events, ['latched 7']);
  t.ok(Math.abs(beats().length - 10) <= 1, `${beats().length} in ten seconds`);
  t.match(beats()[0], { sysid: 7, compid: 191, message: { fields: { type: 18, autopilot: 8, system_status: 4 } } });
});

t.test('no heartbeat while ill: link closed, autopilot silent, loop stuck', async (t) => {
  const { run, beat, beats } = begin();
  run(1_000, () => beat());
  const well = beats().length;
  run(3_000, () => beat(), { linkOpen: false });
  t.equal(beats().length, well, 'closed link');
  run(3_000, () => beat(), { stuck: true });
  t.equal(beats().length, well, 'loop that does not turn');
  run(5_000);
  const silent = beats().length;
  run(5_000);
  t.equal(beats().length, silent, 'autopilot silent');
  run(2_000, () => beat());
  t.ok(beats().length > silent, 'and back');
});

t.test('beside an armed vehicle: heartbeats, intervals and the time, nothing else, whatever it says', async (t) => {
  const { run, beat, answer, commands, sent } = begin();
  run(60_000, (atMs) => {
    if (atMs % 1000 === 0) beat(7, { base_mode: 217, system_status: 4, custom_mode: 3 });
    answer();
  });
  t.ok(commands().length > 15);
  t.ok(commands().every((command) => command === MavCmd.SET_MESSAGE_INTERVAL));
  const names = new Set(sent.map(({ message }) => message.name));
  t.same([...names].sort(), ['COMMAND_LONG', 'HEARTBEAT', 'TIMESYNC'], 'and asks the time, which changes nothing');
  run(5_000, (atMs) => {
    if (atMs % 1000 === 0) beat();
    answer();
  });
  t.equal(commands().filter((command) => command === MavCmd.REQUEST_MESSAGE).length, 2, 'disarmed, it asks the rest');
});

t.test('another autopilot, and another companion with our name, are not listened to', async (t) => {
  const { client, run, beat, commands } = begin();
  run(100, () => beat());
  beat(9);
  beat(7, { autopilot: 8, type: 18 }, 191);
  t.match(client.status(100), { sysid: 7, otherAutopilots: 1, otherCompanions: 1 });
  t.notOk(client.isOurs(9, 1));
  const before = commands().length;
  client.take(message('COMMAND_ACK', { command: MavCmd.SET_MESSAGE_INTERVAL, result: 0 }), 9, 1, 100);
  t.equal(commands().length, before, 'nor is its answer taken for ours');
});

t.test('a reboot is seen by its time going back, and everything is asked again', async (t) => {
  const { client, run, beat, answer, commands, events } = begin();
  const attitude = (time_boot_ms: number) =>
    client.take(
      message('ATTITUDE', { time_boot_ms, roll: 0, pitch: 0, yaw: 0, rollspeed: 0, pitchspeed: 0, yawspeed: 0 }),
      7,
      1,
      0,
    );
  run(4_000, () => {
    beat();
    answer();
  });
  const once = commands().length;
  t.equal(once, WANTED_STREAMS.length + 2);
  attitude(50_000);
  attitude(49_500);
  t.notOk(events.includes('rebooted'), 'a little out of order is no reboot');
  attitude(300);
  t.ok(events.includes('rebooted'));
  run(3_000, () => {
    beat();
    answer();
  });
  t.equal(commands().length, 2 * once);
});

t.test('a heartbeat that says "booting" is enough to ask again', async (t) => {
  const { run, beat, answer, commands } = begin();
  const both = () => {
    beat();
    answer();
  };
  run(4_000, both);
  const once = commands().length;
  run(500, () => beat(7, { system_status: 1 }));
  run(4_000, both);
  t.ok(commands().length >= 2 * once);
});
