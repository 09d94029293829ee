/** Motors, the pilot's receiver, the pre-arm verdict and the fence. */
import { count, fixed } from '../format/numbers.ts';
import { valuesOf } from '../live/record.ts';
import { Block, Fact } from './block.tsx';
import { isDimmed, type View } from './view.ts';

export function Motors({ view }: { readonly view: View }) {
  const esc = valuesOf(view.record, 'esc');
  if (!esc) return null;
  const first = esc.first ?? 1;
  const motors = Math.max(esc.rpm?.length ?? 0, esc.currentA?.length ?? 0, esc.temperatureC?.length ?? 0);
  return (
    <Block title="Motors" view={view} kind="esc">
      <table class={isDimmed(view, 'esc') ? 'old' : ''}>
        <thead>
          <tr>
            <th scope="col">motor</th>
            <th scope="col">1/min</th>
            <th scope="col">A</th>
            <th scope="col">V</th>
            <th scope="col">°C</th>
          </tr>
        </thead>
        <tbody>
          {Array.from({ length: motors }, (_, i) => (
            <tr key={i}>
              <th scope="row">{first + i}</th>
              <td>{fixed(esc.rpm?.[i])}</td>
              <td>{fixed(esc.currentA?.[i], 1)}</td>
              <td>{fixed(esc.voltageV?.[i], 1)}</td>
              <td data-level={(esc.temperatureC?.[i] ?? 0) > 90 ? 'attention' : undefined}>
                {fixed(esc.temperatureC?.[i])}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Block>
  );
}

export function Checks({ view }: { readonly view: View }) {
  const health = valuesOf(view.record, 'health');
  const rc = valuesOf(view.record, 'rc');
  const fence = valuesOf(view.record, 'fence');
  const radio = valuesOf(view.record, 'radio');
  const pre = health?.preArmOk;
  const receiver = rc?.receiverHealthy;
  return (
    <Block title="Checks" view={view} kind="health">
      <dl class="facts">
        <Fact
          label="Pre-arm"
          view={view}
          kind="health"
          value={pre == null ? '–' : pre ? 'passes' : 'fails'}
          level={pre === false ? 'attention' : undefined}
        />
        <Fact
          label="RC receiver"
          view={view}
          kind="rc"
          value={receiver == null ? '–' : receiver ? 'healthy' : 'not healthy'}
          level={receiver === false ? 'attention' : undefined}
        />
        <Fact label="RC signal" title="0–254" view={view} kind="rc" value={fixed(rc?.rssi)} />
        <Fact
          label="Fence"
          view={view}
          kind="fence"
          value={fence?.enabled == null ? '–' : fence.breached ? 'outside' : fence.enabled ? 'inside' : 'off'}
          level={fence?.breached ? 'danger' : undefined}
        />
        <Fact
          label="Main loop"
          view={view}
          kind="health"
          value={fixed(health?.loadPct)}
          unit="%"
          level={(health?.loadPct ?? 0) > 80 ? 'attention' : undefined}
        />
        {radio ? (
          <Fact
            label="Radio"
            title="Local / remote signal"
            view={view}
            kind="radio"
            value={`${fixed(radio.rssi)}/${fixed(radio.remoteRssi)}`}
          />
        ) : (
          <Fact label="Errors" view={view} kind="health" value={fixed(health?.dropPct, 1)} unit="%" />
        )}
      </dl>
      {rc?.channelsUs && rc.channelsUs.length > 0 && (
        <div
          class={`channels ${isDimmed(view, 'rc') ? 'old' : ''}`}
          role="img"
          aria-label={`${count(rc.channelsUs.length)} RC channels`}
        >
          {rc.channelsUs.map((us, i) => (
            <span key={i} title={`Channel ${i + 1}: ${us === null ? 'nothing' : `${us} µs`}`}>
              <i style={{ height: `${Math.max(3, Math.min(100, (((us ?? 1000) - 1000) / 1000) * 100))}%` }} />
            </span>
          ))}
        </div>
      )}
    </Block>
  );
}
