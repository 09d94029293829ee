/** The editor comes in a chunk of its own: it brings the schemas and checks of itineraries along. */
import type { FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Fleet } from '../live/fleet.ts';

type Panel = FunctionComponent<{ readonly fleet: Fleet }>;

export function PlanPane({ fleet }: { readonly fleet: Fleet }) {
  const [Loaded, setLoaded] = useState<Panel | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    import('../plan/plan-panel.tsx').then(
      ({ PlanPanel }) => setLoaded(() => PlanPanel),
      () => setFailed(true),
    );
  }, []);
  if (Loaded !== null) return <Loaded fleet={fleet} />;
  return (
    <aside class="pane pane-detail" aria-label="Itinerary">
      <div class="empty">
        <h2>{failed ? 'The editor cannot be loaded' : 'Loading the editor…'}</h2>
        {failed && (
          <p>
            <button type="button" class="link" onClick={() => location.reload()}>
              Reload the page
            </button>
          </p>
        )}
      </div>
    </aside>
  );
}
