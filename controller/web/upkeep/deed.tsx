/** What people did to the drone that stands there: a new pack, an inspection; and whose word that is. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { NameField, useName } from '../commands/name-field.tsx';
import { operator } from '../commands/operator.ts';
import { ask } from '../shell/ask.ts';

export interface DeedProps {
  readonly drone: string;
  readonly armed: boolean;
  readonly onDone: () => void;
}

interface Deed {
  readonly route: 'pack' | 'inspected';
  /** As in the body of the request. */
  readonly field: 'pack' | 'note';
  readonly label: string;
  /** Left out: whatever is written. */
  readonly pattern?: string;
  readonly rule?: string;
  readonly maxLength: number;
  readonly words: string;
  readonly note: string;
  readonly done: (drone: string, text: string) => string;
}

const NEW_PACK: Deed = {
  ...{ route: 'pack', field: 'pack', label: 'Pack, as on its label', words: 'put in' },
  ...{ pattern: '[A-Za-z0-9._\\-]{1,32}', maxLength: 32 },
  rule: 'Letters, digits, point, dash and underscore; at most 32',
  note:
    'It counts for this pack from now on, and the charge that the autopilot reports is believed again: say so only if it ' +
    'was put in full.',
  done: (drone, pack) => `${pack} is in ${drone}. The drone is told; what it answers stands under its commands.`,
};

const INSPECTED: Deed = {
  ...{ route: 'inspected', field: 'note', label: 'What was seen', words: 'inspected', maxLength: 200 },
  note: 'What limits count begins anew.',
  done: () => 'Kept.',
};

export const NewPack = (props: DeedProps) => <Say deed={NEW_PACK} opener="A new pack was put in…" {...props} />;
export const Inspection = (props: DeedProps) => <Say deed={INSPECTED} opener="It was inspected…" {...props} />;

interface SayProps extends DeedProps {
  readonly deed: Deed;
  readonly opener: string;
}

function Say({ deed, opener: openerWords, drone, armed, onDone }: SayProps) {
  const [open, setOpen] = useState(false);
  const [text, setText] = useState('');
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
    setText('');
    queueMicrotask(() => opener.current?.focus());
  };
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy || !name.given()) return;
    setBusy(true);
    const asked = await ask(`/api/v1/drones/${drone}/${deed.route}`, {
      body: { [deed.field]: text.trim(), issuedBy: operator.peek() },
    });
    setBusy(false);
    if (!asked.ok) {
      setSaid({ words: asked.trouble.words, ok: false });
      return;
    }
    setSaid({ words: deed.done(drone, text.trim()), ok: true });
    onDone();
    close();
  };

  return (
    <div class="upkeep-deed">
      {open ? (
        <form
          aria-label={openerWords.replace('…', '')}
          onSubmit={(event) => void submit(event)}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return;
            event.stopPropagation();
            close();
          }}
        >
          <label class="field">
            <span>{deed.label}</span>
            <input
              ref={field}
              type="text"
              name={deed.field}
              required
              pattern={deed.pattern}
              maxLength={deed.maxLength}
              title={deed.rule}
              autocomplete="off"
              value={text}
              onInput={(event) => setText(event.currentTarget.value)}
            />
          </label>
          <p class="note">{deed.note}</p>
          <NameField name={name} />
          <div class="in-hand-buttons">
            <button type="submit" class="second" disabled={busy || armed} data-say={deed.route}>
              {busy ? 'Sending…' : `It was ${deed.words}`}
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
          data-deed={deed.route}
          onClick={() => {
            setSaid(null);
            setOpen(true);
          }}
        >
          {openerWords}
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
