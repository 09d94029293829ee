/** A drone on the wire in a time that goes on second by second, when everybody has been heard: a busy machine changes nothing in it. */
import type { Itinerary } from '@skein/protocol/fleet';
import type { KindName } from '@skein/protocol/telemetry';
import type { Running } from './controller.ts';
import { FakeAgent, type FakeAgentOptions } from './fake-agent.ts';
import { BASE, type Says, sample, UTC_US } from './quick-agent.ts';
import { until } from './until.ts';

const WITHIN_MS = 60_000;

export class SteppedTime {
  s = 0;
  readonly clock = { utcUs: () => UTC_US + this.s * 1e6, monoUs: () => 1e9 + this.s * 1e6 };
}

class SteppedAgent extends FakeAgent {
  readonly #time: SteppedTime;

  constructor(o: FakeAgentOptions, time: SteppedTime) {
    super(o);
    this.#time = time;
  }

  override monoUs(): number {
    return 2e9 + this.#time.s * 1e6;
  }
}

export class Wired {
  readonly running: Running;
  readonly #time: SteppedTime;
  agent: FakeAgent;

  constructor(running: Running, time: SteppedTime, o: FakeAgentOptions) {
    this.running = running;
    this.#time = time;
    this.agent = new SteppedAgent(o, time);
  }

  async connect(): Promise<void> {
    await this.agent.connectTo(this.running.addresses.mqtt);
    this.agent.presence();
    await this.heard();
  }

  /** What it has said until now has come: the answer to its question for the time says so. */
  async heard(): Promise<void> {
    const { agent } = this;
    const before = agent.times.length;
    agent.time();
    await until(() => agent.times.length > before || agent.closed, `the time for ${agent.o.drone}`, WITHIN_MS);
  }

  /** One second of it, of its autopilot too unless null; mute it asks for no time. */
  async second(says: Says | null, mute = false): Promise<void> {
    const { agent } = this;
    if (agent.closed) return;
    const samples = Object.entries(says ?? {}).map(([kind, values]) =>
      sample(agent, kind as KindName, values as object),
    );
    if (samples.length > 0) agent.live(samples);
    if (mute) return;
    if (this.#time.s % 12 === 0) agent.presence();
    await this.heard();
  }

  /** Another run of its agent, on the same board unless said. */
  async again(boot = this.agent.boot): Promise<void> {
    const { drone, epoch } = this.agent.o;
    const { obey, more } = this.agent;
    const o = { drone, session: `cccccccc${epoch.slice(8)}`, epoch: `1${epoch.slice(1)}`, boot };
    this.agent = new SteppedAgent(o, this.#time);
    Object.assign(this.agent, { obey, more });
    await this.connect();
  }

  /** Another board with its name. */
  async twin(boot: string): Promise<void> {
    const { drone, epoch } = this.agent.o;
    const o = { drone, session: `ffffffff${epoch.slice(8)}`, epoch: `2${epoch.slice(1)}`, boot, board: 'other' };
    await new Wired(this.running, this.#time, o).connect();
  }

  /** Ann tells it something; `key` tells one order from the next. */
  async order(type: string, params: object, key = type): Promise<void> {
    const { drone } = this.agent.o;
    const before = this.agent.commands.length;
    const body = { targets: [drone], type, params, expiresInS: 60, issuedBy: 'Ann' };
    const about = { 'idempotency-key': `${drone}-${key}` };
    const { status, body: said } = await this.running.post('/api/v1/commands', body, about);
    if (status >= 300) throw new Error(JSON.stringify(said));
    await until(() => this.agent.commands.length > before, `the order ${type} at ${drone}`, WITHIN_MS);
  }

  /** It is given a plan, and flies it. */
  async flies(items: Itinerary['items']): Promise<void> {
    const { agent, running } = this;
    const id = `it-${agent.o.drone}`;
    const given = await running.post(`/api/v1/itineraries?id=${id}&version=1`, { id, version: 1, base: BASE, items });
    if (given.status >= 300) throw new Error(JSON.stringify(given.body));
    await running.post(`/api/v1/itineraries/${id}/assign`, { targets: [agent.o.drone], issuedBy: 'Ann' });
    await until(() => agent.itineraries.length > 0, 'the itinerary', WITHIN_MS);
    const stand = { itinerary: id, version: 1 } as const;
    for (const [step, state] of (['received', 'verified', 'starting', 'flying'] as const).entries()) {
      agent.tell('itinerary', { ...stand, step: step + 1, state, item: 1 });
    }
  }
}
