/** Maintenance of the drone looked at: what holds it from orders, what was counted, its packs, its parameters. */
import { Block, Fact } from '../detail/block.tsx';
import type { View } from '../detail/view.ts';
import { ageWords } from '../format/times.ts';
import { valuesOf } from '../live/record.ts';
import type { Pack, Parameters } from './answers.ts';
import { Inspection, NewPack } from './deed.tsx';
import { useUpkeep } from './read.ts';

export function Maintenance({ view, id }: { readonly view: View; readonly id: string }) {
  const { value, trouble, refresh } = useUpkeep(id);
  const armed = valuesOf(view.record, 'status')?.armed === true;
  return (
    <Block title="Maintenance" view={view}>
      {trouble !== null && <p class="missing">{value === null ? trouble : `Not current. ${trouble}`}</p>}
      {value === null ? (
        trouble === null && <p class="note">Asking the controller…</p>
      ) : (
        <div class={`upkeep ${trouble === null ? '' : 'old'}`} data-upkeep={id}>
          <Against words={value.upkeep.holds} level="hold" />
          <Against words={value.upkeep.warnings} level="warning" />
          <dl class="facts">
            {value.upkeep.counts.map(({ label, value: count, title, near }) => (
              <Fact
                key={label}
                label={label}
                view={view}
                value={count}
                title={title}
                level={near ? 'attention' : undefined}
              />
            ))}
            <Fact
              label="Inspected"
              wide
              view={view}
              value={inspectedWords(value.upkeep.inspected, view.nowMs ?? Date.now())}
            />
          </dl>
          <Inspection drone={id} armed={armed} onDone={refresh} />
          <h4>Packs</h4>
          {value.packs.length === 0 && <p class="note">Nobody has said which pack it carries.</p>}
          {value.packs.map((pack) => (
            <PackFacts key={pack.id} view={view} pack={pack} />
          ))}
          <NewPack drone={id} armed={armed} onDone={refresh} />
          <h4>Parameters</h4>
          <ParameterList parameters={value.parameters} />
        </div>
      )}
    </Block>
  );
}

function Against({ words, level }: { readonly words: readonly string[]; readonly level: 'hold' | 'warning' }) {
  return (
    <>
      {words.map((one) => (
        <p key={one} class="upkeep-against" data-level={level}>
          {level === 'hold' ? 'It gets no orders: ' : 'Soon: '}
          {one}
        </p>
      ))}
    </>
  );
}

function inspectedWords(inspected: { readonly by: string; readonly atMs: number } | null, nowMs: number): string {
  return inspected === null ? 'never' : `by ${inspected.by}, ${ageWords(Math.max(0, nowMs - inspected.atMs))} ago`;
}

function PackFacts({ view, pack }: { readonly view: View; readonly pack: Pack }) {
  return (
    <div data-pack={pack.id}>
      <p class="pack-name mono">{pack.id}</p>
      <dl class="facts">
        {pack.facts.map(([label, value, unit, title]) => (
          <Fact key={label} label={label} view={view} value={value} unit={unit} title={title} />
        ))}
      </dl>
    </div>
  );
}

function ParameterList({ parameters }: { readonly parameters: Parameters }) {
  return (
    <div data-differences={parameters.differences.length}>
      <p class="note">{parameters.words}</p>
      {parameters.differences.length > 0 && (
        <ul class="parameter-differences mono">
          {parameters.differences.map((one) => (
            <li key={one}>{one}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
