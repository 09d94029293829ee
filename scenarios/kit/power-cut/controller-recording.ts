/** A running controller whose every file operation is written down: drones drain into it, a person gives orders. */
import path from 'node:path';
import { createWorld } from '../../world.ts';
import { Operator } from '../operator.ts';
import { until } from '../until.ts';
import type { AckMark } from './controller-marks.ts';
import { type FileRecording, loadRecording, Recorder } from './recorder.ts';

export type ControllerMark =
  | AckMark
  /** A person was answered that this command is taken. */
  | { readonly type: 'posted'; readonly id: string };

export const DRONES = 3;
const KNOWN_WITHIN_MS = 30_000;

export async function recordController(dir: string, forMs: number): Promise<FileRecording> {
  let recorder: Recorder<ControllerMark> | null = null;
  const world = await createWorld({
    drones: DRONES,
    dir: path.join(dir, 'world'),
    controllerPrefix: (root) => {
      recorder = new Recorder({ dir, root, base: new Map(), marks: new URL('./controller-marks.ts', import.meta.url) });
      return recorder.prefix;
    },
  });
  const theRecorder = recorder as Recorder<ControllerMark> | null;
  if (theRecorder === null) throw new Error('a controller wanted');
  try {
    const ann = new Operator(world.controller.httpUrl);
    const ids = world.drones.map(({ id }) => id);
    const known = async () => (await world.controller.get<{ drones: unknown[] }>('/api/v1/drones')).drones.length;
    await until(async () => (await known()) === DRONES, { timeoutMs: KNOWN_WITHIN_MS, what: 'the drones to be known' });
    const untilMs = performance.now() + forMs;
    while (performance.now() < untilMs) {
      const { id } = await ann.post(ids, 'ping');
      theRecorder.mark({ type: 'posted', id });
      await ann.fates(id);
    }
  } finally {
    await world.close();
  }
  return loadRecording(dir);
}
