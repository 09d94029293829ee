/** The itineraries the controller has: one is opened, or a new one begun. */
import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Fleet } from '../live/fleet.ts';
import { go } from '../shell/route.ts';
import type { PlanAnswer } from './answers.ts';
import { beginNew } from './begin.ts';
import { begin, draft } from './editing.ts';
import { fetchPlan, fetchPlans } from './send.ts';
import { trouble } from './trouble.ts';

export const known = signal<readonly PlanAnswer[] | null>(null);

export async function readLibrary(): Promise<void> {
  const asked = await fetchPlans();
  if (asked.ok) known.value = asked.value;
  else if (known.peek() === null) trouble.value = `The list of itineraries cannot be had. ${asked.trouble.words}`;
}

export async function openPlan(id: string): Promise<void> {
  const asked = await fetchPlan(id);
  if (!asked.ok) trouble.value = `Itinerary ${id} cannot be opened. ${asked.trouble.words}`;
  else if (asked.value.itinerary === null) trouble.value = `Of itinerary ${id} the controller knows only the name.`;
  else {
    trouble.value = null;
    begin(asked.value.itinerary);
  }
}

export function Library({ fleet }: { readonly fleet: Fleet }) {
  useEffect(() => {
    void readLibrary();
  }, []);
  const plans = known.value ?? [];
  const at = draft.value?.id ?? '';
  const listed = plans.some(({ id }) => id === at);
  return (
    <div class="plan-library">
      <label class="field">
        <span>Open</span>
        <select
          name="plan-open"
          value={at}
          onChange={(event) => {
            const id = event.currentTarget.value;
            go({ view: 'plan', id });
          }}
        >
          {!listed && <option value={at}>{at === '' ? '…' : `${at} (not given to the controller yet)`}</option>}
          {plans.map(({ id, version, name }) => (
            <option key={id} value={id}>
              {name === null ? id : `${name} (${id})`} · version {version}
            </option>
          ))}
        </select>
      </label>
      <button
        type="button"
        class="second"
        onClick={() => {
          go({ view: 'plan', id: null });
          beginNew(fleet);
        }}
      >
        New
      </button>
    </div>
  );
}
