/** `skein-agent outbox`: what waits for the controller, what is missing and why, and what to do about it. */
import { join } from 'node:path';
import { monotonicUs, readIdentity } from '@skein/hardware/board';
import type { Lane } from '@skein/protocol/fleet';
import { findAgent, sizeWords, table } from './asking.ts';
import type { CommandLine } from './cli/index.ts';
import { splitDisk } from './disk.ts';
import { EXIT, type Terminal } from './exit.ts';
import { type GapSum, hasOutbox, type LaneSurvey, type OutboxSurvey, surveyOutbox } from './outbox/survey.ts';
import { AnonymousConfig, readSettings } from './settings.ts';
import { type AgentStatus, headline } from './status/index.ts';

export const OUTBOX_NAME = 'outbox.db';

/** As a running agent tells it: more of its outbox than `AgentStatus` names. */
interface Told extends AgentStatus {
  readonly outbox: AgentStatus['outbox'] & {
    readonly problem: { readonly message: string; readonly detail: string } | null;
    readonly epochs: readonly {
      readonly epoch: string;
      readonly lanes: Readonly<Record<Lane, { readonly acked: number }>>;
    }[];
  };
}

export interface OutboxReport {
  /** Null: no agent answers here; the file is as the last one left it. */
  readonly agent: Pick<Told, 'drone' | 'epoch' | 'uplink' | 'outbox'> | null;
  readonly headline: string | null;
  readonly budgetBytes: number;
  /** Of this run of the board's kernel; stamps of others cannot be told in time. */
  readonly boot: string;
  readonly nowMonoUs: number;
  readonly survey: OutboxSurvey;
}

/** Why numbers are missing: what it means, what to do. */
const GAPS: Readonly<Record<GapSum['reason'], readonly [means: string, remedy: string]>> = {
  unknown: ['nobody knows why; it is a bug', 'please report it, with "skein-agent bundle"'],
  budget: [
    'the oldest were given up, for the budget was full',
    'bring the controller back in reach; raise disk.budgetMB',
  ],
  thinned: [
    'every 2nd … 64th batch was kept, for the budget was full',
    'bring the controller back in reach; raise disk.budgetMB',
  ],
  'queue-full': ['the disk did not keep up and memory was full', 'look at the card: "skein-agent status"'],
  'not-durable': ['the disk failed, and the agent ended before it took them', 'look at the card: "skein-agent status"'],
  corrupt: ['they were damaged on the disk', 'the card may be worn out: change it'],
  evicted: [
    'they were removed after another controller had them',
    'nothing: a controller restored from a backup lacks them',
  ],
  restart: [
    'the agent was killed or lost power, and did not see this time',
    'nothing; if it is often, look at the power supply',
  ],
  stopped: ['the agent was stopped in order, and did not run', 'nothing'],
};

export async function outbox(line: CommandLine, io: Terminal): Promise<number> {
  const report = await outboxReport(line);
  if (!report.ok) {
    io.complain(report.problems);
    return report.code;
  }
  io.out(line.switches.has('json') ? `${JSON.stringify(report.report)}\n` : outboxPage(report.report));
  return EXIT.ok;
}

const partOf = ({ drone, epoch, uplink, outbox }: Told): OutboxReport['agent'] => ({ drone, epoch, uplink, outbox });

type Reported =
  | { readonly ok: true; readonly report: OutboxReport }
  | { readonly ok: false; readonly code: number; readonly problems: readonly string[] };

export async function outboxReport(line: Pick<CommandLine, 'configFile' | 'flags'>): Promise<Reported> {
  const settings = readSettings(AnonymousConfig, line, process.env);
  if (!settings.ok) return { ok: false, code: EXIT.usage, problems: settings.problems };
  const { config } = settings;
  const found = findAgent(line);
  const asked = found.ok ? await found.ask('/status') : null;
  const told = asked?.ok === true ? (JSON.parse(asked.body) as Told) : null;
  const path = join(config.dataDir, OUTBOX_NAME);
  if (!hasOutbox(path)) {
    const words = `there is no outbox at ${path}: no agent has run with this data directory`;
    return { ok: false, code: EXIT.failed, problems: [words, 'Name it with --config FILE or --dataDir=FOLDER.'] };
  }
  const acks = new Map(told?.outbox.epochs.map(({ epoch, lanes }) => [epoch, lanes]));
  try {
    const boot = told?.boot ?? (await readIdentity(config.board.bootIdFile)).boot;
    const survey = surveyOutbox(path, (epoch, lane) => acks.get(epoch)?.[lane].acked ?? null);
    const budgetBytes = told?.outbox.budgetBytes ?? splitDisk(config).outboxBytes;
    const shown = told === null ? null : headline(told);
    return {
      ok: true,
      report: {
        agent: told === null ? null : partOf(told),
        headline: shown,
        budgetBytes,
        boot,
        nowMonoUs: monotonicUs(),
        survey,
      },
    };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const words = code === 'EACCES' ? `${path} may not be read by this user: try sudo` : message;
    return { ok: false, code: EXIT.failed, problems: [words] };
  }
}

