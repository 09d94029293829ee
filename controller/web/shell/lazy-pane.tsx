/** Panes in chunks of their own, loaded when they are first opened. */
import type { FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';

/** `title`: of the pane; `what`: of the sentence that says that it is loading. */
export function lazyPane<P extends object>(
  title: string,
  what: string,
  load: () => Promise<FunctionComponent<P>>,
): FunctionComponent<P> {
  return function Pane(props: P) {
    const [Loaded, setLoaded] = useState<FunctionComponent<P> | null>(null);
    const [failed, setFailed] = useState(false);
    useEffect(() => {
      load().then(
        (pane) => setLoaded(() => pane),
        () => setFailed(true),
      );
    }, []);
    if (Loaded !== null) return <Loaded {...props} />;
    return (
      <aside class="pane pane-detail" aria-label={title}>
        <div class="empty">
          <h2>{failed ? `The ${what} cannot be loaded` : `Loading the ${what}…`}</h2>
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
  };
}
