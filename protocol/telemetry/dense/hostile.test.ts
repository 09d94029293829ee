/**
 * Packs that no writer makes. Of a few bytes that say more than any pack holds: who opens one does little for it, whatever
 * it says. And said in another way than docs/wire.md has it: refused, though what comes out has its checksum.
 */
import { readFileSync } from 'node:fs';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import t from 'tap';
import { ByteWriter, Malformed, zigzag } from '../bytes.ts';
import { crc32c } from '../crc32c.ts';
import { sealBatch } from '../envelope.ts';
import { type Expand, openMessage } from '../pack.ts';
import { DICTIONARY_1 } from '../pack-dictionary.generated.ts';
import { DenseCoder, SHAPE_ONLY, sameContext } from './coder.ts';
import { DenseWalk } from './walk.ts';

const expand: Expand = (packed, dictionary, maxBytes) =>
  inflateRawSync(packed, { dictionary, maxOutputLength: maxBytes });

/** All is as foreseen but for this. */
interface Lie {
  /** More rows than what a pack begins with. */
  readonly moreRows?: number;
  /** Of the first column, or of all. */
  readonly form: number;
  readonly everywhere?: boolean;
  /** The first number of its content. */
  readonly number?: number;
  readonly textBytes?: number;
  readonly items?: number;
}

const FAMILY = { form: 2, before: 3, number: 4, text: 5, list: 6 } as const;
const familyOf = (context: number): number => (context < 72 ? context >> 3 : -1);

/** What a walk asks is answered by the lie, and written. */
class Liar extends DenseCoder {
  readonly lie: Lie;
  readonly #inner: DenseCoder;
  readonly #said = new Map<number, number>();
  #isInColumn = false;
  #next = 0;

  constructor(inner: DenseCoder, lie: Lie) {
    super();
    this.#inner = inner;
    this.lie = lie;
  }

  override flag(context: number): boolean {
    const family = familyOf(context);
    const times = this.#said.get(family) ?? 0;
    this.#said.set(family, times + 1);
    return this.#inner.flag(context, this.#answer(context, family, times));
  }

  #answer(context: number, family: number, times: number): boolean {
    const { moreRows = 0, number = 0, everywhere = false } = this.lie;
    if (family === FAMILY.form) {
      this.#isInColumn ||= everywhere || times === 0;
      return !(everywhere || times === 0);
    }
    if (family === FAMILY.before || context === SHAPE_ONLY) return false;
    if (family === FAMILY.text || family === FAMILY.list) return times > 0;
    if (family !== FAMILY.number) return true;
    const says = times === 0 ? moreRows : this.#isInColumn && !everywhere ? number : 0;
    if (says === 0) return true;
    if (times > 0) this.#isInColumn = false;
    this.#next = says;
    return false;
  }

  override wide(width: number): number {
    return this.#inner.wide(width, zigzag(this.#next));
  }

  override count(): number {
    return this.#inner.count(this.lie.items ?? 0);
  }

  override plain(count: number): number {
    return this.#inner.plain(count, count === 8 ? this.lie.form : 0);
  }

  override rice(k: number): number {
    return this.#inner.rice(k, 0);
  }

  override bytes(): Uint8Array {
    return this.#inner.bytes(new Uint8Array(this.lie.textBytes ?? 0));
  }
}

const NUMBER = FAMILY.number << 3;
const LENGTH_AT = 5;

/** One envelope; `written` instead of the coder has what its batch is. */
function packOf(
  identity: Uint8Array,
  body: Uint8Array | undefined,
  written: (coder: DenseCoder) => DenseCoder,
  end: { readonly length: number; readonly crc: number },
): Uint8Array {
  const walk = DenseWalk.begin(Number.POSITIVE_INFINITY);
  const { coder } = walk;
  const whole = 0;
  coder.flag(whole, false);
  coder.flag(whole + 8, false);
  coder.bytes(identity);
  coder.flag(NUMBER, true);
  coder.flag(NUMBER, true);
  try {
    Object.defineProperty(walk, 'coder', { value: written(coder) });
    walk.batch(0, body);
    coder.flag(NUMBER, true);
    coder.flag(NUMBER, true);
  } catch (error) {
    // The walk gives up as a reader does.
    if (!(error instanceof Malformed)) throw error;
  }
  const { range, bits, bytes } = coder.finish();
  const out = new ByteWriter();
  out.raw(Uint8Array.from([0x53, 0x50, 1, 2, 1, 0, 0, 0, 0]));
  for (const part of [1, range.length, bits.length]) out.varint(part);
  for (const part of [range, bits, deflateRawSync(bytes, { dictionary: DICTIONARY_1 })]) out.raw(part);
  out.raw(new Uint8Array(8));
  const pack = out.finish();
  const view = new DataView(pack.buffer);
  view.setUint32(LENGTH_AT, end.length, true);
  view.setUint32(pack.length - 8, end.crc, true);
  view.setUint32(pack.length - 4, crc32c(pack, 0, pack.length - 4), true);
  return pack;
}

