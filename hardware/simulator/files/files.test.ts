import { CopterMode, MavCmd, MavFtpErr, MavFtpOpcode, MavResult } from '@skein/protocol/mavlink';
import t from 'tap';
import { Station } from '../testing/station.ts';
import { crc32 } from './crc32.ts';
import { type FtpMessage, readFtp, writeFtp } from './ftp-payload.ts';
import { createLog } from './logs.ts';

const TARGET = { target_system: 1, target_component: 1 };
const SEED = 3;
const ready = (): Station => new Station({ start: 'ready', seed: SEED });
const UTC_S = 1_767_225_600;
const bytesOf = (number: number, size: number): Uint8Array => createLog(number, size, UTC_S, SEED).read(0, size);
const arm = (station: Station): number | null => {
  station.command(MavCmd.DO_SET_MODE, 1, CopterMode.GUIDED);
  return station.command(MavCmd.COMPONENT_ARM_DISARM, 1);
};

t.test('logs: listed, and fetched byte for byte', async (t) => {
  const station = ready();
  station.send('LOG_REQUEST_LIST', { ...TARGET, start: 0, end: 65_535 });
  station.pass(1);
  t.match(
    station.of('LOG_ENTRY').map(({ fields }) => [fields.id, fields.num_logs, fields.last_log_num, fields.size]),
    [
      [1, 3, 3, 18_342],
      [2, 3, 3, 61_440],
      [3, 3, 3, 143_027],
    ],
  );
  station.send('LOG_REQUEST_DATA', { ...TARGET, id: 2, ofs: 0, count: 0xffff_ffff });
  station.pass(5);
  const got = new Uint8Array(61_440);
  for (const { fields } of station.of('LOG_DATA')) got.set(fields.data.slice(0, fields.count), fields.ofs);
  t.equal(Buffer.compare(got, bytesOf(2, 61_440)), 0);
  t.equal(station.of('LOG_DATA').length, Math.ceil(61_440 / 90));
  station.heard.length = 0;
  station.send('LOG_REQUEST_DATA', { ...TARGET, id: 1, ofs: 18_300, count: 90 });
  station.pass(1);
  t.match(station.of('LOG_DATA'), [{ fields: { ofs: 18_300, count: 42 } }], 'the end of a log');
  station.send('LOG_REQUEST_DATA', { ...TARGET, id: 9, ofs: 0, count: 90 });
  station.pass(1);
  t.equal(station.of('LOG_DATA').length, 1, 'no such log: silence');
});

t.test('a transfer blocks arming until it ends or is ended; one at a time', async (t) => {
  const station = ready();
  const other = new Station(station.simulator);
  station.send('LOG_REQUEST_DATA', { ...TARGET, id: 3, ofs: 0, count: 0xffff_ffff });
  station.pass(0.1);
  t.same(
    [...station.simulator.autopilot.armingBlocks].map((block) => block()),
    ['Downloading logs'],
  );
  t.equal(arm(station), MavResult.FAILED);
  t.ok(station.texts.includes('Arm: Downloading logs'));
  other.send('LOG_REQUEST_LIST', { ...TARGET, start: 0, end: 9 });
  t.ok(other.texts.includes('Log download in progress'));
  station.send('LOG_REQUEST_END', TARGET);
  station.heard.length = 0;
  station.pass(1);
  t.equal(station.of('LOG_DATA').length, 0);
  t.equal(arm(station), MavResult.ACCEPTED);
  station.send('LOG_REQUEST_LIST', { ...TARGET, start: 0, end: 9 });
  t.ok(station.texts.includes('Disarm for log download'));
  station.pass(1);
  t.equal(station.of('LOG_ENTRY').length, 0);
});

class Client {
  readonly station = ready();
  seq = 0;

