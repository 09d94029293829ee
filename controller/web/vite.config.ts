import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { defineConfig, type Plugin } from 'vite';
import { type Countries, groundFiles } from './map/ground-files.ts';
import { cellFile, WORLD_FILE } from './map/ground-shape.ts';

/** Writes the map's ground beside the page (map/ground-files.ts). */
function ground(): Plugin {
  const read = (name: string): Countries =>
    JSON.parse(readFileSync(createRequire(import.meta.url).resolve(`world-atlas/${name}.json`), 'utf8')) as Countries;
  return {
    name: 'skein-ground',
    apply: 'build',
    generateBundle() {
      const { world, cells } = groundFiles(read('countries-110m'), read('countries-10m'));
      this.emitFile({ type: 'asset', fileName: WORLD_FILE, source: JSON.stringify(world) });
      for (const [name, cell] of cells)
        this.emitFile({ type: 'asset', fileName: cellFile(name), source: JSON.stringify(cell) });
    },
  };
}

/** A chunk is loaded by `import()` and nothing else: it has no styles of its own and names nothing to be loaded with it. */
function plainImports(): Plugin {
  return {
    name: 'skein-plain-imports',
    enforce: 'pre',
    load: (id) => (id.endsWith('vite/preload-helper.js') ? 'export const __vitePreload = (load) => load();' : null),
  };
}

/**
 * Libraries stand in chunks of their own: a release of ours leaves them in the browser's cache, and what is ours can be
 * weighed (scenarios/page-weight.test.ts).
 */
const LIBRARIES = ['maplibre-gl', 'preact', 'uplot', 'pmtiles', 'typebox'];
const BESIDE: Readonly<Record<string, string>> = { preact: '|@preact' };
/**
 * What opens beside the map is one chunk: its panes are made alike, and pack better together than each alone (1.6 kB), with
 * their layers, which bring no part of the map along; not in it is what the page knows of them from the start.
 */
const PANES =
  /\/controller\/web\/(shell\/panels|(plan|history|events)\/(?!filter\.|desk\.))|\/protocol\/(fleet\/(itinerary\/(?!states)|event-words)|time\/rfc3339|export\/table)/;

/**
 * Everything the page needs comes out of here and is served by the controller: no CDN, no inlined scripts or data
 * URIs, so a strict Content-Security-Policy holds. MapLibre is loaded on its own after the list is on screen.
 */
export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  // Hundreds of ground cells would be listed one by one.
  logLevel: 'warn',
  plugins: [ground(), plainImports()],
  // Calls of `createElement(name, props, ...children)` pack better than those of the automatic runtime.
  oxc: { jsx: { runtime: 'classic', pragma: 'createElement', pragmaFrag: 'Fragment' } },
  resolve: { alias: { fflate: `${import.meta.dirname}/map/inflate.ts` } },
  build: {
    target: 'es2022',
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    // What a chunk needs is asked for when it is there: one way to the server and back, for a kilobyte less of lists and code.
    modulePreload: {
      polyfill: false,
      resolveDependencies: (_url, deps, { hostType }) => (hostType === 'html' ? deps : []),
    },
    cssCodeSplit: false,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1200,
    // Cutting the ground takes most of the build, as it must.
    rolldownOptions: {
      transform: { inject: { createElement: ['preact', 'createElement'], Fragment: ['preact', 'Fragment'] } },
      output: {
        codeSplitting: {
          groups: [
            ...LIBRARIES.map((name) => ({
              name: `lib-${name}`,
              test: new RegExp(`/node_modules/(${name}${BESIDE[name] ?? ''})/.*js$`),
            })),
            { name: 'panes', test: PANES, includeDependenciesRecursively: false },
          ],
        },
      },
      checks: { bundlerTimings: false },
      // Of protocol the page uses words and small functions; the schemas, and the library they are made with, stay behind.
      treeshake: {
        moduleSideEffects: (id) => !/[/]protocol[/]|[/]typebox[/]/.test(id),
        manualPureFunctions: ['Type', 'Compile', 'reader', 'num', 'text', 'choice', 'flag', 'list'],
      },
    },
  },
});
