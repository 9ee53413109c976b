// The walls that concern several files together.
import { type Facts, isRelative, packageOf, targetOf } from './facts.ts';
import { type Finding, isTest, type Workspace } from './rules.ts';

/** The URL fragment holds the key: one file reads it. */
export function fragmentReaders(all: Facts[]): Finding[] {
  const reads = all.flatMap(({ path, mentions }) => {
    const first = isTest(path) || !path.startsWith('packages/') ? undefined : mentions.find(isFragment);
    return first === undefined ? [] : [{ path, line: first.line }];
  });
  const paths = reads.map(({ path }) => path).join(', ');
  const message = `the fragment of the address is read in exactly one file, not in ${paths}`;
  return reads.length <= 1 ? [] : reads.map((read) => ({ rule: 'fragment', message, ...read }));
}

const isFragment = ({ name }: { name: string }): boolean => name === 'location.hash';

/** The file of the repository that an import means, when it is one. */
function resolveImport(path: string, specifier: string, workspaces: Workspace[]): string | undefined {
  if (isRelative(specifier)) return targetOf(path, specifier);
  const owner = workspaces.find((workspace) => workspace.name === packageOf(specifier));
  const entry = owner?.exports[`.${specifier.slice(owner.name.length)}`];
  return owner === undefined || entry === undefined ? undefined : targetOf(`${owner.dir}/package.json`, entry);
}

/** Import cycles; what is imported as a type is gone when the program runs, and closes no cycle. */
export function importCycles(all: Facts[], workspaces: Workspace[]): Finding[] {
  const known = new Map(all.map((facts) => [facts.path, facts]));
  const done = new Set<string>();
  const findings: Finding[] = [];
  const walk = (facts: Facts, trail: string[]): void => {
    done.add(facts.path);
    for (const { specifier, line, typeOnly } of facts.imports) {
      const target = typeOnly ? undefined : resolveImport(facts.path, specifier, workspaces);
      const next = target === undefined ? undefined : known.get(target);
      if (next === undefined) continue;
      const start = [...trail, facts.path].indexOf(next.path);
      if (start >= 0) {
        const cycle = [...trail, facts.path].slice(start).concat(next.path).join(' -> ');
        findings.push({ rule: 'cycle', path: facts.path, line, message: `import cycle: ${cycle}` });
      } else if (!done.has(next.path)) walk(next, [...trail, facts.path]);
    }
  };
  for (const facts of all) if (!done.has(facts.path)) walk(facts, []);
  return findings;
}
