import { common, createLowlight } from 'lowlight';
import type { ColourCode } from '../editor/code-colours.ts';
import { spansOf } from '../model/code-spans.ts';

const lowlight = createLowlight(common);

/** By highlight.js; nothing for a language that it does not know. */
export const colourCode: ColourCode = (code, language) =>
  lowlight.registered(language) ? spansOf(lowlight.highlight(language, code)) : [];
