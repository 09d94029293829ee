/** The battery: charge, what flows, and each cell against the others. */
import { fixed } from '../format/numbers.ts';
import { ageExact, span } from '../format/times.ts';
import { levelOf } from '../list/battery.tsx';
import { chargeOf } from '../live/charge.ts';
import { kindAgeMs, valuesOf } from '../live/record.ts';
import { Block, Fact } from './block.tsx';
import { lastsS } from './endurance.ts';
import { isDimmed, type View } from './view.ts';

/** Lithium cells: empty and full as drawn. */
const CELL_EMPTY_V = 3.2;
const CELL_FULL_V = 4.2;
const CELL_LOW_V = 3.5;
const SPREAD_V = 0.1;

export function Power({ view }: { readonly view: View }) {
  const battery = valuesOf(view.record, 'battery');
  const { pct, reportedPct, remembered } = chargeOf(view.record);
  const level = levelOf(pct);
  const cells = (battery?.cellsV ?? []).filter((cell): cell is number => cell !== null);
  const spread = cells.length > 1 ? Math.max(...cells) - Math.min(...cells) : 0;
  const old = isDimmed(view, 'battery');
  // Of one that is silent it flows on unseen.
  const leftS = battery && !old ? lastsS(battery, remembered ? pct : null) : null;
  return (
    <Block title="Battery" view={view} kind="battery">
      <div class={`charge ${old ? 'old' : ''}`} data-level={level}>
        <b>
          {fixed(pct)}
          <u>{remembered ? '% remembered' : '%'}</u>
        </b>
        <span class="bar" aria-hidden="true">
          <i style={{ width: `${Math.max(0, Math.min(100, pct ?? 0))}%` }} />
        </span>
        {leftS !== null && <span title="Until it is empty, if the current stays as it is">≈ {span(leftS)} left</span>}
      </div>
      {remembered && (
        <p class="nothing">
          The autopilot was restarted and counts {fixed(reportedPct)} % again: what was left before counts, as of{' '}
          {ageExact(kindAgeMs(view.record, 'preflight', view.nowMs))} ago, until a new pack is told.
        </p>
      )}
      <dl class="facts">
        <Fact label="Voltage" view={view} kind="battery" value={fixed(battery?.voltageV, 1)} unit="V" />
        <Fact label="Current" view={view} kind="battery" value={fixed(battery?.currentA, 1)} unit="A" />
        <Fact
          label="Temperature"
          view={view}
          kind="battery"
          value={fixed(battery?.temperatureC)}
          unit="°C"
          level={(battery?.temperatureC ?? 0) > 60 ? 'attention' : undefined}
        />
      </dl>
      {cells.length > 1 && (
        <div
          class={`cells ${old ? 'old' : ''}`}
          role="img"
          aria-label={`Cells: ${cells.map((cell) => cell.toFixed(2)).join(', ')} volts`}
        >
          {cells.map((cell, i) => (
            <span
              key={i}
              data-level={cell < CELL_LOW_V ? 'attention' : undefined}
              title={`Cell ${i + 1}: ${cell.toFixed(3)} V`}
            >
              <i>
                <i
                  style={{
                    height: `${Math.max(4, Math.min(100, ((cell - CELL_EMPTY_V) / (CELL_FULL_V - CELL_EMPTY_V)) * 100))}%`,
                  }}
                />
              </i>
              {cell.toFixed(2)}
            </span>
          ))}
          <span
            class="spread"
            data-level={spread > SPREAD_V ? 'attention' : undefined}
            title="Highest less lowest cell"
          >
            Δ {(spread * 1000).toFixed(0)}
            {'\u202f'}mV
          </span>
        </div>
      )}
    </Block>
  );
}