function span(us: number): string {
  const s = Math.round(us / 1e6);
  if (s < 120) return `${s} s`;
  if (s < 7200) return `${Math.round(s / 60)} min`;
  return s < 172_800 ? `${(s / 3600).toFixed(1)} h` : `${Math.round(s / 86_400)} d`;
}

/** How old; what was stamped in another run of the kernel cannot be told. */
function age({ boot, oldestMonoUs }: LaneSurvey, report: OutboxReport): string {
  if (oldestMonoUs === null) return '—';
  return boot === report.boot
    ? `${span(Math.max(0, report.nowMonoUs - oldestMonoUs))} old`
    : 'before the board restarted';
}

function first(report: OutboxReport): string {
  const { survey, agent, headline } = report;
  const batches = survey.lanes.reduce((sum, lane) => sum + lane.batches, 0);
  const bytes = survey.lanes.reduce((sum, lane) => sum + lane.bytes, 0);
  const unwritten = agent?.outbox.backlogRows ?? 0;
  const waits =
    batches > 0
      ? `${batches} batches wait, ${sizeWords(bytes)}.`
      : unwritten > 0
        ? `${unwritten} wait, on their way to the disk.`
        : 'Nothing waits.';
  const who =
    agent === null
      ? 'No agent runs here: this is what the last one left, and the next one will send.'
      : `${agent.drone}: ${headline}`;
  return `${waits} ${who}\n`;
}

function problemLines({ agent, survey }: OutboxReport): string[] {
  const { problem = null, volatileBytes = 0, slowCommitMs = null, aheadOfCard = 0 } = agent?.outbox ?? {};
  return [
    problem === null ? null : `! ${problem.message} (${problem.detail})`,
    volatileBytes > 0
      ? `! ${sizeWords(volatileBytes)} are only in memory, for the disk does not take them: do not cut the power.`
      : null,
    slowCommitMs === null
      ? null
      : `! The card is slow: a commit of late took ${Math.round(slowCommitMs)} ms. Have a new one ready.`,
    aheadOfCard > 0
      ? `! The controller has ${aheadOfCard} that this card has not: it lost its last writes, or is an old copy. Change the card.`
      : null,
    survey.beginsWell
      ? null
      : '! The file does not begin as a database does: it is damaged, or something else was put there. What is counted here is what could be found in it. The next agent sets it aside and saves of it what it can: before it starts, copy outbox.db and outbox.db-wal to another disk.',
    survey.asideBytes === null
      ? null
      : `! A damaged outbox file lies aside, ${sizeWords(survey.asideBytes)} of it still to be looked through. ${agent === null ? 'The next agent salvages it: start it' : 'It is being salvaged: let it run'}. The card may be worn out.`,
    survey.cut ? '! There are more rows than are counted here: the numbers are too low.' : null,
  ].filter((each) => each !== null);
}

export function outboxPage(report: OutboxReport): string {
  const { survey, agent, budgetBytes } = report;
  const used = agent?.outbox.usedBytes ?? survey.fileBytes;
  const room = `${sizeWords(used)} of ${sizeWords(budgetBytes)} used (${Math.round((used / budgetBytes) * 100)} %); ${survey.keptBatches} batches the controller has already are kept for one restored from a backup, and go first.`;
  const waiting = survey.lanes.filter(({ batches }) => batches > 0);
  const rows = waiting.map((lane) => [
    `${lane.epoch.slice(0, 8)}${lane.epoch === agent?.epoch ? ' (this start)' : ''}`,
    lane.lane,
    String(lane.batches),
    sizeWords(lane.bytes),
    age(lane, report),
  ]);
  const parts = [first(report)];
  const problems = problemLines(report);
  if (problems.length > 0) parts.push(`${problems.join('\n')}\n`);
  parts.push(`${room}\n`);
  if (rows.length > 0) parts.push(table([['start', 'lane', 'batches', 'size', 'oldest'], ...rows]));
  const gaps = gapLines(survey);
  parts.push(
    gaps === ''
      ? survey.beginsWell
        ? 'Nothing is missing from what waits.\n'
        : 'Whether something is missing cannot be told.\n'
      : `Missing from what waits, told to the controller as gaps:\n${gaps}`,
  );
  return parts.join('\n');
}

function gapLines({ lanes }: OutboxSurvey): string {
  const sums = new Map<GapSum['reason'], { records: number; seqs: number; samples: number }>();
  for (const { gaps } of lanes) {
    for (const { reason, records, seqs, samples } of gaps) {
      const sum = sums.get(reason) ?? { records: 0, seqs: 0, samples: 0 };
      sums.set(reason, { records: sum.records + records, seqs: sum.seqs + seqs, samples: sum.samples + samples });
    }
  }
  return [...sums]
    .map(([reason, { records, seqs, samples }]) => {
      const [means, remedy] = GAPS[reason];
      const lost = samples > 0 ? `, ${samples} samples` : '';
      return `  ${reason}: ${records} times, ${seqs} batches${lost}: ${means}.\n    → ${remedy}\n`;
    })
    .join('');
}
