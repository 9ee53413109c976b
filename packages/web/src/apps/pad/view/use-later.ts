import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';

/** A component fetched the first time it is wanted. */
export function useLater<Props>(
  wanted: boolean,
  load: () => Promise<ComponentType<Props>>,
): ComponentType<Props> | null {
  const [fetched, setFetched] = useState<{ Part: ComponentType<Props> } | null>(null);
  useEffect(() => {
    if (wanted && fetched === null) void load().then((Part) => setFetched({ Part }));
  }, [wanted]);
  return fetched?.Part ?? null;
}
