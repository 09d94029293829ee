/** The command desk of an agent of the simulation: it and the runner are the real ones; what a command does is played. */
import { AutopilotClient } from '@skein/hardware/autopilot';
import { COMMANDS } from '@skein/protocol/fleet';
import type { ControllerClock } from '../../agent/clock/index.ts';
import { CommandDesk } from '../../agent/commands/index.ts';
import type { Answer, Executor, Executors } from '../../agent/commands/types.ts';
import { Commander } from '../../agent/control/index.ts';
import type { Card } from './card.ts';
import { SimJournal } from './sim-journal.ts';
import type { Truth } from './truth.ts';
import type { ProcessTimers, World } from './world.ts';

/** Of which nothing flies: what the desk looks at before it lets a flight command through. */
const idle = new AutopilotClient({ sharePct: 60, nowMs: () => 0, drawId: () => '0', send: () => false });

export interface SimDeskOptions {
  readonly world: World;
  readonly truth: Truth;
  readonly drone: string;
  readonly timers: ProcessTimers;
  readonly card: Card;
  readonly session: string;
  readonly boot: string;
  readonly nowUs: () => number;
  readonly clock: ControllerClock;
  readonly answer: (answer: Answer) => void;
  readonly onPowerCut: () => void;
}

export function simulatedDesk(o: SimDeskOptions): CommandDesk {
  const { world, truth, timers, card, nowUs, clock } = o;
  const executor: Executor = {
    act: async ({ id }) => {
      truth.acts(id, o.drone);
      await new Promise<void>((resolve) => timers.after(world.between(5, 1_500), resolve));
      return { state: 'succeeded', reason: 'done' };
    },
  };
  const types = Object.keys(COMMANDS).filter((type) => type !== 'cancel');
  const journal = new SimJournal({
    ...{ world, timers, card },
    onPowerCut: o.onPowerCut,
    onRead: (entries) => desk.load(entries),
  });
  const desk = new CommandDesk({
    ...{ session: o.session, boot: o.boot, nowMs: () => nowUs() / 1e3, journal, outboxFull: () => false },
    controllerTime: () => clock.at(nowUs()),
    circumstances: () => ({ state: idle.state, control: idle.control, linkOpen: false }),
    commander: new Commander(() => {}),
    executors: Object.fromEntries(types.map((type) => [type, executor])) as unknown as Executors,
    beforeArming: async () => {},
    answer: o.answer,
    log: { info: () => {}, warn: () => {} },
  });
  return desk;
}
