/** What each deliberate command needs to be told. */
import { useEffect } from 'preact/hooks';
import { picking, target } from '../map/picking.ts';
import { go } from '../shell/route.ts';
import { phone } from '../shell/screen.ts';
import { Tick } from './form-parts.tsx';
import type { Deliberate } from './interlocks.ts';
import { ends, type Filled, needsAdmin, REASON_MAX, REBOOT_TARGETS, type RebootTarget, targetOf } from './params.ts';
import { resumeWords } from './resume-words.ts';
import type { Situation } from './situation.ts';

export interface FieldsProps {
  readonly type: Deliberate;
  readonly filled: Filled;
  readonly set: (more: Filled) => void;
  readonly situation: Situation;
}

/** From whom `resume` may take control, and what is to be sure of before. */
const TAKING: Readonly<Partial<Record<string, string>>> = {
  pilot: 'Take control from the pilot, who has agreed',
  other: 'Take control back from the other station',
  // An agent that started in mid-flight.
  unknown: 'Take control: nobody else is flying it',
};

export function Fields(props: FieldsProps) {
  const { type, filled, set } = props;
  switch (type) {
    case 'reboot':
      return <RebootFields {...props} />;
    case 'goto':
      return <GotoFields {...props} />;
    case 'arm':
    case 'start':
      return (
        <div class="fields">
          <p class="note danger">
            The motors start{type === 'start' ? ' and it takes off' : ''}. Whoever stands near it can be hurt.
          </p>
          <Tick
            checked={filled.clear === true}
            onChange={(clear) => set({ clear })}
            words="I have looked: nobody is near it"
          />
        </div>
      );
    case 'resume':
      return <ResumeFields {...props} />;
    case 'set-parameter':
      return <ParameterFields {...props} />;
    case 'fetch-log':
      return (
        <div class="fields">
          <Input
            label="Log"
            value={textOf(filled.log)}
            placeholder="the latest, or its number"
            onInput={(log) => set({ log })}
          />
        </div>
      );
    case 'lock':
    case 'unlock':
      return (
        <div class="fields">
          <Input
            label="Why"
            value={textOf(filled.reason)}
            maxLength={REASON_MAX}
            placeholder={type === 'lock' ? 'propeller 3 is being changed' : 'propeller changed, area clear'}
            onInput={(reason) => set({ reason })}
          />
        </div>
      );
    case 'disarm':
    case 'skip':
    case 'abort':
    case 'ping':
      return null;
  }
}

function ResumeFields({ filled, set, situation }: FieldsProps) {
  const takeControl = filled.takeControl === true;
  const asked = TAKING[situation.control] !== undefined || takeControl;
  const { words, moves } = resumeWords(situation, takeControl);
  return (
    <div class="fields">
      {asked && (
        <Tick
          checked={takeControl}
          onChange={(takeControl) => set({ takeControl })}
          words={TAKING[situation.control] ?? 'Take control'}
        />
      )}
      <p class={moves ? 'note danger' : 'note'} data-resume={moves ? 'moves' : 'stays'}>
        {words}
      </p>
    </div>
  );
}

const TARGETS: Readonly<Record<RebootTarget, string>> = {
  autopilot: 'the flight controller; charge is carried across',
  companion: 'the whole computer on board; it is away for a minute or so',
  agent: 'only our program on it; away for seconds',
};

function RebootFields({ filled, set, situation }: FieldsProps) {
  const target = targetOf(filled);
  const named = Object.values(ends(target, situation))[0];
  return (
    <fieldset class="fields choices">
      <legend>What restarts</legend>
      {REBOOT_TARGETS.map((one) => (
        <label key={one}>
          <input type="radio" name="target" checked={one === target} onChange={() => set({ target: one })} />
          <span>
            <b>{one}</b> <i>{TARGETS[one]}</i>
          </span>
        </label>
      ))}
      <p class="note">
        {typeof named === 'string'
          ? `It ends ${target === 'agent' ? 'session' : 'boot'} ${named.slice(0, 8)} and no later one: it cannot restart twice.`
          : `Which boot is running has not been reported; the controller names it.`}{' '}
        It counts only when proved.
      </p>
    </fieldset>
  );
}

function GotoFields({ filled, set, situation }: FieldsProps) {
  // On a desk the map is beside the form: choose at once.
  useEffect(() => {
    if (!phone.peek() && target.peek()?.drone !== situation.id) picking.value = situation.id;
    return () => {
      if (!phone.peek()) picking.value = null;
    };
  }, []);
  const active = picking.value === situation.id;
  const typed = (more: Filled): void => {
    target.value = null;
    set({ latDeg: filled.latDeg, lonDeg: filled.lonDeg, ...more });
  };
  return (
    <div class="fields">
      <button
        type="button"
        class="pick"
        aria-pressed={active}
        onClick={() => {
          picking.value = active ? null : situation.id;
          if (phone.peek() && !active) go({ view: 'map' });
        }}
      >
        {active ? 'Click the map…' : filled.latDeg === undefined ? 'Choose on the map' : 'Choose another place'}
      </button>
      <div class="field-row">
        <Input
          label="Latitude"
          value={textOf(filled.latDeg)}
          inputMode="decimal"
          onInput={(latDeg) => typed({ latDeg })}
        />
        <Input
          label="Longitude"
          value={textOf(filled.lonDeg)}
          inputMode="decimal"
          onInput={(lonDeg) => typed({ lonDeg })}
        />
        <Input
          label="Height, m"
          value={textOf(filled.altRelM)}
          inputMode="decimal"
          onInput={(altRelM) => set({ altRelM })}
        />
      </div>
      <p class="note">Height above home. The way there is not checked for what stands in it.</p>
    </div>
  );
}

function ParameterFields({ filled, set }: FieldsProps) {
  if (typeof filled.undo === 'string')
    return (
      <p class="fields note">
        Gives <b>{textOf(filled.name) || 'the parameter'}</b> the value it had before that command.
      </p>
    );
  return (
    <div class="fields">
      <div class="field-row">
        <Input
          label="Parameter"
          value={textOf(filled.name)}
          placeholder="ANGLE_MAX"
          maxLength={16}
          onInput={(name) => set({ name: name.toUpperCase() })}
        />
        <Input label="Value" value={textOf(filled.value)} inputMode="decimal" onInput={(value) => set({ value })} />
      </div>
      <p class="note">Read back after it is set; what it was is kept and can be put back.</p>
      {needsAdmin(filled.name) && <p class="note danger">This one is there for safety: only an admin may change it.</p>}
    </div>
  );
}

interface InputProps {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly placeholder?: string;
  readonly maxLength?: number;
  readonly inputMode?: 'decimal' | 'text';
}

function Input({ label, value, onInput, placeholder = '', maxLength = 40, inputMode = 'text' }: InputProps) {
  return (
    <label class="field">
      <span>{label}</span>
      <input
        type="text"
        autocomplete="off"
        spellcheck={false}
        inputMode={inputMode}
        maxLength={maxLength}
        placeholder={placeholder}
        value={value}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </label>
  );
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}
