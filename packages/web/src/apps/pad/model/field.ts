/** The name of the shared text in the Yjs document. */
export const PAD_FIELD = 'pad';
