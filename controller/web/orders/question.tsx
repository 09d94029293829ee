/** The one question before people's word counts: what it will do. Enter says yes, Esc no. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { NameField, useName } from '../commands/name-field.tsx';
import { operator } from '../commands/operator.ts';
import type { OrderAnswer } from './answers.ts';
import { type Question, question, say } from './desk.ts';
import { canCancel, meaningOf, needOf, SETTLED, type Settled } from './order-words.ts';

const WORDS = Object.keys(SETTLED) as Settled[];

export function OrderQuestion({ order, asked }: { readonly order: OrderAnswer; readonly asked: Question }) {
  const name = useName();
  const form = useRef<HTMLFormElement>(null);
  const [word, setWord] = useState<Settled | null>(null);
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);
  const { deed } = asked;
  const asIt = deed === 'loaded' ? { ...order, drone: asked.drone ?? order.drone } : order;
  const { headline, notes, confirm } = meaningOf(asIt, deed);
  const passed = isPassed(order, deed);
  const undecided = deed === 'settle' && word === null;

  useLayoutEffect(() => {
    const first =
      operator.peek() === null ? name.input.current : form.current?.querySelector<HTMLElement>('input, .go');
    first?.focus({ preventScroll: true });
    form.current?.scrollIntoView({ block: 'nearest' });
  }, []);

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy || passed || undecided || !name.given()) return;
    setBusy(true);
    const answer = await say(asked, word);
    setBusy(false);
    if (!answer.ok) setTrouble(answer.trouble.words);
    else if (question.peek() === asked) question.value = null;
  };

  return (
    <div role="alertdialog" aria-label={headline} data-question={deed}>
      <form ref={form} class="order-question" onSubmit={(event) => void submit(event)}>
        <p class="headline">{headline}</p>
        <ul>
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
        {deed === 'settle' && (
          <>
            <fieldset class="fields choices">
              {WORDS.map((one) => (
                <label key={one}>
                  <input type="radio" name="settled" checked={word === one} onChange={() => setWord(one)} />
                  <span>
                    <b>{one}</b> <i>{SETTLED[one]}</i>
                  </span>
                </label>
              ))}
            </fieldset>
            {order.state === 'unproved' && order.drone !== null && (
              <p class="note">
                While {order.drone} is heard, tell it: released, or still aboard, at{' '}
                <a href={`#/drone/${order.drone}`}>its panel</a>.
              </p>
            )}
          </>
        )}
        <NameField name={name} />
        {passed && (
          <p class="missing" role="alert">
            The order has moved on: this is not asked any more.
          </p>
        )}
        {trouble !== null && (
          <p class="missing" role="alert">
            {trouble}
          </p>
        )}
        <div class="in-hand-buttons">
          <button
            type="submit"
            class="go"
            data-tone={deed === 'loaded' ? 'attention' : 'plain'}
            disabled={busy || passed || undecided}
          >
            {busy ? 'Sending…' : confirm}
          </button>
          <button
            type="button"
            class="second"
            onClick={() => {
              question.value = null;
            }}
          >
            No <kbd>Esc</kbd>
          </button>
        </div>
      </form>
    </div>
  );
}

/** Nothing is to be said any more. A parcel that was hung on a drone is to be told of whatever became of the order meanwhile. */
function isPassed(order: OrderAnswer, deed: Question['deed']): boolean {
  if (deed === 'cancel') return !canCancel(order);
  if (deed === 'loaded') return order.parcel !== null && order.parcel !== 'none';
  return needOf(order) !== deed;
}
