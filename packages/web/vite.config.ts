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
    rolldownOptions: {
      input: {
        portal: page('index'),
        pad: page('pad'),
        documents: page('documents'),
        'not-found': page('404'),
        sw: resolve(import.meta.dirname, 'src/sw/worker.ts'),
      },
      output: {
        // The service worker keeps its address from one version to the next, or browsers would keep the old one.
        entryFileNames: (chunk) => (chunk.name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js'),
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: 'assets/[name]-[hash][extname]',
      },
    },
  },
  plugins: [finishBuild()],
});
