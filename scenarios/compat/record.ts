/**
 * Writes down what an agent and a controller of this version say to each other, so that later versions can show that they
 * still understand both (wire.test.ts). Once per version that changes the wire; a recording is never changed afterwards.
 *
 *   node scenarios/compat/record.ts scenarios/compat/testdata/NAME.jsonl
 */
import fs from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { longJson } from '@skein/protocol/fleet';
import { expand } from '../../controller/expand.ts';
import { allMoving } from '../kit/moving.ts';
import { connectMqtt } from '../kit/mqtt-socket.ts';
import { Operator } from '../kit/operator.ts';
import { createWorld } from '../world.ts';
import type { Recorded } from './recording.ts';

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('usage: record.ts FILE');
const FLIGHT_MS = 6_000;
const MOST = { live: 6, history: 8, time: 4, ack: 12, presence: 4 } as const;

const said: Recorded[] = [];
const counts = new Map<string, number>();
const world = await createWorld({ drones: 1, broker: 'mosquitto' });
try {
  const { id, agent } = world.drones[0] ?? {};
  if (id === undefined || agent === undefined) throw new Error('a drone wanted');
  await agent.stop();
  const port = Number(new URL(world.controller.mqttUrl).port);
  const ear = await connectMqtt(
    { port, clientId: 'ear', subscribe: ['#'] },
    {
      onMessage: (topic, payload) => {
        const [direction, channel] = topic.split('/').slice(-2);
        if ((direction !== 'up' && direction !== 'down') || channel === undefined) return;
        const key = `${direction}/${channel}`;
        const count = (counts.get(key) ?? 0) + 1;
        counts.set(key, count);
        if (count > ((MOST as Readonly<Record<string, number>>)[channel] ?? Number.POSITIVE_INFINITY)) return;
        const text = Buffer.from(longJson(payload, expand) ?? payload);
        const isJson = text[0] === 0x7b;
        said.push({ topic, ...(isJson ? { json: text.toString('utf8') } : { hex: payload.toString('hex') }) });
      },
    },
  );
  await world.controller.stop();
  await world.controller.start();
  await agent.start();
  const live = world.live();
  await allMoving(live, [id]);
  await new Operator(world.controller.httpUrl).order(id, 'ping');
  await pause(FLIGHT_MS);
  ear.close();
} finally {
  await world.close();
}
fs.writeFileSync(file, said.map((one) => `${JSON.stringify(one)}\n`).join(''));
console.log(`${file}: ${said.length} messages: ${JSON.stringify(Object.fromEntries(counts))}`);
