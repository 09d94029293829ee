/** May its position be acted on, why not, and how far off it may be. */
import { distance } from '../format/numbers.ts';
import { ageExact } from '../format/times.ts';
import { Block, Fact } from './block.tsx';
import type { View } from './view.ts';

const LEVELS: Readonly<Record<string, 'attention' | 'danger' | undefined>> = {
  suspect: 'attention',
  rejected: 'danger',
};

export function PositionTrust({ view }: { readonly view: View }) {
  const { trust } = view.record.entry;
  if (!trust) return null;
  const { state, words, by, last, estimate } = trust;
  const lastMs = last === null || view.nowMs === null ? null : Math.max(0, view.nowMs - last.atUtcUs / 1e3);
  const said = by === 'drone' ? 'By the drone itself' : 'By the controller, from its live data';
  return (
    <Block title="Position" view={view}>
      <dl class="facts">
        <Fact
          label="Verdict"
          view={view}
          value={<span data-trust={state}>{state}</span>}
          level={LEVELS[state]}
          title={said}
        />
        {state !== 'trusted' && (
          <Fact label="Last trusted" view={view} value={lastMs === null ? 'never' : `${ageExact(lastMs)} ago`} />
        )}
        {estimate !== null && (
          <Fact
            label="May be within"
            view={view}
            value={distance(estimate.radiusM)}
            title="Of where dead reckoning says, with 95 %: the ring on the map. Nothing acts on it."
          />
        )}
        {words !== null && <Fact label="Why" view={view} value={words} wide />}
      </dl>
    </Block>
  );
}
