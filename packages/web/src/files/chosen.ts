/** Files that somebody chose: by a dialog, by dragging, by pasting; whole folders with all that is in them. */

export interface ChosenFile {
  /** With its folders, as in `Lyon/Quais/1.jpg`. */
  path: string;
  file: File;
  /** Where the browser gives one: with it the file is found again after a restart. */
  handle?: FileSystemFileHandle;
}

/** What TypeScript does not know yet (https://wicg.github.io/file-system-access/). */
interface DraggedItem {
  getAsFileSystemHandle?(): Promise<FileSystemHandle | null>;
}

/** Of a field for files or for a folder. */
export function filesOfField(field: HTMLInputElement): ChosenFile[] {
  return [...(field.files ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
}

/** Of handles, in their order; folders with all that is in them. Rejects when something cannot be read. */
export async function filesOfHandles(handles: readonly FileSystemHandle[]): Promise<ChosenFile[]> {
  const found: ChosenFile[] = [];
  for (const handle of handles) await addHandle(found, handle, '');
  return found;
}

async function addHandle(found: ChosenFile[], handle: FileSystemHandle, folder: string): Promise<void> {
  const path = folder + handle.name;
  if (isFile(handle)) found.push({ path, file: await handle.getFile(), handle });
  else if (isFolder(handle)) {
    const inside: FileSystemHandle[] = [];
    for await (const one of valuesOf(handle)) inside.push(one);
    inside.sort((one, other) => one.name.localeCompare(other.name));
    for (const one of inside) await addHandle(found, one, `${path}/`);
  }
}

const isFile = (handle: FileSystemHandle): handle is FileSystemFileHandle => handle.kind === 'file';
const isFolder = (handle: FileSystemHandle): handle is FileSystemDirectoryHandle => handle.kind === 'directory';
const valuesOf = (folder: FileSystemDirectoryHandle): AsyncIterable<FileSystemHandle> =>
  (folder as unknown as { values(): AsyncIterable<FileSystemHandle> }).values();

/** Of what was dragged or pasted. To be called while the event is told: later its items are gone. */
export async function filesOfData(data: DataTransfer): Promise<ChosenFile[]> {
  const items = [...data.items].filter(({ kind }) => kind === 'file');
  const dragged = items.map((item) => ({
    handle: (item as DraggedItem).getAsFileSystemHandle?.().catch(() => null),
    entry: item.webkitGetAsEntry(),
    file: item.getAsFile(),
  }));
  const found: ChosenFile[] = [];
  for (const { handle: asked, entry, file } of dragged) {
    const handle = await asked;
    if (handle) await addHandle(found, handle, '');
    else if (entry !== null) await addEntry(found, entry);
    else if (file !== null) found.push({ path: file.name, file });
  }
  return found;
}

/** Browsers without handles: https://wicg.github.io/entries-api/. */
async function addEntry(found: ChosenFile[], entry: FileSystemEntry): Promise<void> {
  const path = entry.fullPath.replace(/^\//, '');
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    found.push({ path, file });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  // It gives a hundred at a time, and none at the end.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return;
    for (const one of some) await addEntry(found, one);
  }
}
