/**
 * Random lives of one drone and its controller in virtual time: commands sent, sent again, doubled, delayed and lost; the
 * agent killed, the autopilot restarted and silenced, a pilot at the switch. What must hold after each:
 *
 *   no command id acts twice · no frame that goes once reaches the autopilot twice for one id
 *   none that reached the agent is without a final answer · nothing forbidden is ever sent
 */
import { createRandom, type Random } from '@skein/hardware/simulator';
import { COMMANDS, type Command, type CommandType, isFinal } from '@skein/protocol/fleet';
import { formatUtc } from '@skein/protocol/time';
import { type Mutation, UTC_OFFSET_US, VirtualDrone } from './virtual-drone.ts';

const STORY_MS = 40_000;
/** Everything has ended long before: a recovery may take 200 s. */
const HORIZON_MS = 400_000;
const STRIDE_MS = 100;
const RESEND_MS = 2_000;

interface Sent {
  readonly id: string;
  readonly type: CommandType;
  readonly params: Command['params'];
  readonly issuedMs: number;
  readonly expiresMs: number;
  readonly issuedBy: string;
  sentMs: number;
  reached: boolean;
}

export interface RunResult {
  readonly seed: number;
  readonly commands: number;
  readonly ends: Readonly<Record<string, number>>;
  /** Words for what must not be; empty when all holds. */
  readonly wrong: readonly string[];
}

const WEIGHTS: readonly (readonly [CommandType, number])[] = [
  ['hold', 5],
  ['return', 3],
  ['land', 2],
  ['resume', 3],
  ['goto', 2],
  ['abort', 2],
  ['arm', 6],
  ['disarm', 5],
  ['set-parameter', 3],
  ['reboot', 5],
  ['ping', 2],
  ['fetch-log', 1],
  ['lock', 1],
  ['unlock', 2],
  ['cancel', 2],
];

function pick<T>(random: Random, weighted: readonly (readonly [T, number])[]): T {
  let at = random.next() * weighted.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [what, weight] of weighted) {
    at -= weight;
    if (at < 0) return what;
  }
  throw new Error('nothing to pick from');
}

