/** Asks other hosts how they are, from Node. What it may reach and for how long is limited; see limits.ts and address.ts. */
export { isPublicAddress } from './address.ts';
export type { ProbeClock } from './budget.ts';
export type { DatagramAnswer, HttpAnswer, ProbeFailure, ProbeFailureCode, ProbeStage } from './failure.ts';
export { PROBE_FAILURES } from './failure.ts';
export type { ProbeLimits } from './limits.ts';
export { PROBE_LIMITS } from './limits.ts';
export type { GetOutcome, PingOutcome, ProberOptions } from './prober.ts';
export { Prober } from './prober.ts';
export type { Resolver } from './resolver.ts';
export { dnsResolver } from './resolver.ts';
export type { ServiceProbe } from './service.ts';
export { probeService } from './service.ts';
export type { AllowLoopback } from './target.ts';
