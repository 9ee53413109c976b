import { useEffect } from 'preact/hooks';

/** Names the tab. */
export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = title;
  }, [title]);
}
