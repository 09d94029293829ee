/**
 * Random boots: sources that come and go, one that lies from some moment on, a crystal that drifts, an agent that is started again,
 * a board clock that jumps. While a majority is right the true time lies in the stated error; and once a record of theirs is
 * there, every stamp of the boot is placed within what is stated, whatever was recorded before.
 */
import { type ClockRecord, Timeline } from '@skein/protocol/time';
import t from 'tap';
import { Clock, type KeptTime } from './index.ts';

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
const COUNT = Number(process.env.COUNT ?? (process.env.SOAK ? 2_000 : 60));
const S = 1_000_000;
const UTC = 1_795_289_965 * S;
const LASTS_S = 900;
const SOURCES = ['gps', 'ntp', 'controller'] as const;
type Name = (typeof SOURCES)[number];

/** mulberry32: small, and the same everywhere. */
function randomFrom(start: number): () => number {
  let state = start | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let x = Math.imul(state ^ (state >>> 15), 1 | state);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Outcome {
  readonly wrong: string | null;
  readonly lied: boolean;
  readonly placed: boolean;
}

/** One boot. */
function live(run: number): Outcome {
  const random = randomFrom(seed + run * 7_919);
  const between = (least: number, most: number): number => least + random() * (most - least);
  const drift = between(-45, 45) / 1e6;
  const truth = (monoUs: number): number => UTC + monoUs * (1 + drift);
  const from = Object.fromEntries(SOURCES.map((name) => [name, random() < 0.3 ? 0 : between(0, LASTS_S * 0.7)]));
  const liar: Name | null = random() < 0.7 ? (SOURCES[Math.floor(random() * 3)] ?? null) : null;
  const liesFromS = random() < 0.5 ? 0 : between(0, LASTS_S);
  const lieUs = (random() < 0.5 ? -1 : 1) * between(10, 1e6) * S;
  let kept: KeptTime | null = null;
  let clock = new Clock({ boot: 'b', kept });
  let boardUs = 0;
  const records: ClockRecord[] = [];
  let lastByMajority = false;
  let starts = 1;

  const speak = (name: Name, monoUs: number): void => {
    const wrongUs = name === liar && monoUs >= liesFromS * S ? lieUs : 0;
    if (name === 'gps') {
      clock.fix('3d', monoUs);
      const wayUs = between(0, 400_000);
      clock.gps(truth(monoUs - wayUs) + wrongUs + between(-240_000, 240_000), monoUs, wayUs);
    } else if (name === 'ntp') clock.network(truth(monoUs) + wrongUs + between(-99_000, 99_000), monoUs, 100_000);
    else {
      const [there, back] = [between(500, 900_000), between(500, 900_000)];
      const remote = Math.round(truth(monoUs - back) + wrongUs);
      clock.controller({
        ...{ sentMonoUs: Math.round(monoUs - back - there), receivedMonoUs: Math.round(monoUs) },
        ...{ remoteReceivedUtcUs: remote, remoteSentUtcUs: remote },
      });
    }
  };

  for (let s = 1; s <= LASTS_S; s++) {
    const monoUs = s * S;
    if (random() < 0.003) boardUs = between(-1e15, 1e15);
    if (random() < 0.004) {
      clock = new Clock({ boot: 'b', kept });
      starts++;
    }
    for (const [name, every] of [
      ['gps', 1],
      ['controller', 5],
      ['ntp', 60],
    ] as const) {
      if (s >= (from[name] ?? 0) && s % every === 0 && random() < 0.8) speak(name, monoUs);
    }
    kept = clock.kept(monoUs, 'b') ?? kept;
    const read = clock.read(monoUs);
    const isRight = (offUs: number, errUs: number): boolean => Math.abs(offUs) <= errUs + 50;
    const offUs = (read?.utcUs ?? 0) - truth(monoUs);
    const opinions = clock.sources(monoUs);
    const right = opinions.filter(({ aheadUs, errUs }) => isRight(offUs + aheadUs, errUs)).length;
    const majority = right * 2 > opinions.length;
    if (read !== null && (majority || (read.standing === 'split' && right > 0)) && !isRight(offUs, read.errUs))
      return {
        wrong: `run ${run}, ${s} s: ${offUs} µs off, ± ${read.errUs}, ${read.standing}`,
        lied: true,
        placed: false,
      };
    const record = clock.record(monoUs, Math.max(0, UTC + monoUs + boardUs));
    if (record === null) continue;
    const { utcUs, errUs, source } = record.values;
    if (utcUs === null || errUs === null || source === null) throw new Error('a record without a time');
    records.push({ boot: 'b', monoUs: record.monoUs, utcUs, errUs, source });
    lastByMajority = majority && read?.standing !== 'split';
  }
  const lied = liar !== null && liesFromS < LASTS_S;
  if (records.length > 6 * starts + LASTS_S / 10)
    return { wrong: `run ${run}: ${records.length} records, ${starts} starts`, lied, placed: false };
  if (!lastByMajority) return { wrong: null, lied, placed: false };
  const timeline = new Timeline(records);
  for (let s = 0; s <= LASTS_S; s += 7) {
    const at = timeline.at(s * S);
    if (at === null || Math.abs(at.utcUs - truth(s * S)) > at.errUs + 50)
      return { wrong: `run ${run}: stamp ${s} s is placed at ${at?.utcUs}, ± ${at?.errUs}`, lied, placed: true };
  }
  return { wrong: null, lied, placed: true };
}

t.test('whoever lies, whenever: what is stated holds', async (t) => {
  t.comment(`SEED=${seed} COUNT=${COUNT}`);
  const outcomes = Array.from({ length: COUNT }, (_, run) => live(run));
  t.same(
    outcomes.flatMap(({ wrong }) => wrong ?? []),
    [],
  );
  const both = outcomes.filter(({ lied, placed }) => lied && placed).length;
  t.comment(
    `${outcomes.filter(({ lied }) => lied).length} with a liar, of those placed by a majority in the end: ${both}`,
  );
  t.ok(both > COUNT / 10, 'the interesting ones are among them');
});
