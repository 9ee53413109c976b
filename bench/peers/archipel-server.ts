// Our relay as `npm start` runs it, every setting at its default, but for the limits per address and connection that the load
// meets because thousands of people come from one address here. Before the data folder there may be other settings, as JSON.
import { makeConfig, type Settings, startServer } from '@archipel/relay';

const MANY = 1_000_000;
const words = process.argv.slice(2);
const data = words.pop() as string;
const settings = JSON.parse(words[0] ?? '{}') as Settings;

const server = await startServer(
  makeConfig({
    host: '127.0.0.1',
    port: 0,
    data,
    limits: {
      connectionsPerPrefix: MANY,
      createsPerHourPerPrefix: MANY,
      createsBurstPerPrefix: MANY,
      opensPerMinutePerPrefix: MANY,
      opensBurstPerPrefix: MANY,
      appendsPerSecondPerConnection: MANY,
      appendsBurstPerConnection: MANY,
    },
    ...settings,
  }),
);
process.once('SIGTERM', () => void server.stop().then(() => process.exit(0)));
process.stdout.write(`${JSON.stringify({ port: server.port })}\n`);
