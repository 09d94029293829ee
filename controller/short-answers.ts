/** Acks and answers for the time in short JSON, to each session whose presence says that it opens that. */
import { deflateRawSync } from 'node:zlib';
import { type Presence, SHORT_JSON, shortJson } from '@skein/protocol/fleet';
import type { Compress } from '@skein/protocol/telemetry';

/** As many as a large fleet; beyond, who announced itself longest ago is answered at length. */
const MAX_SESSIONS = 20_000;

/** The smallest memory there is: all of it together is some 500 bytes. */
const SMALL = { level: 6, windowBits: 9, memLevel: 1 } as const;
const compress: Compress = (raw, dictionary) => deflateRawSync(raw, { dictionary, ...SMALL });

export class ShortAnswers {
  /** In the order of their last presence. */
  readonly #open = new Set<string>();

  heard(drone: string, { session, opens }: Pick<Presence, 'session' | 'opens'>): void {
    const key = `${drone}/${session}`;
    this.#open.delete(key);
    if (!opens?.includes(SHORT_JSON)) return;
    this.#open.add(key);
    for (const longest of this.#open) {
      if (this.#open.size <= MAX_SESSIONS) break;
      this.#open.delete(longest);
    }
  }

  /** A message for that session of the drone. */
  write<M extends { readonly session: string }>(drone: string, message: M): string | Uint8Array {
    const text = JSON.stringify(message);
    return this.#open.has(`${drone}/${message.session}`) ? shortJson(text, compress) : text;
  }
}
