/** The drawing of each tool on the portal: apart from what the tools' own pages need to know of themselves. */
import type { VNode } from 'preact';
import { DropDrawing } from './drop/drawing.tsx';
import { PadDrawing } from './pad/drawing.tsx';
import type { ToolId } from './registry.ts';

export const islands: Record<ToolId, () => VNode> = { pad: PadDrawing, drop: DropDrawing };
