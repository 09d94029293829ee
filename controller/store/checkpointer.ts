/** Signs what was stored, once a day (UTC) and at a start that finds the last one older than that. */
import type { KeyObject } from 'node:crypto';
import { type CheckpointBody, digestOf, fingerprint } from './checkpoint.ts';
import { listCheckpoints, newest, publicPem, signingKey, writeCheckpoint } from './checkpoint-files.ts';
import { dayOf } from './day-files.ts';
import type { EventBlock, NewEvent, Store } from './port.ts';

export const CHECKPOINT_COUNTERS = {
  written: 'checkpoints of the events signed',
  failed: 'checkpoints that could not be written; they are tried again',
} as const;

export interface CheckpointerOptions {
  readonly dataDir: string;
  /** Empty: in dataDir. */
  readonly keyFile: string;
  readonly store: Pick<Store, 'block'>;
  readonly utcUs: () => number;
  readonly event: (event: NewEvent) => void;
  readonly count: (name: keyof typeof CHECKPOINT_COUNTERS) => void;
  readonly log: {
    info(detail: object, message: string): void;
    warn(detail: object, message: string): void;
  };
}

export class Checkpointer {
  readonly #o: CheckpointerOptions;
  #key: KeyObject | null = null;
  #last: CheckpointBody | null = null;

  constructor(o: CheckpointerOptions) {
    this.#o = o;
  }

  /** Throws a StoreError when its key cannot be used. */
  start(): void {
    const { dataDir, keyFile, log } = this.#o;
    const { key, made } = signingKey(dataDir, keyFile === '' ? undefined : keyFile);
    this.#key = key;
    this.#last = newest(listCheckpoints(dataDir));
    const about = { fingerprint: fingerprint(key), publicKey: publicPem(key) };
    if (made)
      log.info(about, 'a key was made that signs the checkpoints of the events; keep its public half elsewhere too');
  }

  /** Writes one if this day has none yet and anything was stored since the last. */
  async daily(): Promise<void> {
    const { dataDir, store, utcUs, count, log, event } = this.#o;
    const key = this.#key;
    const at = new Date(utcUs() / 1e3).toISOString();
    if (key === null || this.#last?.at.slice(0, 10) === dayOf(utcUs())) return;
    try {
      const blocks: EventBlock[] = [];
      for (let after = this.#last?.to ?? 0; ; ) {
        const block = await store.block(after);
        if (block === null) break;
        blocks.push(block);
        after = block.to;
      }
      const body = writeCheckpoint(dataDir, { key, at, last: this.#last, blocks });
      if (body === null) return;
      this.#last = body;
      count('written');
      const data = { number: body.number, to: body.to, digest: digestOf(body), key: body.key };
      log.info(data, 'a checkpoint of the events');
      const by = { kind: 'controller', name: 'checkpoints' } as const;
      // It leaves by the feed and the webhooks: whoever keeps it elsewhere can hold it against ours.
      event({ entity: 'controller', type: 'checkpoint', atUtcUs: utcUs(), by, cause: 'daily', data });
    } catch (error) {
      count('failed');
      log.warn({ err: error }, 'no checkpoint of the events could be written; it is tried again');
    }
  }
}
