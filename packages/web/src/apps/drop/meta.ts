import type { ToolMeta } from '../registry.ts';

export const drop = {
  id: 'drop',
  path: '/drop',
  name: 'tool.drop.name',
  title: 'tool.drop.title',
  summary: 'tool.drop.summary',
  create: 'tool.drop.create',
  asks: true,
} as const satisfies ToolMeta;
