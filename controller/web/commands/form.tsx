/** A deliberate command: what must hold, what it needs to know, and only then its button. */
import { nameOfCommand } from '@skein/protocol/fleet';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { picking, target } from '../map/picking.ts';
import { type Desk, inHand } from './desk.ts';
import { Fields } from './fields.tsx';
import { InterlockList, Tick } from './form-parts.tsx';
import { type Deliberate, forceHelps, interlocksOf, mayGo } from './interlocks.ts';
import { NameField, useName } from './name-field.tsx';
import { operator, UNNAMED } from './operator.ts';
import { type Filled, makeParams, targetOf } from './params.ts';
import { RULES } from './rules.ts';
import type { Situation } from './situation.ts';

export interface DeliberateFormProps {
  readonly type: Deliberate;
  readonly given: Filled;
  readonly situation: Situation;
  readonly desk: Desk;
}

export function DeliberateForm({ type, given, situation, desk }: DeliberateFormProps) {
  const [filled, setFilled] = useState<Filled>(given);
  const [force, setForce] = useState(false);
  const name = useName();
  const form = useRef<HTMLFormElement>(null);
  const list = interlocksOf(type, situation);
  const canForce = type === 'reboot' && forceHelps(list);
  const forced = canForce && force;
  const { commander } = situation;
  // Held from here before a name was said: nobody takes over from themselves.
  const all = commander === UNNAMED ? { ...filled, takeOver: true } : filled;
  const made = makeParams(type, withPlace(all, situation), situation, forced);
  const overCommander = RULES[type].flight && commander !== UNNAMED && commander !== operator.value ? commander : null;
  const stopped = !mayGo(list, forced) && !(type === 'resume' && filled.takeControl === true);

  // Before it is painted: the next key may come at once, and must go here.
  useLayoutEffect(() => {
    const first = form.current?.querySelector<HTMLElement>(
      '.fields input:not([type=checkbox]), .fields button, .second',
    );
    first?.focus({ preventScroll: true });
    return () => {
      if (type === 'goto' && inHand.peek()?.kind !== 'form') target.value = null;
    };
  }, []);

  const submit = (event: Event): void => {
    event.preventDefault();
    if (!made.ok || stopped || !name.given()) return;
    inHand.value = null;
    picking.value = null;
    target.value = null;
    desk.send({ targets: [situation.id], type, params: made.params });
  };

  return (
    <form
      ref={form}
      class="in-hand deliberate"
      aria-label={`${nameOfCommand(type)} ${situation.id}`}
      data-form={type}
      onSubmit={submit}
    >
      <div class="in-hand-words">
        <p class="headline">
          {type === 'goto' ? (
            <span>
              Send <b>{situation.id}</b> to a place
            </span>
          ) : (
            <span>
              {nameOfCommand(type)} <b>{situation.id}</b>
            </span>
          )}
        </p>
        <InterlockList list={list} forced={forced} />
      </div>
      <Fields
        type={type}
        filled={withPlace(filled, situation)}
        set={(more) => setFilled({ ...filled, ...more })}
        situation={situation}
      />
      {overCommander !== null && (
        <Tick
          checked={filled.takeOver === true}
          onChange={(takeOver) => setFilled({ ...filled, takeOver })}
          words={`Take over from ${overCommander}, who is in command`}
        />
      )}
      {canForce && (
        <Tick
          checked={force}
          onChange={setForce}
          danger
          words="Force: send it although the list above says stop. Needs the right to force."
        />
      )}
      <NameField name={name} />
      {!made.ok && made.words !== '' && <p class="missing">{made.words}</p>}
      <div class="in-hand-buttons">
        <button
          type="submit"
          class="go"
          data-tone={
            type === 'reboot' || type === 'arm' || type === 'start' || type === 'disarm' || forced
              ? 'attention'
              : 'plain'
          }
          disabled={!made.ok || stopped}
        >
          {buttonWords(type, filled, situation)}
        </button>
        <button
          type="button"
          class="second"
          onClick={() => {
            picking.value = null;
            inHand.value = null;
          }}
        >
          Cancel <kbd>Esc</kbd>
        </button>
      </div>
    </form>
  );
}

/** A place picked on the map fills the form. */
function withPlace(filled: Filled, situation: Situation): Filled {
  const place = target.value;
  const altRelM = filled.altRelM ?? (situation.heightM === null ? 20 : Math.max(5, Math.round(situation.heightM)));
  if (place === null || place.drone !== situation.id) return { ...filled, altRelM };
  return { ...filled, latDeg: place.latDeg, lonDeg: place.lonDeg, altRelM };
}

function buttonWords(type: Deliberate, filled: Filled, { id }: Situation): string {
  if (type === 'reboot') return `Reboot ${targetOf(filled)} of ${id}`;
  if (type === 'set-parameter') return typeof filled.undo === 'string' ? `Undo on ${id}` : `Set it on ${id}`;
  if (type === 'fetch-log') return `Fetch log of ${id}`;
  return type === 'goto' ? `Send ${id} there` : `${nameOfCommand(type)} ${id}`;
}
