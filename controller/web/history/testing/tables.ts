/** Tables as the controller's answers make them, for tests; seconds in place of times. */
import type { TelemetryAnswer } from '../../charts/telemetry-answer.ts';
import { type Ask, type Table, tableOf } from '../table.ts';

const at = (s: number): string => new Date(s * 1000).toISOString();

export interface Given {
  readonly kind?: Ask['kind'];
  readonly timesS: readonly number[];
  readonly columns: Readonly<Record<string, readonly unknown[]>>;
  readonly gaps?: readonly { readonly fromS: number; readonly toS: number; readonly reason?: string }[];
  /** Samples there were; as many as rows unless said. */
  readonly rows?: number;
  readonly toS?: number;
  readonly maxPoints?: number;
  readonly silenceS?: number;
}

export function tableFrom(given: Given): Table {
  const { kind = 'position', timesS, columns, gaps = [], rows = timesS.length, toS = timesS.at(-1) ?? 0 } = given;
  const answer: TelemetryAnswer = {
    from: at(0),
    to: at(toS),
    rows,
    times: timesS.map(at),
    columns,
    gaps: gaps.map(({ fromS, toS, reason = 'evicted' }) => ({ from: at(fromS), to: at(toS), reason, samples: 1 })),
    filledLater: [],
  };
  const silence = given.silenceS === undefined ? {} : { silenceS: given.silenceS };
  const ask = { kind, columns: Object.keys(columns), numbers: 1, ...silence };
  return tableOf(ask, answer, given.maxPoints ?? 1_000);
}
