/** What the agent takes of the disk: one number, split as stated, and held by the real files whatever is thrown at them. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encode, type Frame, FrameParser } from '@skein/protocol/mavlink';
import t, { type Test } from 'tap';
import { diskProblems, splitDisk } from './disk.ts';
import { Outbox } from './outbox/index.ts';
import { newBoot, newEpoch, textSample } from './outbox/testkit.ts';
import { Recorder } from './recorder/index.ts';
import { systemTimers } from './timers.ts';

const config = (diskMB: number, outboxMB = 0, recorderMB = 0, enabled = true) => ({
  disk: { budgetMB: diskMB },
  outbox: { budgetMB: outboxMB, keepAckedHours: 48 },
  recorder: { budgetMB: recorderMB, enabled, segmentMB: 32 },
});
const nowUs = (): number => Number(process.hrtime.bigint() / 1000n);

function scratch(test: Test): string {
  const root = mkdtempSync(join(tmpdir(), 'disk-'));
  test.teardown(() => rmSync(root, { recursive: true, force: true }));
  return root;
}

/** Looked at anew when files came or went meanwhile: one that is given up for a newer one would count beside it. */
function bytesUnder(folder: string): number {
  for (;;) {
    const entries = filesUnder(folder);
    const sizes = entries.map((path) => statSync(path, { throwIfNoEntry: false })?.size ?? 0);
    const after = filesUnder(folder);
    if (after.join() === entries.join()) return sizes.reduce((sum, size) => sum + size, 0);
  }
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

t.test('one number: a ninth for the outbox, the rest for recordings, unless told otherwise', async (t) => {
  t.same(splitDisk(config(2304)), { outboxBytes: 256e6, recorderBytes: 2048e6 });
  t.same(splitDisk(config(8)), { outboxBytes: 4e6, recorderBytes: 4e6 });
  t.same(splitDisk(config(100, 40)), { outboxBytes: 40e6, recorderBytes: 60e6 });
  t.same(splitDisk(config(100, 40, 10)), { outboxBytes: 40e6, recorderBytes: 10e6 });
  t.same(diskProblems(config(100, 40, 60)), []);
  t.match(diskProblems(config(100, 40, 61)), [/want 101 MB, disk.budgetMB allows 100/]);
  t.match(diskProblems(config(100, 100)), [/raise it, or lower them/], 'recordings would have nothing');
  t.same(diskProblems(config(100, 100, 0, false)), []);
  t.match(diskProblems(config(100, 3)), [/outbox.budgetMB = 3: at least 4/]);
});

function beat(): Frame {
  const fields = { type: 2, autopilot: 3, base_mode: 81, custom_mode: 0, system_status: 3, mavlink_version: 3 };
  const frames: Frame[] = [];
  const parser = new FrameParser();
  parser.push(encode('HEARTBEAT', fields, { sysid: 1, compid: 1, seq: 0 }), (frame) => frames.push(frame));
  parser.flush((frame) => frames.push(frame));
  const [frame] = frames;
  if (frame === undefined) throw new Error('no frame');
  return frame;
}

t.test('everything is filled, and the files stay inside the budget at each look', async (t) => {
  const root = scratch(t);
  const settings = config(10, 6);
  const { outboxBytes, recorderBytes } = splitDisk(settings);
  let told: () => void = () => {};
  const outbox = new Outbox({
    path: join(root, 'outbox.db'),
    budgetBytes: outboxBytes,
    keepAckedHours: 48,
    boot: newBoot(),
    drawEpoch: newEpoch,
    nowUs,
    timers: systemTimers,
    onReadable: () => told(),
    onProblem: () => told(),
  });
  const recorder = new Recorder({
    folder: join(root, 'recordings'),
    budgetBytes: recorderBytes,
    segmentBytes: recorderBytes / 4,
    nowUs,
    utcUs: (us) => us,
  });
  mkdirSync(join(root, 'recordings'));
  await outbox.start();
  recorder.start();
  const frame = beat();
  let most = 0;
  const durable = () => outbox.readable().find((one) => one.epoch === outbox.epoch && one.lane === 'history')?.end ?? 1;
  const look = (): void => {
    const bytes = bytesUnder(root);
    most = Math.max(most, bytes);
    const recordings = bytesUnder(join(root, 'recordings'));
    if (recordings > recorderBytes) throw new Error(`${recordings} bytes of recordings`);
    if (bytes - recordings > outboxBytes) throw new Error(`${bytes - recordings} bytes of the outbox`);
  };
  // Three times what there is room for: batches of every size, urgent among them; nothing is acked.
  for (let seq = 1, sent = 0; sent < 3 * outboxBytes; ) {
    for (let i = 0; i < 40; i++, seq++) {
      const length = 100 + ((seq * 7919) % 4000);
      sent += length;
      outbox.append('history', [textSample(seq, length)]);
      if (seq % 40 === 0) outbox.append('urgent', [textSample(seq, 200)], { droppable: seq % 80 === 0 });
      for (let f = 0; f < 60; f++) recorder.frame(frame, nowUs());
    }
    const wanted = seq;
    await new Promise<void>((resolve) => {
      told = () => {
        look();
        if (durable() >= wanted) resolve();
      };
      told();
    });
    look();
  }
  // Then what is never given up, to the last page.
  for (let seq = 1; outbox.status().problem === null; seq++) {
    for (let i = 0; i < 20; i++) outbox.append('urgent', [textSample(seq, 3000)]);
    await new Promise<void>((resolve) => {
      told = () => {
        look();
        if (outbox.status().problem !== null || outbox.status().pendingBytes === 0) resolve();
      };
      told();
    });
  }
  t.equal(outbox.status().problem?.code, 'budget');
  const { counters } = outbox.status();
  t.ok(counters.thinned > 500 && counters.queueFullBatches === 0, 'thinned, and nothing lost on the way');
  t.ok(recorder.status().counters.removedSegments > 0, 'recordings were given up for newer ones');
  // A second program that would read for ever, and let the log grow: it is kept out. (Of this process it would not be.)
  const reader = `new (require('node:sqlite').DatabaseSync)(process.argv[1], {readOnly: true}).prepare('SELECT * FROM rows').get()`;
  const read = spawnSync(process.execPath, ['-e', reader, join(root, 'outbox.db')], { encoding: 'utf8' });
  t.match(read.stderr, /locked/);
  await Promise.all([outbox.close(), recorder.close()]);
  look();
  t.comment(`at most ${(most / 1e6).toFixed(2)} of ${(outboxBytes + recorderBytes) / 1e6} MB`);
});
