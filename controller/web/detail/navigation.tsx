/** How well it knows where it is: satellites, estimate, vibration, wind. */
import { compassPoint, fixed, latLon } from '../format/numbers.ts';
import { valuesOf } from '../live/record.ts';
import { Block, Fact } from './block.tsx';
import type { View } from './view.ts';

const FIXES: Readonly<Record<string, string>> = {
  'no-gps': 'no receiver',
  'no-fix': 'no fix',
  '2d': '2D',
  '3d': '3D',
  dgps: '3D DGPS',
  'rtk-float': 'RTK float',
  'rtk-fixed': 'RTK fixed',
  static: 'static',
  ppp: 'PPP',
};

export function Satellites({ view }: { readonly view: View }) {
  const gps = valuesOf(view.record, 'gps');
  const position = valuesOf(view.record, 'position');
  const poor = gps?.fix === 'no-fix' || gps?.fix === 'no-gps' || gps?.fix === '2d';
  return (
    <Block title="Satellites" view={view} kind="gps">
      <dl class="facts">
        <Fact
          label="Fix"
          view={view}
          kind="gps"
          value={gps?.fix == null ? '–' : (FIXES[gps.fix] ?? gps.fix)}
          level={poor ? 'attention' : undefined}
        />
        <Fact
          label="Used"
          view={view}
          kind="gps"
          value={fixed(gps?.satellites)}
          level={(gps?.satellites ?? 99) < 8 ? 'attention' : undefined}
        />
        <Fact
          label="HDOP"
          view={view}
          kind="gps"
          value={fixed(gps?.hdop, 1)}
          level={(gps?.hdop ?? 0) > 2 ? 'attention' : undefined}
        />
        <Fact label="Horizontal ±" title="1 σ" view={view} kind="gps" value={fixed(gps?.horizontalAccM, 1)} unit="m" />
        <Fact label="Vertical ±" title="1 σ" view={view} kind="gps" value={fixed(gps?.verticalAccM, 1)} unit="m" />
        <Fact label="Speed ±" title="1 σ" view={view} kind="gps" value={fixed(gps?.speedAccMps, 1)} unit="m/s" />
        <Fact
          label="Position"
          wide
          view={view}
          kind="position"
          value={<span class="copyable">{latLon(position?.latDeg, position?.lonDeg)}</span>}
        />
      </dl>
    </Block>
  );
}

export function Estimate({ view }: { readonly view: View }) {
  const ekf = valuesOf(view.record, 'ekf');
  const vibration = valuesOf(view.record, 'vibration');
  const clipped = (vibration?.clipping ?? []).reduce<number>((sum, one) => sum + (one ?? 0), 0);
  const shake = vibration ? Math.max(vibration.xMps2 ?? 0, vibration.yMps2 ?? 0, vibration.zMps2 ?? 0) : null;
  return (
    <Block title="Position estimate" view={view} kind="ekf">
      <dl class="gauges">
        <Ratio label="velocity" view={view} value={ekf?.velocityVariance ?? null} />
        <Ratio label="horizontal" view={view} value={ekf?.horizontalVariance ?? null} />
        <Ratio label="vertical" view={view} value={ekf?.verticalVariance ?? null} />
        <Ratio label="compass" view={view} value={ekf?.compassVariance ?? null} />
      </dl>
      <dl class="facts">
        <Fact
          label="Vibration"
          title="Worst of three axes"
          view={view}
          kind="vibration"
          value={fixed(shake, 1)}
          unit="m/s²"
          level={(shake ?? 0) > 30 ? 'attention' : undefined}
        />
        <Fact
          label="Clipping"
          title="Accelerometer clipping since its boot"
          view={view}
          kind="vibration"
          value={vibration ? fixed(clipped) : '–'}
          level={clipped > 0 ? 'attention' : undefined}
        />
        <Wind view={view} />
      </dl>
    </Block>
  );
}

function Wind({ view }: { readonly view: View }) {
  const wind = valuesOf(view.record, 'wind');
  return (
    <Fact
      label="Wind"
      view={view}
      kind="wind"
      value={fixed(wind?.speedMps, 1)}
      unit={`m/s ${wind?.fromDeg == null ? '' : `from ${compassPoint(wind.fromDeg)}`}`}
    />
  );
}

/** A test ratio of the estimator: at 1 it rejects the sensor. */
function Ratio({ label, view, value }: { readonly label: string; readonly view: View; readonly value: number | null }) {
  const level = value === null ? undefined : value >= 1 ? 'danger' : value >= 0.8 ? 'attention' : undefined;
  return (
    <Fact
      label={label}
      view={view}
      kind="ekf"
      level={level}
      title="Test ratio; at 1 the sensor is rejected"
      value={
        <>
          <span class="gauge" aria-hidden="true">
            <i style={{ width: `${Math.min(100, (value ?? 0) * 100)}%` }} />
          </span>
          {fixed(value, 2)}
        </>
      }
    />
  );
}
