/** What is done on the ground and needs no flying: set-parameter, new-pack, ping, lock, unlock, settle. */
import { isSafetyParameter, reason } from '@skein/protocol/fleet';
import type { Executor, Executors, Json, Outcome, Prepared, Task } from './types.ts';
import { type CommandSafety, type CommandVehicle, type Pause, see } from './vehicle.ts';

const HEARD_WITHIN_MS = 30_000;

export interface GroundOptions {
  readonly vehicle: CommandVehicle;
  readonly safety: CommandSafety;
  /** What the journal says that a command did; null: it knows no such command. */
  readonly actOf: (id: string) => { readonly type: string; readonly state: string; readonly act: Json } | null;
  /** What a ping tells besides that it arrived. */
  readonly about: () => Json;
  /** The battery was changed; without an id nobody says which it is. */
  readonly newPack: (pack: string | null, instance: number) => void;
  readonly pause: Pause;
}

export function groundExecutors(
  o: GroundOptions,
): Pick<Executors, 'set-parameter' | 'new-pack' | 'ping' | 'lock' | 'unlock' | 'settle'> {
  return {
    // A parcel belongs to an itinerary: without one there is nothing to settle.
    settle: {
      against: () => [reason('no-itinerary')],
      act: async () => ({ state: 'rejected', reason: reason('no-itinerary') }),
    },
    'set-parameter': setParameter(o),
    'new-pack': {
      against: () => {
        const { armed } = o.vehicle.state;
        if (armed === null) return [reason('state-unknown')];
        return armed ? [reason('armed')] : [];
      },
      act: async ({ params: { pack = null, instance = 0 } }) => {
        o.newPack(pack === null ? null : String(pack), Number(instance));
        return { state: 'succeeded', reason: reason('done') };
      },
    },
    ping: { act: async () => ({ state: 'succeeded', reason: reason('done'), detail: o.about() }) },
    lock: {
      act: async ({ issuedBy, params }) => {
        const kept = await o.safety.setLock(issuedBy, false, String(params.reason));
        // A lock keeps motors from starting and stops none: whoever is beside them must know.
        const detail = { armed: o.vehicle.state.armed };
        return kept
          ? { state: 'succeeded', reason: reason('done'), detail }
          : { state: 'failed', reason: reason('lock-not-kept'), detail };
      },
    },
    unlock: {
      act: async ({ issuedBy, params, grants }) => {
        const refusal = await o.safety.removeLock(issuedBy, false, grants.includes('admin'), String(params.reason));
        if (refusal === null) return { state: 'succeeded', reason: reason('done') };
        return { state: refusal === 'lock-not-kept' ? 'failed' : 'rejected', reason: reason(refusal) };
      },
    },
  };
}

const rejected = (why: string): Prepared => ({ ok: false, outcome: { state: 'rejected', reason: why } });

function setParameter({ vehicle, actOf, pause }: GroundOptions): Executor {
  /** What is to be set: as the command says, or what an earlier one found there. */
  function wanted({ params }: Task): { readonly name: string; readonly value: number } | null {
    if (typeof params.undo !== 'string') return { name: String(params.name), value: Number(params.value) };
    const earlier = actOf(params.undo);
    const { name, before } = earlier?.act ?? {};
    if (earlier?.type !== 'set-parameter' || typeof name !== 'string' || typeof before !== 'number') return null;
    return { name, value: before };
  }

  return {
    against: () => {
      const { armed } = vehicle.state;
      if (armed === null) return [reason('state-unknown')];
      return armed ? [reason('armed')] : [];
    },
    prepare: async (task) => {
      const want = wanted(task);
      if (want === null) return rejected(reason('not-found', String(task.params.undo)));
      const granted = task.grants.includes('admin') || task.grants.includes('safety-parameters');
      if (isSafetyParameter(want.name) && !granted) return rejected(reason('not-granted', 'safety-parameters'));
      const read = await vehicle.parameters.ask([want.name], { signal: task.signal });
      if (read.ok) return { ok: true, act: { ...want, before: read.value } };
      if (read.code === 'no-such-parameter') return rejected(reason('no-such-parameter', want.name));
      return { ok: false, outcome: { state: 'failed', reason: reason('no-ack', `${want.name} was not read`) } };
    },
    act: async ({ signal }, { name, value, before }): Promise<Outcome> => {
      const parameter = String(name);
      const set = await vehicle.parameters.set(parameter, Number(value), { signal });
      if (set.ok) {
        const detail = { name, before, after: set.after };
        return { state: 'succeeded', reason: reason(set.after === before ? 'already' : 'done'), detail };
      }
      const detail = { name, before, after: set.after ?? null };
      if (set.code === 'no-such-parameter')
        return { state: 'failed', reason: reason('no-such-parameter', parameter), detail };
      if (set.code === 'bad-value') return { state: 'rejected', reason: reason('bad-params', parameter), detail };
      if (set.code === 'not-taken') return { state: 'failed', reason: reason('not-taken', parameter), detail };
      return { state: 'unknown', reason: reason('no-ack', set.code), detail };
    },
    recover: async ({ act }, signal) => {
      const { name, value, before } = act;
      await see(() => vehicle.state.alive, { withinMs: HEARD_WITHIN_MS, pause, signal });
      const read = typeof name === 'string' ? await vehicle.parameters.ask([name], { signal }) : null;
      if (read?.ok !== true) return { state: 'unknown', reason: reason('restarted') };
      const detail = { name, before, after: read.value };
      if (Math.fround(read.value) === Math.fround(Number(value))) {
        return { state: 'succeeded', reason: reason('done'), detail };
      }
      return { state: 'unknown', reason: reason('restarted'), detail };
    },
  };
}
