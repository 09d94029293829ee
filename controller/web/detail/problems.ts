/**
 * What a person should know about a drone now, in words, worst first. Danger is for what needs a human at once;
 * attention for what may. Values too old to mean anything raise nothing: their age is the problem, and is listed.
 */
import type { FreshnessState, TrustEntry } from '../../live/messages.ts';
import { distance, fixed } from '../format/numbers.ts';
import { ageExact, plusMinus, span } from '../format/times.ts';
import { chargeOf } from '../live/charge.ts';
import { ageOf, type DroneRecord, freshnessOf, kindAgeMs, valuesOf } from '../live/record.ts';
import { sourceName } from './clock-words.ts';
import type { View } from './view.ts';

export interface Problem {
  readonly severity: 'danger' | 'attention';
  readonly words: string;
  /** What to do, or what it means. */
  readonly advice: string | null;
}

const DEAF = 'This page hears nothing from the controller, so the drone may be well.';
const RECENT_MS = 30_000;
const CLOCK_LOOSE_US = 1_000_000;
const BACKLOG_OLD_S = 30;
/** A sample is on the disk within a second or two; past this the card is slow. */
const CARD_SLOW_MS = 5_000;

export function problemsOf({ record, nowMs, limits, pageLive }: View): readonly Problem[] {
  const danger: Problem[] = [];
  const attention: Problem[] = [];
  const { entry } = record;
  const state = freshnessOf(record, nowMs, limits);
  const recent = (kind: Parameters<typeof kindAgeMs>[1]): boolean => {
    const age = kindAgeMs(record, kind, nowMs);
    return age !== null && age <= RECENT_MS;
  };

  if (entry.control.state === 'autopilot-failsafe')
    danger.push({
      severity: 'danger',
      words: 'The autopilot flies a failsafe',
      advice: 'Watch it; do not override without the pilot.',
    });
  if (entry.conflict)
    danger.push({
      severity: 'danger',
      words:
        entry.conflict.reason === 'checksum'
          ? 'One batch number came with two contents'
          : 'Two boards use this identity',
      advice:
        entry.conflict.reason === 'checksum'
          ? 'Both are kept aside; look for a cloned card.'
          : 'Switch one off; what is shown may come from either.',
    });

  const status = recent('status') ? valuesOf(record, 'status') : null;
  if (status?.system === 'critical' || status?.system === 'emergency')
    danger.push({ severity: 'danger', words: `Autopilot state is ${status.system}`, advice: null });
  const battery = recent('battery') ? valuesOf(record, 'battery') : null;
  const pct = battery ? chargeOf(record).pct : null;
  if (pct !== null && pct <= 15) danger.push({ severity: 'danger', words: `Battery at ${fixed(pct)} %`, advice: null });
  else if (pct !== null && pct <= 30)
    attention.push({ severity: 'attention', words: `Battery at ${fixed(pct)} %`, advice: null });
  if (battery?.faults)
    attention.push({
      severity: 'attention',
      words: `Battery reports faults (0x${battery.faults.toString(16)})`,
      advice: null,
    });

  attention.push(...freshnessProblems(record, state, nowMs, pageLive));

  const fence = recent('fence') ? valuesOf(record, 'fence') : null;
  if (fence?.breached)
    danger.push({
      severity: 'danger',
      words: `Outside the fence${fence.breach && fence.breach !== 'none' ? ` (${fence.breach})` : ''}`,
      advice: null,
    });
  const health = recent('health') ? valuesOf(record, 'health') : null;
  if (health?.preArmOk === false && status?.armed === false)
    attention.push({
      severity: 'attention',
      words: 'Pre-arm checks fail',
      advice: 'The autopilot names the cause in its texts below.',
    });
  const ekf = recent('ekf') ? valuesOf(record, 'ekf') : null;
  const worst = ekf
    ? Math.max(
        ekf.velocityVariance ?? 0,
        ekf.horizontalVariance ?? 0,
        ekf.verticalVariance ?? 0,
        ekf.compassVariance ?? 0,
      )
    : 0;
  if (worst >= 1) danger.push({ severity: 'danger', words: 'The position estimate rejects its sensors', advice: null });
  else if (worst >= 0.8)
    attention.push({ severity: 'attention', words: 'The position estimate is strained', advice: null });
  const distrust = status?.armed === true ? distrusted(entry.trust) : null;
  if (distrust?.severity === 'danger') danger.push(distrust);
  else if (distrust) attention.push(distrust);
  const gps = recent('gps') ? valuesOf(record, 'gps') : null;
  if (gps?.fix === 'no-fix' || gps?.fix === 'no-gps' || gps?.fix === '2d')
    attention.push({ severity: 'attention', words: `No 3D satellite fix (${gps.fix})`, advice: null });
  else if ((gps?.horizontalAccM ?? 0) > 5)
    attention.push({
      severity: 'attention',
      words: `Satellite position ± ${distance(gps?.horizontalAccM)}`,
      advice: null,
    });

  const { urgent, history } = entry.backlog;
  const oldestS = Math.max(urgent.oldestS ?? 0, history.oldestS ?? 0);
  if (oldestS > BACKLOG_OLD_S)
    attention.push({
      severity: 'attention',
      words: `${urgent.batches + history.batches} batches not yet here, the oldest ${span(oldestS)} old`,
      advice: 'They fill in by themselves once the link allows.',
    });
  if (entry.packsShut)
    attention.push({
      severity: 'attention',
      words: 'Its packed messages are not opened for a minute: too many came to nothing',
      advice: 'It sends the same unpacked, nothing is lost. If it comes again, look for what speaks under its name.',
    });
  if (entry.clock.source === 'unset')
    attention.push({
      severity: 'attention',
      words: 'Its clock is not set',
      advice: 'History cannot be placed in time until it is.',
    });
  else if (entry.clock.standing === 'split')
    attention.push({
      severity: 'attention',
      words: `Its sources disagree about the time, by up to ${span((entry.clock.errUs ?? 0) / 1e6)}`,
      advice: 'History may stand at the wrong time until a third source tells who is right.',
    });
  else if ((entry.clock.errUs ?? 0) > CLOCK_LOOSE_US)
    attention.push({
      severity: 'attention',
      words: `Its clock is only good to ${plusMinus(entry.clock.errUs)}`,
      advice: null,
    });
  for (const liar of entry.clock.outvoted ?? [])
    attention.push({
      severity: 'attention',
      words: `Its ${sourceName(liar)} tells a wrong time and is not believed`,
      advice: 'Two others agree against it. See to it after landing.',
    });
  const link = recent('link') ? valuesOf(record, 'link') : null;
  if (link?.open === false)
    attention.push({
      severity: 'attention',
      words: 'The agent has no link to the autopilot',
      advice: 'Check cable and port on the drone.',
    });
  const board = recent('board') ? valuesOf(record, 'board') : null;
  if (board?.throttled)
    attention.push({ severity: 'attention', words: 'The companion is slowed by heat or low voltage', advice: null });
  if ((board?.notDurableMs ?? 0) > CARD_SLOW_MS)
    attention.push({
      severity: 'attention',
      words: `Its card is slow: the oldest sample not yet on it is ${ageExact(board?.notDurableMs ?? null)} old`,
      advice: 'A power cut now would lose that much. Commands and heartbeats go on; look at the card after landing.',
    });
  if (board?.diskFreeMb !== null && board !== null && (board.diskFreeMb ?? Number.POSITIVE_INFINITY) < 500)
    attention.push({
      severity: 'attention',
      words: `Only ${fixed(board.diskFreeMb)} MB free on the companion`,
      advice: null,
    });
  return [...danger, ...attention];
}

