import { MavParamType, type Message } from '@skein/protocol/mavlink';
import t from 'tap';
import { PARAMETER_FILE, parseParameterFile } from './parameter-file.ts';
import { ParameterClient } from './parameters.ts';
import { FarLogs } from './testing/far-logs.ts';
import { FarParameters } from './testing/far-parameters.ts';
import { type FarEnd, Line, type Say } from './testing/line.ts';

const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));

interface Entry {
  readonly name: string;
  readonly type: 1 | 2 | 3 | 4;
  readonly value: number;
}

/** As ArduPilot packs it: names share their beginning with the one before, padding where a value would cross a read. */
function pack(entries: readonly Entry[], count = entries.length): Uint8Array {
  const bytes: number[] = [0x1b, 0x67, count & 0xff, count >> 8, count & 0xff, count >> 8];
  let before = '';
  for (const { name, type, value } of entries) {
    let shared = 0;
    while (shared < name.length - 1 && name[shared] === before[shared]) shared++;
    const size = [0, 1, 2, 4, 4][type] ?? 0;
    const data = new DataView(new ArrayBuffer(4));
    if (type === 4) data.setFloat32(0, value, true);
    else data.setInt32(0, value, true);
    const length = 2 + name.length - shared + size;
    const over = (bytes.length + length) % 239;
    if (over > 0 && over < size) bytes.push(...new Array<number>(size - over).fill(0));
    bytes.push(type, shared | ((name.length - shared - 1) << 4));
    bytes.push(...new TextEncoder().encode(name.slice(shared)), ...new Uint8Array(data.buffer, 0, size));
    before = name;
  }
  return Uint8Array.from(bytes);
}

const MANY: readonly Entry[] = Array.from({ length: 400 }, (_, index) => ({
  name: `P${index % 7}_NAME_${index}`,
  type: ([1, 2, 3, 4] as const)[index % 4] ?? 1,
  value: index % 4 === 3 ? Math.fround(index / 3) : -index % 100,
}));

t.test('names, types and values', async (t) => {
  const parsed = parseParameterFile(
    pack([
      { name: 'FS_GCS_ENABLE', type: 1, value: -1 },
      { name: 'FS_GCS_TIMEOUT', type: 4, value: 5 },
      { name: 'RTL_ALT', type: 3, value: 16_777_217 },
      { name: 'RTL_SPEED', type: 2, value: -300 },
    ]),
  );
  t.strictSame(
    [...(parsed?.values() ?? [])],
    [
      { name: 'FS_GCS_ENABLE', value: -1, type: MavParamType.INT8, index: 0 },
      { name: 'FS_GCS_TIMEOUT', value: 5, type: MavParamType.REAL32, index: 1 },
      { name: 'RTL_ALT', value: 16_777_217, type: MavParamType.INT32, index: 2 },
      { name: 'RTL_SPEED', value: -300, type: MavParamType.INT16, index: 3 },
    ],
  );
  t.equal(parseParameterFile(pack(MANY))?.size, 400);
});

t.test('not whole, or not sense: nothing at all', async (t) => {
  const good = pack(MANY);
  t.equal(parseParameterFile(good.subarray(0, good.length - 1)), null, 'cut');
  t.equal(parseParameterFile(good.subarray(0, 4)), null, 'cut in the header');
  t.equal(parseParameterFile(new Uint8Array(0)), null);
  t.equal(parseParameterFile(pack(MANY, 401)), null, 'fewer than it says');
  t.equal(parseParameterFile(Uint8Array.of(1, ...good.subarray(1))), null, 'another magic');
  const wrong = good.slice();
  wrong[6] = 9;
  t.equal(parseParameterFile(wrong), null, 'a type that is none');
});

/** An ArduPilot with both ways to its parameters. */
function both(): { far: FarEnd; files: FarLogs } {
  const files = new FarLogs();
  const messages = new FarParameters(20);
  files.files.set(PARAMETER_FILE, pack(MANY));
  const hear = (message: Message, say: Say): void => {
    files.hear(message, say);
    messages.hear(message, say);
  };
  return { far: { hear }, files };
}

t.test(`the list from the file, over good and poor lines, SEED=${SEED}`, async (t) => {
  let byMessages = 0;
  for (let run = 0; run < 20; run++) {
    const { far, files } = both();
    const line = new Line(far, run === 0 ? {} : { lossPct: 5, duplicatePct: 3, reorderPct: 5 }, SEED + run);
    const options = { ...line.options, encoding: () => 'c-cast' as const, hasFile: () => true };
    const parameters = line.connect(new ParameterClient(options));
    const listed = await line.until(parameters.list());
    if (!listed.ok) throw new Error(`SEED=${SEED + run}: ${listed.code}`);
    if (line.names().includes('PARAM_REQUEST_LIST')) byMessages++;
    else
      t.ok(
        MANY.every(({ name, value }) => listed.parameters.get(name)?.value === value),
        `SEED=${SEED + run}`,
      );
    if (run > 0) continue;
    t.equal(byMessages, 0);
    t.equal(files.session, null, 'closed again');
  }
  // A closing that the network doubled and delivered late ends the session under us; the messages are still there.
  t.ok(byMessages <= 5, `${byMessages} of 20 by messages`);
});

t.test('no such file, or no answer: by messages, and the file is left alone for a while', async (t) => {
  const { far, files } = both();
  files.files.clear();
  const line = new Line(far);
  const options = { ...line.options, encoding: () => 'c-cast' as const, hasFile: () => true };
  const parameters = line.connect(new ParameterClient(options));
  for (let time = 0; time < 2; time++) {
    const listed = await line.until(parameters.list());
    t.ok(listed.ok && listed.parameters.size === 20);
  }
  const asked = line.names().filter((name) => name === 'FILE_TRANSFER_PROTOCOL').length;
  t.ok(asked <= 2, `${asked} questions`);
});
