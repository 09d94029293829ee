/**
 * A run of integers as codec 2 writes it: predicted from those before, and what the prediction misses in Rice code.
 *
 *   in the head   seed >> 8, zig-zag varint        the same from second to second, mostly
 *   in the bits   form:6  seed & 255:8  [step:rice]  miss:rice ×  the rest          form = 3 k + order
 *
 *   order 0   each is near the seed, their mean: noise       misses of all
 *   order 1   each is near the one before; seed = the first  misses of the others
 *   order 2   each goes on as the two before                 step from the first to the second, then the others
 *
 * k = 19: nothing is missed and nothing follows. Which order and which k is the writer's choice. Signed numbers are zig-zagged.
 */
import { type BitReader, type BitWriter, MAX_RICE, riceBits } from './bits.ts';
import { type ByteReader, type ByteWriter, Malformed, unzigzag, zigzag } from './bytes.ts';

export const NOTHING_MISSED = MAX_RICE + 1;
export const ORDERS = 3;
/** A step is about so much wider than what the prediction misses after it. */
const STEP_WIDER = 5;
const MAX_STEP_RICE = 12;
export const SEED_SIZE = 256;
/** Second differences of larger values would leave what a double holds exactly. */
const MAX_SECOND = 2 ** 49;

let codes1 = new Float64Array(1024);
let codes2 = new Float64Array(1024);

export const stepRice = (k: number): number => Math.min(k + STEP_WIDER, MAX_STEP_RICE);

/** The k that writes `codes` from…to in the fewest bits. Near the logarithm of the mean, or below it if a few are far off. */
export function riceOf(codes: Float64Array, from: number, to: number, sum: number): number {
  const mean = sum / (to - from);
  // Beyond 32 bits clz32 would see what is left of the mean only.
  let k = mean < 1 ? 0 : mean >= 2 ** MAX_RICE ? MAX_RICE : 31 - Math.clz32(mean);
  if (k === 0) return 0;
  let least = bitsOf(codes, from, to, k);
  while (k > 0) {
    const bits = bitsOf(codes, from, to, k - 1);
    if (bits >= least) break;
    least = bits;
    k--;
  }
  return k;
}

function bitsOf(codes: Float64Array, from: number, to: number, k: number): number {
  let bits = 0;
  for (let i = from; i < to; i++) bits += riceBits(codes[i] ?? 0, k);
  return bits;
}

/** `count` ≥ 1 of `values` from place `at` on: integers, any two less than 2^53 apart. */
export function writeSeries(head: ByteWriter, bits: BitWriter, values: Float64Array, at: number, count: number): void {
  if (codes1.length < count) {
    codes1 = new Float64Array(count * 2);
    codes2 = new Float64Array(count * 2);
  }
  const first = values[at] ?? 0;
  let total = first;
  let largest = Math.abs(first);
  let sum1 = 0;
  let sum2 = 0;
  let before = first;
  let step = 0;
  for (let i = 1; i < count; i++) {
    const value = values[at + i] ?? 0;
    const difference = value - before;
    const miss = difference - step;
    sum1 += codes1[i] = difference < 0 ? -2 * difference - 1 : 2 * difference;
    sum2 += codes2[i] = miss < 0 ? -2 * miss - 1 : 2 * miss;
    total += value;
    if (value > largest) largest = value;
    else if (-value > largest) largest = -value;
    before = value;
    step = difference;
  }
  const step1 = count > 1 ? (codes1[1] ?? 0) : 0;
  let order: 0 | 1 | 2 = 1;
  const mean = Math.round(total / count);
  if (count >= 3 && sum1 !== 0 && largest < MAX_SECOND) {
    let sum0 = 0;
    for (let i = at; i < at + count; i++) sum0 += 2 * Math.abs((values[i] ?? 0) - mean);
    order = orderOf(count, sum0, sum1, sum2 - step1, step1);
  }
  const seed = order === 0 ? mean : first;
  const codes = order === 2 ? codes2 : codes1;
  let sum = order === 2 ? sum2 - step1 : sum1;
  if (order === 0) {
    sum = 0;
    for (let i = 0; i < count; i++) sum += codes[i] = zigzag((values[at + i] ?? 0) - seed);
  }
  const k = sum === 0 ? NOTHING_MISSED : riceOf(codes, order, count, sum);
  const high = Math.floor(seed / SEED_SIZE);
  head.signed(high);
  bits.bits((k * ORDERS + order) | ((seed - high * SEED_SIZE) << 6), 14);
  if (order === 2) bits.rice(step1, stepRice(k));
  if (k === NOTHING_MISSED) return;
  for (let i = order; i < count; i++) bits.rice(codes[i] ?? 0, k);
}

/** The order that costs least, of `count` values: `sum…` are of the codes each would write. */
function orderOf(count: number, sum0: number, sum1: number, sum2: number, step1: number): 0 | 1 | 2 {
  // About n log2(mean) bits each; the step of order 2 and the first of order 0 are one code of their own.
  const cost1 = (count - 1) * Math.log2(1 + sum1 / (count - 1));
  const cost2 = (count - 2) * Math.log2(1 + sum2 / (count - 2)) + Math.log2(1 + step1);
  const cost0 = count * Math.log2(1 + sum0 / count);
  if (cost2 < cost1) return cost0 < cost2 ? 0 : 2;
  return cost0 < cost1 ? 0 : 1;
}

/** `count` ≥ 1 integers into `values` from place `at` on. */
export function readSeries(head: ByteReader, bits: BitReader, values: Float64Array, at: number, count: number): void {
  const form = bits.bits(6);
  const order = form % ORDERS;
  const k = (form - order) / ORDERS;
  if (k > NOTHING_MISSED) throw new Malformed('series of an unknown form');
  const seed = head.signed() * SEED_SIZE + bits.bits(8);
  const end = at + count;
  if (order === 0) {
    for (let i = at; i < end; i++) values[i] = k === NOTHING_MISSED ? seed : seed + unzigzag(bits.rice(k));
    return;
  }
  let value = seed;
  let step = order === 2 ? unzigzag(bits.rice(stepRice(k))) : 0;
  values[at] = value;
  if (order === 2 && count > 1) values[at + 1] = value += step;
  for (let i = at + order; i < end; i++) {
    const miss = k === NOTHING_MISSED ? 0 : unzigzag(bits.rice(k));
    if (order === 1) value += miss;
    else {
      step += miss;
      value += step;
    }
    values[i] = value;
  }
}
