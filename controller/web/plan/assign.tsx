/** Given to the controller, and to drones: each drone checks again, uploads, reads back, and says how it stands. */
import { signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { NameField, useName } from '../commands/name-field.tsx';
import { operator } from '../commands/operator.ts';
import { distance } from '../format/numbers.ts';
import { listOf } from '../list/listed.ts';
import type { Fleet } from '../live/fleet.ts';
import type { DroneRecord } from '../live/record.ts';
import { metresBetween } from '../map/grid.ts';
import { go } from '../shell/route.ts';
import type { StandAnswer } from './answers.ts';
import { placeOfItem } from './draft.ts';
import { aircraftOf } from './drone-facts.ts';
import { aircraft, begin, change, draft, verdict } from './editing.ts';
import { known, readLibrary } from './library.tsx';
import { offeredOf } from './offered.ts';
import { assignOrRaise, fetchPlan, givePlan } from './send.ts';
import { trouble } from './trouble.ts';

const AGAIN_MS = 1_000;
const stands = signal<readonly StandAnswer[]>([]);

/** Is the draft just what the controller has under this version? */
function isGiven(): boolean {
  const plan = draft.value;
  const has = known.value?.find(({ id }) => id === plan?.id);
  return plan !== null && has?.version === plan.version && JSON.stringify(has.itinerary) === JSON.stringify(plan);
}

export function Assign({ fleet }: { readonly fleet: Fleet }) {
  const [targets, setTargets] = useState<readonly string[]>([]);
  const name = useName();
  const [busy, setBusy] = useState(false);
  const plan = draft.value;
  const id = plan?.id ?? null;

  useEffect(() => {
    stands.value = [];
    if (id === null) return;
    const look = async (): Promise<void> => {
      if (document.visibilityState !== 'visible' || !known.peek()?.some((one) => one.id === id)) return;
      const asked = await fetchPlan(id);
      if (asked.ok && draft.peek()?.id === id) stands.value = asked.value.drones;
    };
    void look();
    const timer = setInterval(() => void look(), AGAIN_MS);
    return () => clearInterval(timer);
  }, [id]);

  if (plan === null) return null;
  const offered = offeredOf(fleet.ids.value, targets, () => listOf(fleet));
  const refused = (verdict.value?.refusals.length ?? 0) > 0;

  const send = async (): Promise<void> => {
    if (!name.given()) return;
    const by = operator.peek() ?? '';
    setBusy(true);
    try {
      const has = known.peek()?.find((one) => one.id === plan.id);
      // What was given under a version never changes: another content is the next version.
      const next = isGiven() || has === undefined ? plan : { ...plan, version: has.version + 1 };
      const given = await givePlan(next, by);
      if (!given.ok) {
        trouble.value = `Not taken. ${given.trouble.words}`;
        return;
      }
      trouble.value = null;
      if (given.value.itinerary !== null) begin(given.value.itinerary);
      await readLibrary();
      go({ view: 'plan', id: next.id });
      if (targets.length === 0) return;
      const { assigned, given: raised } = await assignOrRaise(next, targets, by);
      if (raised !== null) {
        begin(raised);
        await readLibrary();
      }
      if (assigned.ok) stands.value = assigned.value.drones;
      else trouble.value = `Given, and not assigned. ${assigned.trouble.words}`;
    } finally {
      setBusy(false);
    }
  };

  return (
    <section class="dock plan-assign" aria-label="Give it to drones">
      <Stands />
      <div class="plan-targets">
        {offered.map((drone) => (
          <label key={drone} class="tick">
            <input
              type="checkbox"
              name={`target-${drone}`}
              checked={targets.includes(drone)}
              onChange={(event) => {
                const chosen = event.currentTarget.checked;
                setTargets(chosen ? [...targets, drone] : targets.filter((one) => one !== drone));
                const record = fleet.drone(drone).peek();
                if (chosen && record !== null) takeFor(record);
              }}
            />
            <span>{drone}</span>
          </label>
        ))}
      </div>
      {offered.length < fleet.ids.value.length && (
        <p class="note">
          {offered.length} of {fleet.ids.value.length} drones, as the list shows them: filter it for others.
        </p>
      )}
      <FarFrom fleet={fleet} targets={targets} />
      <NameField name={name} />
      {refused && (
        <p class="missing" data-missing="rules">
          It breaks the rules named above: mend them first.
        </p>
      )}
      <div class="in-hand-buttons">
        <button type="button" class="go" data-send disabled={refused || busy} onClick={() => void send()}>
          {targets.length === 0
            ? 'Give it to the controller'
            : `Give it to ${targets.length === 1 ? targets[0] : `${targets.length} drones`}`}
        </button>
      </div>
      <p class="note">
        It is checked, uploaded once the drone stands disarmed, and read back. Nothing takes off before somebody starts
        it at the drone's panel.
      </p>
    </section>
  );
}

/** It is judged with what is known of this drone; a plan without places of its own begins where it stands. */
function takeFor(record: DroneRecord): void {
  aircraft.value = aircraftOf(record);
  const plan = draft.peek();
  const { home } = aircraft.peek();
  if (plan !== null && home !== null && plan.items.every((item) => placeOfItem(item) === null)) {
    change({ ...plan, base: home });
  }
}

/** Home must lie within 5 m of the base when it is started: said before it is given. */
function FarFrom({ fleet, targets }: { readonly fleet: Fleet; readonly targets: readonly string[] }) {
  const base = draft.value?.base;
  if (base === undefined) return null;
  const far = targets.flatMap((id) => {
    const record = fleet.drone(id).value;
    const home = record === null ? null : aircraftOf(record).home;
    const metres = home === null ? 0 : metresBetween(base.lonDeg, base.latDeg, home.lonDeg, home.latDeg);
    return metres > 5 ? [{ id, metres, home }] : [];
  });
  return (
    <>
      {far.map(({ id, metres, home }) => (
        <p key={id} class="missing" data-far={id}>
          {id} stands {distance(metres)} from the base of this plan: it will not start there.{' '}
          <button
            type="button"
            class="link"
            onClick={() => {
              const plan = draft.peek();
              if (plan !== null && home !== null) change({ ...plan, base: home });
            }}
          >
            Put the base where it stands
          </button>
        </p>
      ))}
    </>
  );
}

function Stands() {
  if (stands.value.length === 0) return null;
  return (
    <ul class="plan-stands" aria-label="How it stands on each drone">
      {stands.value.map(({ drone, version, state, words, refusals }) => (
        <li key={drone} data-drone={drone} data-state={state}>
          <a href={`#/drone/${drone}`}>{drone}</a> <b>{state}</b> <i>version {version}</i>
          {words !== null && <p>{words}</p>}
          {refusals.map((one) => (
            <p key={one}>{one}</p>
          ))}
        </li>
      ))}
    </ul>
  );
}
