import type { ToolMeta } from '../registry.ts';
import { DropDrawing } from './drawing.tsx';

export const drop = {
  id: 'drop',
  path: '/drop',
  name: 'tool.drop.name',
  title: 'tool.drop.title',
  summary: 'tool.drop.summary',
  create: 'tool.drop.create',
  asks: true,
  Drawing: DropDrawing,
} as const satisfies ToolMeta;
