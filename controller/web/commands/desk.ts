/** What the operator has in hand: the command being considered, and those on their way to the controller. */

import { signal } from '@preact/signals';
import type { CommandType } from '@skein/protocol/fleet';
import { newKey, type Trouble } from '../shell/ask.ts';
import { go } from '../shell/route.ts';
import type { Book } from './book.ts';
import type { SafeType } from './forecast.ts';
import type { Deliberate } from './interlocks.ts';
import { sender } from './operator.ts';
import { type CommandBody, cancelCommand, postCommand } from './send.ts';
import { addUnseen } from './unseen.ts';

export type InHand =
  | { readonly kind: 'safe'; readonly drone: string; readonly type: SafeType }
  | { readonly kind: 'more'; readonly drone: string }
  | {
      readonly kind: 'form';
      readonly drone: string;
      readonly type: Deliberate;
      /** What is filled in already: an undo, a take-over, a place picked on the map. */
      readonly params: Readonly<Record<string, unknown>>;
    };

/** The one thing being considered; opening another replaces it. */
export const inHand = signal<InHand | null>(null);

/** Sent, and not answered by the controller yet; or refused by it. */
export interface Draft {
  readonly key: string;
  readonly body: CommandBody;
  /** The one drone it goes to; null: several. */
  readonly drone: string | null;
  readonly trouble: Trouble | null;
}

export const drafts = signal<readonly Draft[]>([]);
/** Cancelling, by id of the command: under way (null) or refused. */
export const cancels = signal<ReadonlyMap<string, Trouble | null>>(new Map());

const MOST_DRAFTS = 20;

export interface Order {
  readonly targets: readonly string[] | 'all';
  readonly type: CommandType;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly session?: string;
  readonly staggerMs?: number;
  readonly maxFailures?: number;
}

export interface Desk {
  /** Sends it; what is not safe is asked a name for before. */
  send(order: Order): void;
  /** Sends the same request again, under the same key. */
  again(key: string): void;
  drop(key: string): void;
  cancel(id: string): void;
}

export function createDesk(book: Book): Desk {
  async function post(draft: Draft): Promise<void> {
    keep({ ...draft, trouble: null });
    const answer = await postCommand(draft.body, draft.key);
    if (!answer.ok) {
      keep({ ...draft, trouble: answer.trouble });
      return;
    }
    drop(draft.key);
    const { id, type } = answer.value;
    book.put(answer.value);
    addUnseen({ id, type, drone: draft.drone });
    if (draft.drone === null) go({ view: 'command', id });
  }

  function keep(draft: Draft): void {
    drafts.value = [draft, ...drafts.value.filter(({ key }) => key !== draft.key)].slice(0, MOST_DRAFTS);
  }

  function drop(key: string): void {
    drafts.value = drafts.value.filter((one) => one.key !== key);
  }

  return {
    send({ targets, type, params = {}, session, staggerMs, maxFailures }) {
      const body: CommandBody = {
        targets,
        type,
        params,
        issuedBy: sender(),
        ...(session === undefined ? {} : { session }),
        ...(staggerMs === undefined ? {} : { staggerMs }),
        ...(maxFailures === undefined ? {} : { maxFailures }),
      };
      const drone = targets !== 'all' && targets.length === 1 && targets[0] !== undefined ? targets[0] : null;
      void post({ key: newKey(), body, drone, trouble: null });
    },
    again(key) {
      const draft = drafts.value.find((one) => one.key === key);
      if (draft) void post(draft);
    },
    drop,
    cancel(id) {
      const note = (trouble: Trouble | null): void => {
        cancels.value = new Map([...cancels.value, [id, trouble] as const].slice(-MOST_DRAFTS));
      };
      note(null);
      void cancelCommand(id, sender(), newKey()).then((answer) => {
        if (!answer.ok) note(answer.trouble);
        book.refresh(id);
      });
    },
  };
}
