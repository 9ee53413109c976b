import type { EditorView } from '@tiptap/pm/view';

export type Tidy = (html: string) => string;

export interface TidyLater {
  /** Pasted HTML made tidy; nothing before the code for it is here. */
  tidy: Tidy;
  /** Pastes as soon as the code is here; false when it is. */
  waits: (view: EditorView, event: ClipboardEvent) => boolean;
}

/** What makes pasted HTML tidy is fetched while the text is drawn: nobody pastes before, and who does waits a moment. */
export function tidyLater(load: () => Promise<Tidy>): TidyLater {
  let loaded: Tidy | undefined;
  const loading = load().then((tidy) => {
    loaded = tidy;
  });
  return {
    tidy: (html) => loaded?.(html) ?? '',
    waits: (view, event) => {
      const html = event.clipboardData?.getData('text/html') ?? '';
      if (loaded !== undefined || html === '') return false;
      void loading.then(() => view.pasteHTML(html, event));
      return true;
    },
  };
}
