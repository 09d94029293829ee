/**
 * `make run`: a controller, five drones in the air over Zürich and one on the ground with a parcel, each agent on a
 * pseudo-terminal of its own; and a city (city/) that orders parcels from two bases with three drones. `SCENE=` plays a scene in it.
 * Ctrl-C, SIGTERM, a closed terminal, or the death of whoever started it end everything.
 */
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { CityLife } from './city/life.ts';
import { CARRIER_GROUP, CARRIERS } from './city/places.ts';
import { SCENES } from './city/scenes.ts';
import { allMoving } from './kit/moving.ts';
import { inRepository } from './kit/paths.ts';
import { FLEET, STANDING } from './kit/places.ts';
import { portOrOther } from './kit/ports.ts';
import { isAlive } from './kit/processes.ts';
import type { Program } from './kit/program.ts';
import { createWorld, type World } from './world.ts';

const HTTP_PORT = 8080;
const MQTT_PORT = 1883;
/** Where a drone stands that somebody adds, in the middle of the others. */
const PLACE = '47.3960,8.5450,480';

const sceneName = process.env.SCENE ?? '';
const scene = SCENES[sceneName];
if (sceneName !== '' && scene === undefined) {
  process.stderr.write(`SCENE=${sceneName}: there is none; there are ${Object.keys(SCENES).join(', ')}\n`);
  process.exit(2);
}

const ended = new AbortController();
const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** The second time it is asked, the guard process ends what is left; this one goes at once. */
function end(why: string): void {
  if (ended.signal.aborted) process.exit(1);
  say(`\n${why}: ending everything (once more to force it) …`);
  ended.abort(new Error(why));
}

process.on('SIGINT', () => end('Ctrl-C'));
process.on('SIGTERM', () => end('SIGTERM'));
process.on('SIGHUP', () => end('The terminal was closed'));
// Whoever read the output is gone; the signals above say when to end.
process.stdout.on('error', () => {});
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent && !ended.signal.aborted) end('The program that started the demo is gone');
}, 500).unref();

/** `.skein/demo/<pid>`; those of demos that run no more are removed, so that logs stay until the next start. */
function ownDirectory(): string {
  const all = inRepository('.skein/demo');
  fs.mkdirSync(all, { recursive: true });
  for (const name of fs.readdirSync(all)) {
    if (!isAlive(Number(name))) fs.rmSync(path.join(all, name), { recursive: true, force: true });
  }
  return path.join(all, String(process.pid));
}

async function chooseService(name: string, wanted: number): Promise<number> {
  const port = await portOrOther(wanted);
  if (port !== wanted) say(`Port ${wanted} (${name}) is taken; using ${port} instead.`);
  return port;
}

/** A drone's program is allowed to die here: that is what people try. They get the line that starts it again. */
async function tellWhenGone(program: Program, signal: AbortSignal): Promise<void> {
  const { code, signal: by } = await program.exited;
  if (!signal.aborted) say(`${program.name} ended (${by ?? code}). Start it again with:\n  ${program.commandLine}`);
}

