/** The operator's name, asked for once with the first command that can wait for it. Without one it is not sent, and that is said here. */
import type { RefObject } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { hasName, NAME_MAX, operator, tidyName } from './operator.ts';

export interface AskedName {
  readonly typed: string;
  readonly type: (text: string) => void;
  /** It was tried without a name. */
  readonly missed: boolean;
  readonly input: RefObject<HTMLInputElement | null>;
  /** May it be sent? If not, that is said beside the field, and the field has the focus. */
  readonly given: () => boolean;
}

export function useName(): AskedName {
  const [typed, type] = useState('');
  const [tried, setTried] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const given = (): boolean => {
    if (hasName(typed)) return true;
    setTried(true);
    input.current?.focus();
    return false;
  };
  return { typed, type, missed: tried && tidyName(typed) === null, input, given };
}

export function NameField({ name }: { readonly name: AskedName }) {
  if (operator.value !== null) return null;
  return (
    <>
      <label class="field name-field">
        <span>Your name</span>
        <input
          ref={name.input}
          type="text"
          name="operator"
          autocomplete="name"
          maxLength={NAME_MAX}
          value={name.typed}
          placeholder="asked once; goes with every command"
          aria-invalid={name.missed}
          aria-describedby="name-missing"
          onInput={(event) => name.type(event.currentTarget.value)}
        />
      </label>
      {name.missed && (
        <p id="name-missing" class="missing" role="alert" data-missing="name">
          Nothing was sent: your name is needed, it goes with every command.
        </p>
      )}
    </>
  );
}
