/** The last flight as a file to keep or to send: map, curves, control, events. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { download } from '../format/download.ts';
import { face } from '../format/face.ts';
import { fetchReport } from './flight-report.ts';

type State = 'idle' | 'making' | { readonly saved: string } | { readonly failed: string };

export function ReportButton({ id }: { readonly id: string }) {
  const state = useSignal<State>('idle');
  const stop = useRef(new AbortController());
  useEffect(() => () => stop.current.abort(), []);
  const make = async (): Promise<void> => {
    state.value = 'making';
    try {
      const { name, html } = await fetchReport(id, face.value, stop.current.signal);
      download(html, name);
      state.value = { saved: name };
    } catch (error) {
      if (!stop.current.signal.aborted)
        state.value = { failed: error instanceof Error ? error.message : String(error) };
    }
  };
  const now = state.value;
  return (
    <section class="block" aria-label="Flight report">
      <h3>Flight report</h3>
      <p>
        <button type="button" class="link" data-report disabled={now === 'making'} onClick={() => void make()}>
          {now === 'making' ? 'Making it…' : 'Report of the last flight'}
        </button>
      </p>
      <p role="status">
        {typeof now === 'object' && ('saved' in now ? `Saved as ${now.saved}.` : `No report: ${now.failed}.`)}
      </p>
    </section>
  );
}
