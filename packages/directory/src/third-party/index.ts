/** Services of other software, and the files in which French hosts describe theirs. Pure: no network, no files, no Node. */
export type {
  FileFacts,
  OrganisationFacts,
  PlainProperty,
  ServiceFacts,
} from './chatonsinfos/export.ts';
export { organisationProperties, serviceProperties } from './chatonsinfos/export.ts';
export type {
  About,
  ChatonsFile,
  FileClass,
  Organisation,
  Position,
  Registration,
  Service,
  SubFile,
} from './chatonsinfos/file.ts';
export { readChatonsFile } from './chatonsinfos/file.ts';
export { FILE_LIMITS } from './chatonsinfos/limits.ts';
export type { Metric, MetricPeriod } from './chatonsinfos/metrics.ts';
export type { FileProblem, FileProblemCode, Severity } from './chatonsinfos/problems.ts';
export { FILE_PROBLEMS } from './chatonsinfos/problems.ts';
export type { PropertiesFile, Property } from './chatonsinfos/properties.ts';
export { readProperties, writeProperties } from './chatonsinfos/properties.ts';
export type { NewDocumentRequest } from './software/catalogue.ts';
export { CATALOGUE, newDocumentUrl, softwareById, softwareByName } from './software/catalogue.ts';
export type {
  Access,
  FileLimits,
  Health,
  Load,
  Notice,
  Probe,
  ProbeAnswer,
  ProbeContext,
  ProbeStep,
  Purpose,
  Reading,
  ReadingReason,
  Software,
} from './software/software.ts';
