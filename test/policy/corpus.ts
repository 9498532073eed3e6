/**
 * The committed corpus: single requests with the decision that AWS documents, each with its source.
 * A case is a line of `bulkhead simulate`'s input with `name`, `source` and `expected`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EvaluateInput } from '../../lib/policy/evaluate';
import { parsePolicy } from '../../lib/policy/parse';
import type { SimulatorDecision, SimulatorQuestion } from './simulator';

export interface CorpusCase extends SimulatorQuestion {
  readonly name: string;
  /** Where AWS says so. */
  readonly source: string;
  readonly principal: string;
  readonly expected: SimulatorDecision;
}

export interface CorpusFile {
  readonly file: string;
  readonly cases: readonly CorpusCase[];
}

const FOLDER = join(__dirname, 'corpus');

export function corpus(): readonly CorpusFile[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.json'))
    .map((file) => ({ file, cases: JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as CorpusCase[] }));
}

/** The question as the evaluator takes it. */
export function inputOf(question: SimulatorQuestion): EvaluateInput {
  const { request } = question;
  const trust = /^sts:/i.test(request.action) && /:role\//.test(request.resource);
  const all = (documents: readonly unknown[] | undefined, kind: 'identity' | 'session' | 'scp' | 'rcp') =>
    documents?.map((document, index) => parsePolicy(document, `${kind} ${index}`, { kind, texts: false }));
  return {
    principal: question.principal,
    policies: {
      identityPolicies: all(question.identityPolicies, 'identity') ?? [],
      ...(question.permissionsBoundary === undefined
        ? {}
        : { permissionsBoundary: parsePolicy(question.permissionsBoundary, 'boundary', { kind: 'boundary' }) }),
      sessionPolicies: all(question.sessionPolicies, 'session'),
      serviceControlPolicies: all(question.serviceControlPolicies, 'scp'),
    },
    resourceControlPolicies: all(question.resourceControlPolicies, 'rcp'),
    ...(question.resourcePolicy === undefined
      ? {}
      : { resourcePolicy: parsePolicy(question.resourcePolicy, 'resource', { kind: trust ? 'trust' : 'resource' }) }),
    ...(request.resourceAccount === undefined ? {} : { resourceAccount: request.resourceAccount }),
    request: { action: request.action, resource: request.resource, context: request.context },
  };
}
