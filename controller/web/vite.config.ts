import preact from '@preact/preset-vite';
import { defineConfig } from 'vite';

/**
 * Everything the page needs comes out of here and is served by the controller: no CDN, no inlined scripts or data
 * URIs, so a strict Content-Security-Policy holds. MapLibre is loaded on its own after the list is on screen.
 */
export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  plugins: [preact({ reactAliasesEnabled: false, devToolsEnabled: false })],
  build: {
    target: 'es2022',
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
  },
});
