import { createLink, type Link } from '@skein/hardware/link';
import { decode, encode, type FieldsIn, FrameParser, type Message, type MessageName } from '@skein/protocol/mavlink';

const SELF = { sysid: 255, compid: 190 } as const;
const BEAT_MS = 1_000;

/** QGroundControl as the wire sees it: its heartbeats, what it sends, what comes back. */
export class GroundStation {
  readonly heard: Message[] = [];
  readonly #link: Link;
  readonly #parser = new FrameParser();
  readonly #timer: NodeJS.Timeout;
  #seq = 0;

  constructor(url: string) {
    this.#link = createLink({ url });
    this.#link.read((chunk) => {
      this.#parser.push(chunk, (frame) => {
        const message = decode(frame);
        if (message !== null) this.heard.push(message);
      });
    });
    this.#link.start();
    this.#timer = setInterval(() => this.#beat(), BEAT_MS);
  }

  get isOpen(): boolean {
    return this.#link.isOpen;
  }

  #beat(): void {
    const beat = { type: 6, autopilot: 8, base_mode: 0, custom_mode: 0, system_status: 4, mavlink_version: 3 } as const;
    this.send('HEARTBEAT', beat);
  }

  send<N extends MessageName>(name: N, fields: FieldsIn<N>): void {
    this.#seq = (this.#seq + 1) & 0xff;
    this.#link.write(encode(name, fields, { ...SELF, seq: this.#seq }), 'normal');
  }

  count(name: MessageName): number {
    return this.heard.filter((message) => message.name === name).length;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#link.close();
  }
}
