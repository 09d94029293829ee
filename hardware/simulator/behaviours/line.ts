import { addNoise, cutBytes, flipBytes } from './damage.ts';
import { choice, fault, number } from './fault.ts';

const each = (direction: string, way: 'out' | 'in'): boolean => direction !== (way === 'out' ? 'in' : 'out');
const WAY = choice('out (from the autopilot), in, or both', 'both', ['out', 'in', 'both']);

const mute = fault({
  name: 'mute',
  words: 'not a byte passes: a hung autopilot, a cut wire',
  settings: { way: WAY },
  begin(stage, { way }) {
    stage.meddle({
      leaving: (bytes) => (each(way, 'out') ? null : bytes),
      arriving: (bytes) => (each(way, 'in') ? null : bytes),
    });
  },
});

const lose = fault({
  name: 'lose',
  words: 'frames are lost whole, as on a radio link',
  settings: { percent: number('of the frames', 10, 0, 100), way: WAY },
  begin(stage, { percent, way }) {
    const lost = (): boolean => stage.random.next() * 100 < percent;
    stage.meddle({
      leaving: (bytes) => (each(way, 'out') && lost() ? null : bytes),
      received: () => each(way, 'in') && lost(),
    });
  },
});

const garble = fault({
  name: 'garble',
  words: 'bytes arrive as others, or not at all, as on a bad serial line',
  settings: { percent: number('of the bytes', 1, 0, 100), way: WAY },
  begin(stage, { percent, way }) {
    const flip = flipBytes(percent / 200, stage.random);
    const cut = cutBytes(percent / 200, stage.random);
    const spoil = (bytes: Uint8Array): Uint8Array => cut(flip(bytes));
    stage.meddle({
      leaving: (bytes) => (each(way, 'out') ? spoil(bytes) : bytes),
      arriving: (bytes) => (each(way, 'in') ? spoil(bytes) : bytes),
    });
  },
});

const noise = fault({
  name: 'noise',
  words: 'rubbish stands before frames on the way out',
  settings: { percent: number('of the frames', 10, 0, 100) },
  begin(stage, { percent }) {
    stage.meddle({ leaving: addNoise(percent / 100, stage.random) });
  },
});

const delay = fault({
  name: 'delay',
  words: 'the line takes its time; order is kept',
  settings: { ms: number('each way', 500, 0, 60_000), jitter: number('ms more, at random', 0, 0, 60_000), way: WAY },
  begin(stage, { ms, jitter, way }) {
    stage.meddle({ delayMs: (direction) => (each(way, direction) ? ms + jitter * stage.random.next() : 0) });
  },
});

export const lineFaults = [mute, lose, garble, noise, delay] as const;
