/**
 * Listens to the line to the autopilot, and says nothing: an autopilot beats once a second without being asked. Only where
 * no agent runs and nobody else has the line.
 */
import type { Link } from '@skein/hardware/link';
import { decode, type Frame, FrameParser } from '@skein/protocol/mavlink';
import type { Heard, LineFacts } from '../facts.ts';
import { afterTurns } from './turns.ts';

/** Two heartbeats and a little. */
const OWN_MS = 2_300;
const OTHER_MS = 1_300;
/** For what comes with the first beat: a second autopilot's, a text. */
const GRACE_MS = 600;
/** The common ones that others are not tried for in vain. */
const COMMON_BAUDS = [57_600, 115_200, 921_600, 460_800, 230_400, 500_000, 1_500_000];
const COMPANION = 191;
const AUTOPILOT = 1;
/** MAV_AUTOPILOT_INVALID */
const NO_AUTOPILOT = 8;
const ARMED = 128;
const SAMPLE_BYTES = 2_048;
const TEXT_SHARE = 0.9;

export interface Listening {
  readonly createLink: (url: string) => Link;
  /** Ends it all. */
  readonly signal: AbortSignal;
}

function lookOf(sample: Buffer): Heard['looksLike'] {
  if (sample.length < 16) return null;
  const text = sample.toString('latin1');
  if (/\$G[NPLAB][A-Z]{3},/.test(text)) return 'nmea';
  if (sample.indexOf(Buffer.from([0xb5, 0x62])) !== -1 && sample.filter((byte) => byte === 0xb5).length > 1)
    return 'ublox';
  const readable = sample.filter((byte) => (byte >= 0x20 && byte < 0x7f) || byte === 10 || byte === 13 || byte === 9);
  return readable.length >= sample.length * TEXT_SHARE ? 'text' : null;
}

class Ear {
  readonly #parser = new FrameParser();
  readonly #autopilots = new Set<number>();
  readonly #others = new Set<string>();
  readonly #texts: string[] = [];
  #sample = Buffer.alloc(0);
  #bytes = 0;
  #mavlink1 = 0;
  #armed: boolean | null = null;
  /** An autopilot beat, or, with `any`, a frame came. */
  enough(any: boolean): boolean {
    return any ? this.#parser.counters.frames > 0 : this.#autopilots.size > 0;
  }

  chunk(bytes: Uint8Array): void {
    this.#bytes += bytes.length;
    if (this.#sample.length < SAMPLE_BYTES)
      this.#sample = Buffer.concat([this.#sample, bytes]).subarray(0, SAMPLE_BYTES);
    this.#parser.push(bytes, (frame) => this.#frame(frame));
  }

  #frame(frame: Frame): void {
    const { sysid, compid, version } = frame;
    if (version === 1) this.#mavlink1++;
    const message = decode(frame);
    if (message?.name === 'STATUSTEXT' && this.#texts.length < 50) this.#texts.push(message.fields.text);
    if (message?.name === 'HEARTBEAT' && compid === AUTOPILOT && message.fields.autopilot !== NO_AUTOPILOT) {
      this.#autopilots.add(sysid);
      this.#armed = (message.fields.base_mode & ARMED) !== 0;
    } else this.#others.add(`${sysid}/${compid}${compid === COMPANION ? ' (a companion)' : ''}`);
  }

  said(): Omit<Heard, 'baud' | 'opened' | 'fault'> {
    this.#parser.flush((frame) => this.#frame(frame));
    const { frames, skippedBytes, lostBySeq } = this.#parser.counters;
    return {
      bytes: this.#bytes,
      frames,
      mavlink1: this.#mavlink1,
      skippedBytes,
      lost: lostBySeq,
      autopilots: [...this.#autopilots],
      companions: [...this.#others],
      armed: this.#armed,
      texts: this.#texts,
      looksLike: frames > 0 ? null : lookOf(this.#sample),
    };
  }
}

async function listenOnce(url: string, baud: number | null, ms: number, any: boolean, o: Listening): Promise<Heard> {
  const link = o.createLink(url);
  const ear = new Ear();
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const callOff = afterTurns(ms, resolve);
  o.signal.addEventListener('abort', () => resolve());
  let opened = false;
  let grace: NodeJS.Timeout | undefined;
  link.onPhase((phase) => {
    opened ||= phase === 'open';
    // A port that could not be opened will not open in the next second either.
    if (phase === 'backingOff' && !opened) resolve();
  });
  link.read((chunk) => {
    ear.chunk(chunk);
    if (ear.enough(any)) grace ??= setTimeout(resolve, any ? 0 : GRACE_MS);
  });
  link.start();
  await over;
  callOff();
  clearTimeout(grace);
  const { lastError } = link;
  await link.close();
  return { baud, opened, fault: opened ? null : lastError, ...ear.said() };
}

/** At each baud of the settings until frames come; if only noise does, at the common ones. */
export async function listen(url: string, o: Listening): Promise<LineFacts> {
  const [, path = '', list = '57600'] = /^serial:\/\/(.*?)(?::([0-9,]+))?$/.exec(url) ?? [];
  if (path === '') return { bauds: [], tried: [await listenOnce(url, null, OWN_MS, false, o)] };
  const bauds = list.split(',').map(Number);
  const tried: Heard[] = [];
  const at = async (baud: number, ms: number, any: boolean): Promise<boolean> => {
    const heard = await listenOnce(`serial://${path}:${baud}`, baud, ms, any, o);
    tried.push(heard);
    return heard.frames > 0 || !heard.opened;
  };
  for (const baud of bauds) {
    if (o.signal.aborted || (await at(baud, OWN_MS, false))) return { bauds: bauds.slice(0, tried.length), tried };
  }
  // Silence is silence at any baud; of one that is wrong comes noise. Text and receivers look like themselves.
  const isNoise = tried.some(({ bytes, looksLike }) => bytes > 0 && looksLike === null);
  for (const baud of isNoise ? COMMON_BAUDS.filter((one) => !bauds.includes(one)) : []) {
    if (o.signal.aborted || (await at(baud, OTHER_MS, true))) break;
  }
  return { bauds, tried };
}
