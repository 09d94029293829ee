/** The recorded flight (30 s of an ArduCopter with many streams on) as frames, round after round without a seam in its clock. */
import { readFileSync } from 'node:fs';
import { decode, encode, type FieldsIn, type Frame, type MessageName, TlogReader } from '@skein/protocol/mavlink';
import { type Sample, Sampler } from '@skein/protocol/telemetry';
import { inRepository } from '../kit/paths.ts';

export interface FlightFrame {
  /** Since the flight's first frame, µs. */
  readonly atUs: number;
  readonly frame: Frame;
}

export const ROUND_US = 30_000_000;

export function readFlight(): readonly FlightFrame[] {
  const frames: FlightFrame[] = [];
  let firstUs: number | null = null;
  const reader = new TlogReader();
  const take = ({ timeUs, frame }: { readonly timeUs: number; readonly frame: Frame }): void => {
    firstUs ??= timeUs;
    frames.push({ atUs: timeUs - firstUs, frame: { ...frame, bytes: frame.bytes.slice() } });
  };
  reader.push(readFileSync(inRepository('protocol/mavlink/testdata/flight-excerpt.tlog')), take);
  reader.flush(take);
  return frames;
}

/** The bytes of a frame in a later round: its autopilot has run on, so its clocks have too. */
export function inRound({ frame }: FlightFrame, round: number): Uint8Array {
  const message = round === 0 ? null : decode(frame);
  if (message === null || message.name === null || !('time_boot_ms' in message.fields)) return frame.bytes;
  const { sysid, compid, seq } = frame;
  const fields = { ...message.fields, time_boot_ms: message.fields.time_boot_ms + (round * ROUND_US) / 1000 };
  if ('time_unix_usec' in fields) fields.time_unix_usec += BigInt(round * ROUND_US);
  return encode(message.name, fields as FieldsIn<MessageName>, { sysid, compid, seq });
}

/** What an agent makes of it, each sample at its own time. */
export function flightSamples(frames: readonly FlightFrame[], monoFromUs: number): readonly Sample[] {
  const sampler = new Sampler();
  return frames.flatMap(({ atUs, frame }) => {
    const message = decode(frame);
    return message === null ? [] : sampler.take(message, monoFromUs + atUs, frame.sysid);
  });
}

/** In pieces of a second, as they are sealed. */
export function bySecond(samples: readonly Sample[]): readonly (readonly Sample[])[] {
  const seconds: Sample[][] = [];
  for (const sample of samples) {
    const current = seconds.at(-1);
    if (current?.[0] !== undefined && sample.monoUs - current[0].monoUs < 850_000) current.push(sample);
    else seconds.push([sample]);
  }
  return seconds;
}
