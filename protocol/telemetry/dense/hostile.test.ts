/** Packs of a few bytes that say more than any pack holds: who opens one does little for it, whatever it says. */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import t from 'tap';
import { ByteWriter, Malformed, zigzag } from '../bytes.ts';
import { crc32c } from '../crc32c.ts';
import { type Expand, openMessage } from '../pack.ts';
import { DICTIONARY_1 } from '../pack-dictionary.generated.ts';
import { DenseCoder, SHAPE_ONLY } from './coder.ts';
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

function packOf(lie: Lie): Uint8Array {
  const walk = DenseWalk.begin(Number.POSITIVE_INFINITY);
  const { coder } = walk;
  const whole = 0;
  const identity = 8;
  const number = FAMILY.number << 3;
  coder.flag(whole, false);
  coder.flag(identity, false);
  coder.bytes(new Uint8Array(25).fill(2));
  coder.flag(number, true);
  coder.flag(number, true);
  try {
    Object.defineProperty(walk, 'coder', { value: new Liar(coder, lie) });
    walk.batch(0);
  } catch (error) {
    // The walk gives up as a reader does.
    if (!(error instanceof Malformed)) throw error;
  }
  const { range, bits, bytes } = coder.finish();
  const out = new ByteWriter();
  out.raw(Uint8Array.from([0x53, 0x50, 1, 2, 1, 0, 0, 1, 0]));
  for (const part of [1, range.length, bits.length]) out.varint(part);
  for (const part of [range, bits, deflateRawSync(bytes, { dictionary: DICTIONARY_1 })]) out.raw(part);
  out.raw(new Uint8Array(8));
  const pack = out.finish();
  new DataView(pack.buffer).setUint32(pack.length - 4, crc32c(pack, 0, pack.length - 4), true);
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
    const pack = packOf(lie);
    t.ok(pack.length < 20_000, `${pack.length} bytes say it`);
    t.match(openMessage(pack, expand), { ok: false, code: 'damaged', reason: /more than a pack holds/ });
  });
}
