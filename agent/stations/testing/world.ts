/** One end point with its station and its autopilot, made of values; a clock that stands still. */
import {
  decode,
  encode,
  type FieldsIn,
  type Frame,
  FrameParser,
  type MavCmd,
  type Message,
  type MessageName,
} from '@skein/protocol/mavlink';
import { type StationEntry, Stations, type Wish } from '../index.ts';

export const STATION = { sysid: 255, compid: 190 };
export const AUTOPILOT = { sysid: 1, compid: 1 };
/** Id and payload of a message this dialect does not know; what stands behind it proves it. */
const UNKNOWN_ID = 60_000;

export function framesOf(...chunks: readonly Uint8Array[]): Frame[] {
  const frames: Frame[] = [];
  const parser = new FrameParser();
  for (const chunk of chunks) parser.push(chunk, (frame) => frames.push(frame));
  parser.flush((frame) => frames.push(frame));
  return frames;
}

export const messagesOf = (chunks: readonly Uint8Array[]): Message[] =>
  framesOf(...chunks).flatMap((frame) => decode(frame) ?? []);

/** One end point, its station at the far end, the autopilot at the other, and a clock that stands still. */
export function world(
  entry: Exclude<StationEntry, string>,
  o: { readonly lineBytesPerS?: number; readonly groundLock?: boolean } = {},
) {
  const toAutopilot: Uint8Array[] = [];
  const toStation: Uint8Array[] = [];
  const writes: string[] = [];
  const wishes: (readonly Wish[])[] = [];
  const events: string[] = [];
  const clock = { nowMs: 1_000 };
  const line = { full: false };
  let reader: (chunk: Uint8Array) => void = () => {};
  const stations = new Stations({
    entries: [entry],
    createLink: () => ({
      isOpen: true,
      lastError: null,
      start: () => {},
      read: (take) => {
        reader = take;
        return () => {};
      },
      write: (bytes) => {
        if (!line.full) toStation.push(bytes);
        return !line.full;
      },
      close: async () => {},
    }),
    nowMs: () => clock.nowMs,
    vehicle: () => AUTOPILOT,
    groundLock: () => o.groundLock === true,
    lineBytesPerS: () => o.lineBytesPerS ?? 1_000_000,
    toAutopilot: (bytes) => toAutopilot.push(bytes) > 0,
    onWrite: (_station, { sysid }, what) => writes.push(`${sysid} ${what}`),
    onWishes: (all) => wishes.push(all),
    onEvent: (event, station) => events.push(`${event} ${station}`),
  });
  stations.start();
  let seq = 0;
  const frame = <N extends MessageName>(name: N, fields: FieldsIn<N>, from = STATION, version: 1 | 2 = 2) =>
    encode(name, fields, { ...from, seq: seq++ & 0xff, version });
  const says = (...bytes: readonly Uint8Array[]) => {
    for (const each of bytes) reader(each);
  };
  const long = (command: number, params: readonly number[] = [], target_component = 1) =>
    frame('COMMAND_LONG', {
      target_system: 1,
      target_component,
      command: command as MavCmd,
      confirmation: 0,
      param1: params[0] ?? 0,
      param2: params[1] ?? 0,
      param3: params[2] ?? 0,
      param4: params[3] ?? 0,
      param5: params[4] ?? 0,
      param6: params[5] ?? 0,
      param7: params[6] ?? 0,
    });
  const counters = () => stations.status()[0]?.counters;
  const tick = (ms: number) => {
    clock.nowMs += ms;
    stations.tick();
  };
  return { stations, toAutopilot, toStation, writes, wishes, events, line, frame, says, long, counters, tick };
}

export const listen = { url: 'memory://s', mode: 'listen' } as const;
export const control = { url: 'memory://s', mode: 'control', name: 'laptop' } as const;

/** A MAVLink 2 frame of an unknown message: CRC_EXTRA 77 stands for what only its sender knows. */
export function unknownFrame(): Uint8Array {
  const payload = [1, 2, 3, 4];
  const bytes = [
    0xfd,
    payload.length,
    0,
    0,
    9,
    STATION.sysid,
    STATION.compid,
    UNKNOWN_ID & 0xff,
    UNKNOWN_ID >> 8,
    0,
    ...payload,
  ];
  let crc = 0xffff;
  for (const byte of [...bytes.slice(1), 77]) {
    let x = (byte ^ crc) & 0xff;
    x = (x ^ (x << 4)) & 0xff;
    crc = ((crc >> 8) ^ (x << 8) ^ (x << 3) ^ (x >> 4)) & 0xffff;
  }
  return Uint8Array.from([...bytes, crc & 0xff, crc >> 8]);
}
