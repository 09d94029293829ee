/**
 * After a start: the run before may have ended between the commit of an answer and the writing of its step. While a
 * command lives it is sent again and answered again; of those that are over, the answer is looked for in what is stored.
 */
import { isFinal } from '@skein/protocol/fleet';
import type { Entry } from './entry.ts';
import type { AnswerValues } from './wire.ts';

/** Our own clock may have been set meanwhile. */
const SLACK_US = 60e6;

export interface RecallOptions {
  readonly open: readonly Entry[];
  /** Of those, the ones that the run before ended in the middle of posting: they are never sent again. */
  readonly undecided: readonly Entry[];
  readonly nowMonoUs: number;
  /** Answers of this drone that are stored, come since then by our clock. */
  readonly answersSince: (drone: string, fromUtcUs: number) => Promise<readonly AnswerValues[]>;
  readonly take: (drone: string, values: AnswerValues) => void;
  readonly stopped: () => boolean;
  readonly onProblem: (message: string, detail: Readonly<Record<string, unknown>>) => void;
}

/** Never rejects; one drone after another. */
export async function recall(o: RecallOptions): Promise<void> {
  const over = new Map<string, { ids: Set<string>; fromUtcUs: number }>();
  for (const entry of o.open) {
    const { command, deliveries, expiresMonoUs } = entry;
    if (o.nowMonoUs < expiresMonoUs && !o.undecided.includes(entry)) continue;
    for (const { drone, state, sentUtcUs } of deliveries.values()) {
      if (isFinal(state) || sentUtcUs === null) continue;
      const one = over.get(drone) ?? { ids: new Set(), fromUtcUs: sentUtcUs };
      over.set(drone, { ids: one.ids.add(command.id), fromUtcUs: Math.min(one.fromUtcUs, sentUtcUs) });
    }
  }
  for (const [drone, { ids, fromUtcUs }] of over) {
    if (o.stopped()) return;
    try {
      const answers = await o.answersSince(drone, fromUtcUs - SLACK_US);
      const mine = answers.filter(({ command }) => command !== null && ids.has(command));
      for (const one of mine.toSorted((a, b) => (a.step ?? 0) - (b.step ?? 0))) o.take(drone, one);
    } catch (error) {
      o.onProblem('stored answers could not be read', { drone, reason: String(error) });
    }
  }
}
