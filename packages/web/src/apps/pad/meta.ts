import type { ToolMeta } from '../registry.ts';
import { PadDrawing } from './drawing.tsx';

export const pad = {
  id: 'pad',
  path: '/pad',
  name: 'tool.pad.name',
  title: 'tool.pad.title',
  summary: 'tool.pad.summary',
  create: 'tool.pad.create',
  Drawing: PadDrawing,
} as const satisfies ToolMeta;
