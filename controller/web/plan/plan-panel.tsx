/** The editor's panel: what is drawn, what speaks against it, files, and who is to fly it. */
import { useEffect } from 'preact/hooks';
import type { Fleet } from '../live/fleet.ts';
import { Back } from '../shell/back.tsx';
import { Close } from '../shell/close.tsx';
import { leave, selectedPlan } from '../shell/route.ts';
import { Assign } from './assign.tsx';
import { beginNew } from './begin.ts';
import { setFence } from './draft.ts';
import { canUndo, change, draft, goOn, type Tool, tellTime, tool, undo } from './editing.ts';
import { FileButtons } from './file-buttons.tsx';
import { Findings } from './findings.tsx';
import { ItemList } from './item-list.tsx';
import { listenToPlanKeys } from './keys.ts';
import { Library, openPlan } from './library.tsx';
import { trouble } from './trouble.ts';

const TOOLS: readonly (readonly [Exclude<Tool, null>, string, string])[] = [
  ['route', 'Route', 'Click on the map to add a place; drag one to move it'],
  ['fence', 'Fence', 'Click the corners of the area to stay inside'],
  ['rally', 'Rally', 'Click where it may come down instead of at home'],
];

export function PlanPanel({ fleet }: { readonly fleet: Fleet }) {
  const id = selectedPlan();
  useEffect(() => {
    trouble.value = null;
    const now = draft.peek();
    if (now === null && goOn(id)) trouble.value = 'As you left it: not given yet.';
    else if (id !== null && now?.id !== id) void openPlan(id);
    else if (now === null) beginNew(fleet);
  }, [id]);
  useEffect(() => listenToPlanKeys(), []);
  useEffect(() => tellTime(() => fleet.nowMs.peek()), [fleet]);
  const plan = draft.value;
  return (
    <aside class="pane pane-detail plan-panel" aria-label="Itinerary" data-plan={plan?.id ?? ''}>
      <header class="drone-head">
        <Back label="Back to the fleet" onClick={leave} />
        <h2>Itinerary {plan !== null && <small>version {plan.version}</small>}</h2>
        <Close onClick={leave} />
      </header>
      <div class="detail-scroll">
        <Library fleet={fleet} />
        {trouble.value !== null && (
          <p class="plan-trouble" role="alert">
            {trouble.value}
          </p>
        )}
        {plan !== null && (
          <>
            <Naming />
            <Findings />
            <Tools />
            <ItemList />
            <Ceiling />
            <FileButtons />
          </>
        )}
      </div>
      {plan !== null && <Assign fleet={fleet} />}
    </aside>
  );
}

function Naming() {
  const plan = draft.value;
  if (plan === null) return null;
  const { name: _name, ...nameless } = plan;
  return (
    <div class="plan-naming">
      <label class="field">
        <span>Name</span>
        <input
          type="text"
          name="plan-name"
          maxLength={120}
          value={plan.name ?? ''}
          placeholder={plan.id}
          onChange={(event) => {
            const name = event.currentTarget.value.trim();
            change(name === '' ? nameless : { ...nameless, name });
          }}
        />
      </label>
      <label class="field">
        <span>Id</span>
        <input
          type="text"
          name="plan-id"
          maxLength={64}
          pattern="[A-Za-z0-9._\-]+"
          value={plan.id}
          onChange={(event) => {
            const id = event.currentTarget.value.replace(/[^A-Za-z0-9._-]+/g, '-');
            if (id !== '' && id !== plan.id) change({ ...plan, id, version: 1 });
          }}
        />
      </label>
    </div>
  );
}

function Tools() {
  const now = tool.value;
  const hint = TOOLS.find(([one]) => one === now)?.[2] ?? 'Click on something to choose it';
  return (
    <div class="plan-tools">
      <fieldset aria-label="A click on the map adds">
        {TOOLS.map(([one, words, title]) => (
          <button
            key={one}
            type="button"
            data-tool={one}
            aria-pressed={now === one}
            title={title}
            onClick={() => {
              tool.value = now === one ? null : one;
            }}
          >
            {words}
          </button>
        ))}
      </fieldset>
      <button type="button" class="second" data-undo disabled={!canUndo.value} onClick={undo}>
        Undo
      </button>
      <p class="note">{hint}</p>
    </div>
  );
}

function Ceiling() {
  const plan = draft.value;
  if (plan === null) return null;
  const corners = (plan.fence?.polygons ?? []).reduce((sum, { points }) => sum + points.length, 0);
  return (
    <div class="plan-fence">
      <label class="field">
        <span>Fence: not higher than, above home</span>
        <span class="with-unit">
          <input
            type="number"
            name="maxAltM"
            min={2}
            max={9_000}
            value={plan.fence?.maxAltM ?? ''}
            placeholder="no ceiling of its own"
            onChange={(event) => {
              const { value, valueAsNumber } = event.currentTarget;
              const { maxAltM: _maxAltM, ...rest } = plan.fence ?? {};
              const { fence: _fence, ...bare } = plan;
              if (value === '') change(setFence(bare, rest));
              else if (Number.isFinite(valueAsNumber)) change(setFence(plan, { maxAltM: valueAsNumber }));
            }}
          />
          <i>m</i>
        </span>
      </label>
      <p class="note">
        {corners === 0
          ? 'No area to stay inside is drawn.'
          : `An area of ${corners} ${corners === 1 ? 'corner' : 'corners'} to stay inside.`}{' '}
        {corners > 0 && (
          <button type="button" class="link" onClick={() => change(setFence(plan, { polygons: [] }))}>
            Clear it
          </button>
        )}{' '}
        {(plan.rally ?? []).length > 0 && `${plan.rally?.length} rally points.`}
      </p>
    </div>
  );
}
