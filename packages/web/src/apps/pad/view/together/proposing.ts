import { signal } from '@preact/signals';

/** Whether what this person writes is only proposed. */
export const proposing = signal(false);
