import { useEffect, useState } from 'preact/hooks';
import type { Publisher } from '../model/document.ts';
import type { Publication } from '../model/publication.ts';

/** What was published last, as it is now. */
export function usePublication(publisher: Publisher): Publication | undefined {
  const [publication, keep] = useState(publisher.publication);
  useEffect(() => {
    const look = (): void => keep(publisher.publication);
    // It may have come since this was drawn.
    look();
    return publisher.subscribe(look);
  }, [publisher]);
  return publication;
}