const TYPE = { flag: 2, text: 1, list: 4 } as const;
const LIES: Readonly<Record<string, Lie>> = {
  'a long text, again and again': { form: TYPE.text, number: 100, textBytes: 60_000 },
  'a long list, again and again': { form: TYPE.list, items: 20_000, moreRows: 100 },
  'a list of many places': { form: TYPE.list, number: 70_001 },
  'a list of many items': { form: TYPE.list, items: 70_000 },
  'many flags': { form: TYPE.flag, everywhere: true, moreRows: 12_000 },
  'many rows': { form: TYPE.flag, moreRows: 65_000 },
};

for (const [words, lie] of Object.entries(LIES)) {
  t.test(`${words}: refused as soon as it is more than comes out of any`, async (t) => {
    const liar = (coder: DenseCoder) => new Liar(coder, lie);
    const pack = packOf(new Uint8Array(25).fill(2), undefined, liar, { length: 65_536, crc: 0 });
    t.ok(pack.length < 20_000, `${pack.length} bytes say it`);
    t.match(openMessage(pack, expand), { ok: false, code: 'damaged', reason: /more than a pack holds/ });
  });
}

/** The key it gives in full is another than its batch has. */
class OtherKey extends DenseCoder {
  readonly #inner: DenseCoder;
  readonly #key: number;
  readonly #says: number;

  constructor(inner: DenseCoder, key: number, says: number) {
    super();
    this.#inner = inner;
    this.#key = key;
    this.#says = says;
  }

  override flag(context: number, value?: boolean): boolean {
    const isOther = context === sameContext(0, this.#key);
    return this.#inner.flag(isOther ? sameContext(0, this.#says) : context, value);
  }

  override section(place?: number): number {
    this.#inner.section(63);
    if (place !== 63) this.#inner.plain(20, this.#says);
    return place ?? 63;
  }

  override plain(count: number, value?: number): number {
    this.#inner.plain(count, count === 20 ? this.#says : value);
    return value ?? 0;
  }

  override wide(width: number, value?: number): number {
    return this.#inner.wide(width, value);
  }

  override rice(k: number, value?: number): number {
    return this.#inner.rice(k, value);
  }

  override bytes(value?: Uint8Array): Uint8Array {
    return this.#inner.bytes(value);
  }
}

const WIND = 12;
/** Of no kind that a pack begins with. */
const NEW_KIND = 99;
const KIND_AT = 62;

function otherKey(kind: number, nth: number): Uint8Array {
  const place = { lane: 'history', epoch: '00c0ffee00c0ffee', boot: '6f1d2c3b-4a59-4e68-8777-0123456789ab' } as const;
  const wind = { kind: 'wind', monoUs: 0, bootMs: null, values: { fromDeg: 180, speedMps: 2, downMps: null } } as const;
  const envelope = sealBatch({ ...place, codec: 2, seq: 1, samples: [wind] });
  envelope[KIND_AT] = kind;
  const end = { length: envelope.length, crc: crc32c(envelope, 0, envelope.length - 4) };
  const key = 16 * kind;
  const written = (coder: DenseCoder) => new OtherKey(coder, key, key + nth);
  return packOf(envelope.subarray(4, 29), envelope.subarray(61, -4), written, end);
}

const FORBIDDEN = [
  ['a section in full that has a place', otherKey(WIND, 0), /section in full that has a place/],
  ['the sixth of its kind without the five before', otherKey(NEW_KIND, 5), /not the next of its kind/],
] as const;

for (const [words, pack, reason] of FORBIDDEN) {
  t.test(`${words}: refused, though what comes out is what its checksum says`, async (t) => {
    t.match(openMessage(pack, expand), { ok: false, code: 'damaged', reason });
  });
}

t.test('the section of a kind that is next to come is taken in full', async (t) => {
  t.match(openMessage(otherKey(NEW_KIND, 0), expand), { ok: true });
});

t.test('packs that every reader is to refuse (golden file)', async (t) => {
  const url = new URL('../testdata/dense-1-refused.json', import.meta.url);
  const golden = JSON.parse(readFileSync(url, 'utf8')) as readonly { readonly why: string; readonly pack: string }[];
  t.same(
    golden.map(({ why }) => why),
    FORBIDDEN.map(([why]) => why),
  );
  for (const [i, { pack }] of golden.entries()) {
    t.match(openMessage(Buffer.from(pack, 'hex'), expand), { ok: false, code: 'damaged', reason: FORBIDDEN[i]?.[2] });
  }
});
