/** Said over the map when the page itself, or the controller behind it, is not as it should be. */
import { ageExact } from '../format/times.ts';
import type { Fleet } from '../live/fleet.ts';

export interface NoticesProps {
  readonly fleet: Fleet;
  /** Is a drone's panel open beside the map? */
  readonly open: boolean;
  readonly onRetry: () => void;
}

export function Notices({ fleet, open, onRetry }: NoticesProps) {
  const connection = fleet.connection.value;
  const health = fleet.health.value;
  void fleet.second.value;
  return (
    <div class="notices" role="alert" data-open={open}>
      {connection.state === 'reconnecting' && (
        <div class="notice">
          <p>
            <b>{fleet.loaded.value ? 'This page is not live.' : 'The controller does not answer.'}</b>{' '}
            <span>
              {fleet.loaded.value
                ? `Nothing heard from the controller for ${ageExact(performance.now() - connection.sinceMonoMs)}; everything shown is at least that old. `
                : 'Check that it runs and that this address is right. '}
              Trying again by itself{connection.attempt > 1 ? `, try ${connection.attempt}` : ''}.
            </span>
          </p>
          <button type="button" onClick={onRetry}>
            Try now
          </button>
        </div>
      )}
      {fleet.outdated.value && (
        <div class="notice">
          <p>
            <b>The controller was upgraded.</b>{' '}
            <span>This page is of the version before: reload it when nothing is half typed or on its way.</span>
          </p>
          <button type="button" onClick={() => location.reload()}>
            Reload
          </button>
        </div>
      )}
      {health.store !== 'ok' && (
        <div class="notice">
          <p>
            <b>{health.store === 'slow' ? 'History is behind.' : 'History is not being stored.'}</b>{' '}
            <span>{health.message ?? 'The live view is not affected; the drones keep what is not stored.'}</span>
          </p>
        </div>
      )}
    </div>
  );
}
