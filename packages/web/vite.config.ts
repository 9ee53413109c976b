import { resolve } from 'node:path';
import { defineConfig, type InlineConfig } from 'vite';
import { finishBuild } from './build/finish.ts';
import { namePieces } from './build/name-pieces.ts';

const page = (name: string): string => resolve(import.meta.dirname, `${name}.html`);

const PLAN = {
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
      },
    },
  },
} satisfies InlineConfig;

export default defineConfig(async ({ command }) => {
  if (command === 'build') {
    const groups = [{ debugName: 'pages', name: await namePieces(PLAN) }];
    Object.assign(PLAN.build.rolldownOptions.output, {
      codeSplitting: { includeDependenciesRecursively: false, groups },
    });
  }
  return { ...PLAN, plugins: [finishBuild()] };
});
