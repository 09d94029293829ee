/** All keys of the page, on `?`. */
import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

export const shortcutsOpen = signal(false);

const KEYS: readonly { readonly title: string; readonly keys: readonly (readonly [string, string])[] }[] = [
  {
    title: 'The drone looked at',
    keys: [
      ['H', 'hold: asks first'],
      ['R', 'return: asks first'],
      ['L', 'land: asks first'],
      ['Enter', 'yes, send it'],
      ['Esc', 'no, do not'],
      ['M', 'more commands'],
      ['T', 'what it did: history and replay'],
    ],
  },
  {
    title: 'History of a drone',
    keys: [
      ['Space', 'play, pause'],
      ['← →', 'back, on; with Shift ten times as far'],
      ['[ ]', 'what happened before, after'],
      ['+ −', 'closer, wider'],
      ['< >', 'earlier, later'],
      ['0', 'back to what was chosen'],
    ],
  },
  {
    title: 'The fleet',
    keys: [
      ['Ctrl+K', 'search or command; on a Mac ⌘K'],
      ['/', 'filter'],
      ['J K ↓ ↑', 'next, previous drone'],
      ['Enter', 'open it'],
      ['X', 'choose it, for a command to several'],
      ['F', 'the whole fleet on the map'],
      ['O', 'orders'],
      ['E', 'events: what happened'],
      ['A', 'alerts'],
      ['D', 'in their list: dismiss this one, asks first'],
      ['Esc', 'one step back'],
      ['?', 'these keys'],
    ],
  },
];

export function Shortcuts() {
  const dialog = useRef<HTMLDialogElement>(null);
  const open = shortcutsOpen.value;
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  return (
    <dialog
      ref={dialog}
      class="shortcuts"
      aria-label="Keys"
      onCancel={() => {
        shortcutsOpen.value = false;
      }}
      onClose={() => {
        shortcutsOpen.value = false;
      }}
    >
      {KEYS.map(({ title, keys }) => (
        <section key={title}>
          <h3>{title}</h3>
          <dl>
            {keys.map(([key, words]) => (
              <div key={key}>
                <dt>
                  {key.split(' ').map((one) => (
                    <kbd key={one}>{one}</kbd>
                  ))}
                </dt>
                <dd>{words}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
      <form method="dialog">
        <button type="submit" class="second">
          Close
        </button>
      </form>
    </dialog>
  );
}
