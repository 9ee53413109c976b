import { closedDocuments } from './closed-documents.ts';
import { durability } from './durability.ts';
import { histories } from './history.ts';
import type { Scenario } from './scenario.ts';
import { typingScenarios } from './typing-load.ts';

/** All scenarios in the order of the tables. */
export const scenarios: readonly Scenario[] = [...typingScenarios, closedDocuments, ...histories, durability];
