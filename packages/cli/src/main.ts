/** The program `archipel`: commands about a host, for whoever runs it. */
import { enableCompileCache } from 'node:module';

enableCompileCache();
const { run } = await import('./commands.ts');
const { terminal } = await import('./terminal.ts');
process.exitCode = await run(process.argv.slice(2), terminal());
