// Starts the thread that makes pages safe. Plain JavaScript, for the reason told in store/sqlite-thread.mjs.
import { enableCompileCache } from 'node:module';

enableCompileCache();
await import('./render-worker.ts');
