/** The items in the order they are flown; the chosen one is open. */
import type { ItineraryItem } from '@skein/protocol/fleet';
import { changeKind, ITEM_KINDS, type ItemKind, removeItem, setItem, shiftItem } from './draft.ts';
import { change, chosen, chosenItem, draft, verdict } from './editing.ts';
import { type Field, fieldsOf, KIND_WORDS, summaryOf, withField } from './fields.ts';

export function ItemList() {
  const plan = draft.value;
  if (plan === null) return null;
  const broken = new Set((verdict.value?.refusals ?? []).map(({ item }) => item));
  return (
    <ol class="plan-items" aria-label="Items, in the order they are flown" start={0}>
      {plan.items.map((item, index) => (
        <li
          key={index}
          data-item={index}
          data-kind={item.do}
          data-broken={broken.has(index)}
          data-chosen={chosenItem.value === index}
        >
          <button
            type="button"
            class="plan-item"
            aria-expanded={chosenItem.value === index}
            onClick={() => {
              chosen.value = chosenItem.value === index ? null : { of: 'item', index };
            }}
          >
            <b>{index}</b>
            <span>{KIND_WORDS[item.do]}</span>
            <i>{summaryOf(item)}</i>
          </button>
          {chosenItem.value === index && <ItemForm item={item} index={index} />}
        </li>
      ))}
    </ol>
  );
}

function ItemForm({ item, index }: { readonly item: ItineraryItem; readonly index: number }) {
  const plan = draft.value;
  if (plan === null) return null;
  const shift = (by: -1 | 1): void => {
    const { draft: next, index: to } = shiftItem(plan, index, by);
    change(next);
    chosen.value = { of: 'item', index: to };
  };
  return (
    <div class="plan-form">
      <label class="field">
        <span>Kind</span>
        <select
          value={item.do}
          onChange={(event) => change(changeKind(plan, index, event.currentTarget.value as ItemKind))}
        >
          {ITEM_KINDS.map((kind) => (
            <option key={kind} value={kind}>
              {KIND_WORDS[kind]}
            </option>
          ))}
        </select>
      </label>
      {fieldsOf(item).map((field) => (
        <FieldInput
          key={field.key}
          field={field}
          value={(item as Record<string, unknown>)[field.key]}
          set={(value) => change(setItem(plan, index, withField(item, field.key, value)))}
        />
      ))}
      <div class="plan-form-buttons">
        <button type="button" class="second" disabled={index === 0} onClick={() => shift(-1)}>
          Earlier
        </button>
        <button type="button" class="second" disabled={index === plan.items.length - 1} onClick={() => shift(1)}>
          Later
        </button>
        <button
          type="button"
          class="second"
          onClick={() => {
            chosen.value = null;
            change(removeItem(plan, index));
          }}
        >
          Remove
        </button>
      </div>
    </div>
  );
}

interface FieldInputProps {
  readonly field: Field;
  readonly value: unknown;
  readonly set: (value: string | number | boolean | null) => void;
}

function FieldInput({ field, value, set }: FieldInputProps) {
  switch (field.type) {
    case 'number':
      return (
        <label class="field">
          <span>
            {field.label}
            {field.hint !== undefined && `, ${field.hint}`}
          </span>
          <span class="with-unit">
            <input
              type="number"
              name={field.key}
              min={field.min}
              max={field.max}
              step="any"
              value={typeof value === 'number' ? value : ''}
              placeholder={field.otherwise ?? ''}
              onChange={(event) => {
                const { value: text, valueAsNumber } = event.currentTarget;
                if (text === '' && field.otherwise !== undefined) set(null);
                else if (Number.isFinite(valueAsNumber)) set(valueAsNumber);
              }}
            />
            <i>{field.unit}</i>
          </span>
        </label>
      );
    case 'choice':
      return (
        <label class="field">
          <span>{field.label}</span>
          <select name={field.key} value={String(value)} onChange={(event) => set(event.currentTarget.value)}>
            {field.choices.map(([choice, words]) => (
              <option key={choice} value={choice}>
                {words}
              </option>
            ))}
          </select>
        </label>
      );
    case 'text':
      return (
        <label class="field">
          <span>{field.label}</span>
          <input
            type="text"
            name={field.key}
            maxLength={field.max}
            value={typeof value === 'string' ? value : ''}
            onChange={(event) => set(event.currentTarget.value.trim())}
          />
        </label>
      );
    case 'tick':
      return (
        <label class="tick">
          <input
            type="checkbox"
            name={field.key}
            checked={value === true}
            onChange={(event) => set(event.currentTarget.checked)}
          />
          <span>{field.label}</span>
        </label>
      );
  }
}
