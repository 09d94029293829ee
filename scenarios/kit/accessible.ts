/**
 * What axe-core finds of a page that hinders people who see badly, or use a keyboard or a screen reader: only what it calls
 * serious or critical. A theme changes nothing but colours, so in the other one only these are looked at again.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults, ElementContext, RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const COLOURS: RunOptions = { runOnly: { type: 'rule', values: ['color-contrast'] } };

/** Runs in the page. */
async function look(o: {
  readonly within: string;
  readonly theme: string;
  readonly options: RunOptions;
}): Promise<readonly string[]> {
  const root = document.documentElement;
  const before = root.dataset.theme ?? '';
  root.dataset.theme = o.theme;
  const { axe } = window as unknown as { axe: { run(of: ElementContext, how: RunOptions): Promise<AxeResults> } };
  const { violations } = await axe.run(o.within, { ...o.options, resultTypes: ['violations'] });
  root.dataset.theme = before;
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, any }) => `${o.theme}: ${id}: ${target.join(' ')} ${any[0]?.message ?? ''}`),
    );
}

/** Of what a selector names, in light and dark, one finding a line. */
export async function barriers(page: Page, within: string): Promise<readonly string[]> {
  // As an expression of the tool, not a script of the page: its Content-Security-Policy stays as it is.
  await page.evaluate(`window.axe === undefined && (() => { ${source} })()`);
  const light = await page.evaluate(look, { within, theme: 'light', options: {} });
  return [...light, ...(await page.evaluate(look, { within, theme: 'dark', options: COLOURS }))];
}
