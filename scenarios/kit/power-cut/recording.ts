/**
 * A running agent whose every file operation is written down (file-log.c), at work: it flies nothing, but its telemetry is
 * sealed and drained, it is given commands that it journals and acts on, locked and unlocked.
 */
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { listenTcp } from '@skein/hardware/simulator';
import { createInProcessWorld } from '../../in-process.ts';
import { Agent } from '../agent.ts';
import { getJson, post } from '../http.ts';
import { Operator } from '../operator.ts';
import { freePort } from '../ports.ts';
import { until } from '../until.ts';
import type { Image } from './card.ts';
import { type Given, givenKey, type Mark, marksOf } from './promises.ts';
import { type FileRecording, loadRecording, Recorder } from './recorder.ts';

const PARAMETER = 'WPNAV_SPEED_DN';
const AT_ONCE = 3;
const KNOWN_WITHIN_MS = 30_000;
const LOCK_EVERY_MS = 100;

export interface Recording extends FileRecording {
  /** What the outbox was given in the recordings that `base` comes from. */
  readonly earlier: ReadonlyMap<string, Given>;
}

export interface RecordingOptions {
  /** A run's recordings stand side by side in it, by number. */
  readonly run: string;
  readonly number: number;
  /** What the agent finds. */
  readonly base: Image;
  readonly forMs: number;
}

/** A small outbox: its log is folded back into the file every few seconds. */
const AGENT_ARGS = ['--disk.budgetMB=12', '--outbox.budgetMB=4', '--recorder.segmentMB=1', '--log.fileMB=1'];

export async function record(o: RecordingOptions): Promise<Recording> {
  const dir = path.join(o.run, String(o.number));
  const world = await createInProcessWorld({ drones: 1, agentsLater: true, simulator: { start: 'ready' } });
  const [drone] = world.drones;
  if (!drone) throw new Error('a drone wanted');
  const { simulator, driver } = drone.simulator;
  const port = await freePort();
  const line = await listenTcp('127.0.0.1', port, { simulator, driver, tell: () => {} });
  const agent = new Agent({
    id: drone.id,
    dir,
    linkUrl: () => `tcp://127.0.0.1:${port}`,
    brokerUrl: world.mqttUrl,
    extraArgs: AGENT_ARGS,
  });
  const recorder = new Recorder<Mark>({
    dir,
    root: agent.dataDir,
    base: o.base,
    marks: new URL('./agent-marks.ts', import.meta.url),
  });
  agent.program.prefix = recorder.prefix;
  const mark = (what: Mark): void => recorder.mark(what);
  simulator.stage('observer').stage.meddle({
    received: (message) => {
      if (message?.name === 'PARAM_SET' && message.fields.param_id === PARAMETER) {
        mark({ type: 'acted', value: Number(message.fields.param_value) });
      }
      return false;
    },
  });
  try {
    await agent.start();
    const socketPath = path.join(agent.dataDir, 'agent.sock');
    const { n, commanding } = await getJson<{ n: number; commanding: { journal: { id: string } } }>(
      'http://agent/status',
      { socketPath },
    );
    mark({ type: 'started', n, journal: commanding.journal.id });
    const ann = new Operator(world.httpUrl);
    const isKnown = async () =>
      (await getJson<{ drones: readonly unknown[] }>(`${world.httpUrl}/api/v1/drones`)).drones.length > 0;
    await until(isKnown, { timeoutMs: KNOWN_WITHIN_MS, what: 'the controller to know the drone' });
    const untilMs = performance.now() + o.forMs;
    const busy = () => performance.now() < untilMs;
    // Each recording its own, and exact as 32-bit floats.
    let value = 100 * (1 + o.number);
    const orders = async (): Promise<void> => {
      while (busy()) {
        await ann.order(drone.id, 'ping');
        value += 1 / 8;
        await ann.order(drone.id, 'set-parameter', { name: PARAMETER, value });
      }
    };
    const locks = async (): Promise<void> => {
      for (let i = 0; busy(); i++) {
        for (const reason of [`look at it, ${i}`, null]) {
          mark({ type: 'lock', reason, done: false });
          const what = reason === null ? 'unlock' : 'lock';
          await post(`http://agent/${what}`, { reason: reason ?? 'looked at' }, { socketPath });
          mark({ type: 'lock', reason, done: true });
          await pause(LOCK_EVERY_MS);
        }
      }
    };
    await Promise.all([locks(), ...Array.from({ length: AT_ONCE }, orders)]);
    await agent.stop();
  } finally {
    await agent.stop();
    await line.close();
    await world.close();
  }
  return load(o.run, o.number);
}

/** A recording made before. */
export function load(run: string, number: number): Recording {
  const dir = path.join(run, String(number));
  const earlier = new Map<string, Given>();
  for (let i = 0; i < number; i++) {
    for (const mark of marksOf(load(run, i).operations)) {
      if (mark.type === 'given') for (const one of mark.entries) earlier.set(givenKey(one), one);
    }
  }
  return { ...loadRecording(dir), earlier };
}
