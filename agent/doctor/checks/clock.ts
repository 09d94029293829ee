import type { ClockFacts, DoctorFacts } from '../facts.ts';
import { type Finding, fine, found, unsure } from '../finding.ts';
import type { RunningFacts } from '../running.ts';

/** Certificates are good to the day, people read logs to the minute. */
const WRONG_MS = 24 * 3_600_000;
const OFF_MS = 2_000;
const YEARS_MS = 20 * 365 * 24 * 3_600_000;

const day = (utcMs: number): string => new Date(utcMs).toISOString().slice(0, 16).replace('T', ' ');

const SET = [
  'connect it to the internet once: sudo timedatectl set-ntp true, then timedatectl must say "synchronized: yes"',
  'or set it by hand: sudo date -u -s "YYYY-MM-DD HH:MM"   (the time now, in UTC)',
];

function away(ms: number): string {
  const s = Math.abs(ms) / 1000;
  if (s >= 2 * 365 * 86_400) return `${Math.round(s / 31_557_600)} years`;
  if (s >= 2 * 86_400) return `${Math.round(s / 86_400)} days`;
  return s >= 7_200 ? `${Math.round(s / 3_600)} hours` : `${Math.round(s)} s`;
}

function told(clock: NonNullable<RunningFacts['clock']>): Finding {
  const { boardMs, source, split, liars, errMs } = clock;
  const direction = boardMs > 0 ? 'ahead of' : 'behind';
  if (Math.abs(boardMs) > WRONG_MS)
    return found(
      'clock-wrong',
      `The board’s clock is ${away(boardMs)} ${direction} ${source}: certificates are judged by it, and logs are stamped with it.`,
      ...SET,
    );
  if (split || liars.length > 0)
    return found(
      'clock-contradicted',
      split
        ? `${source} and another source contradict each other about the time; nobody can tell yet who is right.`
        : `${liars.join(', ')} ${liars.length > 1 ? 'say another time than the others and were' : 'says another time than the others and was'} outvoted.`,
      'the status line "clock" of skein-agent status says by how much; correct the one that is wrong (a receiver without fix, the clock of the controller’s machine)',
    );
  if (Math.abs(boardMs) > Math.max(OFF_MS, errMs))
    return found(
      'clock-off',
      `The board’s clock is ${away(boardMs)} ${direction} ${source}: log lines are stamped so; what is measured is not.`,
      ...SET,
    );
  return fine('clock', `${source} tells the time, the board agrees`);
}

function alone({ utcMs, notBeforeMs, networkTime }: ClockFacts): Finding {
  if (utcMs < notBeforeMs - WRONG_MS || utcMs > notBeforeMs + YEARS_MS)
    return found(
      'clock-wrong',
      `The board believes it is ${day(utcMs)} UTC, and that cannot be: it is ${utcMs < notBeforeMs ? `later than ${day(notBeforeMs)}` : 'years too late'}. Certificates will be called "not yet valid" or "expired".`,
      ...SET,
    );
  if (!networkTime)
    return found(
      'clock-unkept',
      `The board believes it is ${day(utcMs)} UTC; nothing keeps its clock right (neither chrony nor timesyncd says it is synchronised).`,
      ...SET,
      'in the field, with no internet, the agent takes the time from satellites and controller',
    );
  return fine('clock', `${day(utcMs)} UTC, kept by network time`);
}

export function clock({ clock, agent }: DoctorFacts): Finding[] {
  const running = agent.state === 'running' ? agent.facts : null;
  if (running?.clock) return [told(running.clock)];
  return [clock.ok ? alone(clock.value) : unsure('clock', `The clock: ${clock.why}.`)];
}
