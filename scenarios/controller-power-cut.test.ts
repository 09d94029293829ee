/** Power cuts of a real controller, as power-cut.test.ts does it with an agent: what it has acked and taken is there. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import t from 'tap';
import { measured } from './kit/measured.ts';
import { wrongAtController } from './kit/power-cut/controller-findings.ts';
import { type ControllerMark, DRONES, recordController } from './kit/power-cut/controller-recording.ts';
import { afterCut, chooseCut, cutWords } from './kit/power-cut/cut.ts';
import { writeImage } from './kit/power-cut/image.ts';
import { loadRecording, missed } from './kit/power-cut/recorder.ts';
import { countFromEnvironment, isSoak, randomFrom, seedFromEnvironment } from './kit/seed.ts';

const count = countFromEnvironment(10, 200);
const seed = seedFromEnvironment();
const RECORD_MS = isSoak() ? 20_000 : 3_000;
const kept = process.env.RECORDING;
const skip = process.platform === 'linux' ? false : 'file operations are recorded on Linux only';

t.test(`${count} power cuts of a controller: what it acked is there once`, { timeout: 1_800_000, skip }, async (t) => {
  t.comment(`SEED=${seed} COUNT=${count}`);
  // given: what a controller did to its files while drones drained into it
  const dir = kept ?? fs.mkdtempSync(path.join(os.tmpdir(), 'skein-power-cut-'));
  const recording = kept === undefined ? await recordController(dir, RECORD_MS) : loadRecording(dir);
  const { operations } = recording;
  t.same(missed(recording), [], `${operations.length} operations: played whole, they make what lies on the disk`);
  const marked = operations.flatMap((one) => (one.type === 'mark' ? [JSON.parse(one.text) as ControllerMark] : []));
  const lanes = new Set(marked.flatMap((one) => (one.type === 'ack' ? [`${one.drone} ${one.lane}`] : [])));
  t.equal(lanes.size, 2 * DRONES, 'what was acked to each drone in each lane is known');
  t.ok(
    marked.some(({ type }) => type === 'posted'),
    'and orders that were taken',
  );
  let acks = 0;

  for (let i = 0; i < count; i++) {
    // when: the power fails in the middle of it
    const cut = chooseCut(operations, count === 1 ? seed : Math.floor(randomFrom(seed + i).next() * 2 ** 32), false);
    const dataDir = path.join(dir, `cut-${cut.seed}`);
    writeImage(dataDir, afterCut(recording, cut));
    const done = operations.slice(0, cut.at);
    acks += done.filter((one) => one.type === 'mark' && one.text.includes('"ack"')).length;
    // then
    const wrong = await wrongAtController(dataDir, done).catch((error: unknown) => [String(error)]);
    t.same(wrong, [], `RECORDING=${dir} COUNT=1 ${cutWords(cut)}`);
    fs.rmSync(dataDir, { recursive: true });
  }
  measured(`${count} power cuts of a controller, ${Math.round(acks / count)} acks before each: nothing acked lost`);
  if (t.passing() && kept === undefined && process.env.KEEP === undefined) fs.rmSync(dir, { recursive: true });
  else t.comment(`kept: ${dir}`);
});