function freshnessProblems(
  record: DroneRecord,
  state: FreshnessState,
  nowMs: number | null,
  pageLive: boolean,
): Problem[] {
  const age = ageExact(ageOf(record, nowMs));
  const found: Problem[] = [];
  if (record.unreported)
    found.push({
      severity: 'attention',
      words: 'Not named by the controller since it restarted',
      advice: 'Shown as it was before; it ages until the drone is heard again.',
    });
  if (state === 'never')
    found.push({
      severity: 'attention',
      words: 'No live data yet',
      advice: !pageLive
        ? DEAF
        : record.entry.online
          ? 'The agent is connected; its autopilot may not be.'
          : 'Waiting for its agent.',
    });
  if (state === 'lost' || state === 'stale') {
    const why = !pageLive
      ? DEAF
      : record.entry.online
        ? 'The agent is still connected: its autopilot has gone quiet.'
        : 'Its connection is down; it reconnects by itself if its agent still runs.';
    found.push({
      severity: 'attention',
      words: `Last seen ${age} ago`,
      advice: [`${why} Everything shown is that old.`, ringWords(record.entry.trust)].filter(Boolean).join(' '),
    });
  }
  return found;
}

/** How wide the ring on the map is: it grows past the edge of what is in sight. */
function ringWords(trust: TrustEntry | undefined): string {
  if (!trust?.estimate) return '';
  return `It may be anywhere within ${distance(trust.estimate.radiusM)} of where it was going (the ring on the map).`;
}

/** In the air only; that it is silent is said as its age, and that it settles passes by itself. */
function distrusted(trust: TrustEntry | undefined): Problem | null {
  if (!trust || trust.reason === null || trust.reason === 'silent' || trust.reason === 'settling') return null;
  return {
    severity: trust.state === 'rejected' ? 'danger' : 'attention',
    words: `Position ${trust.state}: ${trust.words ?? trust.reason}`,
    advice: 'No leg, go-to or release begins until it is trusted; hold, return and land still go.',
  };
}