/** One life, from its seed. */
export async function randomRun(seed: number, mutation?: Mutation): Promise<RunResult> {
  const random = createRandom(seed);
  const chance = (share: number): boolean => random.next() < share;
  const between = (low: number, high: number): number => low + random.next() * (high - low);
  const drone = new VirtualDrone({
    seed,
    random: random.fork('drone'),
    start: chance(0.4) ? 'airborne' : 'ready',
    loss: pick(random, [
      [0, 3],
      [0.01, 2],
      [0.1, 2],
      [0.3, 1],
    ]),
    journalLate: chance(0.3) ? 0.2 : 0,
    journalFails: chance(0.2) ? 0.1 : 0,
    ...(mutation === undefined ? {} : { mutation }),
  });
  const sent: Sent[] = [];
  const underway: { readonly atMs: number; readonly run: () => void }[] = [];
  const plans: { readonly atMs: number; readonly run: () => void }[] = [];
  const beginMs = drone.nowMs;
  const plan = (run: () => void): void => {
    plans.push({ atMs: beginMs + between(4_000, STORY_MS), run });
  };

  const isEnded = (id: string): boolean => drone.answers.some(({ command, state }) => command === id && isFinal(state));

  function paramsOf(type: CommandType): Command['params'] {
    switch (type) {
      case 'goto':
        return { latDeg: 43.6155 + between(-1e-3, 1e-3), lonDeg: 7.0719, altRelM: Math.round(between(10, 40)) };
      case 'set-parameter':
        return { name: 'WPNAV_SPEED', value: Math.round(between(300, 900)) };
      case 'reboot': {
        const agent = chance(0.3);
        const named = agent ? { ifSession: drone.session ?? '0' } : { ifBoot: drone.bootId ?? 'none' };
        return { target: agent ? 'agent' : 'autopilot', ...named };
      }
      case 'resume':
        return chance(0.5) ? { takeControl: true, takeOver: true } : {};
      case 'lock':
      case 'unlock':
        return { reason: 'the story' };
      case 'cancel':
        return { id: sent.at(Math.floor(random.next() * sent.length))?.id ?? id(99_999) };
      case 'arm':
      case 'disarm':
      case 'abort':
        return chance(0.7) ? { takeOver: true } : {};
      default:
        return {};
    }
  }

  const id = (n: number): string => `01JF${String(seed % 1e8).padStart(10, '0')}${String(n).padStart(12, '0')}`;

  function issue(type: CommandType): void {
    sent.push({
      id: id(sent.length),
      type,
      params: paramsOf(type),
      issuedMs: drone.nowMs,
      expiresMs: drone.nowMs + (COMMANDS[type].queued ? between(5_000, 20_000) : 10_000),
      issuedBy: chance(0.8) ? 'Ann' : 'Bob',
      sentMs: Number.NEGATIVE_INFINITY,
      reached: false,
    });
  }

  /** On its way: perhaps lost, perhaps twice, perhaps stuck in a dead link. */
  function carry(one: Sent): void {
    one.sentMs = drone.nowMs;
    const session = drone.session;
    if (session === null || chance(0.15)) return;
    const broadcast = COMMANDS[one.type].broadcast && chance(0.2);
    const at = (ms: number) => formatUtc(UTC_OFFSET_US + ms * 1000);
    const command: Command = {
      id: one.id,
      type: one.type,
      params: one.params,
      issuedAt: at(one.issuedMs),
      expiresAt: at(one.expiresMs),
      sentAt: at(drone.nowMs),
      issuedBy: one.issuedBy,
      grants: [],
      ...(broadcast ? {} : { session, heard: { session, monoMs: Math.floor(drone.nowMs - between(20, 1_500)) } }),
    };
    for (let copies = chance(0.2) ? 2 : 1; copies > 0; copies--) {
      const delayMs = chance(0.05) ? between(2_000, 20_000) : between(10, 400);
      underway.push({
        atMs: drone.nowMs + delayMs,
        run: () => {
          if (drone.session === null) return;
          one.reached ||= broadcast || drone.session === session;
          drone.receive(command, broadcast ? 'broadcast' : 'own');
        },
      });
    }
  }

  function runDue(list: { readonly atMs: number; readonly run: () => void }[]): void {
    for (const one of list.filter(({ atMs }) => atMs <= drone.nowMs)) {
      list.splice(list.indexOf(one), 1);
      one.run();
    }
  }

  const killAt = (atMs: number): void => {
    plans.push({
      atMs,
      run: () => {
        drone.crash();
        plans.push({ atMs: drone.nowMs + between(300, 4_000), run: () => drone.session === null && drone.start() });
      },
    });
  };
  for (let n = Math.floor(between(5, 18)); n > 0; n--) {
    plan(() => {
      issue(pick(random, WEIGHTS));
      // While it is under way is when a crash hurts.
      if (chance(0.12)) killAt(drone.nowMs + between(50, 1_500));
    });
  }
  for (let n = Math.floor(between(0, 3)); n > 0; n--) killAt(beginMs + between(4_000, STORY_MS));
  if (chance(0.3)) plan(() => drone.simulator.reboot());
  if (chance(0.4)) plan(() => drone.pilot.turnSwitch(1 + Math.floor(random.next() * 6)));
  for (let n = Math.floor(between(0, 3)); n > 0; n--) {
    plan(() => {
      drone.muteUntilMs = drone.nowMs + between(500, 8_000);
    });
  }

  drone.start();
  const open = () => sent.filter((one) => one.reached && !isEnded(one.id));
  const isOver = () => drone.nowMs >= beginMs + (open().length > 0 ? HORIZON_MS : STORY_MS);
  while (!isOver() && drone.wrong.length === 0) {
    runDue(plans);
    if (drone.session === null && plans.length === 0 && drone.nowMs > beginMs + STORY_MS + 5_000) drone.start();
    for (const one of sent) {
      // As a controller does: again until it has an end, or its time and a minute are over.
      if (!isEnded(one.id) && drone.nowMs - one.sentMs >= RESEND_MS && drone.nowMs < one.expiresMs + 60_000) carry(one);
    }
    runDue(underway);
    await drone.pass(STRIDE_MS);
  }
  drone.close();

  const ends: Record<string, number> = {};
  for (const one of sent) {
    const last = drone.answers
      .filter(({ command }) => command === one.id)
      .sort((a, b) => a.step - b.step)
      .at(-1);
    const end = `${one.type} ${last === undefined ? 'never there' : last.state}`;
    ends[end] = (ends[end] ?? 0) + 1;
  }
  const wrong = [...drone.wrong, ...open().map((one) => `${one.type} ${one.id} has no end`)];
  return { seed, commands: sent.length, ends, wrong };
}
