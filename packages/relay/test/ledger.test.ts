import { openSqliteLedger } from '../src/store/sqlite-ledger.ts';
import { testLedger } from './ledger-contract.ts';
import { ledgerDisk, MemoryLedger } from './support/memory-ledger.ts';
import { makeFolder } from './support/relay.ts';

testLedger('the ledger in SQLite', () => {
  const folder = makeFolder();
  return { open: () => openSqliteLedger(folder) };
});

testLedger('the ledger in memory, for simulations', () => {
  const disk = ledgerDisk();
  return { open: () => new MemoryLedger(disk) };
});
