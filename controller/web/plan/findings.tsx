/** What the plan comes to, and what speaks against it: judged anew with every stroke. */
import { distance, fixed } from '../format/numbers.ts';
import { chosen, verdict } from './editing.ts';

export function Findings() {
  const judged = verdict.value;
  if (judged === null) return null;
  const { refusals, warnings, energy } = judged;
  const sum =
    energy === null
      ? ''
      : `${distance(energy.distanceM)} · ${Math.ceil(energy.timeS / 60)}\u202fmin · ${energy.needPct === null ? `${fixed(energy.needWh)}\u202fWh` : `${fixed(energy.needPct)}\u202f% of the pack`}`;
  return (
    <section class="plan-findings" aria-label="Checks" data-refusals={refusals.length}>
      <p class="plan-verdict" role="status" data-ok={refusals.length === 0}>
        <b>
          {refusals.length === 0
            ? 'Breaks no rule that can be checked here'
            : `Breaks ${refusals.length === 1 ? 'a rule' : `${refusals.length} rules`}`}
        </b>
        <span>{sum}</span>
      </p>
      <ul>
        {refusals.map((one) => (
          <li key={`${one.rule} ${one.item} ${one.words}`} data-level="refusal" data-rule={one.rule}>
            <Words item={one.item} words={one.words} />
          </li>
        ))}
      </ul>
      {warnings.length > 0 && (
        <details>
          <summary>{warnings.length === 1 ? '1 remark' : `${warnings.length} remarks`}</summary>
          <ul>
            {warnings.map((one) => (
              <li key={`${one.rule} ${one.item} ${one.words}`} data-level="warning">
                <Words item={one.item} words={one.words} />
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

function Words({ item, words }: { readonly item: number | null; readonly words: string }) {
  if (item === null) return <>{words}</>;
  return (
    <button
      type="button"
      class="link"
      onClick={() => {
        chosen.value = { of: 'item', index: item };
      }}
    >
      {words}
    </button>
  );
}
