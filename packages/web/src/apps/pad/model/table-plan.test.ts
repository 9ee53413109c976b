import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Cell, RowFix } from './table-plan.ts';
import { planTable } from './table-plan.ts';

const cell = (colspan: unknown = 1, rowspan: unknown = 1): Cell => ({ colspan, rowspan, isSpare: false });
const spare: Cell = { colspan: undefined, rowspan: undefined, isSpare: true };
const fix = (part: Partial<RowFix> = {}): RowFix => ({ spans: [], removed: [], added: 0, isRemoved: false, ...part });

function applied(table: Cell[][], plan: readonly RowFix[]): Cell[][] {
  return table
    .map((row, at) => {
      const { spans, removed, added } = plan[at] as RowFix;
      const next = row.map((old) => ({ ...old }));
      for (const { cell: index, name, value } of spans) (next[index] as Cell)[name] = value;
      return [...next.filter((_, index) => !removed.includes(index)), ...Array.from({ length: added }, () => spare)];
    })
    .filter((_, at) => plan[at]?.isRemoved !== true);
}

describe('the plan that makes a table rectangular', () => {
  it('leaves a whole one alone, spans and spare cells that are needed among them', () => {
    expect(planTable([[cell(2, 1)], [cell(), cell()]])).toBe('whole');
    expect(planTable([[cell(1, 2), cell()], [cell()]])).toBe('whole');
    expect(
      planTable([
        [cell(), cell()],
        [cell(), spare],
      ]),
    ).toBe('whole');
  });

  it('fills a row that lacks cells, and takes back what it filled when the column has gone', () => {
    expect(planTable([[cell(), cell()], [cell()]])).toEqual([fix(), fix({ added: 1 })]);
    expect(planTable([[cell()], [cell(), spare]])).toEqual([fix(), fix({ removed: [1] })]);
  });

  it('never takes away a cell that a person made', () => {
    expect(planTable([[cell()], [cell(), cell()]])).toEqual([fix({ added: 1 }), fix()]);
  });

  it('cuts spans that do not fit, and those that are none', () => {
    expect(planTable([[cell(1, 3), cell()], [cell()]])).toEqual([
      fix({ spans: [{ cell: 0, name: 'rowspan', value: 2 }] }),
      fix(),
    ]);
    const [first] = planTable([[cell(1e9, 'x')]]) as RowFix[];
    expect(first?.spans).toEqual([
      { cell: 0, name: 'colspan', value: 50 },
      { cell: 0, name: 'rowspan', value: 1 },
    ]);
    // The second cell of the second row would lie over the third column, which is taken from above.
    const crossed = [
      [cell(), cell(), cell(1, 2)],
      [cell(), cell(2)],
    ];
    expect(planTable(crossed)).toEqual([fix(), fix({ spans: [{ cell: 1, name: 'colspan', value: 1 }] })]);
  });

  it('removes a row without cells, and a table without any', () => {
    expect(planTable([[cell()], []])).toEqual([fix(), fix({ isRemoved: true })]);
    expect(planTable([[], [spare]])).toBe('remove');
    // All of it is taken from above: merged rows look so.
    expect(planTable([[cell(1, 2), cell(1, 2)], []])).toBe('whole');
  });

  it('gives a whole table whatever it was, with every cell of a person', () => {
    const span = fc.oneof(fc.integer({ min: -1, max: 5 }), fc.constantFrom(undefined, 'x', 1.5, 1e9));
    const ownCell = fc.record({ colspan: span, rowspan: span, isSpare: fc.constant(false) });
    const anyCell = fc.oneof(ownCell, fc.constant(spare));
    fc.assert(
      fc.property(fc.array(fc.array(anyCell, { maxLength: 5 }), { minLength: 1, maxLength: 6 }), (table) => {
        const plan = planTable(table);
        if (typeof plan === 'string') return;
        const repaired = applied(table, plan);
        expect(planTable(repaired)).toBe('whole');
        const own = (cells: Cell[][]) => cells.flat().filter(({ isSpare }) => !isSpare).length;
        expect(own(repaired)).toBe(own(table));
      }),
      { numRuns: 2000 },
    );
  });
});
