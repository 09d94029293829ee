/**
 * Takes secrets out of text: those that are set, in each form they may stand in, and whatever looks like one, since what
 * others wrote (a library, an autopilot, a script) may hold secrets that no setting names.
 */
import { Transform } from 'node:stream';

/** `mqtt://user:word@host`: between the slashes and the last @ before the host ends. */
const ADDRESS = /\b([a-z][a-z0-9+.-]*:\/\/)[^\s/"'<>\\]+@/gi;
const HIDDEN = '…';
/** One of 16384 bits has 13 000 characters: where none ends within so many it was cut, and what follows is something else. */
const MAX_KEY_CHARS = 16_384;
/** PEM, as it is, or in JSON. One that does not end is hidden as far as it can reach. */
const PRIVATE_KEY = new RegExp(
  String.raw`-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----(?:[\s\S]{0,${MAX_KEY_CHARS}}?-----END [A-Z0-9 ]*PRIVATE KEY-----|[\s\S]{0,${MAX_KEY_CHARS}})`,
  'g',
);
const UNFINISHED = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----(?![\s\S]*-----END)/;
/** `Authorization: Bearer …` */
const CREDENTIALS = /(authorization\\*["']?\s*[:=]\s*\\*["']?(?:\w+ +)?|\bBearer +)(?!null\b)[^\s"'\\,;]+/gi;
/** What stands behind such a name: a string, closed or cut short; one within a JSON that is the text of another; bytes; a word. */
const VALUE = [
  String.raw`"(?:[^"\\\n]|\\.)*"|"(?![,}\]])(?:[^"\\\n]|\\.)+|'(?:[^'\\\n]|\\.)*'|'(?:[^'"\\\n]|\\.)+`,
  String.raw`(\\+")(?:[^\\"\n]|\\+[^\\"\n]|(?!\4)\\+")*(?:\4)?`,
  String.raw`\[[\d\s,]*\]|(?!\{\\*["'}]|\[\\*["'{])[^\s"'\\,;&)\]}]+`,
].join('|');
/** `password=…`, `"token": "…"`, `passwd: '…'`: what is named so is hidden whole. */
const NAMED = new RegExp(
  String.raw`((?:pass(?:word|wd|phrase)|secret|token|api[-_]?key|psk)(\\*["']?)\s*[:=]\s*)(${VALUE})`,
  'gi',
);
/** A variable of the environment that holds a secret. */
const NAMED_SO = /(PASS(WORD|WD|PHRASE)?|SECRET|TOKEN|API_?KEY|(PRIVATE|ACCESS)_?KEY)$/i;
/** A path, and the answer of a variable that asks whether there is to be a password. */
const NO_SECRET = /^([./]|false$)/i;
/** Shorter ones stand anywhere by chance, bytes. */
const SHORTEST = 5;
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
    let hidden = text
      .replace(PRIVATE_KEY, HIDDEN)
      .replace(ADDRESS, `$1${HIDDEN}@`)
      .replace(CREDENTIALS, `$1${HIDDEN}`)
      .replace(NAMED, (_all, name: string, quote: string, value: string) => `${name}${hiddenAs(value, quote)}`);
    for (const word of this.#words) hidden = hidden.replaceAll(word, HIDDEN);
    return hidden;
  }

  /** Some are too short to be looked for in files that are no text. */
  get someAreShort(): boolean {
    return this.#words.some((word) => Buffer.byteLength(word) < SHORTEST);
  }

  /** For files that are no text: those that are set are written over, so that all else stays where it was. */
  covering(onFound: (times: number) => void): Transform {
    const words = this.#words.map((word) => Buffer.from(word)).filter(({ length }) => length >= SHORTEST);
    const kept = Math.max(0, ...words.map(({ length }) => length - 1));
    let carry: Buffer = Buffer.alloc(0);
    let times = 0;
    return new Transform({
      transform(chunk: Buffer, _encoding, done) {
        const bytes = Buffer.concat([carry, chunk]);
        for (const word of words) {
          for (let at = bytes.indexOf(word); at !== -1; at = bytes.indexOf(word, at + word.length)) {
            bytes.fill('*', at, at + word.length);
            times++;
          }
        }
        const end = Math.max(0, bytes.length - kept);
        carry = bytes.subarray(end);
        done(null, bytes.subarray(0, end));
      },
      flush(done) {
        if (times > 0) onFound(times);
        done(null, carry);
      },
    });
  }

  /** For files: line by line, so that nothing is cut in two. */
  hiding(): Transform {
    let carry = '';
    const decoder = new TextDecoder();
    const hide = (text: string): string => this.hide(text);
    return new Transform({
      transform(chunk: Buffer, _encoding, done) {
        const text = carry + decoder.decode(chunk, { stream: true });
        const whole = text.lastIndexOf('\n') + 1;
        const key = UNFINISHED.exec(text.slice(0, whole))?.index ?? whole;
        const end = text.length > MAX_LINE_CHARS ? text.length : whole - key > MAX_KEY_CHARS ? whole : key;
        carry = text.slice(end);
        done(null, hide(text.slice(0, end)));
      },
      flush(done) {
        done(null, hide(carry + decoder.decode()));
      },
    });
  }
}

/** So that what stays is what it was: a string of JSON, or a bare word. */
function hiddenAs(value: string, quote: string): string {
  const own = /^\\*["']/.exec(value)?.[0];
  // A number after a name of JSON becomes a string, which JSON can hold.
  const marks = own ?? (quote.endsWith('"') ? quote : '');
  return `${marks}${HIDDEN}${marks}`;
}

/** Secrets that no setting names, and the environment does, by the names of its variables. */
export function secretsAround(env: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(env).flatMap(([name, value = '']) =>
    NAMED_SO.test(name) && value.length >= SHORTEST && !NO_SECRET.test(value) ? [value] : [],
  );
}

/** Passwords of all addresses in a text. */
export function secretsIn(text: string): string[] {
  return [...text.matchAll(/\b[a-z][a-z0-9+.-]*:\/\/[^\s/"'<>\\]+@[^\s/"'<>\\]+/gi)].flatMap(([url]) => secretOf(url));
}

/** What an address carries before its host. */
export function secretOf(url: string): string[] {
  if (!URL.canParse(url)) return [];
  const { password } = new URL(url);
  return password === '' ? [] : [password, decoded(password)];
}

/** `50%` is a password, too. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
