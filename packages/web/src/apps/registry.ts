/** The tools, one line each, in the order of the portal. Only tools that work are here. */
import type { MessageKey } from '../i18n/index.ts';
import { drop } from './drop/meta.ts';
import { pad } from './pad/meta.ts';

/** What the portal and "My documents" know of a tool; each app has one in its `meta.ts`. */
export interface ToolMeta {
  id: string;
  /** Where the tool is served. */
  path: string;
  name: MessageKey;
  title: MessageKey;
  summary: MessageKey;
  /** What the button that creates a document says. */
  create: MessageKey;
  /** Its own page asks how long to keep what is made, and makes it: the portal only leads there. */
  asks?: boolean;
}

export const tools = [pad, drop] as const satisfies readonly ToolMeta[];

export type ToolId = (typeof tools)[number]['id'];

export function isToolId(value: unknown): value is ToolId {
  return tools.some((tool) => tool.id === value);
}

export function toolOf(id: ToolId): ToolMeta {
  const found = tools.find((tool) => tool.id === id);
  if (found === undefined) throw new Error(`no tool ${id}`);
  return found;
}
