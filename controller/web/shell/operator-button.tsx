/** Whose commands go out from here, in the bar; pressing it asks for another name. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { askingName, NAME_MAX, operator, rememberName, tidyName, UNNAMED } from '../commands/operator.ts';
import { Icon } from './icon.tsx';

export function OperatorButton() {
  const asking = askingName.value !== false;
  return (
    <span class="operator">
      <button
        type="button"
        aria-expanded={asking}
        title="Your name goes with every command"
        onClick={() => {
          askingName.value = !asking;
        }}
      >
        <Icon
          box={14}
          width={1.3}
          path="M4.4 4.6a2.6 2.6 0 1 0 5.2 0 2.6 2.6 0 1 0-5.2 0M1.8 12.8c.6-3 2.6-4.2 5.2-4.2s4.6 1.2 5.2 4.2"
        />
        <span>{operator.value ?? 'Your name?'}</span>
      </button>
      {asking && <Ask />}
    </span>
  );
}

function Ask() {
  const [name, setName] = useState(operator.value ?? '');
  const input = useRef<HTMLInputElement>(null);
  const later = askingName.value === 'later';
  // Who is busy keeps the keys.
  useEffect(() => {
    if (!later) input.current?.select();
  }, []);
  return (
    <form
      class="operator-ask"
      onSubmit={(event) => {
        event.preventDefault();
        if (rememberName(name)) askingName.value = false;
      }}
    >
      <label class="field">
        <span role={later ? 'status' : undefined}>
          {later && `Sent as “${UNNAMED}”. `}Your name, sent with every command
        </span>
        <input
          ref={input}
          type="text"
          autocomplete="name"
          maxLength={NAME_MAX}
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </label>
      <button type="submit" class="go" data-tone="plain" disabled={tidyName(name) === null}>
        Keep
      </button>
    </form>
  );
}
