/** Commands of an operator, and what must hold of them: none acts twice, none leaves after its time. */
import { clockSetBack, type Fleet, whileOrdered } from './misfortunes.ts';
import type { Truth } from './truth.ts';
import type { World } from './world.ts';

const TYPES = ['ping', 'lock', 'fetch-log'] as const;
/** Rounding, and the tick that looks. */
const SLACK_US = 1e6;

interface Given {
  readonly endUs: number;
  readonly start: number;
}

export class Orders {
  readonly #world: World;
  readonly #truth: Truth;
  readonly #given = new Map<string, Given>();
  #start = () => 0;

  constructor(world: World, truth: Truth) {
    this.#world = world;
    this.#truth = truth;
  }

  give(fleet: Fleet): void {
    const { controller, agents } = fleet;
    const { commands } = controller;
    const agent = this.#world.pick(agents);
    if (commands === null) return;
    this.#start = () => controller.starts;
    const type = this.#world.pick(TYPES);
    const expiresInS = this.#world.whole(5, 40);
    const start = controller.starts;
    const endUs = this.#world.nowUs + expiresInS * 1e6;
    if (this.#world.chance(0.2)) whileOrdered(fleet, agent);
    else if (this.#world.chance(0.05)) clockSetBack(fleet, agent, expiresInS * 1e3);
    const params = type === 'lock' ? { reason: 'voyage' } : {};
    void commands
      .post({ targets: [agent.drone], type, params, expiresInS }, { name: 'ann', role: 'admin' })
      .then((posted) => {
        if (posted.ok) {
          this.#given.set(posted.command.id, { endUs, start });
          this.#truth.order(posted.command.id, agent.drone);
        }
      });
  }

  readonly sent = (drone: string, message: string): void => {
    const { id } = JSON.parse(message) as { readonly id: string };
    const given = this.#given.get(id);
    if (given === undefined || given.start !== this.#start()) return;
    if (this.#world.nowUs > given.endUs + SLACK_US)
      this.#truth.broken(`command ${id} left for ${drone} after its time`);
  };
}
