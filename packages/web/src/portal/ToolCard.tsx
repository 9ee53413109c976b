import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { islands } from '../apps/islands.ts';
import type { ToolId, ToolMeta } from '../apps/registry.ts';
import { t } from '../i18n/index.ts';
import { creationAddress, type Keep } from '../shell/creation.ts';
import { defaultKeep, hostFacts } from '../shell/host.ts';
import { ButtonLink } from '../ui/Button.tsx';
import { ExpiryChooser } from '../ui/ExpiryChooser.tsx';
import { attempt, startDocument } from './start-document.ts';

/** A tool on the portal: its island, what it is for, and the one click that creates a document. */
export function ToolCard({ tool }: { tool: ToolMeta & { id: ToolId } }): VNode {
  const [chosen, setChosen] = useState<Keep | undefined>(undefined);
  // Until the person chooses, the host's default holds, also when its facts arrive after the first drawing.
  const keep = chosen === undefined ? defaultKeep(hostFacts.value) : chosen;
  const Island = islands[tool.id];
  const address = creationAddress(tool.path, keep);
  const isAsking = attempt.state.value.at === 'asking';
  /** In a new tab or window the link goes its own way: to the host of this page. */
  const start = (event: MouseEvent): void => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button !== 0) return;
    event.preventDefault();
    if (!isAsking) startDocument(address, keep);
  };
  return (
    <li class="tool-card">
      <div class="tool-drawing">
        <Island />
      </div>
      <div class="tool-text">
        <p class="tool-name">{t(tool.name)}</p>
        <h3>{t(tool.title)}</h3>
        <p>{t(tool.summary)}</p>
        <div class="tool-start">
          <ButtonLink
            kind="primary"
            icon="arrow"
            {...(tool.asks ? { href: tool.path } : { href: address, onClick: start })}
          >
            {t(tool.create)}
          </ButtonLink>
          {!tool.asks && <ExpiryChooser value={keep} onChange={setChosen} />}
        </div>
      </div>
    </li>
  );
}
