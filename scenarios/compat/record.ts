/**
 * Writes down what an agent and a controller of this version say to each other, so that later versions can show that they
 * still understand both (wire.test.ts). Once per version that changes the wire; a recording is never changed afterwards.
 *
 *   node scenarios/compat/record.ts scenarios/compat/testdata/NAME.jsonl
 *
 * The agent begins with an empty disk and without a controller, so that nothing was acked before the recording begins: what
 * it holds of its first run is all there.
 */
import fs from 'node:fs';
import { expand } from '../../controller/expand.ts';
import { allMoving } from '../kit/moving.ts';
import { connectMqtt } from '../kit/mqtt-socket.ts';
import { Operator } from '../kit/operator.ts';
import { until } from '../kit/until.ts';
import { createWorld } from '../world.ts';
import { Transcript } from './transcript.ts';

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('usage: record.ts FILE');
/** Of its first run: a backlog. */
const BATCHES = 4;
const WITHIN_MS = 120_000;

const transcript = new Transcript(expand);
const world = await createWorld({ drones: 1, broker: 'mosquitto' });
try {
  const { id, agent } = world.drones[0] ?? {};
  if (id === undefined || agent === undefined) throw new Error('a drone wanted');
  await agent.stop();
  await world.controller.stop();
  fs.rmSync(agent.dataDir, { recursive: true });
  await agent.start();
  await until(async () => ((await agent.status()).outbox.counters.batches ?? 0) >= BATCHES, {
    ...{ timeoutMs: WITHIN_MS, what: 'a backlog' },
  });
  await agent.stop();

  const port = Number(new URL(world.controller.mqttUrl).port);
  const ear = await connectMqtt(
    { port, clientId: 'ear', subscribe: ['#'] },
    { onMessage: (topic, payload) => transcript.take(topic, payload) },
  );
  await world.controller.start();
  await agent.start();
  await allMoving(world.live(), [id]);
  await new Operator(world.controller.httpUrl).order(id, 'ping');
  await until(() => transcript.missing.length === 0, {
    ...{ timeoutMs: WITHIN_MS, what: 'the recording to be whole' },
    seen: () => transcript.missing,
  });
  ear.close();
} finally {
  await world.close();
}
if (transcript.holes.length > 0)
  throw new Error(`something went by unheard: ${transcript.holes.join(', ')}; try again`);
const { said } = transcript;
fs.writeFileSync(file, said.map((one) => `${JSON.stringify(one)}\n`).join(''));
console.log(`${file}: ${said.length} messages`);