/** Orders arrive, people load; with SCENE= something happens in it. */
async function liveInCity(world: World, signal: AbortSignal): Promise<void> {
  const { httpUrl } = world.controller;
  const life = new CityLife({ httpUrl, drones: world.drones, seed: process.pid, signal, say, orderEveryS: 45 });
  const wait = async (seconds: number) => void (await pause(seconds * 1000, undefined, { signal }));
  try {
    await life.furnish();
    say(`  Orders arrive at Letten and Hardturm: ${httpUrl}/api/v1/orders. What becomes of them:`);
    void life.live();
    if (scene === undefined) return;
    say(`\n  SCENE=${sceneName}, as soon as a parcel is in the air:\n    ${scene.words.join('\n    ')}\n`);
    await scene.play({ world, life, say: (line) => say(`  ▶ ${line}`), wait });
  } catch (error) {
    if (!signal.aborted) say(`The city: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The scene that ends it starts it again. */
async function controllerGone(world: World, signal: AbortSignal): Promise<string> {
  const { program } = world.controller;
  for (;;) {
    await program.exited;
    if (scene?.revives === true) await pause(30_000, undefined, { signal }).catch(() => {});
    if (!program.isReady) return `${program.name} ended by itself; its log: ${program.logFile}`;
  }
}

async function run(): Promise<number> {
  const { signal } = ended;
  const dir = ownDirectory();
  say(
    `Skein demo: a controller, ${FLEET.length} flying drones, one on the ground, ${CARRIERS.length} that carry parcels. Logs: ${path.relative(process.cwd(), dir) || '.'}/*/*.log`,
  );
  let world: World | null = null;
  try {
    const httpPort = await chooseService('web', HTTP_PORT);
    const mqttPort = await chooseService('MQTT', MQTT_PORT);
    const topicRoot = `skein/1/demo-${process.pid}`;
    world = await createWorld({
      drones: [...FLEET, STANDING, ...CARRIERS],
      link: 'pty',
      dir,
      httpPort,
      mqttPort,
      cuttable: CARRIERS.map(({ id }) => id),
      // An agent that someone started by hand outlives its demo; it must not join the next one.
      controllerArgs: [
        `--broker.topicRoot=${topicRoot}`,
        '--itineraries.batteryWh=300',
        '--orders.emptyKg=4',
        `--orders.group=${CARRIER_GROUP}`,
      ],
      agentArgs: ['--outbox.budgetMB=64', '--recorder.budgetMB=64', `--uplink.topicRoot=${topicRoot}`],
      signal,
    });
    const aborted = new Promise<null>((resolve) => signal.addEventListener('abort', () => resolve(null)));
    const ids = FLEET.map(({ id }) => id);
    await Promise.race([allMoving(world.live(), ids), aborted]);
    if (signal.aborted) return 0;
    const tookS = ((performance.now() - world.startedAtMs) / 1000).toFixed(1);
    say(
      `\n  Open ${world.controller.httpUrl}   (${FLEET.length} drones live after ${tookS} s; Ctrl-C ends everything)\n`,
    );
    say(
      `  ${STANDING.id} stands ready with a parcel: open Plan, choose it, draw a delivery, give it, then more ▾ → Start… at its panel.`,
    );
    say('  To add a drone, in two terminals (the first plays the autopilot):');
    say(`    npx skein-sim --tcp=127.0.0.1:5790 --start=ready --payload=0.8 --param=FS_GCS_ENABLE=1 --home=${PLACE}`);
    say(`    npx skein-agent run --drone=my-drone --dataDir=.skein/my-drone --profile=bench \\`);
    say(
      `      --link.url=tcp://127.0.0.1:5790 --uplink.url=mqtt://127.0.0.1:${mqttPort} --uplink.topicRoot=${topicRoot}`,
    );
    say('  The five flew before their agents started, so who flies them is not known (CONTROL ? on the page):');
    say('  Hold, Return and Land work at once; Resume with "take control" makes them ours.');
    say('  Kill an agent and watch its drone turn stale:');
    for (const { id, agent } of world.drones) say(`    kill -9 ${agent.program.pid}   # ${id}`);
    for (const { agent, simulator } of world.drones) {
      for (const program of [agent.program, simulator.program]) void tellWhenGone(program, signal);
    }
    void liveInCity(world, signal);
    const why = await Promise.race([aborted, controllerGone(world, signal)]);
    if (why === null || signal.aborted) return 0;
    say(why);
    return 1;
  } catch (error) {
    if (signal.aborted) return 0;
    say(error instanceof Error ? error.message : String(error));
    return 1;
  } finally {
    await world?.close();
    if (signal.aborted) say('All ended.');
  }
}

process.exit(await run());
