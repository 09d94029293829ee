/** The report of a flight: saved from the page, read as the file it is. */
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Test } from 'tap';
import type { Desk } from '../kit/at-the-page.ts';
import type { Shift } from './fleet.ts';

const SHEET = { width: 1000, height: 1300 } as const;

/** The file. */
export async function saveReport(t: Test, desk: Desk, { sent, world }: Shift): Promise<string> {
  const { page } = desk;
  await desk.open(sent.id);
  const button = page.locator('[data-report]');
  const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
  const file = path.join(world.dir, download.suggestedFilename());
  await download.saveAs(file);
  await desk.says('[aria-label="Flight report"]', /Saved as /);
  t.match(path.basename(file), new RegExp(`^${sent.id}.*\\.html$`));
  const html = fs.readFileSync(file, 'utf8');
  for (const what of [new RegExp(sent.id), /pilot/i, /LOITER/, /LAND/, /<svg/]) t.match(html, what);
  t.notOk(/(src|href)="https?:/.test(html), 'and needs nothing else');
  return file;
}

export async function openReport(t: Test, { page }: Desk, { sent }: Shift, file: string): Promise<void> {
  // The fleet's page asks until it is left.
  await page.goto('about:blank');
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  const url = pathToFileURL(file).href;
  await page.setViewportSize(SHEET);
  await page.goto(url);
  t.match(await page.locator('h1').first().innerText(), new RegExp(sent.id));
  t.same(
    asked.filter((one) => one !== url && !one.startsWith('data:')),
    [],
    'it asks nobody for anything',
  );
}
