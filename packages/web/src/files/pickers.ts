/** The part of the File System Access API that TypeScript does not know yet (https://wicg.github.io/file-system-access/). */

interface Pickers {
  showSaveFilePicker?(options: { suggestedName: string }): Promise<FileSystemFileHandle>;
  showOpenFilePicker?(options: { multiple: true }): Promise<FileSystemFileHandle[]>;
  showDirectoryPicker?(options: { id: string; mode: 'read' | 'readwrite' }): Promise<FileSystemDirectoryHandle>;
}

interface Wish {
  mode: 'read' | 'readwrite';
}

interface Permissions {
  queryPermission?(wish: Wish): Promise<PermissionState>;
  requestPermission?(wish: Wish): Promise<PermissionState>;
}

interface Movable {
  move?(name: string): Promise<void>;
}

interface Removable {
  remove?(): Promise<void>;
}

const pickers = (): Pickers => globalThis as Pickers;

export const canPickFile = (): boolean => pickers().showSaveFilePicker !== undefined;
export const canPickFolder = (): boolean => pickers().showDirectoryPicker !== undefined;

/** Undefined when the person changed their mind. */
export function pickFile(suggestedName: string): Promise<FileSystemFileHandle | undefined> {
  return unlessLeft(pickers().showSaveFilePicker?.({ suggestedName }));
}

/** Undefined when the person changed their mind. */
export function pickFolder(): Promise<FileSystemDirectoryHandle | undefined> {
  return unlessLeft(pickers().showDirectoryPicker?.({ id: 'archipel', mode: 'readwrite' }));
}

/** Files to read; as `pickFile`. */
export function pickFilesToRead(): Promise<FileSystemFileHandle[] | undefined> {
  return unlessLeft(pickers().showOpenFilePicker?.({ multiple: true }));
}

/** A folder to read; as `pickFile`. */
export function pickFolderToRead(): Promise<FileSystemDirectoryHandle | undefined> {
  return unlessLeft(pickers().showDirectoryPicker?.({ id: 'archipel', mode: 'read' }));
}

async function unlessLeft<T>(picked: Promise<T> | undefined): Promise<T | undefined> {
  try {
    return await picked;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return undefined;
    throw error;
  }
}

/** Of a folder that was chosen in another visit: asks the person where the browser wants that. To be called at a press. */
export function mayWrite(handle: FileSystemDirectoryHandle): Promise<boolean> {
  return may(handle, { mode: 'readwrite' });
}

/** Of a file that was chosen in another visit; as `mayWrite`. */
export function mayRead(handle: FileSystemFileHandle): Promise<boolean> {
  return may(handle, { mode: 'read' });
}

async function may(handle: FileSystemHandle & Permissions, wish: Wish): Promise<boolean> {
  // A browser's own storage asks nobody.
  if (handle.queryPermission === undefined) return true;
  if ((await handle.queryPermission?.(wish)) === 'granted') return true;
  return (await handle.requestPermission?.(wish)) === 'granted';
}

/** Gives a file another name in its folder; false where the browser cannot. */
export async function rename(handle: FileSystemFileHandle & Movable, name: string): Promise<boolean> {
  try {
    if (handle.move === undefined) return false;
    await handle.move(name);
    return true;
  } catch (error) {
    // Some move files of their own storage alone.
    if (error instanceof DOMException) return false;
    throw error;
  }
}

/** Takes away the file that a picker made, if nothing was written to it. */
export async function removeEmpty(handle: FileSystemFileHandle & Removable): Promise<void> {
  const { size } = await handle.getFile();
  if (size === 0) await handle.remove?.();
}
