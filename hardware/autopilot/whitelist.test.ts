/** Whatever is asked for, nothing of what is never sent leaves. SEED=n replays a run. */
import { decode, type FieldsIn, FrameParser, MavCmd, type Message, messages } from '@skein/protocol/mavlink';
import fc from 'fast-check';
import t from 'tap';
import type { CommandRequest } from './command.ts';
import { forbidden } from './testing/forbidden.ts';
import { FrameMaker, type SendableMessage } from './whitelist.ts';

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
const FROM = { sysid: 7, compid: 191 };
const TO = { sysid: 7, compid: 1 };

/** What a frame says, and whether it is forbidden; null: it was not made. */
function emitted(make: (frames: FrameMaker) => Uint8Array): { message: Message; why: string | null } | null {
  let bytes: Uint8Array;
  try {
    bytes = make(new FrameMaker());
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
  const out: { message: Message; why: string | null }[] = [];
  const parser = new FrameParser();
  const take = (frame: Parameters<Parameters<FrameParser['push']>[1]>[0]): void => {
    const message = decode(frame);
    if (message !== null) out.push({ message, why: forbidden(message, frame.sysid, frame.compid) });
  };
  parser.push(bytes, take);
  parser.flush(take);
  return out[0] ?? null;
}

const value = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(0, 1, -1, 2, 3, 4, 5, 6, 9, 16, 21, 42) },
  { weight: 2, arbitrary: fc.constantFrom(20190226, 21196, 2989, 24, 71, 93, 103, 290876) },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, 0.5, 1.0000001, -0, 0.9999) },
  { weight: 1, arbitrary: fc.double() },
);
const known = Object.values(MavCmd) as number[];
const LIKELY = [179, 211, 42_600, 246, 400, 176, 185, 192, 193, 20, 21, 300, 224, 511, 512, 208, 209, 526];
const request: fc.Arbitrary<CommandRequest> = fc.record(
  {
    command: fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...LIKELY) }, fc.constantFrom(...known), fc.nat(65_535)),
    params: fc.array(value, { maxLength: 7 }),
    klass: fc.constantFrom('repeatable' as const, 'once' as const),
    int: fc.record({ frame: fc.constantFrom(0, 3, 5, 6, 8), x: value, y: value, z: value }),
  },
  { requiredKeys: ['command', 'klass'] },
);

t.test(`no command that is never sent (SEED=${seed})`, async (t) => {
  let made = 0;
  const bad: string[] = [];
  const each = (asked: CommandRequest, dialect: 'ardupilot' | 'px4' | null): void => {
    const out = emitted((frames) => frames.command(asked, { confirmation: 0, from: FROM, to: TO, dialect }));
    if (out === null) return;
    made++;
    if (out.why !== null) bad.push(`${out.why}: ${JSON.stringify(asked)}`);
  };
  const dialect = fc.constantFrom('ardupilot' as const, 'px4' as const, null);
  fc.assert(fc.property(request, dialect, each), { seed, numRuns: 30_000 });
  t.same(bad, []);
  t.ok(made > 200, `${made} of them were made`);
});

t.test('no message that is never sent, by any name', async (t) => {
  const names: string[] = [];
  for (const info of messages) {
    const fields = Object.fromEntries(
      info.fields.map(({ name, type, arrayLength }) => {
        if (type === 'char') return [name, 'FS_GCS_ENABLE'];
        if (arrayLength > 0) return [name, new Array(arrayLength).fill(0)];
        return [name, /64$/.test(type) ? 0n : 0];
      }),
    );
    const out = emitted((frames) =>
      frames.make(info.name as SendableMessage, fields as unknown as FieldsIn<SendableMessage>, FROM),
    );
    if (out !== null) names.push(info.name);
  }
  t.same(names.sort(), [
    'LOG_REQUEST_DATA',
    'LOG_REQUEST_END',
    'LOG_REQUEST_LIST',
    'MISSION_ACK',
    'MISSION_CLEAR_ALL',
    'MISSION_COUNT',
    'MISSION_REQUEST_INT',
    'MISSION_REQUEST_LIST',
    'MISSION_SET_CURRENT',
    'PARAM_REQUEST_LIST',
    'PARAM_REQUEST_READ',
    'PARAM_SET',
    'TIMESYNC',
  ]);
});

const MISSION_TYPE = fc.constantFrom(0, 1, 2, 3, 255, 7);

