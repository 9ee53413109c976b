// Starts the thread of the store. Plain JavaScript, because a thread that begins with TypeScript loads its own copy of Node's
// type stripper (20 MB); with the compile cache switched on first, none of its files needs it after the first start.
import { enableCompileCache } from 'node:module';

enableCompileCache();
await import('./sqlite-worker.ts');
