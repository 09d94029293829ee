/** Commands, wired to the store, the fleet and the way to the drones. */
import { isFinal } from '@skein/protocol/fleet';
import type { Sample } from '@skein/protocol/telemetry';
import { COMMAND_COUNTERS, type CommandStore, Commands, type HeightLimits } from './commands/index.ts';
import type { Fleet } from './fleet/index.ts';
import type { Metrics } from './metrics/index.ts';
import type { NewEvent, Store } from './store/index.ts';
import { storedAnswers } from './stored-words.ts';
import { systemTimers } from './timers.ts';

export interface CommandWiring {
  readonly store: Store;
  readonly clock: { utcUs(): number; monoUs(): number };
  readonly random: () => number;
  readonly heights: HeightLimits;
  readonly fleet: Fleet;
  readonly metrics: Metrics;
  readonly log: { warn(detail: object, message: string): void };
  readonly publish: (drone: string, message: string) => void;
  readonly event: (event: NewEvent) => void;
  /** The ground stop that keeps it there, a reason; null: none does. */
  readonly groundStop: (drone: string) => string | null;
  /** Why its itinerary must not be started now; null: nothing speaks against it. */
  readonly againstStart: (drone: string) => string | null;
  /** An operator’s word on a parcel has ended on its drone; null: it agreed. */
  readonly onSettleEnded: (drone: string, command: string, refused: string | null) => void;
}

export function makeCommands(o: CommandWiring) {
  const { store, clock, random, heights, fleet, metrics, log, publish } = o;
  const commands = new Commands({
    ...{ clock, random, publish, heights, timers: systemTimers },
    // What stands in the projection was written by commands/events.ts: it comes back as it went.
    store: store as Store & CommandStore,
    answersSince: (drone, fromUtcUs) => storedAnswers(store, drone, fromUtcUs),
    against: (drone, type) => {
      const stopped = type === 'start' || type === 'arm' ? o.groundStop(drone) : null;
      return stopped ?? (type === 'start' ? o.againstStart(drone) : null);
    },
    fleet: { contact: (id) => fleet.contact(id), ids: () => fleet.ids },
    count: metrics.counters('commands', COMMAND_COUNTERS),
    onBriefs: (drone, briefs) => {
      fleet.show(drone, { commands: briefs });
      for (const { id, type, state, reason } of briefs) {
        if (type === 'settle' && isFinal(state))
          o.onSettleEnded(drone, id, state === 'succeeded' ? null : (reason ?? state));
      }
    },
    onFirstAnswer: metrics.histogram(
      'commands_first_answer_seconds',
      'from the posting of a command to the first word of its drone',
      [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 15, 60, 600],
    ),
    onAlert: (drone, data) => {
      log.warn({ drone, ...data }, 'an alert');
      o.event({
        entity: `drone:${drone}`,
        type: 'alert',
        atUtcUs: clock.utcUs(),
        by: { kind: 'controller', name: 'commands' },
        data,
      });
    },
    onProblem: (message, detail) => log.warn(detail, message),
  });

  /** Of an urgent batch that is committed: the answers are for the commands. */
  function takeUrgent(drone: string, said: readonly Sample[]): void {
    for (const sample of said) if (sample.kind === 'answer') commands.answer(drone, sample.values);
  }

  return { commands, takeUrgent };
}
