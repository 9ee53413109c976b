// Our relay as `npm start` runs it, every setting at its default, but for the limits per address and connection that the load
// meets because thousands of people come from one address here.
import { makeConfig, startServer } from '@archipel/relay';

const MANY = 1_000_000;

const server = await startServer(
  makeConfig({
    host: '127.0.0.1',
    port: 0,
    data: process.argv[2] as string,
    limits: {
      connectionsPerPrefix: MANY,
      createsPerHourPerPrefix: MANY,
      createsBurstPerPrefix: MANY,
      opensPerMinutePerPrefix: MANY,
      opensBurstPerPrefix: MANY,
      appendsPerSecondPerConnection: MANY,
      appendsBurstPerConnection: MANY,
    },
  }),
);
process.once('SIGTERM', () => void server.stop().then(() => process.exit(0)));
process.stdout.write(`${JSON.stringify({ port: server.port })}\n`);
