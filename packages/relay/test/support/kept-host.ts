/** A host that ends, in order, with whoever started it (its argument): also when that process was killed and could not say so. */
import { endWithParent } from './parent.ts';

endWithParent(Number(process.argv[2]));
await import('../../src/main.ts');
