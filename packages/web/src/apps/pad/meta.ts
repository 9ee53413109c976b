import type { ToolMeta } from '../registry.ts';

export const pad = {
  id: 'pad',
  path: '/pad',
  name: 'tool.pad.name',
  title: 'tool.pad.title',
  summary: 'tool.pad.summary',
  create: 'tool.pad.create',
} as const satisfies ToolMeta;
