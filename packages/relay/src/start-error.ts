/** Why the program cannot start: a sentence for the host, who needs no stack. */
export class StartError extends Error {}
