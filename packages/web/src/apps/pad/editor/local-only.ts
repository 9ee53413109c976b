import { isChangeOrigin } from '@tiptap/extension-collaboration';
import type { Plugin } from '@tiptap/pm/state';

/**
 * Keeps a plugin from "repairing" what somebody else's change brought. Every open page sees that change: if each of
 * them answered it with an edit of its own, two people would add the same cell or the same link twice, for ever.
 * What is left undone is done by the next person who edits there.
 */
export function localOnly(plugin: Plugin): Plugin {
  const append = plugin.spec.appendTransaction;
  if (append) {
    plugin.spec.appendTransaction = (transactions, before, after) =>
      transactions.some(isChangeOrigin) ? null : append.call(plugin, transactions, before, after);
  }
  return plugin;
}
