/** What a test file loads, as its source says: whether it only calculates, and whether it starts a browser. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

export interface Reach {
  /** Modules of the platform, packages, and words of ours, by which something waits or goes on outside of a test. */
  readonly waits: ReadonlySet<string>;
  readonly browser: boolean;
}

/** Nothing of them waits. `fs` reads testdata: who has a folder of its own asks `os` for it. */
const CALCULATE =
  /^(node:(assert|assert\/strict|buffer|crypto|fs|module|path|url|util|v8|vm|zlib)|tap|fast-check|typebox(\/.*)?|smol-toml)$/;
const BROWSER = 'playwright-core';
const COMMENT = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm;
/** Not those of types alone: they are erased. */
const IMPORT = /^\s*(?:import|export)\s+(?!type\b)(?:[^'";]*?\bfrom\s+)?'([^']+)'|\bimport\('([^']+)'\)/gm;
/** A word behind a point, before a colon or of a method is somebody's own. `setImmediate` is over in a turn. */
const WAITS =
  /(?<![.#\w'-])(?<!async )(setTimeout|setInterval|fetch\(|new WebSocket|new Worker)(?!\w|:)|\bprocess\.(on|once|exit|kill|stdin)\b/;

interface Source {
  readonly imports: readonly string[];
  readonly waits: string | null;
}

const sources = new Map<string, Source>();

function sourceOf(file: string): Source {
  let source = sources.get(file);
  if (source === undefined) {
    const isOurs = /\.tsx?$/.test(file) && existsSync(file);
    const text = isOurs ? readFileSync(file, 'utf8').replaceAll(COMMENT, '') : '';
    source = {
      imports: [...text.matchAll(IMPORT)].map(([, standing, dynamic]) => standing ?? dynamic ?? ''),
      waits: WAITS.exec(text)?.[0] ?? null,
    };
    sources.set(file, source);
  }
  return source;
}

const reaches = new Map<string, Reach>();

/** Of an absolute path, through everything of ours that it imports. */
export function reachOf(file: string): Reach {
  let reach = reaches.get(file);
  if (reach === undefined) {
    reach = look(file);
    reaches.set(file, reach);
  }
  return reach;
}

function look(file: string): Reach {
  const seen = new Set([file]);
  const waits = new Set<string>();
  // What is added meanwhile has its turn as well.
  for (const one of seen) {
    const { imports, waits: word } = sourceOf(one);
    if (word !== null) waits.add(word);
    for (const name of imports) {
      if (name.startsWith('.')) seen.add(fileURLToPath(new URL(name, pathToFileURL(one))));
      else if (name.startsWith('@skein/')) seen.add(fileURLToPath(import.meta.resolve(name)));
      else if (!CALCULATE.test(name)) waits.add(name);
    }
  }
  return { waits, browser: waits.has(BROWSER) };
}
