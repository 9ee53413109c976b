import { Node, nodeInputRule } from '@tiptap/core';
import type { Node as PmNode } from '@tiptap/pm/model';
import { cleanTex, FORMULA } from '../model/formula.ts';

/** Draws a formula in its place. */
export type DrawFormula = (place: HTMLElement, tex: string) => void;

export interface FormulaHooks {
  draw: DrawFormula;
  /** asks for another formula at a position */
  edit: (position: number) => void;
}

const texOf = ({ attrs }: PmNode): string => cleanTex(attrs.tex);

/** A formula in a line, written in TeX (`$$…$$`) and drawn as MathML, which screen readers read as mathematics. */
export function formulaNode(hooks?: FormulaHooks) {
  return Node.create({
    name: FORMULA,
    group: 'inline',
    inline: true,
    atom: true,
    addAttributes() {
      return {
        tex: {
          default: '',
          parseHTML: (element: HTMLElement) => cleanTex(element.dataset.formula),
          renderHTML: () => ({}),
        },
      };
    },
    parseHTML: () => [{ tag: 'span[data-formula]' }],
    renderHTML: ({ node }) => ['span', { 'data-formula': texOf(node) }, `$$${texOf(node)}$$`],
    renderText: ({ node }) => `$$${texOf(node)}$$`,
    addInputRules() {
      const find = /\$\$([^$\n]{1,500})\$\$$/;
      return [nodeInputRule({ find, type: this.type, getAttributes: ([, tex]) => ({ tex: cleanTex(tex) }) })];
    },
    addNodeView() {
      return ({ node, editor, getPos }) => {
        const dom = document.createElement('span');
        dom.className = 'pad-formula';
        let shown = node;
        hooks?.draw(dom, texOf(node));
        dom.addEventListener('click', () => {
          const position = getPos();
          if (editor.isEditable && position !== undefined) hooks?.edit(position);
        });
        return {
          dom,
          update: (next: PmNode) => {
            if (next.type !== shown.type) return false;
            if (texOf(next) !== texOf(shown)) hooks?.draw(dom, texOf(next));
            shown = next;
            return true;
          },
          ignoreMutation: () => true,
        };
      };
    },
  });
}
