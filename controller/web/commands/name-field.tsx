/** The operator's name, asked for once with the first command. */
import { NAME_MAX, operator } from './operator.ts';

export interface NameFieldProps {
  readonly value: string;
  readonly onInput: (value: string) => void;
}

export function NameField({ value, onInput }: NameFieldProps) {
  if (operator.value !== null) return null;
  return (
    <label class="field name-field">
      <span>Your name</span>
      <input
        type="text"
        name="operator"
        autocomplete="name"
        maxLength={NAME_MAX}
        value={value}
        placeholder="asked once; goes with every command"
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </label>
  );
}