  ask(request: Partial<FtpMessage> & { readonly opcode: number }): FtpMessage[] {
    const { station } = this;
    const before = station.heard.length;
    this.seq = (this.seq + 1) & 0xffff;
    const none = { session: 5, size: 0, requestOpcode: 0, burstComplete: false, offset: 0, data: new Uint8Array(0) };
    const payload = writeFtp({ ...none, seq: this.seq, ...request, size: request.size ?? request.data?.length ?? 0 });
    station.send('FILE_TRANSFER_PROTOCOL', { target_network: 0, ...TARGET, payload });
    return station.heard
      .slice(before)
      .flatMap((one) => (one.name === 'FILE_TRANSFER_PROTOCOL' ? [readFtp(one.fields.payload)] : []));
  }

  path(opcode: number, path: string, more: Partial<FtpMessage> = {}): FtpMessage | undefined {
    return this.ask({ opcode, data: new TextEncoder().encode(path), ...more })[0];
  }
}

t.test('MAVFTP: list, open, read, checksum, close', async (t) => {
  const client = new Client();
  const text = (answer: FtpMessage | undefined): string =>
    new TextDecoder().decode(answer?.data.subarray(0, answer.size));
  t.equal(
    text(client.path(MavFtpOpcode.LISTDIRECTORY, '/APM/LOGS')),
    'F00000001.BIN\t18342\0F00000002.BIN\t61440\0F00000003.BIN\t143027\0FLASTLOG.TXT\t3\0',
  );
  const past = client.path(MavFtpOpcode.LISTDIRECTORY, '/APM/LOGS', { offset: 4 });
  t.match([past?.opcode, past?.data[0]], [MavFtpOpcode.NAK, MavFtpErr.EOF]);
  t.equal(client.path(MavFtpOpcode.LISTDIRECTORY, '/nothing')?.data[0], MavFtpErr.FILENOTFOUND);
  t.equal(client.path(MavFtpOpcode.OPENFILERO, '/APM/LOGS/00000009.BIN')?.data[0], MavFtpErr.FILENOTFOUND);

  const opened = client.path(MavFtpOpcode.OPENFILERO, '/APM/LOGS/00000001.BIN');
  t.equal(opened?.session, 5, 'the number the client chose');
  t.equal(new DataView(opened?.data.slice(0, 4).buffer ?? new ArrayBuffer(4)).getUint32(0, true), 18_342);
  t.equal(opened?.seq, client.seq + 1);
  t.equal(
    client.path(MavFtpOpcode.OPENFILERO, '/APM/LOGS/00000002.BIN')?.data[0],
    MavFtpErr.FAIL,
    'one file at a time',
  );
  const [read] = client.ask({ opcode: MavFtpOpcode.READFILE, offset: 18_300, size: 239 });
  t.same(read?.data.slice(0, read.size), bytesOf(1, 18_342).slice(18_300));
  t.equal(client.ask({ opcode: MavFtpOpcode.READFILE, offset: 18_342, size: 239 })[0]?.data[0], MavFtpErr.EOF);
  const crc = client.path(MavFtpOpcode.CALCFILECRC, '/APM/LOGS/00000001.BIN');
  t.equal(
    new DataView(crc?.data.slice(0, 4).buffer ?? new ArrayBuffer(4)).getUint32(0, true),
    crc32(bytesOf(1, 18_342)),
  );
  t.equal(client.path(MavFtpOpcode.REMOVEFILE, '/APM/LOGS/00000001.BIN')?.data[0], MavFtpErr.FILEPROTECTED);
  t.equal(client.ask({ opcode: MavFtpOpcode.TERMINATESESSION })[0]?.opcode, MavFtpOpcode.ACK);
  t.equal(client.ask({ opcode: MavFtpOpcode.READFILE, size: 10 })[0]?.data[0], MavFtpErr.FILENOTFOUND);
});

