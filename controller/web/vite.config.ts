import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import preact from '@preact/preset-vite';
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

/**
 * Libraries stand in chunks of their own: a release of ours leaves them in the browser's cache, and what is ours can be
 * weighed (scenarios/page-weight.test.ts).
 */
const LIBRARIES = ['maplibre-gl', 'preact', 'uplot', 'pmtiles', 'typebox'];
const BESIDE: Readonly<Record<string, string>> = { preact: '|@preact' };
/** Loaded together, packed together: the map's part of the history is not, it would bring the map along. */
const TOGETHER: Readonly<Record<string, RegExp>> = {
  plan: /\/controller\/web\/plan\/|\/protocol\/fleet\/itinerary\/(?!states|release)/,
  history: /\/controller\/web\/history\/(?!replay-layer)/,
};

/**
 * Everything the page needs comes out of here and is served by the controller: no CDN, no inlined scripts or data
 * URIs, so a strict Content-Security-Policy holds. MapLibre is loaded on its own after the list is on screen.
 */
export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  // Hundreds of ground cells would be listed one by one.
  logLevel: 'warn',
  plugins: [preact({ reactAliasesEnabled: false, devToolsEnabled: false }), ground()],
  resolve: { alias: { fflate: `${import.meta.dirname}/map/inflate.ts` } },
  build: {
    target: 'es2022',
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1200,
    // Cutting the ground takes most of the build, as it must.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            ...LIBRARIES.map((name) => ({
              name: `lib-${name}`,
              test: new RegExp(`/node_modules/(${name}${BESIDE[name] ?? ''})/`),
            })),
            ...Object.entries(TOGETHER).map(([name, test]) => ({ name, test, includeDependenciesRecursively: false })),
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
