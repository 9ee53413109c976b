import { resolve } from 'node:path';
import { defineConfig } from 'vite';
import { finishBuild } from './build/finish.ts';

const page = (name: string): string => resolve(import.meta.dirname, `${name}.html`);

export default defineConfig({
  root: import.meta.dirname,
  appType: 'mpa',
  // JSX goes through Vite's own compiler; tsconfig.json says the same to the type checker.
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    manifest: true,
    // The policy is `font-src 'self'` and `script-src 'self'`: nothing may become a data: address or an inline script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // What a page weighs is held to a budget by the build itself (scripts/budgets.ts).
    chunkSizeWarningLimit: Number.POSITIVE_INFINITY,
    rolldownOptions: {
      input: {
        portal: page('index'),
        pad: page('pad'),
        drop: page('drop'),
        documents: page('documents'),
        hosts: page('hosts'),
        report: page('report'),
        'not-found': page('404'),
      },
      output: {
        entryFileNames: 'assets/[name]-[hash].js',
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: 'assets/[name]-[hash][extname]',
        // In one piece it compresses better than cut up by which later part needs what of it.
        codeSplitting: {
          groups: [
            { name: 'editor', test: /node_modules\/(prosemirror-(model|state|transform|view)|@tiptap\/core)\// },
          ],
        },
      },
    },
  },
  plugins: [finishBuild()],
});
