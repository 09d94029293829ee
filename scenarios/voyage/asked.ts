/** What `make voyage` was asked for by its environment. A number that is none is refused: another voyage would be taken for the one meant. */

export interface Asked {
  readonly workers: number;
  readonly mutations: boolean;
  /** Null: many. */
  readonly seed: number | null;
  readonly from: number;
  readonly seeds: number;
}

export type Reading =
  | { readonly ok: true; readonly asked: Asked }
  | { readonly ok: false; readonly problems: string[] };

const DEFAULT_SEEDS = 500;

export function readAsked(env: Readonly<Record<string, string | undefined>>, processors: number): Reading {
  const problems: string[] = [];
  const whole = <T>(name: string, least: number, otherwise: T): number | T => {
    const text = env[name];
    if (text === undefined) return otherwise;
    const given = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(given) && given >= least) return given;
    problems.push(`${name}=${text}: give a whole number from ${least} on, as in ${name}=7`);
    return otherwise;
  };
  const asked = {
    workers: whole('WORKERS', 1, processors),
    mutations: env.MUTATIONS === '1',
    seed: whole('SEED', 0, null),
    from: whole('FROM', 0, 1),
    seeds: whole('SEEDS', 1, DEFAULT_SEEDS),
  };
  return problems.length === 0 ? { ok: true, asked } : { ok: false, problems };
}
