/** "A new pack was put in": which one, and whose word that is. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { NameField, useName } from '../commands/name-field.tsx';
import { operator } from '../commands/operator.ts';
import { ask } from '../shell/ask.ts';

export interface NewPackProps {
  readonly drone: string;
  readonly armed: boolean;
  readonly onDone: () => void;
}

const LABEL = '[A-Za-z0-9._\\-]{1,32}';

export function NewPack({ drone, armed, onDone }: NewPackProps) {
  const [open, setOpen] = useState(false);
  const [pack, setPack] = useState('');
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState<{ readonly words: string; readonly ok: boolean } | null>(null);
  const name = useName();
  const opener = useRef<HTMLButtonElement>(null);
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => {
    if (open) field.current?.focus();
  }, [open]);

  const close = (): void => {
    setOpen(false);
    setPack('');
    queueMicrotask(() => opener.current?.focus());
  };
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy || !name.given()) return;
    setBusy(true);
    const asked = await ask(`/api/v1/drones/${drone}/pack`, { body: { pack, issuedBy: operator.peek() } });
    setBusy(false);
    if (!asked.ok) {
      setSaid({ words: asked.trouble.words, ok: false });
      return;
    }
    setSaid({
      words: `${pack} is in ${drone}. The drone is told; what it answers stands under its commands.`,
      ok: true,
    });
    onDone();
    close();
  };

  return (
    <div class="new-pack">
      {open ? (
        <form
          aria-label="A new pack was put in"
          onSubmit={(event) => void submit(event)}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return;
            event.stopPropagation();
            close();
          }}
        >
          <label class="field">
            <span>Pack, as on its label</span>
            <input
              ref={field}
              type="text"
              name="pack"
              required
              pattern={LABEL}
              maxLength={32}
              title="Letters, digits, point, dash and underscore; at most 32"
              autocomplete="off"
              value={pack}
              onInput={(event) => setPack(event.currentTarget.value)}
            />
          </label>
          <p class="note">
            It counts for this pack from now on, and the charge that the autopilot reports is believed again: say so
            only if it was put in full.
          </p>
          <NameField name={name} />
          <div class="in-hand-buttons">
            <button type="submit" class="second" disabled={busy || armed} data-new-pack="say">
              {busy ? 'Sending…' : 'It was put in'}
            </button>
            <button type="button" class="second" onClick={close}>
              Cancel <kbd>Esc</kbd>
            </button>
          </div>
        </form>
      ) : (
        <button
          ref={opener}
          type="button"
          class="second"
          disabled={armed}
          title={armed ? 'Not while it is armed' : undefined}
          data-new-pack="open"
          onClick={() => {
            setSaid(null);
            setOpen(true);
          }}
        >
          A new pack was put in…
        </button>
      )}
      {said !== null && (
        <p role="status" class={said.ok ? 'note' : 'missing'}>
          {said.words}
        </p>
      )}
    </div>
  );
}