t.test('MAVFTP: a burst brings the file to its end, and nothing stops it', async (t) => {
  const client = new Client();
  client.path(MavFtpOpcode.OPENFILERO, '/APM/LOGS/00000001.BIN');
  client.station.heard.length = 0;
  client.ask({ opcode: MavFtpOpcode.BURSTREADFILE, size: 239 });
  t.equal(client.ask({ opcode: MavFtpOpcode.TERMINATESESSION }).length, 0, 'waits its turn');
  client.station.pass(2);
  const answers = client.station.of('FILE_TRANSFER_PROTOCOL').map(({ fields }) => readFtp(fields.payload));
  const parts = answers.filter(({ opcode, requestOpcode }) => opcode === 128 && requestOpcode === 15);
  t.same(Buffer.concat(parts.map(({ data, size }) => data.subarray(0, size))), Buffer.from(bytesOf(1, 18_342)));
  t.match(answers.at(-2), { opcode: MavFtpOpcode.NAK, requestOpcode: 15, burstComplete: true });
  t.match(answers.at(-1), { opcode: MavFtpOpcode.ACK, requestOpcode: MavFtpOpcode.TERMINATESESSION });
});

t.test('MAVFTP: a burst of a large file ends after 500 answers, to be asked for again', async (t) => {
  const client = new Client();
  client.path(MavFtpOpcode.OPENFILERO, '/APM/LOGS/00000003.BIN');
  client.station.heard.length = 0;
  client.ask({ opcode: MavFtpOpcode.BURSTREADFILE, size: 239 });
  client.station.pass(5);
  const answers = client.station.of('FILE_TRANSFER_PROTOCOL').map(({ fields }) => readFtp(fields.payload));
  t.equal(answers.length, 500);
  t.same([answers[0]?.burstComplete, answers.at(-1)?.burstComplete], [false, true]);
});

t.test('MAVFTP: a repeated request has the answer it had; sessions are five, and freed', async (t) => {
  const client = new Client();
  const opened = client.path(MavFtpOpcode.OPENFILERO, '/APM/LOGS/00000001.BIN');
  client.seq -= 1;
  t.same(client.path(MavFtpOpcode.OPENFILERO, '/APM/LOGS/00000001.BIN'), opened);
  for (const session of [6, 7, 8, 9]) client.path(MavFtpOpcode.OPENFILERO, '/APM/LOGS/00000001.BIN', { session });
  const sixth = client.path(MavFtpOpcode.OPENFILERO, '/APM/LOGS/00000001.BIN', { session: 10 });
  t.equal(sixth?.data[0], MavFtpErr.NOSESSIONSAVAILABLE);
  client.station.pass(3.1);
  const freed = client.path(MavFtpOpcode.OPENFILERO, '/APM/LOGS/00000001.BIN', { session: 10 });
  t.equal(freed?.opcode, MavFtpOpcode.ACK);
  client.ask({ opcode: MavFtpOpcode.RESETSESSION });
  const chosen = client.path(MavFtpOpcode.OPENFILERO, '@PARAM/param.pck', { session: 0 });
  t.equal(chosen?.session, 1, 'a session of zero gets a number');
});

t.test('@PARAM/param.pck holds every parameter', async (t) => {
  const client = new Client();
  const { parameters } = client.station.simulator.autopilot;
  client.path(MavFtpOpcode.OPENFILERO, '@PARAM/param.pck');
  const bytes: number[] = [];
  for (;;) {
    const [part] = client.ask({ opcode: MavFtpOpcode.READFILE, offset: bytes.length, size: 239 });
    if (part?.opcode !== MavFtpOpcode.ACK) break;
    bytes.push(...part.data.subarray(0, part.size));
  }
  const view = new DataView(Uint8Array.from(bytes).buffer);
  t.same([view.getUint16(0, true), view.getUint16(2, true)], [0x671b, parameters.count]);
  let at = 6;
  let name = '';
  let found = 0;
  while (at < bytes.length) {
    const type = view.getUint8(at) & 15;
    const lengths = view.getUint8(at + 1);
    const length = (lengths >> 4) + 1;
    name = name.slice(0, lengths & 15) + String.fromCharCode(...bytes.slice(at + 2, at + 2 + length));
    at += 2 + length;
    const value = [
      () => 0,
      () => view.getInt8(at),
      () => view.getInt16(at, true),
      () => view.getInt32(at, true),
      () => view.getFloat32(at, true),
    ][type]?.();
    at += [0, 1, 2, 4, 4][type] ?? 4;
    if (value === Math.fround(parameters.value(name))) found += 1;
    else t.fail(`${name}: ${value}`);
  }
  t.equal(found, parameters.count);
});
