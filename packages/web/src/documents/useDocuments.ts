import { useCallback, useEffect, useState } from 'preact/hooks';
import { list, type RememberedDocument } from './store.ts';

export type Documents =
  | { state: 'loading' }
  | { state: 'blocked' }
  | { state: 'ready'; documents: RememberedDocument[] };

/** The list of this browser, and how to read it again after a change. It follows the other tabs when one comes back here. */
export function useDocuments(): [Documents, () => Promise<void>] {
  const [documents, setDocuments] = useState<Documents>({ state: 'loading' });
  const reload = useCallback(async () => {
    const found = await list();
    setDocuments(found.ok ? { state: 'ready', documents: found.value } : { state: 'blocked' });
  }, []);
  useEffect(() => {
    const visible = (): void => {
      if (document.visibilityState === 'visible') void reload();
    };
    void reload();
    document.addEventListener('visibilitychange', visible);
    return () => document.removeEventListener('visibilitychange', visible);
  }, [reload]);
  return [documents, reload];
}
