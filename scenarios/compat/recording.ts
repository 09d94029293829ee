/** A conversation of an agent and a controller of some version, as record.ts wrote it down. */
import fs from 'node:fs';

/** One message: what is JSON as its text, everything else as bytes in hex. */
export interface Recorded {
  readonly topic: string;
  readonly json?: string;
  readonly hex?: string;
}

export class Recording {
  readonly #said: readonly Recorded[];

  constructor(file: string) {
    const lines = fs.readFileSync(file, 'utf8').trimEnd().split('\n');
    this.#said = lines.map((line) => JSON.parse(line) as Recorded);
  }

  /** Topics end with `up/presence`, `down/ack` …; in the order in which they were said. */
  payloads(channel: string): Buffer[] {
    return this.#said
      .filter(({ topic }) => topic.endsWith(`/${channel}`))
      .map(({ json, hex }) => (json === undefined ? Buffer.from(hex ?? '', 'hex') : Buffer.from(json)));
  }

  json<T>(channel: string): T[] {
    return this.payloads(channel).map((payload) => JSON.parse(payload.toString('utf8')) as T);
  }

  get drone(): string {
    const topic = this.#said.find((one) => one.topic.endsWith('/up/presence'))?.topic ?? '';
    return topic.split('/').at(-3) ?? '';
  }
}
