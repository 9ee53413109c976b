/** Puts together what the parts of the log share. */
import { Census } from './census.ts';
import type { LogContext, RelayDeps } from './context.ts';
import { Documents } from './documents.ts';
import { Heads } from './heads.ts';
import { News } from './news.ts';
import { Flusher } from './outbox.ts';
import { Refresher } from './refresh.ts';
import { Verifier } from './verifier.ts';
import { Watch } from './watch.ts';

type Changeable<T> = { -readonly [K in keyof T]: T[K] };

/** `settled` hears of each append that the store answered. */
export function makeContext(deps: RelayDeps, settled: () => void): LogContext {
  const { clock, config, metrics, store, bus } = deps;
  const outboxes = { clock, limits: config.limits, metrics, flusher: new Flusher() };
  const begun = { ...deps, outboxes, settled, isStopped: false, heads: new Heads(store), news: new News(bus) };
  // The others know the context that holds them.
  const context = begun as unknown as Changeable<LogContext>;
  context.documents = new Documents(context);
  context.verifier = new Verifier(context);
  context.refresher = new Refresher(context);
  context.watch = new Watch(context);
  context.census = new Census(context);
  return context;
}
