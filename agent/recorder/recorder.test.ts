import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { encode, type Frame, FrameParser, TlogReader } from '@skein/protocol/mavlink';
import t, { type Test } from 'tap';
import { Recorder, type RecorderOptions } from './recorder.ts';
import { Segments } from './segments.ts';

function scratch(test: Test): string {
  const root = mkdtempSync(join(tmpdir(), 'recorder-'));
  test.teardown(() => rmSync(root, { recursive: true, force: true }));
  return root;
}

function frameOf(bytes: Uint8Array): Frame {
  let found: Frame | null = null;
  const take = (frame: Frame) => {
    found = frame;
  };
  const parser = new FrameParser();
  parser.push(bytes, take);
  parser.flush(take);
  if (found === null) throw new Error('no frame');
  return found;
}

const beat = (seq: number) =>
  frameOf(
    encode(
      'HEARTBEAT',
      { type: 2, autopilot: 3, base_mode: 81, custom_mode: 0, system_status: 3, mavlink_version: 3 },
      { sysid: 1, compid: 1, seq: seq & 0xff },
    ),
  );

function make(test: Test, o: Partial<RecorderOptions> & { folder: string }) {
  const clock = { us: 1_000_000 };
  const problems: (string | null)[] = [];
  const recorder = new Recorder({
    budgetBytes: 1e6,
    segmentBytes: 250_000,
    nowUs: () => clock.us,
    utcUs: (monoUs) => 1_795_289_965_000_000 + monoUs,
    onProblem: (message) => problems.push(message),
    ...o,
  });
  test.teardown(() => recorder.close());
  return { recorder, clock, problems };
}

function readFolder(folder: string) {
  const records: { timeUs: number; seq: number }[] = [];
  for (const name of readdirSync(folder).sort()) {
    const reader = new TlogReader();
    const take = ({ timeUs, frame }: { timeUs: number; frame: Frame }) => records.push({ timeUs, seq: frame.seq });
    reader.push(readFileSync(join(folder, name)), take);
    reader.flush(take);
  }
  return records;
}

t.test('frames come back from the .tlog with their times; keys and passwords are never in it', async (t) => {
  const folder = join(scratch(t), 'recordings');
  const { recorder } = make(t, { folder });
  recorder.start();
  for (let i = 0; i < 300; i++) recorder.frame(beat(i), 2_000_000 + i);
  const secret = encode(
    'SETUP_SIGNING',
    { target_system: 1, target_component: 1, secret_key: Array(32).fill(0xa7), initial_timestamp: 1n },
    { sysid: 255, compid: 190, seq: 0 },
  );
  recorder.frame(frameOf(secret), 3_000_000);
  const point = { ssid: 'kite-1', password: 'sesame-4711', mode: 1, response: 0 };
  recorder.frame(frameOf(encode('WIFI_CONFIG_AP', point, { sysid: 1, compid: 1, seq: 0 })), 3_000_001);
  await recorder.close();
  const records = readFolder(folder);
  t.equal(records.length, 300);
  t.same(records[299], { timeUs: 1_795_289_967_000_299, seq: 299 & 0xff });
  t.equal(recorder.status().counters.secretsLeftOut, 2);
  for (const word of [Buffer.alloc(32, 0xa7), 'sesame-4711'])
    t.notOk(readdirSync(folder).some((name) => readFileSync(join(folder, name)).includes(word)));
});

t.test('the budget holds, the oldest segment goes first; a new start continues beside the old', async (t) => {
  const folder = join(scratch(t), 'recordings');
  const old = new Segments({ folder, budgetBytes: 40_000, segmentBytes: 10_000 });
  for (let i = 0; i < 10; i++) old.write(Buffer.alloc(4_000, i));
  old.finish();
  const next = new Segments({ folder, budgetBytes: 40_000, segmentBytes: 10_000 });
  for (let i = 0; i < 5; i++) next.write(Buffer.alloc(4_000, i));
  next.finish();
  const names = readdirSync(folder).sort();
  const bytes = names.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  t.ok(bytes <= 40_000, `${bytes} bytes`);
  t.notOk(names.includes('skein-000001-000000.tlog'), 'the oldest is gone');
  t.equal(names.at(-1), 'skein-000002-000002.tlog', 'the newest stays');
});

t.test('a full disk: its own oldest segments go, and it goes on', { skip: !existsSync('/dev/full') }, async (t) => {
  const folder = join(scratch(t), 'recordings');
  mkdirSync(folder);
  // Two recordings are left from before; the first two files it opens are on a disk without room.
  for (let i = 0; i < 2; i++) writeFileSync(join(folder, `skein-000001-00000${i}.tlog`), 'old');
  for (let i = 0; i < 2; i++) symlinkSync('/dev/full', join(folder, `skein-000002-00000${i}.tlog`));
  const { recorder, problems } = make(t, { folder });
  recorder.start();
  recorder.frame(beat(1), 1);
  await recorder.close();
  const { frames, droppedFrames, removedSegments } = recorder.status().counters;
  t.same({ frames, droppedFrames, removedSegments }, { frames: 1, droppedFrames: 0, removedSegments: 2 });
  t.same(problems, []);
  // /dev/full reads as zeros without end.
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isSymbolicLink()) rmSync(join(folder, entry.name));
  }
  t.equal(readFolder(folder).length, 1);
});

t.test('a folder that cannot be made: paused with a plain message, frames counted, resumed when it can', async (t) => {
  const folder = join(scratch(t), 'recordings');
  writeFileSync(folder, 'in the way');
  const { recorder, clock, problems } = make(t, { folder });
  recorder.start();
  const until = async (state: string) => {
    for (let tries = 0; recorder.status().state !== state; tries++) {
      if (tries > 500) throw new Error(`${recorder.status().state}, not ${state}, after 10 s`);
      recorder.frame(beat(1), clock.us);
      await wait(20);
    }
  };
  await until('paused');
  t.match(recorder.status().problem, /paused/);
  t.equal(problems.length, 1, 'said once');
  const { droppedFrames } = recorder.status().counters;
  recorder.frame(beat(2), clock.us);
  t.equal(recorder.status().counters.droppedFrames, droppedFrames + 1);
  rmSync(folder);
  clock.us += 31_000_000;
  await until('recording');
  t.equal(problems.at(-1), null);
});

t.test('a worker that does not keep up: frames are dropped and counted, memory is bounded', async (t) => {
  const folder = join(scratch(t), 'recordings');
  const { recorder } = make(t, { folder, budgetBytes: 50e6, segmentBytes: 10e6 });
  recorder.start();
  const frame = beat(0);
  // Within one turn of the loop the worker's answers are not heard: as if the disk stood still.
  for (let i = 0; i < 100_000; i++) recorder.frame(frame, i);
  t.ok(recorder.status().counters.droppedFrames > 10_000);
  await recorder.close();
  const { frames, droppedFrames } = recorder.status().counters;
  t.equal(frames + droppedFrames, 100_000, 'every frame is recorded or counted');
});

t.test('each start begins a recording of its own, the newest by name, whatever became of other counts', async (t) => {
  const folder = scratch(t);
  const name = 'skein-000041-000007.tlog';
  writeFileSync(join(folder, name), 'old');
  const record = (byte: number) => new Uint8Array(10).fill(byte);
  for (const byte of [1, 2]) {
    const segments = new Segments({ folder, budgetBytes: 1e6, segmentBytes: 1e5 });
    segments.write(record(byte));
    segments.finish();
  }
  t.same(readdirSync(folder).sort(), [name, 'skein-000042-000000.tlog', 'skein-000043-000000.tlog']);
});
