/** The events of the controller in the simulation, and what is read from them about commands. */
import { DELIVERY_STATES, isFinal } from '@skein/protocol/fleet';
import type { CommandEvent, StoredCommand } from '../../controller/commands/index.ts';
import type { EventLog } from '../../controller/store/day-rows.ts';
import type { NewEvent } from '../../controller/store/port.ts';
import type { Device } from './device.ts';
import { PowerCut } from './device.ts';

type Body = Record<string, unknown>;

interface HeldCommand {
  body: Body;
  readonly deliveries: Map<string, Body>;
}

export class MemoryEvents implements EventLog {
  readonly #device: Device;
  readonly #keys = new Set<string>();
  readonly #commands = new Map<string, HeldCommand>();

  constructor(device: Device) {
    this.#device = device;
  }

  copy(): MemoryEvents {
    const other = new MemoryEvents(this.#device);
    for (const key of this.#keys) other.#keys.add(key);
    for (const [id, one] of this.#commands) {
      other.#commands.set(id, { body: one.body, deliveries: new Map(one.deliveries) });
    }
    return other;
  }

  append(events: readonly (NewEvent | CommandEvent)[]): void {
    if (events.length === 0) return;
    this.#device.check();
    if (this.#device.write(1) < 1) throw new PowerCut();
    this.#device.sync();
    for (const event of events) {
      if (event.key !== undefined) {
        if (this.#keys.has(event.key)) continue;
        this.#keys.add(event.key);
      }
      if (event.entity.startsWith('command:')) this.#take(event.entity.slice('command:'.length), event);
    }
  }

  position(): number {
    return 0;
  }

  #take(id: string, { type, data }: NewEvent | CommandEvent): void {
    if (type === 'issued') {
      const { command, deliveries } = data as { command: Body; deliveries: Body[] };
      const held = deliveries.map((one): [string, Body] => [String(one.drone), one]);
      this.#commands.set(id, { body: { ...command, id }, deliveries: new Map(held) });
      return;
    }
    const one = this.#commands.get(id);
    if (one === undefined) return;
    if (type === 'decided') {
      const { undecided: _, ...body } = one.body;
      one.body = body;
    } else if (type === 'delivery') {
      const { drone, by, set } = data as { drone: string; by: string; set: Body };
      const before = one.deliveries.get(drone) ?? {};
      one.deliveries.set(drone, { ...before, ...set, drone, steps: stepsAfter(before, set, by) });
    }
  }

  #stored([, { body, deliveries }]: [string, HeldCommand]): StoredCommand {
    return { command: body, deliveries: [...deliveries.values()] } as unknown as StoredCommand;
  }

  command(id: string): StoredCommand | null {
    const found = this.#commands.get(id);
    return found === undefined ? null : this.#stored([id, found]);
  }

  open(): StoredCommand[] {
    return [...this.#commands].map((one) => this.#stored(one)).filter(({ deliveries }) => deliveries.some(isOpen));
  }
}

const isOpen = ({ state }: { readonly state: string }): boolean => {
  const known = DELIVERY_STATES.find((one) => one === state);
  return known !== undefined && !isFinal(known);
};

function stepsAfter(before: Body, set: Body, by: string): unknown {
  const steps = Array.isArray(before.steps) ? (before.steps as unknown[]) : [];
  if (set.state === undefined) return steps;
  const { state, reason, detail, atUtcUs } = set;
  return [...steps, { state, reason, detail, atUtcUs, by }];
}
