/**
 * Power cuts of a real agent: every operation on its files is recorded while it works, a data directory is made as a cut
 * at some moment could have left it, the agent is started on that and drained (docs/testing.md, "Power cuts").
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import t from 'tap';
import { measured, seconds } from './kit/measured.ts';
import { afterCut, type Cut, chooseCut, cutWords } from './kit/power-cut/cut.ts';
import { alwaysWrong, longestCommitMs, lossWindowMs, wrongOnHonestCard } from './kit/power-cut/findings.ts';
import { promisesOf } from './kit/power-cut/promises.ts';
import { missed } from './kit/power-cut/recorder.ts';
import { load, type Recording, record } from './kit/power-cut/recording.ts';
import { Reopener } from './kit/power-cut/reopened.ts';
import { countFromEnvironment, isSoak, randomFrom, seedFromEnvironment } from './kit/seed.ts';

const count = countFromEnvironment(10, 200);
const seed = seedFromEnvironment();
const RECORD_MS = isSoak() ? 10_000 : 3_000;
/** Each but the first goes on with what a cut of the one before has left. */
const RECORDINGS = isSoak() ? 4 : 1;
/** Of so many cuts the last meets a card that does not do what it says. */
const LIES_EVERY = 4;
const AT_ONCE = 4;
/** Promised: 1 s and the commit under way. Three times that. */
const BUSY = 3;
/** `RECORDING=<run>/<number>`: the cuts of a recording that an earlier run has kept. */
const kept = process.env.RECORDING;

const run = kept === undefined ? fs.mkdtempSync(path.join(os.tmpdir(), 'skein-power-cut-')) : path.dirname(kept);

async function* recordings(): AsyncGenerator<Recording> {
  if (kept !== undefined) {
    yield load(run, Number(path.basename(kept)));
    return;
  }
  let base = new Map();
  for (let number = 0; number < RECORDINGS; number++) {
    const recording = await record({ run, number, base, forMs: RECORD_MS });
    yield recording;
    base = new Map(afterCut(recording, chooseCut(recording.operations, seed, false)));
  }
}

const skip = process.platform === 'linux' ? false : 'file operations are recorded on Linux only';

t.test(`${count} power cuts: what was durable is there once`, { timeout: 1_800_000, skip }, async (t) => {
  t.comment(`SEED=${seed} COUNT=${count}`);
  const reopener = await Reopener.create();
  t.teardown(() => reopener.close());
  const lossesMs: number[] = [];
  let commitMs = 0;
  let lying = 0;
  let setAside = 0;

  for await (const recording of recordings()) {
    // given: what an agent did to its files, whole
    const { dir, operations } = recording;
    t.same(missed(recording), [], `${operations.length} operations: played whole, they make what lies on the disk`);
    commitMs = Math.max(commitMs, longestCommitMs(operations));

    const judge = async (cut: Cut): Promise<void> => {
      // when: the power fails in the middle of it, and the agent starts again on what is left
      const before = promisesOf(recording, cut.at);
      const wrong: string[] = [];
      try {
        const after = await reopener.reopen(`cut-${path.basename(dir)}-${cut.seed}`, afterCut(recording, cut));
        wrong.push(...alwaysWrong(before, after));
        if (cut.lies > 0) {
          lying++;
          setAside += after.counters.setAside ?? 0;
        } else {
          wrong.push(...wrongOnHonestCard(before, after));
          const cutNs = operations[Math.min(cut.at, operations.length - 1)]?.ns ?? 0n;
          lossesMs.push(lossWindowMs(before, recording, after, cutNs) ?? 0);
        }
      } catch (error) {
        wrong.push(error instanceof Error ? error.message : String(error));
      }
      // then
      t.same(wrong, [], `RECORDING=${dir} COUNT=1 ${cutWords(cut)}`);
    };
    const share = Math.ceil(count / (kept === undefined ? RECORDINGS : 1));
    const cuts = Array.from({ length: share }, (_, i) => {
      const own = count === 1 ? seed : Math.floor(randomFrom(seed + i).next() * 2 ** 32);
      return chooseCut(operations, own, own % LIES_EVERY === 0);
    });
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (let cut = cuts.pop(); cut !== undefined; cut = cuts.pop()) await judge(cut);
      }),
    );
  }

  // and: what is lost is young
  const worstMs = Math.max(0, ...lossesMs);
  measured(
    `${lossesMs.length} power cuts and ${lying} of a lying card (${setAside} damaged files): nothing durable lost on an honest one, nothing doubled; ` +
      `newest stored sample ${seconds(worstMs)} old at worst (promised 1 s + the commit, ${seconds(commitMs)} at worst)`,
  );
  t.ok(worstMs <= BUSY * (1_000 + commitMs), 'no more is lost than was not durable');
  if (t.passing() && kept === undefined && process.env.KEEP === undefined) fs.rmSync(run, { recursive: true });
  else t.comment(`kept: ${run}`);
});
