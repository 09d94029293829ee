import type { Damage } from '../port.ts';
import type { Random } from '../random.ts';

/** Each byte is lost with this probability (0–1), which may change as it goes. */
export const loseBytes =
  (probability: () => number, random: Random): Damage =>
  (bytes) => {
    const chance = probability();
    return chance <= 0 ? bytes : cutBytes(chance, random)(bytes);
  };

/** Each frame is lost whole with this probability (0–1), as a radio link loses packets. */
export const loseFrames =
  (probability: number, random: Random): Damage =>
  (bytes) =>
    random.next() < probability ? null : bytes;

/** Before a frame, with this probability (0–1), stands some rubbish: 1 to 40 bytes, the frame markers among them. */
export const addNoise =
  (probability: number, random: Random): Damage =>
  (bytes) => {
    if (random.next() >= probability) return bytes;
    const noise = new Uint8Array(1 + Math.floor(random.next() * 40));
    for (let i = 0; i < noise.length; i += 1) noise[i] = Math.floor(random.next() * 256);
    if (random.next() < 0.3) noise[noise.length - 1] = 0xfd;
    const both = new Uint8Array(noise.length + bytes.length);
    both.set(noise);
    both.set(bytes, noise.length);
    return both;
  };

/** Nothing leaves while `isSilent` says so: a hung autopilot, a cut wire. */
export const silence =
  (isSilent: () => boolean): Damage =>
  (bytes) =>
    isSilent() ? null : bytes;

/** Each byte becomes another with this probability (0–1). */
export const flipBytes =
  (probability: number, random: Random) =>
  (bytes: Uint8Array): Uint8Array => {
    let flipped: Uint8Array | null = null;
    for (let at = 0; at < bytes.length; at += 1) {
      if (random.next() >= probability) continue;
      flipped ??= bytes.slice();
      flipped[at] = (flipped[at] ?? 0) ^ (1 + Math.floor(random.next() * 255));
    }
    return flipped ?? bytes;
  };

/** Each byte is lost with this probability (0–1). */
export const cutBytes =
  (probability: number, random: Random) =>
  (bytes: Uint8Array): Uint8Array => {
    const kept = bytes.filter(() => random.next() >= probability);
    return kept.length === bytes.length ? bytes : kept;
  };
