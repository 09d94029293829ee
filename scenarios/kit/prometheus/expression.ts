/**
 * What a PromQL expression asks for: names of series and the labels it selects, groups or joins by. Read with the grammar
 * of Prometheus' own editor, so that one which Prometheus would refuse is refused here. Pure.
 */
import type { SyntaxNodeRef } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

export interface Asked {
  /** Where it cannot be read, e.g. `at 12: "rate("`; empty: it can. */
  readonly errors: readonly string[];
  /** Names of series, as asked for: `x_bucket` for a histogram's. */
  readonly series: readonly string[];
  readonly labels: readonly string[];
}

const LABELS = ['LabelName', 'QuotedLabelName'];

export function readExpression(expression: string): Asked {
  const errors: string[] = [];
  const [series, labels] = [new Set<string>(), new Set<string>()];
  const text = ({ from, to }: Pick<SyntaxNodeRef, 'from' | 'to'>): string => expression.slice(from, to);
  parser.parse(expression).iterate({
    enter(node) {
      if (node.type.isError) errors.push(`at ${node.from}: ${JSON.stringify(expression.slice(node.from))}`);
      const parent = node.node.parent?.name ?? '';
      if (node.name === 'Identifier' && parent === 'VectorSelector') series.add(text(node));
      if (LABELS.includes(node.name)) labels.add(text(node).replaceAll('"', ''));
    },
  });
  return { errors, series: [...series], labels: [...labels] };
}
