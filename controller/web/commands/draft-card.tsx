/** A command on its way to the controller, or not taken there. */
import { nameOfCommand } from '@skein/protocol/fleet';
import type { Desk, Draft } from './desk.ts';

export function DraftCard({ draft, desk }: { readonly draft: Draft; readonly desk: Desk }) {
  const { trouble } = draft;
  const name = nameOfCommand(draft.body.type, draft.body.params);
  return (
    <article class="card" data-draft={draft.key} data-tone={trouble === null ? 'open' : 'bad'}>
      <header>
        <h4>{name}</h4>
        {trouble === null ? <span class="who">on its way to the controller…</span> : <span class="who">not taken</span>}
        {trouble !== null && (
          <button type="button" class="seen" onClick={() => desk.drop(draft.key)}>
            Seen
          </button>
        )}
      </header>
      {trouble !== null && (
        <p class="card-words" role="alert">
          {trouble.words}
          {trouble.open && ' Whether it was taken is not known. Sent again it cannot act twice. '}
          {trouble.open && (
            <button type="button" class="link" onClick={() => desk.again(draft.key)}>
              Send again
            </button>
          )}
        </p>
      )}
    </article>
  );
}
