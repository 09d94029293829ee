/**
 * The store of the simulation, one for all controllers that run: one thread writes, and what is asked of it takes its turn.
 * It may fail, stall, be put back to a backup, and take the power with it in the middle of a write.
 */
import type { CommandEvent } from '../../controller/commands/index.ts';
import { StoreError, toStoreError } from '../../controller/store/errors.ts';
import type { NewEvent, StoreItem } from '../../controller/store/port.ts';
import { TelemetryWriter } from '../../controller/store/telemetry-writer.ts';
import { Device, PowerCut } from './device.ts';
import { MemoryDays } from './memory-days.ts';
import { MemoryEvents } from './memory-events.ts';
import type { Truth } from './truth.ts';
import type { ProcessTimers, World } from './world.ts';

interface Content {
  readonly days: MemoryDays;
  readonly events: MemoryEvents;
}

export class SimStore {
  readonly #world: World;
  readonly #truth: Truth;
  readonly device: Device;
  #content: Content;
  #writer: TelemetryWriter;
  #backup: Content | null = null;
  /** Those that run on it; their power is the same. */
  readonly users = new Set<{ crash(why: string): void }>();

  constructor(world: World, truth: Truth) {
    this.#world = world;
    this.#truth = truth;
    this.device = new Device(world);
    const { device } = this;
    const days = new MemoryDays({ world, device, onStored: (stored) => truth.stored(stored) });
    this.#content = { days, events: new MemoryEvents(device) };
    this.#writer = new TelemetryWriter(days, this.#content.events);
  }

  get days(): MemoryDays {
    return this.#content.days;
  }

  get events(): MemoryEvents {
    return this.#content.events;
  }

  /** Begins to use it; the first one opens it. */
  use(user: { crash(why: string): void }): void {
    if (this.users.size === 0) this.#writer = new TelemetryWriter(this.days, this.events);
    this.users.add(user);
  }

  ask<T>(timers: ProcessTimers, work: (writer: TelemetryWriter) => T): Promise<T> {
    return new Promise((resolve, reject) => {
      timers.after(this.device.latencyMs(), () => {
        let done: T;
        try {
          done = work(this.#writer);
        } catch (error) {
          if (!(error instanceof PowerCut)) reject(error);
          else for (const user of [...this.users]) user.crash('the power was cut while it wrote');
          return;
        }
        timers.after(this.#world.between(0.1, 2), () => resolve(done));
      });
    });
  }

  commit(timers: ProcessTimers, items: readonly StoreItem[], nowUtcUs: number) {
    return this.ask(timers, (writer) => {
      try {
        return writer.commit(items, nowUtcUs);
      } catch (error) {
        throw error instanceof PowerCut ? error : toStoreError(error, 'commit');
      }
    });
  }

  append(timers: ProcessTimers, events: readonly (NewEvent | CommandEvent)[]): Promise<void> {
    return this.ask(timers, () => {
      try {
        this.events.append(events);
      } catch (error) {
        throw error instanceof PowerCut || error instanceof StoreError ? error : toStoreError(error, 'append');
      }
    });
  }

  backUp(): void {
    this.#backup = { days: this.days.copy(), events: this.events.copy() };
  }

  /** The database of the backup, while nobody runs on it. Whether there was one. */
  restore(): boolean {
    if (this.#backup === null || this.users.size > 0) return false;
    this.#content = { days: this.#backup.days.copy(), events: this.#backup.events.copy() };
    this.#truth.storeIs(this.days);
    return true;
  }
}
