import { build, type InlineConfig, type Rolldown } from 'vite';

type Chunks = ReadonlyMap<string, Rolldown.OutputChunk>;

/**
 * Names for the pieces that pages begin with: modules that the same pages begin with, and the same pages may need later, go into one. So a
 * page asks for a few files and for nothing that it does not need. Left alone, the bundler cuts further by which later part
 * shares what, into some 75 files for a pad; asking for each of them took half of the time in which it opened
 * (docs/adr/0023-long-pads.md).
 *
 * Which page needs what is known only after a build, so it builds once beforehand. Null: no page begins with it.
 */
export async function namePieces(config: InlineConfig): Promise<(id: string) => string | null> {
  const options = { ...config, configFile: false, logLevel: 'warn', build: { ...config.build, write: false } } as const;
  const { output } = (await build(options)) as Rolldown.RolldownOutput;
  const chunks = new Map(output.filter((file) => file.type === 'chunk').map((chunk) => [chunk.fileName, chunk]));
  const names = new Map<string, string>();
  const pages = [...chunks.values()].filter(({ isEntry }) => isEntry);
  const first = pages.map((page) => filesOf(page, chunks, ({ imports }) => imports));
  const ever = pages.map((page) => filesOf(page, chunks, (chunk) => [...chunk.imports, ...chunk.dynamicImports]));
  for (const [file, { moduleIds, isEntry }] of chunks) {
    const beginning = pages.filter((_, index) => first[index]?.has(file));
    // A page's own first module stays with it: a page that only points to others has no place in the build's list.
    if (isEntry || beginning.length === 0) continue;
    const later = pages.filter((page, index) => !beginning.includes(page) && ever[index]?.has(file));
    const name = [beginning, later]
      .filter((list) => list.length > 0)
      .map((list) => list.map(({ name }) => name).join('-'));
    for (const id of moduleIds) names.set(id, name.join('_'));
  }
  return (id) => names.get(id) ?? null;
}

/** The files that a page comes to by such imports. */
function filesOf(
  page: Rolldown.OutputChunk,
  chunks: Chunks,
  importsOf: (chunk: Rolldown.OutputChunk) => string[],
): Set<string> {
  const files = new Set([page.fileName]);
  for (const file of files) {
    const chunk = chunks.get(file);
    for (const next of chunk === undefined ? [] : importsOf(chunk)) files.add(next);
  }
  return files;
}
