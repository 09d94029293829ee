/** Takes secrets out of text: those that are set, in each form they may stand in, and whatever an address carries. */
import { Transform } from 'node:stream';

/** `mqtt://user:word@host`: between the slashes and the last @ before the host ends. */
const ADDRESS = /\b([a-z][a-z0-9+.-]*:\/\/)[^\s/"'<>\\]+@/gi;
const HIDDEN = '…';
/** No line of a log is longer; what goes on without an end is not text. */
const MAX_LINE_CHARS = 1 << 20;

export class Secrets {
  readonly #words: readonly string[];

  /** Empty ones are none. */
  constructor(secrets: readonly string[]) {
    const forms = secrets
      .filter((secret) => secret !== '')
      .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]);
    // The longest first: one may begin another.
    this.#words = [...new Set(forms)].sort((a, b) => b.length - a.length);
  }

  hide(text: string): string {
    let hidden = text.replace(ADDRESS, `$1${HIDDEN}@`);
    for (const word of this.#words) hidden = hidden.replaceAll(word, HIDDEN);
    return hidden;
  }

  /** For files: line by line, so that nothing is cut in two. */
  hiding(): Transform {
    let carry = '';
    const decoder = new TextDecoder();
    const hide = (text: string): string => this.hide(text);
    return new Transform({
      transform(chunk: Buffer, _encoding, done) {
        const text = carry + decoder.decode(chunk, { stream: true });
        const end = text.length > MAX_LINE_CHARS ? text.length : text.lastIndexOf('\n') + 1;
        carry = text.slice(end);
        done(null, hide(text.slice(0, end)));
      },
      flush(done) {
        done(null, hide(carry + decoder.decode()));
      },
    });
  }
}

/** What an address carries before its host. */
export function secretOf(url: string): string[] {
  if (!URL.canParse(url)) return [];
  const { password } = new URL(url);
  return password === '' ? [] : [password, decodeURIComponent(password)];
}
