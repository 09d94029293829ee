import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { emitDialect, pascal } from './generate/emit.ts';
import { DIALECTS, readDialect } from './generate/read.ts';
import type { FieldInfo, MessageInfo } from './index.ts';
import { isSecret, MavCmd, MavModeFlag, MavState, messageById, messageByName, messages } from './index.ts';
import { LATE_EXTENSIONS } from './json.ts';

const WIDTHS = {
  uint8: 1,
  int8: 1,
  char: 1,
  uint16: 2,
  int16: 2,
  uint32: 4,
  int32: 4,
  float: 4,
  uint64: 8,
  int64: 8,
  double: 8,
};
const width = (field: FieldInfo): number => WIDTHS[field.type];
const size = (field: FieldInfo): number => width(field) * Math.max(1, field.arrayLength);

/** Wire order by the rules: largest elements first, equal ones as defined; extensions behind, as defined. */
function wireOrder({ fields }: MessageInfo): FieldInfo[] {
  const base = fields.filter((field) => !field.extension).toSorted((a, b) => width(b) - width(a));
  return [...base, ...fields.filter((field) => field.extension)];
}

/** CRC_EXTRA by its definition (https://mavlink.io/en/guide/serialization.html#crc_extra), bit by bit. */
function crcExtra(message: MessageInfo): number {
  let crc = 0xffff;
  const add = (byte: number): void => {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x8408 : crc >>> 1;
  };
  const addText = (text: string): void => {
    for (const character of `${text} `) add(character.charCodeAt(0));
  };
  addText(message.name);
  for (const field of wireOrder(message).filter(({ extension }) => !extension)) {
    addText(/^(u?int)/.test(field.type) ? `${field.type}_t` : field.type);
    addText(field.name);
    if (field.arrayLength > 0) add(field.arrayLength);
  }
  return (crc & 0xff) ^ (crc >> 8);
}

t.test('CRC_EXTRA, offsets and lengths of every message follow from its fields', async (t) => {
  t.equal(messages.length, 306);
  for (const message of messages) {
    if (crcExtra(message) !== message.crcExtra) t.fail(`${message.name}: CRC_EXTRA is ${crcExtra(message)}`);
    let offset = 0;
    let minLength = 0;
    for (const field of wireOrder(message)) {
      if (field.offset !== offset) t.fail(`${message.name}.${field.name} is at ${offset}`);
      offset += size(field);
      if (!field.extension) minLength = offset;
    }
    if (message.minLength !== minLength || message.maxLength !== offset)
      t.fail(`${message.name}: ${minLength}, ${offset}`);
    if (offset > 255) t.fail(`${message.name} does not fit a frame`);
  }
});

t.test('what is committed is what the generator makes', async (t) => {
  const dialect = readDialect();
  t.match(dialect.source, '1.0.22-20260311');
  t.same(DIALECTS, ['minimal', 'standard', 'common', 'uavionix', 'icarous', 'ardupilotmega']);
  for (const { file, text } of emitDialect(dialect)) {
    t.ok(readFileSync(join(import.meta.dirname, 'dialect', file), 'utf8') === text, `${file}: run \`make dialect\``);
  }
});

t.test('messages are found by id and by name', async (t) => {
  t.equal(messageById(0)?.name, 'HEARTBEAT');
  t.equal(messageByName('HEARTBEAT').id, 0);
  t.equal(messageById(0xabcdef), undefined);
  t.equal(messageByName('NOT_A_MESSAGE' as string), undefined);
  t.same(
    messages.filter(({ id }) => isSecret(id)).map(({ name }) => name),
    ['CHANGE_OPERATOR_CONTROL', 'AUTH_KEY', 'SETUP_SIGNING', 'WIFI_CONFIG_AP', 'CELLULAR_CONFIG'],
  );
});

t.test('enums merge over the dialects and keep their values', async (t) => {
  t.equal(MavCmd.PREFLIGHT_REBOOT_SHUTDOWN, 246, 'common');
  t.equal(MavCmd.DO_WINCH, 42600, 'common');
  t.equal(MavCmd.SET_HAGL, 43005, 'ardupilotmega');
  t.equal(MavModeFlag.SAFETY_ARMED, 128);
  t.equal(MavState.CRITICAL, 5);
});

t.test('units survive', async (t) => {
  const field = messageByName('GLOBAL_POSITION_INT').fields.find(({ name }) => name === 'lat');
  t.equal(field?.units, 'degE7');
});

t.test('the late extensions are extensions at the end of their messages', async (t) => {
  for (const [name, late] of Object.entries(LATE_EXTENSIONS)) {
    const fields = messageByName(name)?.fields ?? [];
    t.same(
      fields.slice(-late.length).map((field) => [field.name, field.extension]),
      late.map((field) => [field, true]),
      name,
    );
  }
});

t.test('names turn into names of types', async (t) => {
  t.equal(pascal('GPS_RAW_INT'), 'GpsRawInt');
});
