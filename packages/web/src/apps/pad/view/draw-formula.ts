import temml from 'temml';

/** Draws TeX as MathML; what is wrong in it is shown in its place, in red. Nothing of it loads, links or runs. */
export function drawFormula(place: HTMLElement, tex: string): void {
  const bounds = { throwOnError: false, trust: false, maxSize: [20, 500] as [number, number], maxExpand: 100 };
  temml.render(tex, place, bounds);
}
