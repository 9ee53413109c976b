import { PAGE_STYLE, pageBody } from '@archipel/page';
import { type PageContent, pictureTypeOf } from '@archipel/protocol';
import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../../../i18n/index.ts';

const SECOND_MS = 1000;

/** The page as it would be, with its own style and nothing of ours; its links lead nowhere here. */
export function PagePreview({ content }: { content: PageContent }): VNode {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const host = place.current;
    if (host === null) return;
    const addresses = content.pictures.map((picture) =>
      URL.createObjectURL(new Blob([picture as BlobPart], { type: `image/${pictureTypeOf(picture)}` })),
    );
    const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
    const style = new CSSStyleSheet();
    style.replaceSync(PAGE_STYLE);
    root.adoptedStyleSheets = [style];
    const page = document.createElement('div');
    page.className = 'page';
    page.lang = content.language;
    page.innerHTML = pageBody(content, Date.now() / SECOND_MS, (picture) => addresses[picture]) ?? '';
    page.addEventListener('click', (event) => event.preventDefault());
    root.replaceChildren(page);
    host.scrollIntoView({ block: 'nearest' });
    return () => {
      for (const address of addresses) URL.revokeObjectURL(address);
    };
  }, [content]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard
    <section class="publish-preview" aria-label={t('pad.publish.preview')} tabIndex={0}>
      <div ref={place} />
    </section>
  );
}