t.test(`no item of a list that is never sent (SEED=${seed})`, async (t) => {
  let made = 0;
  const bad: string[] = [];
  const taken = new Set<number>();
  const degE7 = fc.oneof(
    fc.integer({ min: -2_147_483_648, max: 2_147_483_647 }),
    fc.constantFrom(0, 470_000_000, 80_000_000),
  );
  const item = fc.record({
    command: fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(16, 19, 21, 22, 94, 177, 178, 211, 42_600, 185, 183, 208, 5001, 5100) },
      fc.constantFrom(...known),
    ),
    frame: fc.constantFrom(0, 2, 3, 6, 8),
    current: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constantFrom(1, 2, 3) }),
    seq: fc.oneof(fc.nat(20), fc.nat(65_535)),
    mission_type: MISSION_TYPE,
    param1: value,
    param2: value,
    param3: value,
    param4: value,
    x: degE7,
    y: degE7,
    z: fc.oneof(value, fc.constantFrom(20, 0, 40_000)),
  });
  const each = (fields: object): void => {
    const all = { autocontinue: 1, target_system: 7, target_component: 1, ...fields } as FieldsIn<'MISSION_ITEM_INT'>;
    const out = emitted((frames) => frames.make('MISSION_ITEM_INT', all, FROM));
    if (out === null) return;
    made++;
    if (out.message.name === 'MISSION_ITEM_INT') taken.add(out.message.fields.command);
    if (out.why !== null) bad.push(`${out.why}: ${JSON.stringify(fields)}`);
  };
  fc.assert(fc.property(item, each), { seed, numRuns: 60_000 });
  t.same(bad, []);
  t.ok(made > 200, `${made} of them were made`);
  const listed = [16, 17, 18, 19, 20, 21, 22, 31, 82, 93, 94, 112, 114, 115, 177, 178, 179, 195, 197, 211, 42_600];
  const lists = [5001, 5002, 5003, 5004, 5100];
  t.same(
    [...taken].filter((command) => ![...listed, ...lists].includes(command)),
    [],
  );
});

t.test('one list by its name, never all at once', async (t) => {
  const taken: string[] = [];
  for (const name of ['MISSION_CLEAR_ALL', 'MISSION_COUNT', 'MISSION_REQUEST_LIST', 'MISSION_ACK'] as const) {
    for (const mission_type of [0, 1, 2, 3, 255]) {
      const fields = { target_system: 7, target_component: 1, count: 1, type: 0, mission_type } as const;
      if (emitted((frames) => frames.make(name, fields as FieldsIn<typeof name>, FROM)) !== null) {
        taken.push(`${name} ${mission_type}`);
      }
    }
  }
  t.equal(taken.length, 4 * 3);
  t.notOk(taken.some((words) => /255|3$/.test(words)));
});

t.test('a winch: each autopilot knows other actions', async (t) => {
  const winch = (dialect: 'ardupilot' | 'px4', ...params: number[]) =>
    emitted((frames) =>
      frames.command(
        { command: MavCmd.DO_WINCH, params: [1, ...params], klass: 'once' },
        { confirmation: 0, from: FROM, to: TO, dialect },
      ),
    );
  t.ok(winch('ardupilot', 1, -5, 0.5), 'by length');
  t.equal(winch('ardupilot', 4), null, 'deliver: silently skipped there');
  t.ok(winch('px4', 6), 'retract');
  t.equal(winch('px4', 9), null);
  t.equal(winch('px4', 1, 500), null, 'longer than any line');
});

t.test('MAVFTP only reads', async (t) => {
  const taken: number[] = [];
  for (let opcode = 0; opcode < 256; opcode++) {
    const payload = new Uint8Array(251);
    payload[3] = opcode;
    const fields = { target_network: 0, target_system: 7, target_component: 1, payload };
    if (emitted((frames) => frames.make('FILE_TRANSFER_PROTOCOL', fields, FROM)) !== null) taken.push(opcode);
  }
  t.same(taken, [1, 2, 3, 4, 5, 14, 15]);
});

t.test('a mode of one autopilot is not sent to the other', async (t) => {
  const mode = (dialect: 'ardupilot' | 'px4', ...params: number[]) =>
    emitted((frames) =>
      frames.command(
        { command: MavCmd.DO_SET_MODE, params: [1, ...params], klass: 'repeatable' },
        { confirmation: 0, from: FROM, to: TO, dialect },
      ),
    );
  t.ok(mode('ardupilot', 4), 'GUIDED');
  t.equal(mode('ardupilot', 5), null, 'LOITER');
  t.equal(mode('ardupilot', 4, 3), null);
  t.ok(mode('px4', 4, 3), 'AUTO.LOITER');
  t.equal(mode('px4', 6), null, 'OFFBOARD');
  t.equal(mode('px4', 3), null, 'POSCTL');
});

t.test('each sender counts its own sequence', async (t) => {
  const frames = new FrameMaker();
  const beat = { type: 18, autopilot: 8, base_mode: 0, custom_mode: 0, system_status: 4, mavlink_version: 3 } as const;
  const seq = (compid: number): number | undefined => frames.make('HEARTBEAT', beat, { sysid: 7, compid })[4];
  t.same([seq(191), seq(191), seq(190), seq(191), seq(190)], [0, 1, 0, 2, 1]);
});
