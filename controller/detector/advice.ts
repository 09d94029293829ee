/** Alerts that other parts of the controller raise: they know that it happened, here is what it means for people. */
import type { AlertSeverity } from './verdict.ts';

interface Advice {
  readonly severity: AlertSeverity;
  readonly words: string;
  readonly whatToDo: string;
}

export const ADVICE = {
  untargeted: {
    ...{ severity: 'warning', words: 'It answered a command that this controller never sent to it' },
    whatToDo: 'Another controller commands it, or a copied card answers: find out which before anything is sent to it',
  },
  'untargeted-itinerary': {
    ...{ severity: 'warning', words: 'It has an itinerary that this controller never gave it' },
    whatToDo:
      'Another controller gave it, or the database was restored from a backup: look at the plan before it flies',
  },
  'parcel-unproved': {
    ...{ severity: 'warning', words: 'Nothing proves that its parcel was released' },
    whatToDo:
      'Ask the customer or look at it, then settle the delivery. Until then the parcel counts as aboard this drone',
  },
  'delivered-twice': {
    ...{ severity: 'critical', words: 'Two drones say that they delivered this order' },
    whatToDo: 'Ask the customer what came; look at both drones and at the events of the order',
  },
  'order-needs-people': {
    ...{ severity: 'warning', words: 'An order cannot go on by itself' },
    whatToDo:
      'Read the order: load its drone (loaded), take the parcel off (unloaded), say what became of it (settle), or cancel it',
  },
  'rollout-stopped': {
    ...{ severity: 'warning', words: 'A roll-out of parameters was stopped' },
    whatToDo: 'Read the roll-out: who failed, and why; mend that, and begin another for those that are left',
  },
  'webhook-gone': {
    ...{ severity: 'warning', words: 'A receiver of webhooks wants no more events' },
    whatToDo: 'Ask whoever runs it: give it another url, or enable it again at /api/v1/webhooks, then dismiss this',
  },
  'second-controller': {
    ...{ severity: 'critical', words: 'Another controller works with this fleet' },
    whatToDo:
      'Find out which of the two is to go on, and stop the other: each gives the same drones orders of its own, and has missed what people said to the other. Start nothing before',
  },
  'store-closed': {
    ...{ severity: 'critical', words: 'The database takes nothing any more' },
    whatToDo:
      'Look at the disk and at /healthz: drones keep what they have until it is taken; free space or mend the disk',
  },
} as const satisfies Record<string, Advice>;
export type AdviceName = keyof typeof ADVICE;
